package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
)

// opLine is an operation as Jepsen prints it: in history.txt at the start of a line, in a log behind the logger's name.
// The parts are the logger, the process, the type, the f, and the value with the error behind it.
var opLine = regexp.MustCompile(`^(.*\bjepsen\.util\s*[-:]\s+)?(\d+|:?nemesis)\s+:(invoke|ok|fail|info)\s+(\S+)\s*(.*)$`)

// hasOpLine tells whether some line of a text is an operation as Jepsen prints it.
func hasOpLine(text []byte) bool {
	for line := range bytes.Lines(text) {
		if opLine.Match(bytes.TrimRight(line, "\r\n")) {
			return true
		}
	}
	return false
}

// readOpLines reads the operations that Jepsen printed. In a log other lines are passed over.
func readOpLines(src *bufio.Reader, name string) (h History, assumed []string, err error) {
	var a assumptions
	open := map[int]json.RawMessage{} // the values that processes have invoked
	log := false
	for n := 1; ; n++ {
		line, err := src.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return h, nil, fmt.Errorf("%s, line %d: %w", name, n, err)
		}
		line = bytes.TrimRight(line, "\r\n")
		parts := opLine.FindSubmatch(line)
		switch {
		case parts == nil && len(h) == 0 || parts == nil && log:
			if len(bytes.TrimSpace(line)) > 0 {
				a.skipped++
			}
		case parts == nil && len(bytes.TrimSpace(line)) > 0:
			return h, nil, fmt.Errorf("%s, line %d: %q is no operation: expected process, :type, :f and value, with tabs between, such as 0\t:invoke\t:write\t3", name, n, excerpt(line))
		case parts != nil:
			log = log || len(parts[1]) > 0
			op, has, err := opOfLine(parts, open)
			if err == nil {
				err = a.complete(&op, has)
			}
			if err != nil {
				return h, nil, fmt.Errorf("%s, line %d: %w", name, n, err)
			}
			h = append(h, op)
		}
		if err == io.EOF {
			return h, a.told(), nil
		}
	}
}

// opOfLine makes an operation of the parts of a line. A keyword in place of the value of what did not succeed is why:
// the value is what was invoked.
func opOfLine(line [][]byte, open map[int]json.RawMessage) (op Op, has parts, err error) {
	has = parts{process: true, f: true}
	op.Type, _ = parseType(string(line[3]))
	op.Process = Nemesis
	if last := line[2][len(line[2])-1]; last != 's' {
		if op.Process, err = parseInt("process", line[2]); err != nil {
			return op, has, err
		}
	}
	op.F = string(bytes.TrimPrefix(line[4], []byte(":")))
	r := &ednReader{src: line[5]}
	value, any, err := r.next(nil)
	if err != nil {
		return op, has, fmt.Errorf("the value %s: %w", excerpt(line[5]), err)
	}
	if any {
		op.Value = present(value)
	}
	if rest := bytes.TrimSpace(line[5][r.pos:]); len(rest) > 0 {
		op.Error = errorOf(rest)
	}
	switch {
	case op.Process == Nemesis:
	case op.Type == Invoke:
		open[op.Process] = op.Value
	case op.Type != OK && op.Error == nil && bytes.HasPrefix(line[5], []byte(":")):
		op.Value, op.Error = open[op.Process], op.Value
	}
	return op, has, nil
}

// errorOf is an error as Jepsen prints it, which need not be EDN.
func errorOf(text []byte) json.RawMessage {
	if form, _, err := ednToJSON(text); err == nil {
		return form
	}
	return appendString(nil, string(text))
}

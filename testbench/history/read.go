package history

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadFile reads a whole history: Eddy's history.jsonl, Maelstrom's history.edn, or another of the forms that docs/check.md
// lists, gzipped or not. What the file holds decides, not its name. An error names the file, the line, what was wrong and what was
// expected; the operations before it are returned as well.
func ReadFile(path string) (History, error) {
	h, _, err := ReadFileAssuming(path)
	return h, err
}

// ReadFileAssuming is ReadFile for those who tell what it took for granted, in
// sentences: a history of another tool may have no times, no indices, no processes.
func ReadFileAssuming(path string) (h History, assumed []string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read history: %w", err)
	}
	defer file.Close()
	return read(file, path)
}

// Read is ReadFile for something already open; name is how errors call it.
func Read(src io.Reader, name string) (History, error) {
	h, _, err := read(src, name)
	return h, err
}

func read(src io.Reader, name string) (h History, assumed []string, err error) {
	text, err := unzipped(src)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	format, err := formatOf(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	switch format {
	case formatEDN:
		return readEDN(text, name)
	case formatOpLines:
		return readOpLines(text, name)
	case formatJSONValues:
		return readJSONValues(text, name)
	}
	return readJSONLines(text, name)
}

func readJSONLines(src io.Reader, name string) (h History, assumed []string, err error) {
	reader := NewReader(src, name)
	for {
		op, err := reader.next()
		if err == io.EOF {
			if h, err = reader.assumed.whole(h); err != nil {
				return h, nil, fmt.Errorf("%s: %w", name, err)
			}
			return h, reader.assumed.told(), nil
		}
		if err != nil {
			return h, nil, err
		}
		h = append(h, op)
	}
}

// unzipped looks through gzip, should there be any.
func unzipped(src io.Reader) (*bufio.Reader, error) {
	text := bufio.NewReaderSize(src, 1<<16)
	if magic, _ := text.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return text, nil
	}
	plain, err := gzip.NewReader(text)
	if err != nil {
		return nil, fmt.Errorf("unzip: %w", err)
	}
	return bufio.NewReaderSize(plain, 1<<16), nil
}

type format int

const (
	formatJSONLines  format = iota
	formatJSONValues        // an array of objects, or objects of several lines
	formatEDN
	formatOpLines // as Jepsen prints operations
)

// formatOf tells the forms of a history apart by how the first operation
// begins: a JSON object's keys are strings, a Clojure map's keywords. It leaves
// src where it was. Nothing at all is a history without operations.
func formatOf(src *bufio.Reader) (format, error) {
	start, err := src.Peek(1 << 16)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	text := bytes.TrimLeft(start, blanks)
	inside := bytes.TrimLeft(text, blanks+"[")
	switch {
	case len(text) == 0:
		return formatJSONLines, nil
	case bytes.HasPrefix(text, []byte("JEPSEN")):
		return 0, fmt.Errorf("this is Jepsen's own binary form of a test: expected the history.edn or history.txt that Jepsen writes beside it")
	case text[0] == '[' && isJSONObject(inside):
		return formatJSONValues, nil
	case text[0] == ';' || text[0] == '#' || text[0] == '[' || text[0] == '(':
		return formatEDN, nil
	case text[0] == '{' && len(bytes.TrimSpace(firstLine(text))) == 1 && isJSONObject(text):
		return formatJSONValues, nil
	case text[0] == '{' && !isJSONObject(text) && bytes.HasPrefix(bytes.TrimLeft(text[1:], blanks), []byte(":")):
		return formatEDN, nil
	case text[0] == '{':
		return formatJSONLines, nil
	case hasOpLine(text):
		return formatOpLines, nil
	}
	return 0, fmt.Errorf("the file starts with %q: expected operations, one a line, "+
		"as JSON ({\"index\":0,...}) or as Maelstrom's EDN ({:index 0, ...}); docs/check.md lists what else is read", excerpt(firstLine(text)))
}

// blanks are what may stand between forms.
const blanks = " \t\r\n,"

// isJSONObject tells whether a text begins with a brace and a string.
func isJSONObject(text []byte) bool {
	return len(text) > 0 && text[0] == '{' && bytes.HasPrefix(bytes.TrimLeft(text[1:], blanks), []byte{'"'})
}

func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	return bytes.TrimRight(line, "\r")
}

// readEDN reads Maelstrom's history: one map an operation, or vectors or lists of
// them. An error names the line where the operation's form begins.
func readEDN(src io.Reader, name string) (h History, assumed []string, err error) {
	text, err := io.ReadAll(src)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	r := &ednReader{src: text}
	var a assumptions
	open := 0 // vectors and lists that the reader is inside of
	for {
		if err := r.skipBlank(); err != nil {
			return h, nil, fmt.Errorf("%s, line %d: %w", name, r.line(), err)
		}
		if r.pos == len(r.src) && open == 0 {
			if h, err = a.whole(h); err != nil {
				return h, nil, fmt.Errorf("%s: %w", name, err)
			}
			return h, a.told(), nil
		}
		switch c := r.peek(0); {
		case c == '[' || c == '(':
			open++
			r.pos++
			continue
		case open > 0 && (c == ']' || c == ')'):
			open--
			r.pos++
			continue
		}
		start := *r // its line is counted only if needed: that looks at all that came before
		form, err := r.required(nil, "an operation or the end of the vector")
		if err != nil && r.line() != start.line() {
			err = fmt.Errorf("the operation that begins here is wrong in line %d: %w", r.line(), err)
		}
		if err == nil {
			err = appendOp(&h, form, &a)
		}
		if err != nil {
			return h, nil, fmt.Errorf("%s, line %d: %w", name, start.line(), err)
		}
	}
}

// appendOp adds the operation that a form holds.
func appendOp(h *History, form json.RawMessage, a *assumptions) error {
	if form[0] != '{' {
		return fmt.Errorf("%s is no operation: expected a map such as {:index 0, :time 0, :type :invoke, :process 0, :f :read, :value nil}", excerpt(form))
	}
	op, has, err := parseOp(form)
	if err != nil {
		return err
	}
	if err := a.complete(&op, has); err != nil {
		return err
	}
	*h = append(*h, op)
	return nil
}

// ReadResults reads Maelstrom's results.edn and gives it as JSON under
// Maelstrom's key names: :valid? is "valid?", the quantile 0.5 is "0.5",
// :unknown is "unknown", operations are objects, lists and sets are arrays.
// Keys stay in the order of the file and numbers keep every digit.
func ReadResults(src io.Reader, name string) (json.RawMessage, error) {
	text, err := unzipped(src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	edn, err := io.ReadAll(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	results, r, err := ednToJSON(edn)
	if err != nil {
		return nil, fmt.Errorf("%s, line %d: %w", name, r.line(), err)
	}
	if results[0] != '{' {
		return nil, fmt.Errorf("%s: the file holds %s: expected a map such as {:workload {...}, :valid? true}", name, excerpt(results))
	}
	return results, nil
}

// ReadResultsFile is ReadResults of the file at path.
func ReadResultsFile(path string) (json.RawMessage, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	defer file.Close()
	return ReadResults(file, path)
}

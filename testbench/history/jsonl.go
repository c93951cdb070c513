package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Reader reads history.jsonl, one operation a line, without holding more than
// one line. Lines may be of any length; blank ones are passed over.
type Reader struct {
	name    string
	src     *bufio.Reader
	line    int
	assumed assumptions
}

// NewReader reads operations from src. The name, a path as a rule, is how
// errors call it.
func NewReader(src io.Reader, name string) *Reader {
	return &Reader{name: name, src: bufio.NewReaderSize(src, 1<<16)}
}

// Next gives the next operation, or io.EOF after the last one. The operation's
// parts are its own. A line that is not an operation, such as one cut short by
// a crash, is an error that names its number and what was expected.
func (r *Reader) Next() (Op, error) {
	op, err := r.next()
	if err == nil && op.Process == unplaced {
		err = fmt.Errorf("%s, line %d: %w", r.name, r.line, errNoProcess)
	}
	return op, err
}

// next is Next for those who give a process to operations that name none.
func (r *Reader) next() (Op, error) {
	for {
		line, err := r.readLine()
		if err != nil {
			return Op{}, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		op, err := r.parse(line)
		if err != nil {
			return Op{}, fmt.Errorf("%s, line %d: %w", r.name, r.line, err)
		}
		return op, nil
	}
}

// readLine gives one line in a buffer of its own, which the operation keeps.
func (r *Reader) readLine() ([]byte, error) {
	r.line++
	line, err := r.src.ReadBytes('\n')
	if err == io.EOF && len(line) > 0 {
		return line, nil
	}
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s, line %d: %w", r.name, r.line, err)
	}
	return line, err
}

func (r *Reader) parse(line []byte) (Op, error) {
	if !json.Valid(line) {
		return Op{}, invalidLine(line)
	}
	op, has, err := parseOp(line)
	if err != nil {
		return op, err
	}
	return op, r.assumed.complete(&op, has)
}

// invalidLine says what is wrong with a line that is not JSON. One that simply
// stops is the trace of a writer that was killed, and deserves its own words.
func invalidLine(line []byte) error {
	var any json.RawMessage
	err := json.Unmarshal(line, &any)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset >= int64(len(bytes.TrimRight(line, "\r\n"))) {
		return fmt.Errorf("the line is cut short, it ends in %s : expected one whole operation, {...}", tail(line))
	}
	return fmt.Errorf("the line is not JSON (%w): expected one operation, such as {\"index\":0,\"time\":0,\"type\":\"invoke\",\"process\":0,\"f\":\"read\",\"value\":null}", err)
}

func tail(line []byte) []byte {
	line = bytes.TrimRight(line, "\r\n")
	return line[max(0, len(line)-excerptBytesMax/2):]
}

// indexing sees to it that indices rise, or gives them out where a history has
// none, and the same with times, a millisecond apart: their order is the file's.
type indexing struct {
	count   int
	last    int
	missing bool
	untimed bool
}

// complete gives an operation what it lacks.
func (x *indexing) complete(op *Op, has parts) error {
	switch {
	case x.count == 0:
		x.untimed = !has.time
	case x.untimed != !has.time:
		return fmt.Errorf("some operations have a time and some have none: expected all or none to have one")
	}
	if x.untimed {
		op.Time = time.Duration(x.count) * time.Millisecond
	}
	var err error
	op.Index, err = x.next(op.Index, has.index)
	return err
}

func (x *indexing) next(index int, present bool) (int, error) {
	first := x.count == 0
	x.count++
	if first {
		x.missing = !present
	}
	switch {
	case x.missing != !present:
		return 0, fmt.Errorf("some operations have an index and some have none: expected all or none to have one")
	case x.missing:
		return x.count - 1, nil
	case !first && index <= x.last:
		return 0, fmt.Errorf("index %d comes after index %d: expected indices to rise", index, x.last)
	}
	x.last = index
	return index, nil
}

// Writer writes history.jsonl, one operation a line, through a buffer.
type Writer struct {
	dst  *bufio.Writer
	line []byte
}

// NewWriter writes operations to dst. Flush must follow the last one.
func NewWriter(dst io.Writer) *Writer {
	return &Writer{dst: bufio.NewWriterSize(dst, 1<<16)}
}

// Write adds an operation. Its Value and Error must be valid JSON, which is
// checked only where they hold a line break, since those must go. It fails when
// the destination does.
func (w *Writer) Write(op Op) error {
	for _, raw := range []*json.RawMessage{&op.Value, &op.Error} {
		if bytes.ContainsAny(*raw, "\n\r") {
			var compact bytes.Buffer
			if err := json.Compact(&compact, *raw); err != nil {
				return fmt.Errorf("write operation %d: its value or error is not JSON: %w", op.Index, err)
			}
			*raw = compact.Bytes()
		}
	}
	w.line = append(op.AppendJSON(w.line[:0]), '\n')
	if _, err := w.dst.Write(w.line); err != nil {
		return fmt.Errorf("write operation %d: %w", op.Index, err)
	}
	return nil
}

// Flush hands what is buffered to the destination.
func (w *Writer) Flush() error {
	if err := w.dst.Flush(); err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	return nil
}

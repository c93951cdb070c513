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

// ReadFile reads a whole history: Eddy's history.jsonl or Maelstrom's
// history.edn, either of them gzipped or not. What the file holds decides, not
// its name. An error names the file, the line, what was wrong and what was
// expected; the operations before it are returned as well.
func ReadFile(path string) (History, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	defer file.Close()
	return Read(file, path)
}

// Read is ReadFile for something already open; name is how errors call it.
func Read(src io.Reader, name string) (History, error) {
	text, err := unzipped(src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	format, err := formatOf(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if format == formatEDN {
		return readEDN(text, name)
	}
	var h History
	reader := NewReader(text, name)
	for {
		op, err := reader.Next()
		if err == io.EOF {
			return h, nil
		}
		if err != nil {
			return h, err
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
	formatJSONLines format = iota
	formatEDN
)

// formatOf tells the two forms of a history apart by how the first operation
// begins: a JSON object's keys are strings, a Clojure map's keywords. It leaves
// src where it was. Nothing at all is a history without operations.
func formatOf(src *bufio.Reader) (format, error) {
	start, err := src.Peek(1 << 12)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	text := bytes.TrimLeft(start, " \t\r\n,")
	switch {
	case len(text) == 0:
		return formatJSONLines, nil
	case text[0] == ';' || text[0] == '#' || text[0] == '[' || text[0] == '(':
		return formatEDN, nil
	case text[0] == '{':
		if inner := bytes.TrimLeft(text[1:], " \t\r\n,"); len(inner) > 0 && inner[0] == ':' {
			return formatEDN, nil
		}
		return formatJSONLines, nil
	}
	return 0, fmt.Errorf("the file starts with %q: expected operations, one a line, "+
		"as JSON ({\"index\":0,...}) or as Maelstrom's EDN ({:index 0, ...})", excerpt(firstLine(text)))
}

func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	return bytes.TrimRight(line, "\r")
}

// readEDN reads Maelstrom's history: one map an operation, or one vector of
// them.
func readEDN(src io.Reader, name string) (History, error) {
	text, err := io.ReadAll(src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r := &ednReader{src: text}
	var h History
	var indices indexing
	for {
		form, more, err := r.next(nil)
		if err == nil && !more {
			return h, nil
		}
		line := r.line // counted only if needed: it looks at all that came before
		if err == nil {
			err = appendOps(&h, form, &indices)
		}
		if err != nil {
			return h, fmt.Errorf("%s, line %d: %w", name, line(), err)
		}
	}
}

// appendOps adds the operation, or the operations, that a form holds.
func appendOps(h *History, form json.RawMessage, indices *indexing) error {
	if form[0] == '[' {
		var err error
		EachElement(form, func(element json.RawMessage) bool {
			err = appendOps(h, element, indices)
			return err == nil
		})
		return err
	}
	if form[0] != '{' {
		return fmt.Errorf("%s is no operation: expected a map such as {:index 0, :time 0, :type :invoke, :process 0, :f :read, :value nil}", excerpt(form))
	}
	op, indexed, err := parseOp(form)
	if err != nil {
		return err
	}
	if op.Index, err = indices.next(op.Index, indexed); err != nil {
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

package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"eddy/testbench/jsonwalk"
)

// readJSONValues reads operations that are JSON objects of any number of lines, one after the other or in arrays. An error
// names the line where the object begins.
func readJSONValues(src io.Reader, name string) (h History, assumed []string, err error) {
	text, err := io.ReadAll(src)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	var a assumptions
	fail := func(at int, err error) (History, []string, error) {
		return h, nil, fmt.Errorf("%s, line %d: %w", name, 1+bytes.Count(text[:at], []byte{'\n'}), err)
	}
	open := 0
	for i := 0; ; {
		for i < len(text) && (bytes.IndexByte([]byte(" \t\r\n,"), text[i]) >= 0 || text[i] == '[' || open > 0 && text[i] == ']') {
			switch text[i] {
			case '[':
				open++
			case ']':
				open--
			}
			i++
		}
		if i == len(text) {
			if open > 0 {
				return fail(len(text), fmt.Errorf("the text ends early: expected ']'"))
			}
			h, err := a.whole(h)
			if err != nil {
				err = fmt.Errorf("%s: %w", name, err)
			}
			return h, a.told(), err
		}
		end := max(jsonwalk.SkipValue(text, i), i+1)
		raw := text[i:end]
		var any json.RawMessage
		if err := json.Unmarshal(raw, &any); err != nil {
			return fail(i, fmt.Errorf("the operation that begins here is not JSON (%w): expected an object such as {\"type\":\"invoke\",\"process\":0,\"f\":\"read\",\"value\":null}", err))
		}
		if err := appendOp(&h, any, &a); err != nil {
			return fail(i, err)
		}
		i = end
	}
}

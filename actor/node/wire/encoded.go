package wire

import "fmt"

// Encoded holds a body's own fields, encoded once and checked: an Appender that any number of goroutines may
// send any number of times.
type Encoded []byte

// Encode encodes fields as AppendMessage would. The result shares nothing with fields.
func Encode(fields any) (Encoded, error) {
	encoded, err := appendFields(nil, fields)
	if err != nil {
		return nil, fmt.Errorf("fields cannot be encoded: %w", err)
	}
	if len(encoded) == 0 {
		return nil, nil
	}
	return Encoded(encoded[1:]), nil // without the comma that follows the header
}

// AppendFields appends the fields.
func (e Encoded) AppendFields(dst []byte) []byte { return append(dst, e...) }

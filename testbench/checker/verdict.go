package checker

import (
	"fmt"
)

// Verdict is the answer to whether a history is what its workload promises.
type Verdict uint8

// The verdicts, from weakest to strongest: of several, the strongest counts.
// NotJudged, the zero value, is that of results nobody has filled in.
const (
	NotJudged Verdict = iota
	Valid
	Unknown
	Invalid
)

// String gives the verdict in a word.
func (v Verdict) String() string {
	switch v {
	case Valid:
		return "valid"
	case Unknown:
		return "unknown"
	case Invalid:
		return "invalid"
	}
	return "not judged"
}

// MarshalJSON writes true, false or "unknown" as Maelstrom does, and null for
// what was not judged.
func (v Verdict) MarshalJSON() ([]byte, error) {
	switch v {
	case Valid:
		return []byte("true"), nil
	case Unknown:
		return []byte(`"unknown"`), nil
	case Invalid:
		return []byte("false"), nil
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads what MarshalJSON writes and refuses anything else.
func (v *Verdict) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "true":
		*v = Valid
	case "false":
		*v = Invalid
	case `"unknown"`:
		*v = Unknown
	case "null":
		*v = NotJudged
	default:
		return fmt.Errorf("valid? is %s: expected true, false or \"unknown\"", data)
	}
	return nil
}

// Merge gives the verdict of a whole from those of its parts: false beats
// unknown beats true.
func Merge(parts ...Verdict) Verdict {
	whole := Valid
	for _, part := range parts {
		whole = max(whole, part)
	}
	return whole
}

// VerdictOf is Valid or Invalid.
func VerdictOf(valid bool) Verdict {
	if valid {
		return Valid
	}
	return Invalid
}

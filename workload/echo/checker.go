package echo

import (
	"encoding/json"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Results tells whether every answer held what was asked for.
type Results struct {
	Valid  checker.Verdict `json:"valid?"`
	Errors []Error         `json:"errors"`

	// Refused counts those of Errors that were answered with an error; no key of Maelstrom's.
	Refused int `json:"refused,omitempty"`

	// Error is set in results of Maelstrom whose checker failed.
	Error json.RawMessage `json:"error,omitempty"`
}

// Error is one wrong answer: four elements of which the second is the value
// sent and the fourth what came back, the others being words between them.
type Error [4]json.RawMessage

// Verdict tells whether every answer was right.
func (e *Results) Verdict() checker.Verdict { return e.Valid }

// checkEcho compares each request with its reply. As in Maelstrom, a request
// that certainly failed counts as answered wrongly, and one whose fate is
// unknown does not count.
func check(h history.History, pairs history.Pairing, _ checker.Options) (checker.Workload, []checker.Witness, error) {
	result := &Results{Errors: []Error{}}
	var witnesses []checker.Witness
	for i, op := range h {
		completion, completed := pairs.Of(i)
		if op.Type != history.Invoke || !completed || h[completion].Type == history.Info {
			continue
		}
		reply := h[completion]
		if history.Canonical(op.Value) == history.Canonical(echoOf(reply.Value)) {
			continue
		}
		sent, got := json.RawMessage(history.Canonical(op.Value)), json.RawMessage(history.Canonical(reply.Value))
		var note string
		if reply.Type == history.Fail {
			result.Refused++
			note = "the error " + errorWords(reply.Error)
		}
		result.Errors = append(result.Errors, Error{json.RawMessage(`"sent"`), sent, json.RawMessage(`"but got back"`), got})
		if len(witnesses) < checker.WitnessesMax {
			witnesses = append(witnesses, checker.Witness{Kind: checker.WrongEcho, Value: sent, Got: got, Invoked: checker.EventOf(op), Known: checker.EventOf(reply), Note: note})
		}
	}
	result.Valid = checker.VerdictOf(len(result.Errors) == 0)
	return result, witnesses, nil
}

// errorWords shows the error of a failed operation, its name and text: temporarily-unavailable, "busy".
func errorWords(e json.RawMessage) string {
	var parts []json.RawMessage
	var name string
	if json.Unmarshal(e, &parts) != nil || len(parts) != 2 || json.Unmarshal(parts[0], &name) != nil {
		return string(e)
	}
	if string(parts[1]) == "null" {
		return name
	}
	return name + ", " + string(parts[1])
}

// echoOf takes the field echo out of a reply's body; a body without one, or
// that is no object, has none.
func echoOf(body json.RawMessage) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return nil
	}
	return fields["echo"]
}

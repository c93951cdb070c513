package workload

import (
	"encoding/json"
	"fmt"
	"strconv"

	"eddy/testbench/history"
	"eddy/testbench/network"
)

// Completion is how an operation ended.
type Completion struct {
	Type  history.Type // OK, Fail or Info
	Value json.RawMessage
	Error json.RawMessage // nil if OK
	// Malformed tells what was wrong with the reply, if that is why the outcome is unknown.
	Malformed *MalformedError
}

// Complete ends an operation with the reply that came.
func (w *Workload) Complete(inv Invocation, r Reply) Completion {
	c := w.Call(inv.F)
	if r.Type == "error" {
		return w.Failed(inv, c, ParseError(r))
	}
	field, err := c.Reply.Take(r)
	if err != nil {
		return Malformed(inv, err.(*MalformedError))
	}
	if c.Alters != nil {
		if altered := c.Alters(inv.Value, field); altered != "" {
			return Malformed(inv, &MalformedError{Body: r.body, Want: c.Reply, Faults: []string{altered}, Altered: true})
		}
	}
	done := Completion{Type: history.OK, Value: inv.Value}
	switch {
	case c.Whole:
		done.Value = r.body
	case c.Reply.Field != "":
		done.Value = field
	}
	return done
}

// Malformed ends an operation with a reply that is not of its form.
func Malformed(inv Invocation, err *MalformedError) Completion {
	return Completion{Type: history.Info, Value: inv.Value, Error: indeterminate(err.Error()), Malformed: err}
}

// Failed ends an operation with an error that a node answered.
func (w *Workload) Failed(inv Invocation, c *Call, e RPCError) Completion {
	done := Completion{Type: history.Info, Value: inv.Value}
	if w.Raises {
		done.Error = indeterminate(e.Error())
		return done
	}
	if e.Definite() || c.Idempotent {
		done.Type = history.Fail
	}
	text := e.Text
	if text == nil {
		text = json.RawMessage("null")
	}
	done.Error = append(append(strconv.AppendQuote([]byte("["), e.Name()), ','), text...)
	done.Error = append(done.Error, ']')
	return done
}

// TimedOut ends an operation that nobody answered in time.
func (w *Workload) TimedOut(inv Invocation) Completion {
	done := Completion{Type: history.Info, Value: inv.Value, Error: json.RawMessage(`"net-timeout"`)}
	if w.Raises {
		done.Error = indeterminate("no reply within the client's timeout")
	} else if w.Call(inv.F).Idempotent {
		done.Type = history.Fail
	}
	return done
}

// indeterminate is the error of an operation whose client broke off, in the words of Jepsen's histories.
func indeterminate(why string) json.RawMessage {
	return network.AppendString(nil, "indeterminate: "+why)
}

// RPCError is a reply of type error.
type RPCError struct {
	Code json.RawMessage // nil if there was none
	Text json.RawMessage // nil if there was none
}

// ParseError reads a reply of type error; nothing in it is obligatory.
func ParseError(r Reply) RPCError {
	var e RPCError
	network.Fields(r.body, func(name string, value []byte) {
		switch name {
		case "code":
			e.Code = value
		case "text":
			e.Text = value
		}
	})
	return e
}

// errorCodes are Maelstrom's: the code, its name, and whether it means that the operation certainly
// did not happen.
var errorCodes = []struct {
	code     string
	name     string
	definite bool
}{
	{"0", "timeout", false},
	{"1", "node-not-found", true},
	{"10", "not-supported", true},
	{"11", "temporarily-unavailable", true},
	{"12", "malformed-request", true},
	{"13", "crash", false},
	{"14", "abort", true},
	{"20", "key-does-not-exist", true},
	{"21", "key-already-exists", true},
	{"22", "precondition-failed", true},
	{"30", "txn-conflict", true},
	{"40", "not-a-member", true}, // proposed for Maelstrom; see package nemesis, FaultMembership
}

// Name gives Maelstrom's name for the code, "unknown" for others.
func (e RPCError) Name() string {
	for _, known := range errorCodes {
		if known.code == string(e.Code) {
			return known.name
		}
	}
	return "unknown"
}

// Definite tells whether the error means that the operation did not and will not happen.
func (e RPCError) Definite() bool {
	for _, known := range errorCodes {
		if known.code == string(e.Code) {
			return known.definite
		}
	}
	return false
}

// Error shows code, name and text.
func (e RPCError) Error() string {
	text := ""
	if len(e.Text) > 0 {
		text = ": " + network.Abbreviate(e.Text, 200)
	}
	code := "without a code"
	if len(e.Code) > 0 {
		code = string(e.Code)
	}
	return fmt.Sprintf("error %s (%s)%s", code, e.Name(), text)
}

package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Nemesis is the process number of operations that no client performed: the
// faults that were injected. On disk it is written "nemesis".
const Nemesis = -1

// Type says which end of an operation a history's entry is.
type Type uint8

// An operation is invoked, and then ends OK (it happened), Fail (it certainly
// did not) or Info (nobody knows). Entries of the nemesis are all Info.
const (
	Invoke Type = iota + 1
	OK
	Fail
	Info
)

var typeNames = [...]string{Invoke: "invoke", OK: "ok", Fail: "fail", Info: "info"}

// String gives the name a history uses: invoke, ok, fail or info.
func (t Type) String() string {
	if t < Invoke || t > Info {
		return fmt.Sprintf("Type(%d)", uint8(t))
	}
	return typeNames[t]
}

// parseType is the inverse of String.
func parseType(name string) (Type, bool) {
	for t := Invoke; t <= Info; t++ {
		if typeNames[t] == name {
			return t, true
		}
	}
	return 0, false
}

// Op is one entry of a history: an invocation, a completion, or an act of the
// nemesis.
type Op struct {
	Index   int           // position in the run, strictly increasing
	Time    time.Duration // since the start of the run
	Type    Type
	Process int             // the client process, or Nemesis
	F       string          // what was done: "broadcast", "read", "start-partition"
	Value   json.RawMessage // argument or result, valid JSON; nil is null
	Final   bool            // one of the reads after recovery
	Error   json.RawMessage // why it failed or is unknown; nil when it did not
}

// AppendJSON appends the operation as one line of history.jsonl, without the
// newline. Times are whole nanoseconds, and value is always written.
func (o Op) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"index":`...)
	dst = strconv.AppendInt(dst, int64(o.Index), 10)
	dst = append(dst, `,"time":`...)
	dst = strconv.AppendInt(dst, int64(o.Time), 10)
	dst = append(dst, `,"type":"`...)
	dst = append(dst, o.Type.String()...)
	dst = append(dst, `","process":`...)
	if o.Process == Nemesis {
		dst = append(dst, `"nemesis"`...)
	} else {
		dst = strconv.AppendInt(dst, int64(o.Process), 10)
	}
	dst = append(dst, `,"f":`...)
	dst = appendString(dst, o.F)
	dst = append(dst, `,"value":`...)
	if len(o.Value) == 0 {
		dst = append(dst, "null"...)
	} else {
		dst = append(dst, o.Value...)
	}
	if o.Final {
		dst = append(dst, `,"final?":true`...)
	}
	if len(o.Error) > 0 {
		dst = append(dst, `,"error":`...)
		dst = append(dst, o.Error...)
	}
	return append(dst, '}')
}

// MarshalJSON encodes the operation as AppendJSON does.
func (o Op) MarshalJSON() ([]byte, error) {
	return o.AppendJSON(nil), nil
}

// UnmarshalJSON decodes one operation. It fails on one that lacks its index,
// time, type, process or f; keys it does not know are passed over.
func (o *Op) UnmarshalJSON(data []byte) error {
	op, has, err := parseOp(data)
	if err != nil {
		return err
	}
	if !has.process {
		return errNoProcess
	}
	if !has.f {
		return errNoF
	}
	if !has.index {
		return fmt.Errorf("the operation has no index: expected its position in the run, such as \"index\":0")
	}
	if !has.time {
		return fmt.Errorf("the operation has no time: expected the nanoseconds since the start of the run")
	}
	op.Value = append(json.RawMessage(nil), op.Value...)
	op.Error = append(json.RawMessage(nil), op.Error...)
	*o = op
	return nil
}

// parseOp reads an operation from an object that is known to be valid JSON.
// Value and Error are parts of line, not copies. has tells what the object had of
// that which a history may lack.
func parseOp(line []byte) (op Op, has parts, err error) {
	op.Process = unplaced
	err = eachField(line, func(key string, raw []byte) error {
		var err error
		switch key {
		case "index":
			op.Index, err = parseInt(key, raw)
			has.index = true
		case "time":
			var ns int
			ns, err = parseInt(key, raw)
			op.Time, has.time = time.Duration(ns), true
		case "type":
			op.Type, err = parseTypeField(raw)
		case "process":
			op.Process, err = parseProcess(raw)
			has.process = true
		case "f":
			err = json.Unmarshal(raw, &op.F) // null is none
		case "value":
			op.Value = present(raw)
		case "error":
			op.Error = present(raw)
		case "final?":
			op.Final = string(raw) == "true"
		}
		return err
	})
	switch {
	case err != nil:
		return op, has, err
	case op.Type == 0:
		return op, has, fmt.Errorf("the operation has no type: expected invoke, ok, fail or info; is this a history?")
	case op.F != "":
		has.f = true
	case isTransaction(op.Value):
		op.F = "txn"
	default:
		return op, has, errNoF
	}
	return op, has, nil
}

var (
	errNoF       = errors.New("the operation has no f: expected what was done, such as broadcast or read")
	errNoProcess = errors.New("the operation has no process: expected a client's number or nemesis")
)

// present turns null into absence, so that both compare alike.
func present(raw []byte) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}

func parseInt(key string, raw []byte) (int, error) {
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		return 0, fmt.Errorf("%s is %s: expected a whole number", key, excerpt(raw))
	}
	return n, nil
}

func parseTypeField(raw []byte) (Type, error) {
	var name string
	if err := json.Unmarshal(raw, &name); err == nil {
		if t, ok := parseType(name); ok {
			return t, nil
		}
	}
	return 0, fmt.Errorf("type is %s: expected invoke, ok, fail or info", excerpt(raw))
}

func parseProcess(raw []byte) (int, error) {
	if len(raw) > 0 && raw[0] == '"' {
		if string(raw) == `"nemesis"` {
			return Nemesis, nil
		}
	} else if n, err := strconv.Atoi(string(raw)); err == nil && n >= 0 {
		return n, nil
	}
	return 0, fmt.Errorf("process is %s: expected a client's number from 0 up, or nemesis", excerpt(raw))
}

// excerptBytesMax bounds how much of a wrong input an error repeats.
const excerptBytesMax = 60

func excerpt(raw []byte) string {
	if len(raw) <= excerptBytesMax {
		return string(raw)
	}
	return string(raw[:excerptBytesMax]) + "..."
}

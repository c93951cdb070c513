package service

import (
	"fmt"
	"math/rand/v2"

	"eddy/testbench/network"
)

// Codes of Maelstrom's errors.
const (
	keyDoesNotExist    = 20
	preconditionFailed = 22
)

// answerBytesMax bounds how much of a value an error repeats.
const answerBytesMax = 200

// outcome is what a request to a key-value store comes to on some state of it.
type outcome struct {
	reply []byte
	write bool // the key is to become value
	value value
}

// carryOut finds the outcome of a request where the key holds found, or nothing. Without creates, a compare
// and set never makes a key.
func (r *request) carryOut(found value, there, creates bool) outcome {
	switch {
	case r.kind == "write":
		return outcome{reply: r.reply("write_ok", ""), write: true, value: r.value}
	case r.kind == "read" && there:
		return outcome{reply: r.reply("read_ok", `,"value":`+string(found.text))}
	case r.kind == "cas" && (there && r.from.equals(found) || !there && creates && r.create):
		return outcome{reply: r.reply("cas_ok", ""), write: true, value: r.to}
	case !there:
		return outcome{reply: r.fail(keyDoesNotExist, "key does not exist")}
	}
	return outcome{reply: r.fail(preconditionFailed, fmt.Sprintf("current value %s is not %s",
		network.Abbreviate(found.text, answerBytesMax), network.Abbreviate(r.from.text, answerBytesMax)))}
}

func parseKV(body []byte) (request, error) { return parse(body, "read", "write", "cas") }

// linearizable is lin-kv.
type linearizable struct{ keys map[string]value }

func (s *linearizable) Handle(_ string, body []byte, _ *rand.Rand) ([]byte, error) {
	r, err := parseKV(body)
	if err != nil {
		return nil, err
	}
	found, there := s.keys[r.key]
	out := r.carryOut(found, there, true)
	if out.write {
		if s.keys == nil {
			s.keys = make(map[string]value)
		}
		s.keys[r.key] = out.value
	}
	return out.reply, nil
}

// oracle is lin-tso.
type oracle struct{ next int64 }

func (s *oracle) Handle(_ string, body []byte, _ *rand.Rand) ([]byte, error) {
	r, err := parse(body, "ts")
	if err != nil {
		return nil, err
	}
	ts := s.next
	s.next++
	return r.reply("ts_ok", fmt.Sprintf(`,"ts":%d`, ts)), nil
}

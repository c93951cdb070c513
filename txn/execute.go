package txn

import (
	"bytes"
	"fmt"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// execution is a transaction that was executed on the state as it is, which it
// has not changed yet.
type execution struct {
	answer answered
	writes []written // in their order
}

type written struct {
	write
	name string // the key's canonical form
	last bool   // the transaction's last write of the key
}

// execute carries a transaction out: reads see the state and the transaction's own
// writes. The error is one for the client; nothing has happened then.
func (r *registers) execute(txn []wire.Raw) (execution, error) {
	x := execution{answer: answered{'['}}
	own := map[string]int{} // by key: the last write
	for i, mop := range txn {
		f, w, name, err := parseMop(mop)
		if err != nil {
			return x, node.Errorf(maelstrom.MalformedRequest, "%v", err)
		}
		value := w.value
		switch f {
		case "r":
			value = r.read(name)
			if last, wrote := own[name]; wrote {
				value = x.writes[last].value
			}
		case "w":
			if last, wrote := own[name]; wrote {
				x.writes[last].last = false
			}
			own[name] = len(x.writes)
			x.writes = append(x.writes, written{write{bytes.Clone(w.key), bytes.Clone(w.value)}, name, true})
		default:
			return x, node.Errorf(maelstrom.NotSupported, "txn: %q is no operation of this service: expected r or w", f)
		}
		if i > 0 {
			x.answer = append(x.answer, ',')
		}
		x.answer = append(append(append(x.answer, `["`...), f...), `",`...)
		x.answer = append(append(append(append(x.answer, w.key...), ','), value...), ']')
	}
	x.answer = append(x.answer, ']')
	return x, nil
}

// parseMop takes an operation apart: what it is called, its key and value, and
// the key's canonical form.
func parseMop(mop wire.Raw) (f string, w write, name string, err error) {
	var parts []wire.Raw
	if err := wire.Unmarshal(mop, &parts); err != nil || len(parts) != 3 {
		return "", w, "", fmt.Errorf(`txn: %.80s is no operation: expected ["r",key,null] or ["w",key,value]`, mop)
	}
	if err := wire.Unmarshal(parts[0], &f); err != nil {
		return "", w, "", fmt.Errorf(`txn: %.80s is no operation: expected "r" or "w" at its start`, mop)
	}
	canonical, err := wire.Canonical(parts[1])
	if err != nil {
		return "", w, "", fmt.Errorf("txn: the key %.80s: %v", parts[1], err)
	}
	return f, write{key: parts[1], value: parts[2]}, string(canonical), nil
}

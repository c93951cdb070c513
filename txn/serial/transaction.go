package serial

import (
	"fmt"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// transaction is what a client asks for: operations to be carried out in their
// order (Maelstrom's doc/workloads.md, txn-list-append).
type transaction []mop

// mop is one operation: a read of a key's list, or an append to it.
type mop struct {
	appends bool
	key     wire.Raw // as the client spells it
	name    string   // the key's canonical form
	element wire.Raw // of an append
}

// parse reads a transaction. The error is one for the client.
func parse(txn wire.Raw) (transaction, error) {
	var all []wire.Raw
	if err := wire.Unmarshal(txn, &all); err != nil {
		return nil, node.Errorf(maelstrom.MalformedRequest, "txn: %.80s is no list of operations", txn)
	}
	t := make(transaction, len(all))
	for i, one := range all {
		var err error
		if t[i], err = parseMop(one); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func parseMop(one wire.Raw) (mop, error) {
	var parts []wire.Raw
	if err := wire.Unmarshal(one, &parts); err != nil || len(parts) != 3 {
		return mop{}, malformed(`%.80s is no operation: expected ["r",key,null] or ["append",key,element]`, one)
	}
	var f string
	if err := wire.Unmarshal(parts[0], &f); err != nil {
		return mop{}, malformed(`%.80s is no operation: expected "r" or "append" at its start`, one)
	}
	if f != "r" && f != "append" {
		return mop{}, node.Errorf(maelstrom.NotSupported, "txn: %q is no operation of this service: expected r or append", f)
	}
	name, err := wire.Canonical(parts[1])
	if err != nil {
		return mop{}, malformed("the key %.80s: %v", parts[1], err)
	}
	return mop{appends: f == "append", key: parts[1], name: string(name), element: parts[2]}, nil
}

func malformed(format string, args ...any) error {
	return node.Errorf(maelstrom.MalformedRequest, "txn: %s", fmt.Sprintf(format, args...))
}

// reads reports whether a transaction changes nothing.
func (t transaction) reads() bool {
	for i := range t {
		if t[i].appends {
			return false
		}
	}
	return true
}

// lists are what transactions work on: a JSON list by each key's canonical form.
type lists interface {
	// get gives a key's list, nil if there is none.
	get(name string) wire.Raw
	// put replaces it.
	put(name string, list wire.Raw)
}

// execute carries the transaction out, and gives it as it is answered.
func (t transaction) execute(on lists) wire.Raw {
	answer := wire.Raw{'['}
	for i, m := range t {
		if i > 0 {
			answer = append(answer, ',')
		}
		if m.appends {
			on.put(m.name, extended(on.get(m.name), m.element))
			answer = append(append(answer, `["append",`...), m.key...)
			answer = append(append(append(answer, ','), m.element...), ']')
			continue
		}
		list := on.get(m.name)
		if list == nil {
			list = wire.Raw("null")
		}
		answer = append(append(answer, `["r",`...), m.key...)
		answer = append(append(append(answer, ','), list...), ']')
	}
	return append(answer, ']')
}

// extended is a list and one element more. The list it is made of stays as it is,
// since former states of it may be in use.
func extended(list, element wire.Raw) wire.Raw {
	longer := make(wire.Raw, 0, len(list)+len(element)+2)
	if len(list) <= len("[]") {
		longer = append(longer, '[')
	} else {
		longer = append(append(longer, list[:len(list)-1]...), ',')
	}
	return append(append(longer, element...), ']')
}

package serial

import "eddy/actor/node/wire"

// machine executes transactions on the store that package kv replicates.
type machine struct{ bug Bug }

// Check reports whether a transaction only reads.
func (machine) Check(txn wire.Raw) (reads bool, err error) {
	t, err := parse(txn)
	return t.reads(), err
}

// Execute carries a transaction out.
func (m machine) Execute(values map[string]wire.Raw, txn wire.Raw) wire.Raw {
	t, err := parse(txn)
	if err != nil {
		panic("serial: what was checked does not parse: " + err.Error())
	}
	if m.bug == Interleaved {
		return interleave(replicated(values), t)
	}
	return t.execute(replicated(values))
}

// replicated is the store of a replica.
type replicated map[string]wire.Raw

func (r replicated) get(name string) wire.Raw       { return r[name] }
func (r replicated) put(name string, list wire.Raw) { r[name] = list }

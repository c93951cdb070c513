package serial

import "eddy/actor/node/wire"

// Bug is a deliberate mistake, by which the tests show that they would find it.
type Bug string

// The mistakes.
const (
	// StaleRead answers transactions that only read from what the node last knew, asking nobody.
	StaleRead Bug = "stale-read"
	// Interleaved has what a transaction appends after its first append come behind the next transaction.
	Interleaved Bug = "interleaved"
	// BlindRoot moves the root of the chunks whatever it is by then.
	BlindRoot Bug = "blind-root"
)

// heldName is where Interleaved keeps what is to come behind the next
// transaction: part of the state, so that every replica errs alike.
const heldName = `{"held":true}`

// interleave carries a transaction out but for its later appends, which it keeps
// for the next one to make.
func interleave(on lists, t transaction) wire.Raw {
	if t.reads() {
		return t.execute(on)
	}
	answer := t.execute(overlay{on, map[string]wire.Raw{}})
	var held transaction
	if kept := on.get(heldName); kept != nil {
		held, _ = parse(kept)
	}
	var now, later transaction
	for _, m := range t {
		switch {
		case m.appends && len(now) > 0:
			later = append(later, m)
		case m.appends:
			now = append(now, m)
		}
	}
	now.execute(on)
	held.execute(on)
	on.put(heldName, later.execute(overlay{on, map[string]wire.Raw{}}))
	return answer
}

// overlay is lists with changes that do not reach what is below.
type overlay struct {
	below   lists
	changed map[string]wire.Raw
}

func (o overlay) get(name string) wire.Raw {
	if list, changed := o.changed[name]; changed {
		return list
	}
	return o.below.get(name)
}

func (o overlay) put(name string, list wire.Raw) { o.changed[name] = list }

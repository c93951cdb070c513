package history

import (
	"encoding/json"
	"fmt"
	"slices"
)

// unplaced is the process of an operation that names none, until place has given it one.
const unplaced = -2

// parts are those parts of an operation that a history may lack.
type parts struct{ index, time, f, process bool }

// assumptions is what a history lacks, and what is taken for granted in its place.
type assumptions struct {
	indexing
	unplaced bool // no operation of a client has a process
	clients  int
	unnamed  int // operations without an f
	skipped  int // lines of a log that are no operations
	only     bool
}

// complete gives an operation what it lacks, as far as that does not take the whole history.
func (a *assumptions) complete(op *Op, has parts) error {
	if op.Process != Nemesis {
		switch a.clients++; {
		case a.clients == 1:
			a.unplaced = !has.process
		case a.unplaced == has.process:
			return fmt.Errorf("some operations have a process and some have none: expected all or none to have one")
		}
	}
	if !has.f {
		a.unnamed++
	}
	return a.indexing.complete(op, has)
}

// whole gives a history what it lacks once all of it is read.
func (a *assumptions) whole(h History) (History, error) {
	a.only = a.clients > 0 && !slices.ContainsFunc(h, func(op Op) bool { return op.Process != Nemesis && op.Type == Invoke })
	if a.unplaced {
		if err := place(h, a.only); err != nil {
			return h, err
		}
	}
	if a.only {
		h = begun(h)
	}
	return h, nil
}

// told says in sentences what is taken for granted.
func (a *assumptions) told() []string {
	var all []string
	if a.skipped > 0 {
		all = append(all, fmt.Sprintf("Lines that are no operations were passed over: %d.", a.skipped))
	}
	if a.indexing.count == 0 {
		return all
	}
	const inOrder = "their order in the file is taken for the order of events, 1 ms apart, and latencies mean nothing."
	switch {
	case a.missing && a.untimed:
		all = append(all, "The operations have no indices and no times: they are numbered from 0, and "+inOrder)
	case a.missing:
		all = append(all, "The operations have no indices: they are numbered from 0.")
	case a.untimed:
		all = append(all, "The operations have no times: "+inOrder)
	}
	if a.unnamed > 0 {
		all = append(all, fmt.Sprintf("Operations without f, %d of them, are taken for txn: their values are lists of reads and writes.", a.unnamed))
	}
	if a.unplaced && !a.only {
		all = append(all, "The operations have no processes: each is taken for a client of its own, and a completion for the end of the one open operation that it fits.")
	} else if a.unplaced {
		all = append(all, "The operations have no processes: each is taken for a client of its own.")
	}
	if a.only {
		all = append(all, "The history has completions only: each operation is taken to have begun as early as its client could, so real time proves nothing.")
	}
	return all
}

// place gives every operation of a client a process. Only says that there are no invocations.
func place(h History, only bool) error {
	clients := 0
	var open []int // positions of invocations
	for i := range h {
		op := &h[i]
		switch {
		case op.Process == Nemesis:
			continue
		case only || op.Type == Invoke:
			op.Process = clients
			clients++
			if op.Type == Invoke {
				open = append(open, i)
			}
			continue
		}
		invoked, err := completedBy(h, i, open)
		if err != nil {
			return err
		}
		op.Process = h[invoked].Process
		open = slices.DeleteFunc(open, func(at int) bool { return at == invoked })
	}
	return nil
}

// completedBy gives the one open invocation that a completion fits.
func completedBy(h History, completion int, open []int) (int, error) {
	op := &h[completion]
	var same, fits []int
	for _, at := range open {
		if h[at].F == op.F {
			same = append(same, at)
			if fitting(h[at].Value, op.Value) {
				fits = append(fits, at)
			}
		}
	}
	switch {
	case len(same) == 0:
		return 0, fmt.Errorf("operation %d completes %s, and none is open: expected an invocation before, or completions only", op.Index, op.F)
	case len(same) == 1:
		return same[0], nil
	case len(fits) == 1:
		return fits[0], nil
	}
	return 0, fmt.Errorf("operation %d completes %s, and %d are open that it may be the end of: expected each operation to name its process", op.Index, op.F, max(len(fits), 2))
}

// fitting tells whether a value may be what became of an invocation's: the same where that is known.
func fitting(invoked, completed json.RawMessage) bool {
	if len(invoked) == 0 || string(invoked) == "null" {
		return true
	}
	if invoked[0] != '[' || len(completed) == 0 || completed[0] != '[' {
		return Canonical(invoked) == Canonical(completed)
	}
	asked, answered := elements(Canonical(invoked)), elements(Canonical(completed))
	if len(asked) != len(answered) {
		return false
	}
	for i := range asked {
		if !fitting(json.RawMessage(asked[i]), json.RawMessage(answered[i])) {
			return false
		}
	}
	return true
}

// begun adds an invocation to every completion, right after what its process did before, or at the start.
// Both have the index of the completion.
func begun(h History) History {
	next := map[int][]int{} // by position of the operation before it, -1 for the start
	last := map[int]int{}
	for i, op := range h {
		if op.Process == Nemesis {
			continue
		}
		before, any := last[op.Process]
		if !any {
			before = -1
		}
		next[before] = append(next[before], i)
		last[op.Process] = i
	}
	all := make(History, 0, 2*len(h))
	begin := func(before int) {
		for _, i := range next[before] {
			op := h[i]
			op.Type, op.Error, op.Time = Invoke, nil, h[max(before, 0)].Time
			all = append(all, op)
		}
	}
	begin(-1)
	for i, op := range h {
		all = append(all, op)
		begin(i)
	}
	return all
}

// isTransaction tells whether a value is a list of reads and writes, as Elle has them.
func isTransaction(raw json.RawMessage) bool {
	if len(raw) == 0 || raw[0] != '[' {
		return false
	}
	some, sound := false, true
	EachElement(raw, func(mop json.RawMessage) bool {
		some = true
		sound = false
		if mop[0] == '[' {
			EachElement(mop, func(f json.RawMessage) bool {
				sound = string(f) == `"r"` || string(f) == `"w"` || string(f) == `"append"`
				return false
			})
		}
		return sound
	})
	return some && sound
}

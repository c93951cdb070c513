package testbench

import (
	"errors"
	"strings"
)

// failures are why a run could not be made.
type failures []failure

// failure is one reason.
type failure struct {
	node   string // that did it; empty if no node did
	what   string
	others []string // nodes that did the same
}

// add takes a failure in; what several nodes did the same is one, even if each names itself.
func (all *failures) add(f failure) {
	for i := range *all {
		if known := &(*all)[i]; f.node != "" && known.what == strings.ReplaceAll(f.what, f.node, known.node) {
			known.others = append(known.others, f.node)
			return
		}
	}
	*all = append(*all, f)
}

// err is all of them; nil for none.
func (all failures) err() (err error) {
	for _, f := range all {
		err = errors.Join(err, f)
	}
	return err
}

// Error is a sentence that names the node.
func (f failure) Error() string {
	if f.node == "" {
		return f.what
	}
	text := "node " + f.node + " " + f.what
	if len(f.others) > 0 {
		text += "\nAnd " + others(f.others) + " the same."
	}
	return text
}

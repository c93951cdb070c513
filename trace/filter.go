package trace

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"eddy/actor"
)

// Filter says which records count. What is empty lets all through; what is given
// must all hold.
type Filter struct {
	Actor    string // path of actors, with * for any part: gossip/link/*
	Node     string // or several with commas between
	Event    string // or several
	From, To time.Duration
	Between  bool // From and To count
}

// Kinds are the events that nodes record.
func Kinds() []string {
	var kinds []string
	for _, kind := range actor.EventKinds {
		kinds = append(kinds, string(kind))
	}
	return kinds
}

// Lets reports whether a record passes.
func (f *Filter) Lets(e *Event) bool {
	switch {
	case f.Between && (e.At < f.From || e.At > f.To):
		return false
	case f.Node != "" && !oneOf(f.Node, e.Node):
		return false
	case f.Event != "" && !oneOf(f.Event, e.Kind):
		return false
	case f.Actor != "" && !matches(f.Actor, e.Actor):
		return false
	}
	return true
}

// unknownNodes says which of the nodes asked for the run does not have; empty for none.
func (f *Filter) unknownNodes(r *Run) string {
	if f.Node == "" {
		return ""
	}
	known := make(map[string]bool)
	if _, err := r.Events(func(e *Event) error {
		known[e.Node] = true
		return nil
	}); err != nil {
		return ""
	}
	var missing []string
	for name := range strings.SplitSeq(f.Node, ",") {
		if !known[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf(" The run has no node %s; it has %s.", strings.Join(missing, ", "), strings.Join(slices.SortedFunc(maps.Keys(known), compareNames), ", "))
}

// Any reports whether the filter lets everything through.
func (f *Filter) Any() bool { return *f == Filter{} }

func oneOf(list, name string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one == name {
			return true
		}
	}
	return false
}

func matches(pattern, actor string) bool {
	if pattern == actor {
		return true
	}
	ok, err := path.Match(pattern, actor)
	return ok && err == nil
}

package actor

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// core is what an actor's owner side holds that does not depend on its message
// type: its place in the tree and its counters. It belongs to the actor's
// goroutine, but for id and inbox, which never change, and for the fields that
// a parent fills before the child starts.
type core struct {
	id     *identity
	inbox  inbox // the actor's own
	parent *core // nil for a system's root
	name   string
	slot   int // place among the parent's children; the parent's

	options  options
	children []*core
	byName   map[string]*core
	watchers []*watch

	phase     phase
	stopAsked bool
	cause     error // why it ends, nil for an ordinary stop
	fatal     bool  // its end fails the parent
	hung      []string
	stopBy    time.Duration // when the stop gives up, since the executor started
	stopFor   time.Duration // how long that was from its order
	failures  []time.Duration

	received  uint64
	late      uint64
	asking    int // requests under way
	restarts  int
	deepest   int
	endedSig  signal
	nextWatch uint64
}

// Scope is where an actor can be spawned: a *Context (a child) or a *System (an
// actor at the top).
type Scope interface {
	owner() *core // nil on a System
	system() *System
}

// adopt enters a child. A name that is taken, or that is none, is a mistake in the
// program. A slash inside a name, as in link/n7, groups children in the path.
func (p *core) adopt(child *core) error {
	switch {
	case child.name == "" || strings.Trim(child.name, "/") != child.name:
		return fmt.Errorf("actor: spawn under %q: %q is no name: a name is not empty and does not begin or end with a slash", p.id.path, child.name)
	case p.byName[child.name] != nil:
		return fmt.Errorf("actor: spawn under %q: there is a child %q already", p.id.path, child.name)
	case p.phase >= ending:
		return fmt.Errorf("actor: spawn %q under %q: %w", child.name, p.id.path, ErrStopped)
	}
	if p.byName == nil {
		p.byName = make(map[string]*core)
	}
	p.byName[child.name] = child
	child.slot = len(p.children)
	p.children = append(p.children, child)
	return nil
}

// disown takes a child out and reports whether it was one.
func (p *core) disown(child *core) bool {
	if p.byName[child.name] != child {
		return false
	}
	delete(p.byName, child.name)
	last := len(p.children) - 1
	p.children[child.slot] = p.children[last]
	p.children[child.slot].slot = child.slot
	p.children[last] = nil
	p.children = p.children[:last]
	return true
}

// stopChildren asks every child to end a little before the actor itself must,
// so that the actor still hears which of its descendants hung.
func (p *core) stopChildren(now time.Duration) {
	by := now + (p.stopBy-now)*9/10
	for _, child := range p.children {
		child.inbox.deliver(&signal{kind: signalStop, payload: stopOrder{by: by}})
	}
}

// giveUp names the children that have not ended in time and lets go of them.
func (p *core) giveUp() {
	for _, child := range p.children {
		p.hung = append(p.hung, child.id.path)
		delete(p.byName, child.name)
		p.id.sys.record(Event{Kind: EventHung, Path: child.id.path})
	}
	slices.Sort(p.hung)
	p.children = nil
}

// stopOrder is a parent's stop: by when, since the executor started.
type stopOrder struct{ by time.Duration }

// allowRestart reports whether one failure more, at now, is within the budget.
func (p *core) allowRestart(now time.Duration) bool {
	p.failures = slices.DeleteFunc(p.failures, func(at time.Duration) bool {
		return now-at > p.options.restartWindow
	})
	p.failures = append(p.failures, now)
	return len(p.failures) <= p.options.restartsMax
}

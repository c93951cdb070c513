package actor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// core is what an actor's owner side holds that does not depend on its message
// type: its place in the tree and its counters. It belongs to the actor's
// goroutine, but for id and inbox, which never change, and for the fields that
// a parent fills before the child starts.
//
// An idle actor should cost little more than its goroutine: what most actors
// never have is behind a pointer.
type core struct {
	id     *identity
	inbox  inbox // the actor's own
	parent *core // nil for a system's root

	family   *family  // nil without children
	trouble  *trouble // nil while all is well
	watchers *watch   // the first of a list
	trail    *trail   // nil without a trace

	stopBy    time.Duration // when a stop gives up who is busy, since the executor started
	stopGrace time.Duration // how much longer it waits for children that only wait themselves
	stopBegan time.Duration // when the stop began, since the executor started

	received  uint64
	late      uint32
	asking    int32 // requests under way
	restarts  int32
	deepest   int32
	nextWatch uint32
	slot      int32 // place among the parent's children; the parent's
	nameBytes int32 // how much of the path's end is the name

	budget
	phase     phase
	stopAsked bool
	waiting   bool // its stop waits for nothing but its children; the parent's
	fatal     bool // its end fails the parent
}

// family is an actor's children.
type family struct {
	children []*core
	byName   map[string]*core
	traced   int // children so far, by which their messages are told apart in a trace
}

// trouble is what an actor has had of it.
type trouble struct {
	failures []time.Duration // within the budget's window, since the executor started
	hung     []string        // descendants that did not end in time
	cause    error           // why the actor ends
}

// name is the actor's among its parent's children.
func (p *core) name() string { return p.id.path[len(p.id.path)-int(p.nameBytes):] }

// cause is why the actor ends, nil for an ordinary stop.
func (p *core) cause() error {
	if p.trouble == nil {
		return nil
	}
	return p.trouble.cause
}

func (p *core) troubled() *trouble {
	if p.trouble == nil {
		p.trouble = &trouble{}
	}
	return p.trouble
}

func (p *core) children() []*core {
	if p.family == nil {
		return nil
	}
	return p.family.children
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
	name := child.name()
	switch {
	case name == "" || strings.Trim(name, "/") != name:
		return fmt.Errorf("actor: spawn under %q: %q is no name: a name is not empty and does not begin or end with a slash", p.id.path, name)
	case p.family != nil && p.family.byName[name] != nil:
		return fmt.Errorf("actor: spawn %q: there is one already; each actor needs its own name", strings.TrimPrefix(p.id.path+"/"+name, "/"))
	case p.phase >= ending:
		return fmt.Errorf("actor: spawn %q under %q: %w", name, p.id.path, ErrStopped)
	}
	if p.family == nil {
		p.family = &family{byName: make(map[string]*core)}
	}
	f := p.family
	f.byName[name] = child
	child.slot = int32(len(f.children))
	f.children = append(f.children, child)
	if child.trail != nil {
		f.traced++
		if p.trail != nil {
			child.trail.place = p.trail.place
		}
		child.trail.place += strconv.Itoa(f.traced) + "."
	}
	return nil
}

// disown takes a child out and reports whether it was one.
func (p *core) disown(child *core) bool {
	f := p.family
	if f == nil || f.byName[child.name()] != child {
		return false
	}
	delete(f.byName, child.name())
	last := len(f.children) - 1
	f.children[child.slot] = f.children[last]
	f.children[child.slot].slot = child.slot
	f.children[last] = nil
	f.children = f.children[:last]
	return true
}

// A stop of a tree has one bound for all levels. When it is over, each actor gives up
// the children that are busy. It does not give up a child that has told it that it
// only waits for its own children: that one has the same bound, gives up who holds
// it up, ends, and so brings the names up the tree. What that takes is the grace, the
// last tenth of a stop's time; when it is over, too, everything is given up.

// stopOrder is a parent's stop.
type stopOrder struct {
	by    time.Duration // when to give up who is busy, since the executor started
	grace time.Duration
}

// stopWithin is the order to stop within a time from now.
func stopWithin(now, within time.Duration) stopOrder {
	grace := within / 10
	return stopOrder{by: now + within - grace, grace: grace}
}

// tighten keeps the earlier of two bounds, and reports whether that is the new one.
func (p *core) tighten(o stopOrder) bool {
	tighter := o.by < p.stopBy
	p.stopBy, p.stopGrace = min(p.stopBy, o.by), min(p.stopGrace, o.grace)
	return tighter
}

// stopChildren asks every child to end by the actor's own bound. Where that is over,
// because the actor itself was busy, the children have the grace.
func (p *core) stopChildren(now time.Duration) {
	if now >= p.stopBy {
		p.stopBy = now + p.stopGrace
	}
	for _, child := range p.children() {
		child.inbox.deliver(&signal{kind: signalStop, payload: stopOrder{by: p.stopBy, grace: p.stopGrace}})
	}
}

// giveUp names children that have not ended in time and lets go of them: those that
// are busy, or all.
func (p *core) giveUp(all bool) {
	for _, child := range slices.Clone(p.children()) {
		if child.waiting && !all {
			continue
		}
		t := p.troubled()
		t.hung = append(t.hung, child.id.path)
		p.id.sys.record(Record{Kind: EventHung, Path: child.id.path})
		p.disown(child)
	}
	if p.trouble != nil {
		slices.Sort(p.trouble.hung)
	}
}

// allowRestart reports whether one failure more, at now, is within the budget.
func (p *core) allowRestart(now time.Duration) bool {
	t := p.troubled()
	t.failures = slices.DeleteFunc(t.failures, func(at time.Duration) bool {
		return now-at > p.restartWindow
	})
	t.failures = append(t.failures, now)
	return len(t.failures) <= int(p.restartsMax)
}

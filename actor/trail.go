package actor

import (
	"reflect"
	"time"
)

// trail is what a traced actor keeps of itself while it handles a message. A nil trail is that of an
// actor that is not traced.
type trail struct {
	tracing *Tracing
	to      Trail
	path    string
	place   string // in the tree, as numbers with dots behind them
	of      string // what the ids of its messages begin with
	last    int64  // number that it has given
	roots   int    // messages without a cause so far
	static  string
	named   bool // messages may name themselves

	clock uint64
	tag   *tag // of the message in hand; nil for none
	now   Record
}

// trailOf makes the trail of an actor, nil in a system that is not traced and
// for a system's root.
func trailOf[M any](sys *System, path string) *trail {
	if sys.tracing == nil || path == "" {
		return nil
	}
	of := reflect.TypeFor[M]()
	return &trail{
		tracing: sys.tracing, to: sys.tracing.tracer.Trail(path), path: path,
		static: shortTypeName[M](), named: of.Kind() == reflect.Interface || of.Implements(reflect.TypeFor[MessageTyper]()),
	}
}

// shortTypeName is the name of M without its type arguments; empty for an
// interface, whose values have names of their own.
func shortTypeName[M any]() string {
	of := reflect.TypeFor[M]()
	if of.Kind() == reflect.Interface {
		return ""
	}
	return cutTypeArguments(of.String())
}

func dynamicTypeName(m any) string { return cutTypeArguments(reflect.TypeOf(m).String()) }

func (p *trail) flush() {
	if p != nil {
		p.to.Flush()
	}
}

// draw decides whether a message that nothing has caused is traced.
func (p *trail) draw() bool {
	p.roots++
	return (p.roots-1)%p.tracing.every == 0
}

func (p *trail) next() MessageID {
	if p.of == "" {
		p.of = p.tracing.of + p.place
	}
	p.last++
	return MessageID{p.of, p.last}
}

// begin is the start of a handling; what comes before its end is caused by it.
func (p *trail) begin(t *tag, kind EventKind, typ string, depth int, now time.Duration) {
	p.clock = max(p.clock, t.source.Clock) + 1
	p.tag = t
	p.now = Record{
		At: now, Kind: kind, Path: p.path, Type: typ, ID: t.id, Cause: t.source.ID, From: t.source.From,
		Depth: depth, Waited: now - t.sent, Clock: p.clock,
	}
}

// number gives a message its id, unless it has one or is not traced.
func (p *trail) number(t *tag) {
	if t.id.Of != "" || t.source.Skipped {
		return
	}
	if t.source.ID.Of == "" && !p.draw() {
		t.source.Skipped = true
		return
	}
	t.id = p.next()
}

// end is its end; why is a failure, if it was one. A second end is none.
func (p *trail) end(now time.Duration, why string) {
	if p == nil || p.tag == nil {
		return
	}
	if !p.tag.source.Skipped {
		p.now.Took, p.now.Text = now-p.now.At, why
		p.to.Record(&p.now)
	}
	p.tag = nil
}

// note records what happens to the actor beside its messages, or what it says
// of itself.
func (p *trail) note(r Record) {
	if p.tag != nil {
		if p.tag.source.Skipped {
			return
		}
		r.Cause = p.tag.id
	}
	r.Path, r.Clock = p.path, p.clock
	p.to.Record(&r)
}

// handleTagged handles an envelope with a tag.
func (c *Context[M]) handleTagged(env *envelope[M]) {
	t := env.sig.payload.(*tag)
	handles := c.phase == running || c.phase == draining && c.Elapsed() < c.stopBy
	if c.trail == nil || !handles {
		c.dispatchBare(env) // which keeps or refuses it
		return
	}
	c.trail.number(t)
	typ := c.trail.static
	if t.inner != nil && !env.isMessage(c.box) {
		typ = signalNames[t.inner.kind]
	} else if c.trail.named && !t.source.Skipped {
		typ = typeOf(env.msg, c.trail.static)
	}
	c.trail.begin(t, EventReceive, typ, len(c.box.queue)+1, c.Elapsed())
	switch asked := c.trail.inHand(); { // where an answer comes from
	case t.answered != nil:
		*t.answered = asked
	case t.inner != nil && env.isMessage(c.box):
		t.inner.slip.asked = &asked
	}
	c.dispatchBare(env)
	c.trail.end(c.Elapsed(), "")
}

// handleDue handles a message of the actor's own, whose time has come: a timer's
// or that of a request without an answer.
func (c *Context[M]) handleDue(m M, kind EventKind, cause Source) {
	if c.trail == nil {
		c.handle(m)
		return
	}
	cause.From, cause.Skipped = c.trail.path, !c.trail.draw()
	t := &tag{source: cause, sent: c.Elapsed()}
	c.trail.number(t)
	c.trail.begin(t, kind, typeOf(m, c.trail.static), len(c.box.queue), c.Elapsed())
	c.handle(m)
	c.trail.end(c.Elapsed(), "")
}

// inHand is the message that is being handled, as the cause of what is to come.
func (p *trail) inHand() Source {
	switch {
	case p == nil:
		return Source{}
	case p.tag == nil:
		return Source{Clock: p.clock, From: p.path}
	}
	return Source{ID: p.tag.id, Clock: p.clock, From: p.path, Skipped: p.tag.source.Skipped}
}

// source is inHand for a message that is sent now.
func (p *trail) source() Source {
	if p != nil {
		p.clock++
	}
	return p.inHand()
}

// Source is where a message comes from that the present handler lets out of the system.
func (c *Context[M]) Source() Source { return c.trail.source() }

// Traced reports whether the message in hand is traced: a [Fact] that takes work to
// make need not be made where it is not.
func (c *Context[M]) Traced() bool {
	return c.trail != nil && (c.trail.tag == nil || !c.trail.tag.source.Skipped)
}

// Trace tells the trace what only the actor knows: how its state changes
// ([EventState]), that it tries again ([EventRetry]) or has waited in vain
// ([EventTimeout]). Without a trace it does nothing.
func (c *Context[M]) Trace(kind EventKind, f Fact) {
	if c.Traced() {
		c.trail.note(Record{At: c.Elapsed(), Kind: kind, Fact: f})
	}
}

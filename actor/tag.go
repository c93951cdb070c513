package actor

import (
	"strings"
	"time"
)

// tag travels with a traced message, in the place of its signal.
type tag struct {
	sig     signal  // of kind signalTraced, the tag its payload
	inner   *signal // what the envelope had: nil for a plain message
	id      MessageID
	cause   MessageID
	from    string
	sent    time.Duration
	clock   uint64
	skipped bool // neither this nor what it causes is traced
}

// bare is the envelope's signal without a tag.
func (e *envelope[M]) bare() *signal {
	if e.sig != nil && e.sig.kind == signalTraced {
		return e.sig.payload.(*tag).inner
	}
	return e.sig
}

// tagged gives a message that is being sent its id.
func (t *Tracing) tagged(inner *signal, now time.Duration) *tag {
	made := &tag{inner: inner, sent: now}
	made.sig = signal{kind: signalTraced, payload: made}
	h := t.holder
	switch {
	case h == nil:
		made.skipped = !t.draw()
	case h.tag == nil:
		made.from, made.skipped = h.path, !t.draw()
	default:
		made.from, made.cause, made.skipped = h.path, h.tag.id, h.tag.skipped
	}
	if h != nil {
		h.clock++
		made.clock = h.clock
	}
	if !made.skipped {
		made.id = t.next()
	}
	return made
}

func (t *Tracing) next() MessageID {
	t.last++
	return MessageID{t.of, t.last}
}

// tagged is the signal of an envelope that is being sent, with a tag if the system
// is traced; nil is that of a plain message.
func (b *mailbox[M]) tagged(sig *signal) *signal {
	t := b.id.sys.tracing
	if t == nil || sig != nil && !sig.traceable() {
		return sig
	}
	return &t.tagged(sig, b.id.sys.exec.elapsed()).sig
}

// traceable reports whether a signal stands for a message to somebody's actor.
func (s *signal) traceable() bool {
	return s.kind == signalAsk || s.kind == signalRefusal || s.kind == signalNotice
}

// SendFrom is [Ref.SendWait] for an edge of a traced system, such as a goroutine
// that reads a pipe: it says where the message comes from, whose id it keeps. In a
// system that is not traced it is SendWait.
func (r Ref[M]) SendFrom(m M, from Source) Delivery {
	if r.box == nil {
		return Stopped
	}
	env := envelope[M]{msg: m}
	if sys := r.box.id.sys; sys.tracing != nil {
		made := &tag{id: from.ID, clock: from.Clock, skipped: from.ID.Of == "", sent: sys.exec.elapsed()}
		made.sig = signal{kind: signalTraced, payload: made}
		env.sig = &made.sig
		if r.box.sim == nil {
			return r.box.sendEdge(env)
		}
	}
	return r.box.sendWait(env)
}

// sendEdge is sendWait where the sender has no baton.
func (b *mailbox[M]) sendEdge(env envelope[M]) Delivery {
	b.queue <- env
	if !b.ended() {
		return Accepted
	}
	b.id.sys.tracing.Hold(b.bury)
	return Stopped
}

// noteDrop records that a message will not be handled. It is called by whoever
// found that out: a handler, or an edge, which has no trail.
func (b *mailbox[M]) noteDrop(env *envelope[M], why string) {
	t := b.id.sys.tracing
	if t == nil || b.overflow == Wait || env.sig == nil || env.sig.kind != signalTraced {
		return
	}
	lost := env.sig.payload.(*tag)
	if t.holder == nil || lost.skipped {
		return
	}
	t.holder.to.Record(&Record{
		At: b.id.sys.exec.elapsed(), Kind: EventDrop, Path: b.id.path, Type: typeOf(env.msg, shortTypeName[M]()),
		ID: lost.id, Cause: lost.cause, From: lost.from, Depth: len(b.queue), Clock: lost.clock, Text: why,
	})
}

// typeOf names a message: as it says itself, else by its dynamic type.
func typeOf[M any](m M, static string) string {
	switch named := any(m).(type) {
	case MessageTyper:
		return named.MessageType()
	case nil:
		return static
	}
	if static != "" {
		return static
	}
	return dynamicTypeName(m)
}

// cutTypeArguments shortens the name of a generic type.
func cutTypeArguments(name string) string {
	short, _, _ := strings.Cut(name, "[")
	return strings.TrimPrefix(short, "*")
}

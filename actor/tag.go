package actor

import (
	"strings"
	"time"
)

// tag travels with a traced message, in the place of its signal.
type tag struct {
	sig      signal  // of kind signalTraced, the tag its payload
	inner    *signal // what the envelope had: nil for a plain message
	id       MessageID
	source   Source  // ID is the cause
	answered *Source // of a message that can be answered at an edge: where the answer comes from, filled in by the receiver
	sent     time.Duration
}

// bare is the envelope's signal without a tag.
func (e *envelope[M]) bare() *signal {
	if e.sig != nil && e.sig.kind == signalTraced {
		return e.sig.payload.(*tag).inner
	}
	return e.sig
}

// tagged is the signal of an envelope that is being sent, with a tag if the system
// is traced; nil is that of a plain message.
func (b *mailbox[M]) tagged(sig *signal, from Source) *signal {
	sys := b.id.sys
	if sys.tracing == nil || sig != nil && !sig.traceable() {
		return sig
	}
	made := &tag{inner: sig, source: from, sent: sys.exec.elapsed()}
	made.sig = signal{kind: signalTraced, payload: made}
	return &made.sig
}

// traceable reports whether a signal stands for a message to somebody's actor.
func (s *signal) traceable() bool {
	return s.kind == signalAsk || s.kind == signalRefusal || s.kind == signalNotice
}

// source is where a signal that is traced comes from, as far as it tells.
func (s *signal) source() Source {
	switch payload := s.payload.(type) {
	case *watch:
		return Source{From: payload.ended.Path}
	case *refusal:
		return payload.slip.source()
	}
	if s.slip != nil {
		return s.slip.source()
	}
	return Source{}
}

// SendFrom is [Ref.SendWait] for an edge of a traced system, such as a goroutine
// that reads a pipe: it says where the message comes from, whose id it keeps. The actor that handles the message writes
// into from where an answer to it comes from. In a system that is not traced, or from nil, it is SendWait.
func (r Ref[M]) SendFrom(m M, from *Source) Delivery {
	if r.box == nil {
		return Stopped
	}
	env := envelope[M]{msg: m}
	if sys := r.box.id.sys; sys.tracing != nil && from != nil {
		made := &tag{id: from.ID, source: Source{Clock: from.Clock, Skipped: from.Skipped}, answered: from, sent: sys.exec.elapsed()}
		made.sig = signal{kind: signalTraced, payload: made}
		env.sig = &made.sig
	}
	return r.box.sendWait(env)
}

// noteDrop records that a message will not be handled. It may be called by any goroutine, so the record
// has a trail of its own.
func (b *mailbox[M]) noteDrop(env *envelope[M], why string) {
	t := b.id.sys.tracing
	if t == nil || b.overflow == Wait || env.sig == nil || env.sig.kind != signalTraced {
		return
	}
	lost := env.sig.payload.(*tag)
	known := lost.id.Of != "" || lost.source.ID.Of != ""
	if lost.source.Skipped || !known && t.every > 1 {
		return
	}
	to := t.tracer.Trail(b.id.path)
	to.Record(&Record{
		At: b.id.sys.exec.elapsed(), Kind: EventDrop, Path: b.id.path, Type: typeOf(env.msg, shortTypeName[M]()),
		ID: lost.id, Cause: lost.source.ID, From: lost.source.From, Depth: len(b.queue), Clock: lost.source.Clock, Text: why,
	})
	to.Flush()
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

package node

import (
	"strconv"
	"time"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// scribe puts the records of one goroutine into words, JSON lines, and hands
// them on by the burst. A record is appended straight to the line: see
// docs/decisions/traces.md for what that saves.
type scribe struct {
	tracer *tracer
	actor  []byte // the path, as JSON
	buffer []byte
}

// Trail makes the scribe of an actor.
func (t *tracer) Trail(path string) actor.Trail { return t.scribe(path) }

func (t *tracer) scribe(path string) *scribe {
	return &scribe{tracer: t, actor: wire.AppendString(nil, path)}
}

// Record writes what befell an actor.
func (s *scribe) Record(r *actor.Record) {
	s.begin(r.At, string(r.Kind))
	s.text("type", r.Type)
	s.id("id", r.ID)
	s.id("cause", r.Cause)
	s.text("from", r.From)
	s.number("depth", int64(r.Depth))
	s.number("waited_ns", int64(r.Waited))
	s.number("took_ns", int64(r.Took))
	s.number("clock", int64(r.Clock))
	s.number("count", int64(r.Count))
	s.text("text", clip(r.Text))
	s.end()
}

func (s *scribe) begin(at time.Duration, event string) {
	if s.buffer == nil {
		s.buffer = make([]byte, 0, scribeBytes)
	}
	b := append(s.buffer, `{"time":`...)
	b = strconv.AppendInt(b, s.tracer.began+int64(at), 10)
	b = append(append(append(b, `,"event":"`...), event...), `","node":`...)
	b = append(append(append(b, s.tracer.node...), `,"actor":`...), s.actor...)
	s.buffer = b
}

func (s *scribe) end() {
	s.buffer = append(s.buffer, "}\n"...)
	if len(s.buffer) >= scribeBytes-scribeBytes/8 {
		s.Flush()
	}
}

// scribeBytes is about how much is handed on at once.
const scribeBytes = 16 << 10

// Flush hands on what there is.
func (s *scribe) Flush() {
	if len(s.buffer) == 0 {
		return
	}
	if len(s.buffer) < scribeBytes/2 { // a short burst does not take the room with it
		s.tracer.To(append([]byte(nil), s.buffer...))
		s.buffer = s.buffer[:0]
		return
	}
	s.tracer.To(s.buffer)
	s.buffer = nil
}

func (s *scribe) field(name string) {
	s.buffer = append(append(append(s.buffer, ',', '"'), name...), '"', ':')
}

// text adds a field, unless it is empty.
func (s *scribe) text(name, value string) {
	if value != "" {
		s.field(name)
		s.buffer = wire.AppendString(s.buffer, value)
	}
}

// number adds a field, unless it is 0.
func (s *scribe) number(name string, value int64) {
	if value != 0 {
		s.field(name)
		s.buffer = strconv.AppendInt(s.buffer, value, 10)
	}
}

func (s *scribe) id(name string, value actor.MessageID) {
	if value.Of != "" {
		s.field(name)
		b := append(s.buffer, '"')
		b = strconv.AppendInt(append(b, value.Of...), value.N, 10)
		s.buffer = append(b, '"')
	}
}

// body adds a body: as it is or, where it is too long, its beginning as a string.
func (s *scribe) body(body []byte) {
	s.field("body")
	if len(body) <= s.tracer.BodyMax {
		s.buffer = append(s.buffer, body...)
		return
	}
	s.buffer = wire.AppendString(s.buffer, string(body[:s.tracer.BodyMax]))
}

package node

import (
	"strconv"
	"time"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// recordWriter encodes the records of one goroutine as JSON lines and hands them
// on in batches. It appends each field straight to the line:
// docs/decisions/traces.md says what that saves.
type recordWriter struct {
	tracer *tracer
	actor  []byte // the path, as JSON
	buffer []byte
}

// Trail returns the record writer of an actor.
func (t *tracer) Trail(path string) actor.Trail { return t.recordWriter(path) }

func (t *tracer) recordWriter(path string) *recordWriter {
	return &recordWriter{tracer: t, actor: wire.AppendString(nil, path)}
}

// Record appends one record of the actor.
func (s *recordWriter) Record(r *actor.Record) {
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
	s.text("about", r.About)
	s.text("peer", r.Peer)
	s.number("first", r.First)
	s.number("last", r.Last)
	s.text("value", clip(r.Value))
	s.end()
}

func (s *recordWriter) begin(at time.Duration, event string) {
	if s.buffer == nil {
		s.buffer = make([]byte, 0, recordWriterBytes)
	}
	b := append(s.buffer, `{"time":`...)
	b = strconv.AppendInt(b, s.tracer.began+int64(at), 10)
	b = append(append(append(b, `,"event":"`...), event...), `","node":`...)
	b = append(append(append(b, s.tracer.node...), `,"actor":`...), s.actor...)
	s.buffer = b
}

func (s *recordWriter) end() {
	s.buffer = append(s.buffer, "}\n"...)
	if len(s.buffer) >= recordWriterBytes-recordWriterBytes/8 {
		s.Flush()
	}
}

// recordWriterBytes is about the size of a batch.
const recordWriterBytes = 16 << 10

// Flush hands on the lines that wait.
func (s *recordWriter) Flush() {
	if len(s.buffer) == 0 {
		return
	}
	if len(s.buffer) < recordWriterBytes/2 { // copy a short batch, to keep the large buffer
		s.tracer.To(append([]byte(nil), s.buffer...))
		s.buffer = s.buffer[:0]
		return
	}
	s.tracer.To(s.buffer)
	s.buffer = nil
}

func (s *recordWriter) field(name string) {
	s.buffer = append(append(append(s.buffer, ',', '"'), name...), '"', ':')
}

// text adds a field, unless it is empty.
func (s *recordWriter) text(name, value string) {
	if value != "" {
		s.field(name)
		s.buffer = wire.AppendString(s.buffer, value)
	}
}

// number adds a field, unless it is 0.
func (s *recordWriter) number(name string, value int64) {
	if value != 0 {
		s.field(name)
		s.buffer = strconv.AppendInt(s.buffer, value, 10)
	}
}

func (s *recordWriter) id(name string, value actor.MessageID) {
	if value.Of != "" {
		s.field(name)
		b := append(s.buffer, '"')
		b = strconv.AppendInt(append(b, value.Of...), value.N, 10)
		s.buffer = append(b, '"')
	}
}

// body adds a body: as it is or, where it is too long, its beginning as a string.
func (s *recordWriter) body(body []byte) {
	s.field("body")
	if len(body) <= s.tracer.BodyMax {
		s.buffer = append(s.buffer, body...)
		return
	}
	s.buffer = wire.AppendString(s.buffer, string(body[:s.tracer.BodyMax]))
}

package trace

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"io"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// WriteOTLP writes a run as OpenTelemetry's spans, in OTLP's JSON, which Jaeger and
// others load: a span for each handling of a message, one for each flight between
// nodes, and one of no length for each thing that an actor says of its state. A
// request of a client, or a tick, and all that it causes is one trace; a node is a
// service. It returns the number of spans.
//
// Beyond spansMax there is a line for each so many, as the OpenTelemetry
// collector's own files have it.
func WriteOTLP(w io.Writer, r *Run, f Filter) (spans int, err error) {
	o := &spanWriter{to: w, roots: make(map[uint64]uint64), sent: make(map[uint64]int64)}
	if o.full, err = r.handles(); err != nil {
		return 0, err
	}
	o.begin()
	err = r.Merged(func(e *Event) error {
		o.note(e)
		if f.Lets(e) {
			o.span(e)
		}
		if o.count >= spansMax {
			return o.flush()
		}
		return nil
	})
	if err == nil && (o.count > 0 || o.all == 0) {
		err = o.flush()
	}
	return o.all, err
}

// spansMax is how many spans go into one document.
const spansMax = 200_000

// handles reports whether the handling of messages was recorded, and not only
// their crossing of the edge.
func (r *Run) handles() (full bool, err error) {
	_, err = r.Events(func(e *Event) error {
		if e.Handled() && e.Actor != Stdout {
			full = true
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return full, err
}

type spanWriter struct {
	to    io.Writer
	full  bool
	roots map[uint64]uint64 // of each message: the one that began it all
	sent  map[uint64]int64  // when a message left its node

	traces ptrace.Traces
	nodes  map[string]ptrace.SpanSlice
	count  int
	all    int
}

func (o *spanWriter) begin() {
	o.traces, o.nodes, o.count = ptrace.NewTraces(), make(map[string]ptrace.SpanSlice), 0
}

func (o *spanWriter) flush() error {
	text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(o.traces)
	if err == nil {
		_, err = o.to.Write(append(text, '\n'))
	}
	o.begin()
	return err
}

// spansOf are the spans of a node.
func (o *spanWriter) spansOf(node string) ptrace.SpanSlice {
	spans, known := o.nodes[node]
	if !known {
		resource := o.traces.ResourceSpans().AppendEmpty()
		resource.Resource().Attributes().PutStr("service.name", node)
		scope := resource.ScopeSpans().AppendEmpty()
		scope.Scope().SetName("eddy")
		spans = scope.Spans()
		o.nodes[node] = spans
	}
	return spans
}

// What a span is about, so that several of one message have ids of their own.
const (
	aboutHandling = 'h'
	aboutSending  = 's'
	aboutFlight   = 'f'
	aboutWords    = 'w'
)

func spanHash(about byte, id []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte{about})
	_, _ = h.Write(id)
	return h.Sum64() | 1 // 0 is no span
}

// note learns which trace a message belongs to.
func (o *spanWriter) note(e *Event) {
	if len(e.ID) == 0 {
		return
	}
	id := spanHash(0, e.ID)
	if _, known := o.roots[id]; known {
		return
	}
	root := id
	if len(e.Cause) > 0 && e.Kind != Tick {
		if of, known := o.roots[spanHash(0, e.Cause)]; known {
			root = of
		}
	}
	o.roots[id] = root
}

func (o *spanWriter) span(e *Event) {
	owner := e.ID
	if len(owner) == 0 {
		owner = e.Cause
	}
	if len(owner) == 0 {
		return // the birth of an actor is nobody's effect
	}
	s := o.spansOf(e.Node).AppendEmpty()
	o.count++
	o.all++
	s.SetTraceID(traceID(o.roots[spanHash(0, owner)]))
	start, end := e.Time, e.Time+int64(e.Took)
	var parent uint64
	switch {
	case e.Actor == Stdout:
		s.SetKind(ptrace.SpanKindProducer)
		s.SetSpanID(spanID(spanHash(aboutSending, e.ID)))
		parent, start = o.handlingOf(e.Cause), e.Time-int64(e.Waited)
		o.sent[spanHash(aboutSending, e.ID)] = e.Time
	case e.Actor == Stdin:
		s.SetKind(ptrace.SpanKindConsumer)
		s.SetSpanID(spanID(spanHash(aboutFlight, e.ID)))
		sending := spanHash(aboutSending, e.ID)
		if at, known := o.sent[sending]; known {
			parent, start = sending, at
			delete(o.sent, sending)
		}
	case e.Handled():
		s.SetSpanID(spanID(spanHash(aboutHandling, e.ID)))
		if len(e.From) > 0 && e.Kind != Tick {
			parent = o.handlingOf(e.Cause)
		} else if e.Kind != Tick {
			parent = spanHash(aboutFlight, e.ID)
		}
	default:
		s.SetSpanID(spanID(spanHash(aboutWords, append([]byte(e.Node+e.Actor), e.Raw...))))
		parent = spanHash(aboutHandling, owner)
	}
	if parent != 0 {
		s.SetParentSpanID(spanID(parent))
	}
	s.SetStartTimestamp(pcommon.Timestamp(start))
	s.SetEndTimestamp(pcommon.Timestamp(max(start, end)))
	s.SetName(spanName(e))
	attributes(s.Attributes(), e)
}

// handlingOf is the span in which a message was handled.
func (o *spanWriter) handlingOf(id []byte) uint64 {
	switch {
	case len(id) == 0:
		return 0
	case o.full:
		return spanHash(aboutHandling, id)
	}
	return spanHash(aboutFlight, id)
}

func spanName(e *Event) string {
	switch {
	case e.Kind == State || e.Kind == Retry:
		return e.Words()
	case e.Actor == Stdin:
		return e.Type + " from " + e.Src
	case e.Actor == Stdout:
		return e.Type + " to " + e.Dest
	}
	return e.Actor + " " + e.Type
}

func attributes(to pcommon.Map, e *Event) {
	to.EnsureCapacity(8)
	for _, text := range []struct{ name, value string }{
		{"eddy.event", e.Kind}, {"eddy.actor", e.Actor}, {"eddy.id", string(e.ID)}, {"eddy.cause", string(e.Cause)},
		{"eddy.from", e.From}, {"eddy.text", e.Words()}, {"eddy.body", string(e.Body)},
	} {
		if text.value != "" {
			to.PutStr(text.name, text.value)
		}
	}
	for _, number := range []struct {
		name  string
		value int64
	}{{"eddy.depth", int64(e.Depth)}, {"eddy.waited_ns", int64(e.Waited)}, {"eddy.clock", int64(e.Clock)}} {
		if number.value != 0 {
			to.PutInt(number.name, number.value)
		}
	}
}

func traceID(root uint64) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[:8], 0xedd1edd1edd1edd1)
	binary.BigEndian.PutUint64(id[8:], root)
	return id
}

func spanID(n uint64) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], n)
	return id
}

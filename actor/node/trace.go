package node

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// TraceMode says what a node records of its messages.
type TraceMode string

const (
	// TraceOff records nothing, and costs nothing.
	TraceOff TraceMode = "off"
	// TraceMessages records what crosses the node's edge.
	TraceMessages TraceMode = "messages"
	// TraceFull records also every message that an actor handles, and what
	// actors say of their state.
	TraceFull TraceMode = "full"
)

// TraceOptions say what is recorded. docs/traces.md has the records.
type TraceOptions struct {
	Mode    TraceMode // zero: off
	BodyMax int       // bytes of a body that a record holds; default TraceBodyMaxDefault
	Sample  int       // one in so many messages from clients, and ticks, is traced, with all that it causes; default all
	// To takes records, whole JSON lines, each with its line feed, several at
	// once. It is called by many goroutines, and the bytes are its own.
	To func(lines []byte)
}

// TraceBodyMaxDefault is how much of a body a record holds, in bytes.
const TraceBodyMaxDefault = 256

// TraceVariable is the environment variable that asks a node for records where its own program does not say: the mode, and
// after commas the bytes of a body and of how many messages one is traced, such as full or full,1024,10. `eddy test --bin`
// sets it for --trace.
const TraceVariable = "EDDY_TRACE"

// Variable is the options as [TraceVariable] has them.
func (o TraceOptions) Variable() string {
	return fmt.Sprintf("%s=%s,%d,%d", TraceVariable, o.Mode, o.BodyMax, o.Sample)
}

// traceAskedFor reads the variable; what makes no sense asks for nothing, for a node's program is not to fail for it.
func traceAskedFor() TraceOptions {
	var o TraceOptions
	words := strings.Split(os.Getenv(TraceVariable), ",")
	o.Mode = TraceMode(words[0])
	for i, to := range []*int{&o.BodyMax, &o.Sample} {
		if len(words) > i+1 {
			n, err := strconv.Atoi(words[i+1])
			if err != nil {
				return TraceOptions{}
			}
			*to = n
		}
	}
	if o.Check() != nil {
		return TraceOptions{}
	}
	return o
}

// Check says what makes no sense, by the names of the flags.
func (o TraceOptions) Check() error {
	switch o.Mode {
	case "", TraceOff, TraceMessages, TraceFull:
	default:
		return fmt.Errorf("--trace %s: there is no such; choose one of %s, %s, %s", o.Mode, TraceOff, TraceMessages, TraceFull)
	}
	if o.BodyMax < 0 {
		return fmt.Errorf("--trace-body %d: must be at least 0", o.BodyMax)
	}
	if o.Sample < 0 {
		return fmt.Errorf("--trace-sample %d: must be at least 1", o.Sample)
	}
	return nil
}

// On reports whether anything is recorded.
func (o TraceOptions) On() bool { return o.Mode == TraceMessages || o.Mode == TraceFull }

// tracer is a node's: it knows who the node is, and makes the places where the
// records of each goroutine go. What changes in it changes before any actor is
// spawned.
type tracer struct {
	TraceOptions
	began   int64 // time of day at which the executor started, ns since 1970
	node    []byte
	numbers string         // what ids of lines begin with
	peers   map[string]int // nodes, which understand a mark
	tracing *actor.Tracing // of TraceFull

	// The reader's.
	stdin    *recordWriter
	clock    uint64
	roots    int
	origins  map[string]string // of ids of clients' messages
	arriving actor.Source      // of the message that is being routed
}

// newTracer makes one, nil where nothing is recorded.
func newTracer(o TraceOptions) *tracer {
	if !o.On() || o.To == nil {
		return nil
	}
	if o.BodyMax == 0 {
		o.BodyMax = TraceBodyMaxDefault
	}
	t := &tracer{TraceOptions: o, origins: make(map[string]string)}
	t.stdin = t.recordWriter("stdin")
	if o.Mode == TraceFull {
		t.tracing = actor.NewTracing(t, o.Sample)
	}
	return t
}

// options are those of the node's own system.
func (t *tracer) option() actor.SystemOption {
	if t == nil {
		return actor.WithTracing(nil)
	}
	return actor.WithTracing(t.tracing)
}

// name tells the tracer who the node is.
func (t *tracer) name(n *Node) {
	t.began = n.Began().UnixNano()
	t.node = wire.AppendString(nil, n.id)
	t.peers = n.nodes.place
	life := ""
	if _, simulated := n.Executor().(*actor.Machine); !simulated {
		life = "." + strconv.FormatInt(n.Began().UnixMilli()/100%lifeTags, 36)
	} else if n.Life() > 0 {
		life = "." + strconv.Itoa(n.Life())
	}
	t.numbers = n.id + life + "/"
	if t.tracing != nil {
		t.tracing.Name(n.id + life + ":")
	}
}

// lifeTags is how many tags tell the lives of one live node: those of four
// digits, which change every tenth of a second and come again after two days.
const lifeTags = 36 * 36 * 36 * 36

// arrives records a message that was read and says where it comes from, for the
// actor that it goes to.
func (t *tracer) arrives(m *wire.Message, at time.Duration) {
	mark, marked := findMark(m)
	_, peer := t.peers[m.Src]
	switch {
	case marked:
		t.arriving = mark
	case peer:
		t.arriving = actor.Source{Skipped: true} // its sender did not trace it
		return
	default:
		t.arriving = actor.Source{Skipped: true}
		if t.roots++; t.Sample > 1 && (t.roots-1)%t.Sample != 0 {
			return
		}
		t.arriving = actor.Source{ID: t.foreign(m)}
	}
	t.clock = max(t.clock, t.arriving.Clock) + 1
	t.arriving.Clock = t.clock
	s := t.stdin
	s.begin(at, string(actor.EventReceive))
	s.text("type", m.Type)
	s.id("id", t.arriving.ID)
	s.text("src", m.Src)
	s.number("clock", int64(t.clock))
	s.body(m.Body)
	s.end()
	s.Flush()
}

// foreign names a message of a client or a service by what it has itself.
func (t *tracer) foreign(m *wire.Message) actor.MessageID {
	of, known := t.origins[m.Src]
	if !known {
		if len(t.origins) >= wire.MaxNames {
			clear(t.origins)
		}
		of = m.Src + "/"
		t.origins[m.Src] = of
	}
	switch {
	case m.HasMsgID:
		return actor.MessageID{Of: of, N: m.MsgID}
	case m.HasInReplyTo:
		return actor.MessageID{Of: of + m.Dest + "-", N: m.InReplyTo} // of a service, which answers once
	}
	return actor.MessageID{Of: of + "?", N: int64(t.roots)}
}

// The mark of a traced message between nodes: a field of the body that says its
// id and its sender's clock, such as "eddy":"n1/17@93".
const markField = `"eddy":"`

func findMark(m *wire.Message) (actor.Source, bool) {
	at := bytes.LastIndex(m.Body, []byte(markField))
	if at < 0 {
		return actor.Source{}, false
	}
	text, _, _ := bytes.Cut(m.Body[at+len(markField):], []byte{'"'})
	id, clock, ok := bytes.Cut(text, []byte{'@'})
	slash := bytes.LastIndexByte(id, '/')
	if !ok || slash < 0 || !bytes.HasPrefix(id, []byte(m.Src)) {
		return actor.Source{}, false
	}
	n, err := strconv.ParseInt(string(id[slash+1:]), 10, 64)
	then, err2 := strconv.ParseUint(string(clock), 10, 64)
	if err != nil || err2 != nil {
		return actor.Source{}, false
	}
	return actor.Source{ID: actor.MessageID{Of: string(id[:slash+1]), N: n}, Clock: then}, true
}

// source is where the message that is being routed comes from; nil where nothing is traced.
func (t *tracer) source() *actor.Source {
	if t == nil {
		return nil
	}
	from := t.arriving
	return &from
}

// Numbered is implemented by the fields of a link's messages, whose values are numbered: a trace says which
// numbers a message has. The first is 0 where some between the two are left out; both are where there are none.
type Numbered interface{ Numbers() (first, last int64) }

// departure is what a line on its way out knows of where it comes from.
type departure struct {
	typ   string
	first int64 // numbers, of a [Numbered]
	last  int64
	cause actor.Source
	at    time.Duration
}

// departs notes where a line comes from.
func (t *tracer) departs(typ string, fields any, from *actor.Source, at time.Duration) *departure {
	d := &departure{typ: typ, at: at}
	if n, numbered := fields.(Numbered); numbered {
		d.first, d.last = n.Numbers()
	}
	if from != nil {
		d.cause = *from
	}
	return d
}

// outlet records what leaves the node, and marks what goes to another one. It
// belongs to the actor that writes.
type outlet struct {
	tracer  *tracer
	records *recordWriter
	last    int64
	clock   uint64
	roots   int
}

func (t *tracer) outlet() *outlet {
	if t == nil {
		return nil
	}
	return &outlet{tracer: t, records: t.recordWriter("stdout")}
}

// leave records a line at the moment when it is written.
func (o *outlet) leave(l *Line, elapsed func() time.Duration) {
	if o == nil || l.departure == nil || l.departure.cause.Skipped {
		return
	}
	t, d := o.tracer, l.departure
	if d.cause.ID.Of == "" {
		if o.roots++; t.Sample > 1 && (o.roots-1)%t.Sample != 0 {
			return
		}
	}
	o.last++
	o.clock = max(o.clock, d.cause.Clock) + 1
	id := actor.MessageID{Of: t.numbers, N: o.last}
	s, now := o.records, elapsed()
	s.begin(now, string(actor.EventSend))
	s.text("type", d.typ)
	s.id("id", id)
	s.id("cause", d.cause.ID)
	s.text("from", d.cause.From)
	s.text("dest", l.Dest)
	s.number("first", d.first)
	s.number("last", d.last)
	s.number("waited_ns", int64(now-d.at))
	s.number("clock", int64(o.clock))
	s.body(bodyOf(l.Data))
	s.end()
	if _, peer := t.peers[l.Dest]; peer {
		l.Data = mark(l.Data, id, o.clock)
	}
}

func (o *outlet) flush() {
	if o != nil {
		o.records.Flush()
	}
}

// lineEnd is how each line that a node writes ends: body, envelope, line feed.
const lineEnd = "}}\n"

func mark(line []byte, id actor.MessageID, clock uint64) []byte {
	line = append(line[:len(line)-len(lineEnd)], ',')
	line = id.AppendText(append(line, markField...))
	line = strconv.AppendUint(append(line, '@'), clock, 10)
	return append(append(line, '"'), lineEnd...)
}

// bodyOf is the body of a line that a node writes.
func bodyOf(line []byte) []byte {
	at := bytes.Index(line, []byte(`,"body":`))
	return line[at+len(`,"body":`) : len(line)-2]
}

package testbench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/network"
)

// Names of the files of a run.
const (
	HistoryFile  = "history.jsonl"
	MessagesFile = "messages.jsonl"
	ResultsFile  = "results.json"
	PlotFile     = "latency.svg"
	LogDir       = "node-logs"
)

// Recording writes a run to its files while it goes on, so that one that breaks off leaves them.
// history.jsonl has the entries of the history. messages.jsonl has an object for each thing that
// happened to a message:
//
//	{"time":1000,"type":"send","id":0,"src":"c0","dest":"n0","body":{"type":"init",...}}
//	{"time":1200,"type":"recv","id":0,"src":"c0","dest":"n0"}
//	{"time":1300,"type":"lost","id":9,"src":"n0","dest":"n1","why":"partition"}
//
// Times are nanoseconds since the start of the run. What tells every node of thousands about every other
// would make gigabytes: of requests of clients of more than wholeBytesMax only the first of a type has its
// body, the others have its type and its length:
//
//	{"time":1000,"type":"send","id":7,"src":"c7","dest":"n7","body":{"type":"init"},"body_bytes":98912}
type Recording struct {
	ops, messages *stream
	shown         []string // how the long requests begin that were recorded whole
	sampling
}

// sampling bounds what is recorded of messages: beyond bytesMax only one in sampledOneIn, and beyond a quarter more none.
type sampling struct {
	bytesMax int64 // 0: no bound
	bytes    int64
	from     time.Duration // since when only some are recorded
	lastID   int64         // of the messages that were sent
	fromID   int64         // the first message of that time
	omitted  int64         // messages of which nothing is recorded
}

const sampledOneIn = 1000

// wholeBytesMax is the length of the longest request that is recorded whole each time. That of a cluster of a
// thousand nodes is shorter.
const wholeBytesMax = 64 << 10

// NewRecording creates the files in a directory. Of messages it records about messagesBytesMax bytes, or all if that is 0.
func NewRecording(dir string, messagesBytesMax int64) (*Recording, error) {
	return NewRecordingTo(func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) }, messagesBytesMax)
}

// NewRecordingTo is [NewRecording] with files that create makes.
func NewRecordingTo(create func(name string) (io.WriteCloser, error), messagesBytesMax int64) (*Recording, error) {
	ops, err := openStream(create, HistoryFile)
	if err != nil {
		return nil, err
	}
	messages, err := openStream(create, MessagesFile)
	if err != nil {
		return nil, errors.Join(err, ops.close(HistoryFile))
	}
	return &Recording{ops: ops, messages: messages, sampling: sampling{bytesMax: messagesBytesMax}}, nil
}

// Op records an entry of the history.
func (r *Recording) Op(op history.Op) {
	r.ops.buffer = op.AppendJSON(r.ops.buffer)
	r.ops.line()
}

// Sent records that a message entered the network.
func (r *Recording) Sent(at time.Duration, m *network.Message) {
	r.lastID = m.ID
	if !r.wanted(at, m) {
		r.omitted++
		return
	}
	r.message(at, "send", m)
	r.messages.buffer = append(r.messages.buffer, `,"body":`...)
	if begin, again := r.shownBefore(m); again {
		r.messages.buffer = append(append(r.messages.buffer, begin...), `},"body_bytes":`...)
		r.messages.buffer = strconv.AppendInt(r.messages.buffer, int64(len(m.Body)), 10)
	} else {
		r.messages.buffer = append(r.messages.buffer, m.Body...)
	}
	r.endMessage()
}

// shownBefore tells whether the message is a long request like one that was recorded whole, and how both
// begin: with their type, as the bench writes it.
func (r *Recording) shownBefore(m *network.Message) (begin string, again bool) {
	if len(m.Body) <= wholeBytesMax || !network.IsClient(m.Src) {
		return "", false
	}
	typ, _, fields := bytes.Cut(m.Body, []byte{','})
	if !fields || !bytes.HasPrefix(typ, []byte(`{"type":"`)) {
		return "", false
	}
	begin = string(typ)
	if slices.Contains(r.shown, begin) {
		return begin, true
	}
	r.shown = append(r.shown, begin)
	return begin, false
}

// Received records that a message was delivered.
func (r *Recording) Received(at time.Duration, m *network.Message) {
	if !r.wanted(at, m) {
		return
	}
	r.message(at, "recv", m)
	r.endMessage()
}

// Lost records that a message will not be delivered, and why.
func (r *Recording) Lost(at time.Duration, m *network.Message, why string) {
	if !r.wanted(at, m) {
		return
	}
	r.message(at, "lost", m)
	r.messages.buffer = network.AppendString(append(r.messages.buffer, `,"why":`...), why)
	r.endMessage()
}

func (r *Recording) message(at time.Duration, kind string, m *network.Message) {
	b := append(r.messages.buffer, `{"time":`...)
	b = strconv.AppendInt(b, int64(at), 10)
	b = append(append(append(b, `,"type":"`...), kind...), `","id":`...)
	b = strconv.AppendInt(b, m.ID, 10)
	b = network.AppendString(append(b, `,"src":`...), m.Src)
	r.messages.buffer = network.AppendString(append(b, `,"dest":`...), m.Dest)
}

func (r *Recording) endMessage() {
	r.messages.buffer = append(r.messages.buffer, '}')
	r.messages.line()
	r.bytes = r.messages.bytes
}

// wanted tells whether a message is to be recorded, and leaves a line where that begins not to be so for all:
//
//	{"time":9000,"type":"sampled","every":1000}
func (r *Recording) wanted(at time.Duration, m *network.Message) bool {
	if r.bytesMax == 0 || r.bytes < r.bytesMax {
		return true
	}
	if r.from == 0 {
		r.from, r.fromID = max(at, 1), r.lastID
		b := append(r.messages.buffer, `{"time":`...)
		b = strconv.AppendInt(b, int64(at), 10)
		b = strconv.AppendInt(append(b, `,"type":"sampled","every":`...), sampledOneIn, 10)
		r.messages.buffer = b
		r.endMessage()
	}
	under := m.ID < r.fromID // what became of those that were on their way is recorded
	return under || m.ID%sampledOneIn == 0 && r.bytes < r.bytesMax+r.bytesMax/4
}

// Warning says that not all messages are recorded; empty if they are.
func (r *Recording) Warning() string {
	if r.from == 0 {
		return ""
	}
	return fmt.Sprintf("From %.3f s on %s holds only some of the messages, since it had reached %d MiB: %d are left out, so that what is said of a message may be wrong. --store-max sets the bound.",
		r.from.Seconds(), MessagesFile, r.bytesMax>>20, r.omitted)
}

// Flush passes on what has been recorded to the disk, unless that would mean to wait.
func (r *Recording) Flush() {
	r.ops.flush()
	r.messages.flush()
}

// Close completes the files. The error says which of them is not complete.
func (r *Recording) Close() error {
	return errors.Join(r.ops.close(HistoryFile), r.messages.close(MessagesFile))
}

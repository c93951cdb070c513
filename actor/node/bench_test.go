package node_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	stdlog "log"
	"runtime"
	"testing"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"go.uber.org/zap/zapcore"

	"eddy/actor"
	"eddy/actor/node"
)

const benchRequests = 200_000

// echoInput is what Maelstrom's echo workload sends, from ten clients.
func echoInput() []byte {
	var in bytes.Buffer
	fmt.Fprintln(&in, `{"id":0,"src":"c0","dest":"n1","body":{"type":"init","node_id":"n1","node_ids":["n1"],"msg_id":1}}`)
	for i := range benchRequests {
		fmt.Fprintf(&in, `{"id":%d,"src":"c%d","dest":"n1","body":{"echo":"Please echo %d","type":"echo","msg_id":%d}}`+"\n", i+1, i%10, i%128, i/10+1)
	}
	return in.Bytes()
}

// lineCount counts what is written and keeps nothing.
type lineCount int

func (n *lineCount) Write(p []byte) (int, error) {
	*n += lineCount(bytes.Count(p, []byte{'\n'}))
	return len(p), nil
}

// echoing is a service that echoes and nothing else.
func echoing(n *node.Node) error {
	to := actor.Spawn(n, "echo", func(*actor.Context[echoRequest]) actor.Actor[echoRequest] {
		return actor.Func[echoRequest](func(_ *actor.Context[echoRequest], r echoRequest) { r.Reply(r.Body) })
	}, actor.Capacity(256))
	node.Handle(n, "echo", to, func(r echoRequest) echoRequest { return r })
	return nil
}

// runLibrary is the echo of the Go library's own demo, on the library's Node.
func runLibrary(in io.Reader, out io.Writer) error {
	n := maelstrom.NewNode()
	n.Stdin, n.Stdout = in, out
	n.Handle("echo", func(msg maelstrom.Message) error {
		var body map[string]any
		if err := json.Unmarshal(msg.Body, &body); err != nil {
			return err
		}
		body["type"] = "echo_ok"
		return n.Reply(msg, body)
	})
	return n.Run()
}

// BenchmarkEchoNode runs 200,000 echo requests, in memory, through this node and
// through the Go library's with its logging off, in turns. It reports requests a
// second and bytes allocated for a request of each, and how many times as fast this
// node is.
//
//	go test -run '^$' -bench EchoNode -benchtime 5x ./actor/node
func BenchmarkEchoNode(b *testing.B) {
	stdlog.SetOutput(io.Discard)
	stdlog.SetFlags(0)
	in := echoInput()
	ours := measured{run: func(in io.Reader, out io.Writer) error {
		return node.Run(echoing, node.Options{In: in, Out: out})
	}}
	theirs := measured{run: runLibrary}
	for b.Loop() {
		ours.turn(b, in)
		theirs.turn(b, in)
	}
	ours.report(b, "eddy")
	theirs.report(b, "library")
	b.ReportMetric(theirs.took.Seconds()/ours.took.Seconds(), "times-as-fast")
	b.ReportMetric(0, "ns/op") // of both together: means nothing
}

// measured is one of the two, with what its turns took.
type measured struct {
	run       func(io.Reader, io.Writer) error
	turns     int
	took      time.Duration
	allocated uint64 // bytes
}

func (m *measured) turn(b *testing.B, in []byte) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	var lines lineCount
	if err := m.run(bytes.NewReader(in), &lines); err != nil {
		b.Fatal(err)
	}
	m.took += time.Since(start)
	runtime.ReadMemStats(&after)
	m.turns++
	m.allocated += after.TotalAlloc - before.TotalAlloc
	if lines != benchRequests+1 {
		b.Fatalf("%d lines of output", lines)
	}
}

func (m *measured) report(b *testing.B, name string) {
	requests := float64(m.turns * benchRequests)
	b.ReportMetric(requests/m.took.Seconds(), name+"-requests/s")
	b.ReportMetric(float64(m.allocated)/requests, name+"-B/request")
}

// BenchmarkEchoNodeTraced runs the same requests through this node with tracing
// off, of messages, in full, and in full for one request in a hundred, in turns.
// It reports requests a second of each and how many times as long as off each
// takes. What is recorded is written, line by line, to a writer that counts.
//
//	go test -run '^$' -bench EchoNodeTraced -benchtime 5x ./actor/node
func BenchmarkEchoNodeTraced(b *testing.B) {
	in := echoInput()
	modes := []struct {
		name    string
		trace   node.TraceOptions
		records int // at least, a request
	}{
		{"off", node.TraceOptions{}, 0},
		{"messages", node.TraceOptions{Mode: node.TraceMessages}, 2},
		{"full", node.TraceOptions{Mode: node.TraceFull}, 3},
		{"sampled", node.TraceOptions{Mode: node.TraceFull, Sample: 100}, 0},
	}
	all := make([]measured, len(modes))
	for i, m := range modes {
		all[i].run = func(in io.Reader, out io.Writer) error {
			var recorded lineCount
			log, records, end := node.NewTracedLog(&recorded, zapcore.WarnLevel)
			m.trace.To = records
			err := node.Run(echoing, node.Options{In: in, Out: out, Log: log, Trace: m.trace})
			end()
			if int(recorded) < m.records*benchRequests {
				b.Errorf("%s: only %d records of %d requests: some were lost", m.name, recorded, benchRequests)
			}
			return err
		}
	}
	for b.Loop() {
		for i := range all {
			all[i].turn(b, in)
		}
	}
	for i, m := range modes {
		all[i].report(b, m.name)
		b.ReportMetric(all[i].took.Seconds()/all[0].took.Seconds(), m.name+"-times-off")
	}
	b.ReportMetric(0, "ns/op") // of all together: means nothing
}

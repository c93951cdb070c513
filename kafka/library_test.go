package kafka

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	stdlog "log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor/node"
)

const (
	pipedSends = 1_000_000
	pipedKeys  = 1000
	valueBytes = 100
)

// sends is the input of a node: init, and then the same block of sends over and
// over.
func sends(total int) io.Reader {
	const inBlock = 10_000
	var block bytes.Buffer
	value := strings.Repeat("x", valueBytes-2) // with its quotes
	for i := range inBlock {
		fmt.Fprintf(&block, `{"id":%d,"src":"c%d","dest":"n1","body":{"type":"send","key":"%d","msg":"%s","msg_id":%d}}`+"\n", i+1, i%10+1, i*7919%pipedKeys, value, i/10+1)
	}
	readers := []io.Reader{strings.NewReader(`{"id":0,"src":"c0","dest":"n1","body":{"type":"init","node_id":"n1","node_ids":["n1"],"msg_id":1}}` + "\n")}
	for range total / inBlock {
		readers = append(readers, bytes.NewReader(block.Bytes()))
	}
	return io.MultiReader(readers...)
}

// lineCount counts what is written and keeps nothing.
type lineCount int

func (n *lineCount) Write(p []byte) (int, error) {
	*n += lineCount(bytes.Count(p, []byte{'\n'}))
	return len(p), nil
}

// libraryKafka is the same service on the Go library's Node: logs in a map behind
// a mutex.
func libraryKafka(in io.Reader, out io.Writer) error {
	n := maelstrom.NewNode()
	n.Stdin, n.Stdout = in, out
	var mutex sync.Mutex
	logs := make(map[string][]json.RawMessage)
	n.Handle("send", func(msg maelstrom.Message) error {
		var body struct {
			Key string          `json:"key"`
			Msg json.RawMessage `json:"msg"`
		}
		if err := json.Unmarshal(msg.Body, &body); err != nil {
			return err
		}
		mutex.Lock()
		offset := len(logs[body.Key])
		logs[body.Key] = append(logs[body.Key], body.Msg)
		mutex.Unlock()
		return n.Reply(msg, map[string]any{"type": "send_ok", "offset": offset})
	})
	return n.Run()
}

// BenchmarkSends pipes 1,000,000 sends of 100 bytes over 1,000 keys through a
// node of this package and through the same service on the Go library's Node, with
// its logging off. It reports sends a second of each and how many times as fast
// this one is.
//
//	go test -run '^$' -bench Sends -benchtime 1x ./kafka
func BenchmarkSends(b *testing.B) {
	stdlog.SetOutput(io.Discard)
	stdlog.SetFlags(0)
	for _, strategy := range []Strategy{Local, Leaderless} {
		b.Run(string(strategy), func(b *testing.B) {
			var ours, theirs time.Duration
			for b.Loop() {
				ours += timed(b, func(in io.Reader, out io.Writer) error {
					return node.Run(Service(Config{Strategy: strategy}), node.Options{In: in, Out: out})
				})
				theirs += timed(b, libraryKafka)
			}
			all := float64(b.N * pipedSends)
			b.ReportMetric(all/ours.Seconds(), "eddy-sends/s")
			b.ReportMetric(all/theirs.Seconds(), "library-sends/s")
			b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-as-fast")
			b.ReportMetric(0, "ns/op") // of both together: means nothing
		})
	}
}

// timed runs a node on the sends, through a pipe as a process has it.
func timed(b *testing.B, run func(io.Reader, io.Writer) error) time.Duration {
	b.Helper()
	runtime.GC()
	in, pipe, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		_, _ = io.Copy(pipe, sends(pipedSends))
		_ = pipe.Close()
	}()
	var lines lineCount
	start := time.Now()
	if err := run(in, &lines); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	_ = in.Close()
	if lines != pipedSends+1 {
		b.Fatalf("%d lines of output", lines)
	}
	return took
}

// BenchmarkMemory pipes the same sends into a process of eddy and reports its
// largest resident set, against the bytes of the values.
//
//	go test -run '^$' -bench Memory -benchtime 1x ./kafka
func BenchmarkMemory(b *testing.B) {
	eddy := filepath.Join(b.TempDir(), "eddy")
	if out, err := exec.Command("go", "build", "-o", eddy, "eddy/cmd/eddy").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, strategy := range []Strategy{Local, Leaderless} {
		b.Run(string(strategy), func(b *testing.B) {
			largest := 0.0
			for b.Loop() {
				largest = max(largest, residentMax(b, exec.Command(eddy, "serve", "kafka", "--strategy", string(strategy))))
			}
			b.ReportMetric(largest/(1<<20), "MiB")
			b.ReportMetric(largest/(pipedSends*valueBytes), "times-the-payload")
			b.ReportMetric(0, "ns/op") // of the process: see BenchmarkSends
		})
	}
}

// residentMax runs a node on the sends and gives its largest resident set in
// bytes, as Linux has it while the node still runs. (What wait says of a process
// counts the one that it was forked from as well.)
func residentMax(b *testing.B, node *exec.Cmd) float64 {
	b.Helper()
	in, err := node.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	node.Stderr = os.Stderr
	if err := node.Start(); err != nil {
		b.Fatal(err)
	}
	go func() { _, _ = io.Copy(in, sends(pipedSends)) }()
	lines := bufio.NewScanner(out)
	for range pipedSends + 1 {
		if !lines.Scan() {
			b.Fatalf("the output ended: %v", lines.Err())
		}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", node.Process.Pid))
	if err != nil {
		b.Skip("no /proc here: ", err)
	}
	_, line, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	if _, err := fmt.Sscan(line, &kib); err != nil {
		b.Fatal(err)
	}
	_ = in.Close()
	if err := node.Wait(); err != nil {
		b.Fatal(err)
	}
	return kib * (1 << 10)
}

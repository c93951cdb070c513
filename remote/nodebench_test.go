//go:build unix

package remote

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"eddy/echo"
	"eddy/workload"
)

// BenchmarkEcho asks an echo node again and again: over NATS and over pipes, one request at a time (its time is the
// latency) and 64 at once. Server, node and client share this machine's processors.
func BenchmarkEcho(b *testing.B) {
	for _, atOnce := range []int{1, 64} {
		b.Run(fmt.Sprintf("over=nats/at-once=%d", atOnce), func(b *testing.B) { echoOverNATS(b, atOnce) })
		b.Run(fmt.Sprintf("over=pipes/at-once=%d", atOnce), func(b *testing.B) { echoOverPipes(b, atOnce) })
	}
}

func connectB(b *testing.B, s *Server) *Conn {
	b.Helper()
	c, err := Connect(Access{URL: s.URL()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	return c
}

func serveB(b *testing.B) *Server {
	b.Helper()
	s, err := Serve(ServerOptions{Listen: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	return s
}

func echoOverNATS(b *testing.B, atOnce int) {
	s := serveB(b)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	node := connectB(b, s)
	go func() {
		_, err := node.Serve(ctx, Node{Cluster: "demo", ID: "n1", Nodes: []string{"n1"}, Setup: [][]byte{workload.InitRequest("n1", []string{"n1"}, 1)},
			Say: func(text string) { ready <- text }, Run: ofActors(echo.Service)})
		ended <- err
	}()
	<-ready
	demo := connectB(b, s).Client("demo")
	request := json.RawMessage(`{"type":"echo","echo":"please echo 17"}`)
	asked := make(chan int)
	done := make(chan error, atOnce)
	b.ResetTimer()
	for range atOnce {
		go func() {
			for range asked {
				if err := demo.Call(ctx, "n1", request, nil); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for i := range b.N {
		asked <- i
	}
	close(asked)
	for range atOnce {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}

func echoOverPipes(b *testing.B, atOnce int) {
	theirIn, in, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- ofActors(echo.Service)(theirIn, theirOut) }()
	lines := bufio.NewScanner(out)
	say := func(text string) {
		if _, err := io.WriteString(in, text); err != nil {
			b.Fatal(err)
		}
	}
	hear := func() {
		if !lines.Scan() {
			b.Fatal(lines.Err())
		}
	}
	say(`{"src":"c0","dest":"n1","body":` + string(workload.InitRequest("n1", []string{"n1"}, 1)) + "}\n")
	hear()
	b.ResetTimer()
	asked := 0
	for answered := range b.N {
		for ; asked < min(b.N, answered+atOnce); asked++ {
			say(fmt.Sprintf(`{"src":"c1","dest":"n1","body":{"type":"echo","echo":"please echo 17","msg_id":%d}}`+"\n", asked+1))
		}
		hear()
	}
	b.StopTimer()
	_ = in.Close()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}

// BenchmarkMessages has one node send messages to another as fast as they go.
func BenchmarkMessages(b *testing.B) {
	s := serveB(b)
	ids := []string{"n1", "n2"}
	arrived := make(chan struct{}, 1024)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	ready := make(chan string, 2)
	var start func()
	for _, id := range ids {
		conn := connectB(b, s)
		run := func(in io.Reader, out io.Writer) error {
			if id == "n1" {
				start = func() {
					for batch := 0; batch < b.N; batch += 64 {
						var text []byte
						for range min(64, b.N-batch) {
							text = append(text, `{"src":"n1","dest":"n2","body":{"type":"gossip","values":[1,2,3,4]}}`+"\n"...)
						}
						_, _ = out.Write(text)
						for range min(64, b.N-batch) {
							<-arrived // no more are on their way than a window
						}
					}
				}
			}
			ready <- id
			lines := bufio.NewScanner(in)
			for lines.Scan() {
				arrived <- struct{}{}
			}
			return nil
		}
		go func() {
			_, err := conn.Serve(ctx, Node{Cluster: "demo", ID: id, Nodes: ids, Say: func(string) {}, Run: run})
			ended <- err
		}()
		<-ready
		time.Sleep(50 * time.Millisecond)
	}
	b.ResetTimer()
	used := processorTime()
	start()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(float64((processorTime()-used).Microseconds())/float64(b.N), "cpu-µs/message")
	cancel()
	for range ids {
		if err := <-ended; err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStore asks lin-kv of one copy, one request at a time.
func BenchmarkStore(b *testing.B) {
	conn := connectB(b, serveB(b))
	k, err := (&seat{Conn: conn, Node: Node{Cluster: "demo"}}).openStore(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	k.asks(context.Background(), "lin-kv", `{"type":"write","key":1,"value":1,"msg_id":1}`)
	for _, request := range []string{
		`{"type":"read","key":1,"msg_id":1}`, `{"type":"write","key":1,"value":1,"msg_id":1}`, `{"type":"cas","key":1,"from":1,"to":1,"msg_id":1}`,
	} {
		var kind struct{ Type string }
		_ = json.Unmarshal([]byte(request), &kind)
		b.Run(kind.Type, func(b *testing.B) {
			for range b.N {
				if got := replyOf(k.asks(context.Background(), "lin-kv", request)); got.Type != kind.Type+"_ok" {
					b.Fatal(got)
				}
			}
		})
	}
}

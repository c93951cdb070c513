package remote

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// hostOf starts a host whose work is a line of shell, which no host of Eddy's takes, and gives what ends it.
func hostOf(t *testing.T, c *Conn, name string, change func(*Host)) (end func() Hosted) {
	t.Helper()
	h := Host{Name: name, Build: testBuild, Say: func(string) {}, Command: func(work json.RawMessage) (*exec.Cmd, error) {
		var script string
		if err := json.Unmarshal(work, &script); err != nil {
			return nil, err
		}
		return exec.Command("sh", "-c", script), nil
	}}
	if change != nil {
		change(&h)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan Hosted, 1)
	go func() {
		hosted, err := c.Host(ctx, h)
		if err != nil {
			t.Errorf("host %s: %v", name, err)
		}
		ended <- hosted
	}()
	end = func() Hosted {
		cancel()
		hosted := <-ended
		ended <- hosted
		return hosted
	}
	t.Cleanup(func() { end() })
	return end
}

func bench(t *testing.T, c *Conn, workers int) *Bench {
	t.Helper()
	b := must(c.OpenBench(t.Context(), testBuild, func(string) {}))(t)
	if len(b.workers) != workers {
		t.Fatalf("%d workers are found, not %d", len(b.workers), workers)
	}
	t.Cleanup(func() {
		select {
		case <-b.closed:
		default:
			b.Close()
		}
	})
	return b
}

// run starts a script.
func run(t *testing.T, b *Bench, number int, script string) *Process {
	t.Helper()
	p := must(b.Start(number, fmt.Sprint("n", number), must(json.Marshal(script))(t)))(t)
	t.Cleanup(p.Release)
	return p
}

func TestAProcessOnAWorkerReadsAndPrintsAllBytes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	hostOf(t, connect(t, s), "one", nil)
	hostOf(t, connect(t, s), "two", nil)
	b := bench(t, connect(t, s), 2)
	if got := b.Workers(); !slices.Equal(got, []string{"one", "two"}) {
		t.Error(got)
	}
	text := bytes.Repeat([]byte("0123456789abcdef"), 3<<20/16) // more than a message holds
	p := run(t, b, 1, fmt.Sprintf("head -c %d; echo done >&2; exit 3", len(text)))
	go func() { _, _ = p.Stdin().Write(text) }()
	var errs []byte
	failed := make(chan error, 1)
	go func() {
		var err error
		errs, err = io.ReadAll(p.Stderr())
		failed <- err
	}()
	if got := must(io.ReadAll(p.Stdout()))(t); !bytes.Equal(got, text) {
		t.Errorf("%d bytes come back of %d", len(got), len(text))
	}
	if err := <-failed; err != nil || string(errs) != "done\n" {
		t.Errorf("%q, %v", errs, err)
	}
	status, lost := p.Wait()
	if status != "exit status 3" || lost != nil || p.worker != "two" {
		t.Errorf("%s on %s: %v", status, p.worker, lost)
	}
}

func TestAProcessOnAWorkerIsPausedResumedAndKilled(t *testing.T) {
	t.Parallel()
	s := serve(t)
	end := hostOf(t, connect(t, s), "one", nil)
	b := bench(t, connect(t, s), 1)
	p := run(t, b, 0, "while read line; do echo $line; done; sleep 1000 & wait")
	lines := make(chan string, 10)
	go func() {
		buffer := make([]byte, 100)
		for {
			n, err := p.Stdout().Read(buffer)
			if err != nil {
				close(lines)
				return
			}
			lines <- string(buffer[:n])
		}
	}()
	say := func(text string) { must(p.Stdin().Write([]byte(text + "\n")))(t) }
	say("a")
	if got := <-lines; got != "a\n" {
		t.Error(got)
	}
	p.Pause()
	must(0, p.nc.Flush())(t)
	time.Sleep(50 * time.Millisecond) // the signal's way
	say("b")
	select {
	case got := <-lines:
		t.Errorf("a paused process prints %q", got)
	case <-time.After(100 * time.Millisecond):
	}
	p.Resume()
	if got := <-lines; got != "b\n" {
		t.Error(got)
	}
	p.Kill()
	if status, lost := p.Wait(); status != "signal: killed" || lost != nil {
		t.Errorf("%s, %v", status, lost)
	}
	if _, more := <-lines; more {
		t.Error("it prints after its end")
	}
	if hosted := end(); hosted.Processes != 1 || hosted.Refused != 0 {
		t.Errorf("%+v", hosted)
	}
}

// A node that is killed and started finds its files; another run does not.
func TestANodeKeepsItsDirectoryForItsRun(t *testing.T) {
	t.Parallel()
	s := serve(t)
	hostOf(t, connect(t, s), "one", nil)
	b := bench(t, connect(t, s), 1)
	printed := func(b *Bench, script string) string {
		p := run(t, b, 0, script)
		go func() { _, _ = io.Copy(io.Discard, p.Stderr()) }()
		return string(must(io.ReadAll(p.Stdout()))(t))
	}
	dir := strings.TrimSpace(printed(b, "echo kept > file; pwd"))
	if got := printed(b, "cat file"); got != "kept\n" {
		t.Error(got)
	}
	other := bench(t, connect(t, s), 1)
	if got := printed(other, "cat file"); got != "" {
		t.Errorf("another run finds %q", got)
	}
	b.Close()
	eventually(t, "the directory of the run is gone", func() bool {
		left, err := filepath.Glob(dir)
		return err == nil && len(left) == 0
	})
}

func TestAWorkerThatVanishesIsNoEndOfTheNode(t *testing.T) {
	t.Parallel()
	s := serve(t)
	worker := connect(t, s)
	end := hostOf(t, worker, "one", nil)
	b := bench(t, connect(t, s), 1)
	b.silence = 500 * time.Millisecond
	p := run(t, b, 0, "sleep 1000")
	worker.nc.Close() // it still runs, and nobody hears of it
	if _, lost := p.Wait(); lost == nil || !strings.Contains(lost.Error(), "worker one has not been heard of for 500ms") {
		t.Error(lost)
	}
	end()
}

func TestAProcessEndsWithWhoAskedForIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	worker := connect(t, s)
	end := hostOf(t, worker, "one", func(h *Host) { h.Silence = 500 * time.Millisecond })
	asker := connect(t, s)
	b := bench(t, asker, 1)
	p := run(t, b, 0, "sleep 1000")
	ended := must(worker.nc.SubscribeSync(p.subject("from.end")))(t)
	asker.nc.Close()
	m := must(ended.NextMsg(20 * time.Second))(t)
	if !strings.Contains(string(m.Data), "signal: killed") {
		t.Errorf("%s", m.Data)
	}
	if hosted := end(); hosted.Processes != 1 {
		t.Errorf("%+v", hosted)
	}
}

func TestAWorkerThatEndsSaysThatItsNodesAreLost(t *testing.T) {
	t.Parallel()
	s := serve(t)
	end := hostOf(t, connect(t, s), "one", nil)
	p := run(t, bench(t, connect(t, s), 1), 0, "sleep 1000")
	end()
	if _, lost := p.Wait(); lost == nil || lost.Error() != "worker one has been ended" {
		t.Error(lost)
	}
}

func TestLostBytesEndAProcess(t *testing.T) {
	t.Parallel()
	s := serve(t)
	hostOf(t, connect(t, s), "one", nil)
	b := bench(t, connect(t, s), 1)
	in := run(t, b, 0, "cat >/dev/null")
	in.in.number = 7 // as if seven messages had gone
	must(in.Stdin().Write([]byte("x")))(t)
	if _, lost := in.Wait(); lost == nil || !strings.Contains(lost.Error(), "NATS has lost a part of what it was sent") {
		t.Error(lost)
	}
	out := run(t, b, 0, "sleep 1000")
	must(0, out.nc.Publish(out.subject("from.out"), []byte("\x00\x00\x00\x00\x00\x00\x00\x01x")))(t)
	if _, lost := out.Wait(); lost == nil || !strings.Contains(lost.Error(), "NATS has lost a part of what it printed") {
		t.Error(lost)
	}
}

// What NATS loses with its server must not look like a fault of the node or of its network.
func TestAServerThatRestartsLosesNoBytesUnnoticed(t *testing.T) {
	t.Parallel()
	s := must(Serve(ServerOptions{Listen: "127.0.0.1:0"}))(t)
	url := s.URL()
	hostOf(t, connect(t, s), "one", nil)
	said := make(chan string, 100)
	b := must(connect(t, s).OpenBench(t.Context(), testBuild, func(text string) { said <- text }))(t)
	defer b.Close()
	p := run(t, b, 0, "cat")
	go func() { _, _ = io.Copy(io.Discard, p.Stderr()) }()
	const lines = 3000
	go func() {
		for i := range lines {
			if i == lines/2 {
				s.Close()
				again, err := Serve(ServerOptions{Listen: strings.TrimPrefix(url, "nats://")})
				if err != nil {
					t.Error(err)
					return
				}
				t.Cleanup(again.Close)
			}
			if _, err := fmt.Fprintf(p.Stdin(), "%d\n", i); err != nil {
				return // it has ended
			}
			time.Sleep(50 * time.Microsecond)
		}
	}()
	came := bufio.NewScanner(p.Stdout())
	next := 0
	for ; next < lines && came.Scan(); next++ {
		if came.Text() != fmt.Sprint(next) {
			t.Fatalf("line %q comes where %d was next", came.Text(), next)
		}
	}
	if next < lines {
		if _, lost := p.Wait(); lost == nil {
			t.Errorf("%d of %d lines come back, and nothing is told", next, lines)
		}
	}
	for _, want := range []string{"is lost", "Connected again"} {
		if text := <-said; !strings.Contains(text, want) {
			t.Errorf("it is said that %q, not that %q", text, want)
		}
	}
}

func TestHostilePlacementsAreRefusedAndCounted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	end := hostOf(t, connect(t, s), "one", nil)
	c := connect(t, s)
	b := bench(t, c, 1)
	at := benchAt + b.workers[0].ID
	good := placement{Build: testBuild, Run: b.run, Node: "n1", Token: strings.Repeat("A", 26), Work: json.RawMessage(`"true"`)}
	hostile := 0
	for want, change := range map[string]func(*placement){
		"another build of Eddy":             func(p *placement) { p.Build = "fedcba9876543210" },
		"it names no run, node and token":   func(p *placement) { p.Run = "../../etc" },
		"it names no run, node and token ":  func(p *placement) { p.Node = "../n1" },
		"it names no run, node and token  ": func(p *placement) { p.Token = "*" },
		"cannot unmarshal":                  func(p *placement) { p.Work = json.RawMessage(`{"bin":"/bin/sh"}`) },
		"it is not JSON of a placement":     nil,
	} {
		text := []byte("not JSON")
		if change != nil {
			wrong := good
			change(&wrong)
			text = must(json.Marshal(wrong))(t)
		}
		m := must(c.nc.Request(at, text, 5*time.Second))(t)
		if !strings.Contains(string(m.Data), strings.TrimSpace(want)) {
			t.Errorf("%s is answered with %s", text, m.Data)
		}
		hostile++
	}
	must(0, c.nc.Publish(benchOver+"..", nil))(t)
	must(0, c.nc.PublishMsg(&nats.Msg{Subject: benchOver + "x", Data: nil}))(t)
	hostile++ // the first has no subject that anybody hears
	must(c.nc.Request(benchWho, nil, 5*time.Second))(t)
	if _, err := c.OpenBench(t.Context(), "fedcba9876543210", func(string) {}); err == nil || !strings.Contains(err.Error(), "start one with eddy worker --nats nats://127.0.0.1") {
		t.Error(err)
	}
	if hosted := end(); hosted.Refused != hostile || hosted.Processes != 0 {
		t.Errorf("%+v, and %d messages were hostile", hosted, hostile)
	}
}

package realtime

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/builtin"
	"eddy/workload/set"
)

var nodeProgram string

func TestMain(m *testing.M) {
	os.Exit(withNode(m.Run))
}

func withNode(run func() int) int {
	dir, err := os.MkdirTemp("", "bench-node")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	nodeProgram = filepath.Join(dir, "node")
	if out, err := exec.Command("go", "build", "-o", nodeProgram, "./testdata/node").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build the node: %v\n%s", err, out))
	}
	return run()
}

// quick is a run of less than a second with nodes of a mode.
func quick(mode string) testbench.Options {
	o := testbench.Defaults(builtin.Workloads())
	o.Bin, o.Args = nodeProgram, []string{mode}
	o.NodeCount, o.Rate, o.TimeLimit, o.LatencyMs = 3, 50, 700*time.Millisecond, 5
	o.Recovery = 200 * time.Millisecond
	return o
}

func runIn(t *testing.T, store string, o testbench.Options) testbench.Outcome {
	t.Helper()
	out := Run(o, Config{Store: store})
	if out.Meta.Dir != "" {
		t.Cleanup(func() {
			if t.Failed() {
				logs(t, out.Meta.Dir)
			}
		})
	}
	return out
}

func logs(t *testing.T, dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, testbench.LogDir, "*.log"))
	for _, name := range names {
		text, _ := os.ReadFile(name)
		t.Logf("%s: %.2000s", name, text)
	}
}

func measure(t *testing.T, o testbench.Options) testbench.Outcome {
	t.Helper()
	out := runIn(t, t.TempDir(), o)
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	return out
}

// A script or a directory among a node's arguments is where the caller sees it.
func TestNodesRunInTheCallersDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "start.sh"), []byte("exec "+nodeProgram+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	o := quick("")
	o.Workload, o.Bin, o.Args = "echo", "/bin/sh", []string{"start.sh"}
	if out := measure(t, o); out.Results.Valid != checker.Valid {
		t.Errorf("%v, problems %+v", out.Results.Valid, out.Results.Problems)
	}
}

func TestCorrectNodesAreValid(t *testing.T) {
	for _, workload := range []string{"broadcast", "echo", "unique-ids", "g-set"} {
		t.Run(workload, func(t *testing.T) {
			o := quick("")
			o.Workload, o.Availability = workload, "total"
			out := measure(t, o)
			if out.Results.Valid != checker.Valid || out.ExitStatus() != 0 || out.Results.Stats.OKCount == 0 {
				t.Errorf("%+v", out.Results)
			}
		})
	}
}

func TestRunLeavesItsFiles(t *testing.T) {
	store := t.TempDir()
	out := runIn(t, store, quick(""))
	h, err := history.ReadFile(filepath.Join(out.Meta.Dir, testbench.HistoryFile))
	if err != nil || len(h) != len(out.History) {
		t.Errorf("%d entries of %d, %v", len(h), len(out.History), err)
	}
	latest, err := filepath.EvalSymlinks(filepath.Join(store, "latest"))
	here, _ := filepath.EvalSymlinks(out.Meta.Dir)
	if err != nil || latest != here || !strings.HasPrefix(here, filepath.Join(store, "broadcast")) {
		t.Errorf("latest points to %s, %v; the run is in %s", latest, err, here)
	}
	messages, err := os.ReadFile(filepath.Join(out.Meta.Dir, testbench.MessagesFile))
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]int{"send": out.Results.Net.All.SendCount, "recv": out.Results.Net.All.RecvCount} {
		if got := strings.Count(string(messages), `"type":"`+what+`","id"`); got != want {
			t.Errorf("%d messages of type %s on disk, %d counted", got, what, want)
		}
	}
	for _, name := range []string{testbench.ResultsFile, "node-logs/n0.log", "node-logs/n2.log"} {
		if _, err := os.Stat(filepath.Join(out.Meta.Dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestNodesThatKeepValuesToThemselvesLoseThem(t *testing.T) {
	out := measure(t, quick("keeps-to-itself"))
	set := out.Results.Workload.(*set.Results)
	if out.Results.Valid != checker.Invalid || set.LostCount == 0 || out.ExitStatus() != 1 || len(out.Results.Problems) != 0 {
		t.Errorf("verdict %v, %d lost", out.Results.Valid, set.LostCount)
	}
}

func TestWrongNodesAreToldInWords(t *testing.T) {
	cases := []struct{ mode, kind, node, text string }{
		{"garbage", "malformed line", "n0", "printed a line to stdout that is not a message: the line is not JSON"},
		{"unknown-client", "unknown address", "n0", `sent a message to client "c999", which does not exist`},
		{"unknown-node", "unknown address", "n0", `sent a message to "n77", which does not exist`},
		{"late", "unknown address", "n0", "which had stopped waiting and is closed (clients wait 400ms)"},
		{"exits", "exit", "n0", "panic: index out of range\ngoroutine 1 [running]"},
		{"half-line", "malformed line", "", "unexpected end of JSON input"},
	}
	for _, c := range cases {
		t.Run(c.mode, func(t *testing.T) {
			o := quick(c.mode)
			o.ClientTimeout = 400 * time.Millisecond
			out := measure(t, o)
			if out.Results.Valid != checker.Invalid || out.ExitStatus() != 1 {
				t.Errorf("verdict %v, exit status %d", out.Results.Valid, out.ExitStatus())
			}
			for _, p := range out.Results.Problems {
				if p.Kind == c.kind && (p.Node == c.node || c.node == "") && strings.Contains(p.Text+strings.Join(p.Stderr, "\n"), c.text) {
					return
				}
			}
			t.Errorf("no such problem in %+v", out.Results.Problems)
		})
	}
}

func TestFieldTooManyInAReplyIsAWarning(t *testing.T) {
	out := measure(t, quick("extra-field"))
	if len(out.Results.Problems) != 0 || out.Results.Stats.InfoCount == 0 || !strings.Contains(strings.Join(out.Meta.Warnings, "\n"), `"count" does not belong`) {
		t.Errorf("%d unknown, warnings %q, problems %+v", out.Results.Stats.InfoCount, out.Meta.Warnings, out.Results.Problems)
	}
}

func TestNodeThatStopsReadingDoesNotStopTheOthers(t *testing.T) {
	o := quick("stuck-later")
	o.TimeLimit, o.ClientTimeout = 2*time.Second, 2*time.Second
	o.Rate, o.Concurrency = 1000, "10n"
	out := measure(t, o)
	for _, op := range out.History {
		if op.Process%3 != 0 && op.Type != history.Invoke && op.Type != history.OK {
			t.Fatalf("an operation on another node than n0 ended %v: %s", op.Type, op.Error)
		}
	}
}

func TestFloodOfStderrStaysInTheLog(t *testing.T) {
	out := measure(t, quick("flood-stderr"))
	if out.Results.Valid != checker.Valid {
		t.Errorf("%+v", out.Results)
	}
	if info, err := os.Stat(filepath.Join(out.Meta.Dir, testbench.LogDir, "n1.log")); err != nil || info.Size() < 100_000 {
		t.Errorf("log of n1: %v, %v", info, err)
	}
	if err := os.RemoveAll(filepath.Join(out.Meta.Dir, testbench.LogDir)); err != nil {
		t.Error(err)
	}
}

func TestStderrAndMessagesAreShownWhenAsked(t *testing.T) {
	o := quick("child")
	o.LogStderr, o.LogNetSend, o.LogNetRecv = true, true, true
	var seen strings.Builder
	out := Run(o, Config{Store: t.TempDir(), Progress: &seen})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	for _, want := range []string{"\nn1: child ", `send {"id":0,"src":"c0","dest":"n0","body":{"type":"init",`, `recv {"id":`} {
		if !strings.Contains(seen.String(), want) {
			t.Errorf("%q is not shown", want)
		}
	}
}

func TestWhatCannotRunIsExplained(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	with := func(bin string) func(o *testbench.Options) { return func(o *testbench.Options) { o.Bin = bin } }
	mode := func(m string) func(o *testbench.Options) { return func(o *testbench.Options) { o.Args = []string{m} } }
	cases := []struct {
		name   string
		change func(o *testbench.Options)
		want   string
	}{
		{"no program", with(""), "--bin: expected the path of a program"},
		{"no such file", with(dir + "/nothing"), "/nothing: there is no such file"},
		{"no such command", with("no-such-program-anywhere"), "nor a program of that name on the PATH"},
		{"directory", with(dir), "this is a directory"},
		{"not executable", with(file("plain", "#!/bin/sh\n", 0o644)), "is not executable: expected one that is (chmod +x"},
		{"wrong format", with(file("noise", "\x01\x02\x03\x04", 0o755)), "is not a program for this machine"},
		{"no interpreter", with(file("script", "#!/no/such/interpreter\n", 0o755)), "the interpreter that its first line (#!) names is not"},
		{"wrong option", func(o *testbench.Options) { o.Topology = "star" }, "--topology star: expected one of"},
		{"exit at once", mode("exit-at-once"), "exited with exit status 7 before it answered init; the last it wrote to stderr:\n  config file not found"},
		{"no line end", mode("no-newline"), `without an end of line are waiting: {"body":{"in_reply_to":1`},
		{"mute", mode("mute-topology"), "did not answer topology within 400ms"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := quick("")
			o.ClientTimeout = 400 * time.Millisecond
			c.change(&o)
			out := runIn(t, t.TempDir(), o)
			if out.Err == nil || !strings.Contains(out.Err.Error(), c.want) || out.ExitStatus() != 2 {
				t.Errorf("exit status %d, error %v", out.ExitStatus(), out.Err)
			}
		})
	}
}

func TestInterruptEndsTheRunInOrder(t *testing.T) {
	o := quick("")
	o.TimeLimit = time.Hour
	interrupts := make(chan os.Signal, 1)
	progress := writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), " running ") {
			select {
			case interrupts <- os.Interrupt:
			default:
			}
		}
		return len(p), nil
	})
	out := Run(o, Config{Store: t.TempDir(), Progress: progress, Terminal: true, Interrupts: interrupts})
	if out.Err != nil || !out.Interrupted || out.ExitStatus() != 2 {
		t.Fatalf("interrupted %v, exit status %d, %v", out.Interrupted, out.ExitStatus(), out.Err)
	}
	h, err := history.ReadFile(filepath.Join(out.Meta.Dir, testbench.HistoryFile))
	if err != nil || len(h) == 0 || len(h) != len(out.History) {
		t.Errorf("%d entries on disk, %d measured, %v", len(h), len(out.History), err)
	}
}

func TestSecondInterruptEndsTheProgramAtOnce(t *testing.T) {
	o := quick("")
	o.TimeLimit = time.Hour
	interrupts := make(chan os.Signal, 2)
	interrupts <- os.Interrupt
	interrupts <- os.Interrupt
	aborted := make(chan struct{})
	Run(o, Config{Store: t.TempDir(), Interrupts: interrupts, Abort: func() { close(aborted) }})
	<-aborted
}

func TestClosedStdoutIsAsBadAsANodeThatEnds(t *testing.T) {
	o := quick("close-stdout")
	o.ClientTimeout, o.TimeLimit = 400*time.Millisecond, 1500*time.Millisecond
	out := measure(t, o)
	p := out.Results.Problems
	if out.Results.Valid != checker.Invalid || len(p) != 1 || p[0].Node != "n0" || !strings.Contains(p[0].Text, "closed its stdout and goes on running") {
		t.Errorf("%v, %+v", out.Results.Valid, p)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

package maelstrom

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
	"eddy/workload/builtin"
)

func fake(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("testdata/maelstrom")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func recording(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../workload/workloadtest/testdata/recordings", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(path, "history.edn")); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNamesOfNodesArePassedOn(t *testing.T) {
	o := options("echo")
	o.NodeNames = []string{"a", "b"}
	args, err := Command(o, "node")
	if err != nil || !strings.Contains(strings.Join(args, " "), "--nodes a,b") {
		t.Errorf("%v, %v", args, err)
	}
}

func options(workload string) testbench.Options {
	o := testbench.Defaults(builtin.Workloads())
	o.Workload, o.Bin = workload, "/bin/sh"
	return o
}

func TestRecordedRunsBecomeOutcomes(t *testing.T) {
	cases := []struct {
		workload, recording, status string
		valid                       checker.Verdict
		exit                        int
	}{
		{"echo", "echo/valid", "0", checker.Valid, 0},
		{"broadcast", "broadcast/lost", "1", checker.Invalid, 1},
		{"g-set", "g-set/invalid", "1", checker.Invalid, 1},
		{"broadcast", "broadcast/valid-partition", "0", checker.Valid, 0},
		{"kafka", "kafka/inconsistent-offsets", "1", checker.Invalid, 1},
	}
	for _, c := range cases {
		t.Run(c.recording, func(t *testing.T) {
			t.Setenv("RECORDING", recording(t, c.recording))
			t.Setenv("STATUS", c.status)
			var output strings.Builder
			store := t.TempDir()
			out := Run(options(c.workload), Config{Program: fake(t), Store: store, Output: &output, Meta: report.Meta{Flags: []string{"--x"}}})
			if out.Err != nil {
				t.Fatal(out.Err)
			}
			if out.Results.Valid != c.valid || out.ExitStatus() != c.exit || len(out.History) == 0 {
				t.Errorf("verdict %v, exit status %d, %d operations", out.Results.Valid, out.ExitStatus(), len(out.History))
			}
			if out.Meta.Engine != "Maelstrom" || out.Meta.Workload != c.workload || len(out.Meta.Flags) != 1 {
				t.Errorf("%+v", out.Meta)
			}
			if want := "called with: test -w " + c.workload + " --bin /bin/sh\n"; output.String() != want {
				t.Errorf("output %q, want %q", output.String(), want)
			}
			h, err := history.ReadFile(filepath.Join(store, "latest", testbench.HistoryFile))
			if err != nil || len(h) != len(out.History) {
				t.Errorf("history.jsonl has %d of %d operations, %v", len(h), len(out.History), err)
			}
			for _, name := range []string{testbench.ResultsFile, testbench.PlotFile, OutputFile, "node-logs/n0.log"} {
				if _, err := os.Stat(filepath.Join(out.Meta.Dir, name)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestCrashOfMaelstromIsToldWithItsLastWords(t *testing.T) {
	t.Setenv("STATUS", "255")
	out := Run(options("echo"), Config{Program: fake(t), Store: t.TempDir()})
	if out.ExitStatus() != 2 || out.Err == nil || !strings.Contains(out.Err.Error(), "exit status 255") || !strings.Contains(out.Err.Error(), "Oh jeez, it broke.") {
		t.Errorf("exit status %d, %v", out.ExitStatus(), out.Err)
	}
}

func TestInterruptIsPassedOn(t *testing.T) {
	hang := filepath.Join(t.TempDir(), "started")
	t.Setenv("HANG", hang)
	interrupts := make(chan os.Signal)
	go func() {
		for {
			if _, err := os.Stat(hang); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		interrupts <- os.Interrupt
	}()
	var output strings.Builder
	out := Run(options("echo"), Config{Program: fake(t), Store: t.TempDir(), Interrupts: interrupts, Output: &output})
	if !out.Interrupted || out.ExitStatus() != 2 || !strings.Contains(output.String(), "interrupted") {
		t.Errorf("%v, exit status %d, output %q", out.Err, out.ExitStatus(), output.String())
	}
}

func TestFlagsAreMaelstroms(t *testing.T) {
	o := testbench.Defaults(builtin.Workloads())
	o.NodeCount, o.Concurrency, o.Rate, o.TimeLimit = 25, "4n", 0.5, 20*time.Second
	o.LatencyMs, o.LatencyDist, o.Topology = 100, "exponential", "tree4"
	o.Nemesis, o.NemesisInterval = []string{"partition"}, 500*time.Millisecond
	o.Availability, o.ConsistencyModels = "total", []string{"a", "b"}
	o.Operations.KeyCount, o.Operations.MaxTxnLength, o.Operations.MaxWritesPerKey = 5, 3, 100
	o.LogStderr, o.LogNetSend, o.LogNetRecv = true, true, true
	o.Args, o.Seed = []string{"serve", "broadcast"}, 7
	got, err := Command(o, "/x/eddy")
	want := []string{"test", "-w", "broadcast", "--bin", "/x/eddy", "--node-count", "25", "--concurrency", "4n",
		"--time-limit", "20", "--rate", "0.5", "--latency", "100", "--latency-dist", "exponential",
		"--nemesis", "partition", "--nemesis-interval", "0.5", "--topology", "tree4", "--availability", "total",
		"--consistency-models", "a , b", "--key-count", "5", "--max-txn-length", "3", "--max-writes-per-key", "100", "--log-stderr", "--log-net-send", "--log-net-recv", "--", "serve", "broadcast"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%q", err, got)
	}
}

func TestWhatMaelstromCannotDoIsRefused(t *testing.T) {
	cases := []struct {
		change func(o *testbench.Options)
		want   string
	}{
		{func(o *testbench.Options) { o.TimeLimit = 1500 * time.Millisecond }, "--time-limit 1.5s: Maelstrom takes whole seconds"},
		{func(o *testbench.Options) { o.Recovery = time.Second }, "--recovery 1s: Maelstrom always waits 10s"},
		{func(o *testbench.Options) { o.ClientTimeout = time.Second }, "--client-timeout 1s"},
		{func(o *testbench.Options) { o.IdealDelivery = true }, "--ideal-delivery true"},
		{func(o *testbench.Options) { o.LatencyDist = "uniform" }, "--latency-dist uniform"},
		{func(o *testbench.Options) { o.Topology = "star" }, "--topology star: expected one of line, grid"},
		{func(o *testbench.Options) { o.Bin = "/no/such/node" }, "--bin /no/such/node: there is no such file"},
	}
	for _, c := range cases {
		o := options("broadcast")
		c.change(&o)
		out := Run(o, Config{Program: fake(t), Store: t.TempDir()})
		if out.Err == nil || !strings.Contains(out.Err.Error(), c.want) || out.ExitStatus() != 2 {
			t.Errorf("got %v, want %s", out.Err, c.want)
		}
	}
}

func TestMaelstromIsFoundByTheVariableThenOnThePath(t *testing.T) {
	program := fake(t)
	empty := t.TempDir()
	cases := []struct {
		variable, path string
		want           string
		wrong          string
	}{
		{program, "", program, ""},
		{filepath.Dir(program), "", program, ""},
		{"", filepath.Dir(program), program, ""},
		{"", empty, "", "there is no Maelstrom here"},
		{"/no/such", filepath.Dir(program), "", `$MAELSTROM is "/no/such": there is no /no/such`},
		{empty, filepath.Dir(program), "", "expected Maelstrom's program or the directory that holds it"},
	}
	for _, c := range cases {
		t.Setenv(Variable, c.variable)
		t.Setenv("PATH", c.path)
		got, err := Find()
		if got != c.want || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("variable %q, PATH %q: %q, %v", c.variable, c.path, got, err)
		}
		if (c.wrong == "there is no Maelstrom here") != errors.Is(err, ErrNotFound) {
			t.Errorf("%v", err)
		}
	}
}

func TestFaultsAreThoseThatTheVersionInjects(t *testing.T) {
	run := func(faults string, nemesis ...string) testbench.Outcome {
		t.Setenv("FAULTS", faults)
		t.Setenv("RECORDING", recording(t, "echo/valid"))
		o := options("echo")
		o.Nemesis = nemesis
		return Run(o, Config{Program: fake(t), Store: t.TempDir()})
	}
	for _, c := range []struct {
		knows   string
		nemesis []string
		want    string
	}{
		{"partition", []string{"partition"}, ""},
		{"partition, kill, pause", []string{"partition", "kill", "pause"}, ""},
		{"partition", []string{"partition", "kill"}, "--nemesis kill: this version of Maelstrom does not inject it, by its own help; versions from July 2026 on do"},
		{"partition, kill", []string{"pause"}, "--nemesis pause: this version"},
		{"partition, kill", []string{"loss"}, "--nemesis loss: no version of Maelstrom injects it"},
	} {
		out := run(c.knows, c.nemesis...)
		if (out.Err == nil) != (c.want == "") || out.Err != nil && !strings.Contains(out.Err.Error(), c.want) {
			t.Errorf("Maelstrom that injects %s, --nemesis %q: %v", c.knows, c.nemesis, out.Err)
		}
		if out.Err == nil && len(out.Results.Latencies) != 1 {
			t.Errorf("latencies %+v", out.Results.Latencies)
		}
	}
}

package builtin

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with testdata/name, or writes it there under -update.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s differs; with -update it would become:\n%s", path, text)
	}
}

// recorded judges one of the recordings of the real Maelstrom.
func recorded(t *testing.T, workload, name string, options checker.Options) (history.History, checker.Results) {
	t.Helper()
	dir := filepath.Join("../workloadtest/testdata/recordings", workload, name)
	paths, err := filepath.Glob(filepath.Join(dir, "history.edn*"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%s: %v, %v", dir, paths, err)
	}
	h, err := history.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	r, err := Workloads().Check(workload, h, options)
	if err != nil {
		t.Fatal(err)
	}
	return h, r
}

// run judges a history given as lines of JSON, of which each lacks only its
// index.
func run(t *testing.T, workload string, options checker.Options, lines ...string) checker.Results {
	t.Helper()
	h, err := history.Read(strings.NewReader(strings.Join(lines, "\n")), "history")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Workloads().Check(workload, h, options)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func terminal(t *testing.T, r checker.Results, meta report.Meta) string {
	t.Helper()
	var text strings.Builder
	if err := report.Terminal(&text, r, meta); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

var targets = []report.Target{report.ServerMessagesPerOp(30), report.MedianStableLatency(400 * time.Millisecond), report.MaxStableLatency(600 * time.Millisecond)}

func TestReportOfAValidRun(t *testing.T) {
	net := &checker.NetStats{All: checker.NetCounts{Messages: 38_000}, Servers: checker.NetCounts{Messages: 34_000}}
	_, r := recorded(t, "broadcast", "valid-25-nodes", checker.Options{Net: net})
	golden(t, "valid.txt", terminal(t, r, report.Meta{
		Workload: "broadcast", Engine: "built-in bench", Targets: targets,
		Flags:    []string{"--node-count", "25", "--rate", "100", "--latency", "100"},
		Dir:      "store/broadcast/20261121T101500",
		Warnings: []string{"the bench could not keep the rate: 100 operations a second were asked for, 93.1 were started. Latencies may be the bench's, not the nodes'."},
	}))
}

func TestReportOfLostValuesProvesThem(t *testing.T) {
	_, r := recorded(t, "broadcast", "lost", checker.Options{})
	golden(t, "lost.txt", terminal(t, r, report.Meta{Workload: "broadcast", Targets: targets}))
	nodeOf := func(process int) string { return fmt.Sprintf("n%d", process%5) }
	golden(t, "lost-nodes.txt", terminal(t, r, report.Meta{Workload: "broadcast", NodeOf: nodeOf}))
}

func TestReportOfDuplicatesNamesWhoGotThem(t *testing.T) {
	_, r := recorded(t, "unique-ids", "duplicates", checker.Options{})
	golden(t, "duplicates.txt", terminal(t, r, report.Meta{Workload: "unique-ids", Engine: "Maelstrom"}))
}

func TestReportOfAnomaliesProvesThem(t *testing.T) {
	_, r := recorded(t, "kafka", "inconsistent-offsets", checker.Options{})
	nodeOf := func(process int) string { return fmt.Sprintf("n%d", process%2) }
	golden(t, "kafka.txt", terminal(t, r, report.Meta{Workload: "kafka", NodeOf: nodeOf}))
	_, r = recorded(t, "kafka", "valid", checker.Options{})
	golden(t, "kafka-valid.txt", terminal(t, r, report.Meta{Workload: "kafka"}))
}

func TestReportOfWrongEchoesAndOfProblems(t *testing.T) {
	r := run(t, "echo", checker.Options{Availability: checker.AvailabilityGoal{Total: true}, Problems: []checker.Problem{
		{Node: "n0", Kind: "malformed line", Line: "hello, I am \x1b[31mnode 0", Expected: `one JSON object a line: {"src":"n0","dest":...,"body":{...}}`,
			Text: "the node printed a line on stdout that is not JSON. Everything on stdout is taken for a message; whatever is meant for people belongs on stderr."},
		{Node: "n1", Kind: "exit", Text: "the node ended with status 2 while the test was running."},
	}},
		`{"time":1000000,"type":"invoke","process":0,"f":"echo","value":"a"}`,
		`{"time":2000000,"type":"ok","process":0,"f":"echo","value":{"type":"echo_ok","echo":"b"}}`,
		`{"time":3000000,"type":"invoke","process":1,"f":"echo","value":"c"}`,
		`{"time":5003000000,"type":"info","process":1,"f":"echo","value":"c","error":"net-timeout"}`,
	)
	golden(t, "echo.txt", terminal(t, r, report.Meta{Workload: "echo", Engine: "built-in bench"}))
}

func TestReportOfAnUnknownVerdictSaysWhy(t *testing.T) {
	r := run(t, "g-set", checker.Options{},
		`{"time":0,"type":"invoke","process":0,"f":"read","value":null}`,
		`{"time":1,"type":"ok","process":0,"f":"read","value":[7,7]}`,
	)
	golden(t, "unknown.txt", terminal(t, r, report.Meta{Workload: "g-set"}))
}

func TestReportWithoutResultsSaysWhatWasInTheWay(t *testing.T) {
	var text strings.Builder
	err := report.CouldNotRun(&text, errors.New("start node n0: fork/exec ./nope: no such file or directory"), report.Meta{Workload: "echo", Dir: "store/echo/x"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "could-not-run.txt", text.String())
}

func TestLastLineAndExitStatusAgree(t *testing.T) {
	for _, c := range []struct {
		verdict checker.Verdict
		status  int
		word    string
	}{
		{checker.Valid, 0, ": valid"}, {checker.Invalid, 1, ": invalid"}, {checker.Unknown, 1, ": invalid, for it is unknown"}, {checker.NotJudged, 2, ": could not run"},
	} {
		r := checker.Results{Valid: c.verdict}
		lines := strings.Split(strings.TrimSpace(terminal(t, r, report.Meta{})), "\n")
		if last := lines[len(lines)-1]; report.ExitStatus(r) != c.status || !strings.Contains(last, c.word) {
			t.Errorf("%v: status %d and %q, want %d and %q", c.verdict, report.ExitStatus(r), last, c.status, c.word)
		}
	}
}

func TestEveryFailureIsInTheHeadline(t *testing.T) {
	failed := []string{
		`{"time":0,"type":"invoke","process":0,"f":"read","value":null}`,
		`{"time":1,"type":"fail","process":0,"f":"read","value":null}`,
	}
	r := run(t, "g-set", checker.Options{Availability: checker.AvailabilityGoal{AtLeast: 0.5}, Problems: []checker.Problem{{Node: "n0", Kind: "exit"}}}, failed...)
	headline, _, _ := strings.Cut(terminal(t, r, report.Meta{Workload: "g-set"}), "\n")
	if want := "INVALID: no value was added, so there is nothing to judge; not one read succeeded, of 1; " +
		"only 0 % of the operations succeeded, fewer than asked for; 1 violation of the protocol"; headline != want {
		t.Errorf("headline %q, want %q", headline, want)
	}
}

func TestResultsAreWrittenWithMaelstromsKeys(t *testing.T) {
	_, r := recorded(t, "g-set", "valid", checker.Options{})
	path := filepath.Join(t.TempDir(), "results.json")
	if err := report.WriteJSON(path, r); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := decode("g-set", json.RawMessage(text))
	if err != nil || again.Valid != checker.Valid || again.Stats.Count != r.Stats.Count {
		t.Errorf("read back %+v, %v", again, err)
	}
	if !strings.HasPrefix(string(text), "{\n  \"valid?\": true,\n") {
		t.Errorf("results start %.40q", text)
	}
	if err := report.WriteJSON(filepath.Join(t.TempDir(), "no", "such", "dir"), r); err == nil || !strings.HasPrefix(err.Error(), "write results: open") {
		t.Errorf("a missing folder: %v", err)
	}
}

// An interrupted run ends with exit status 2: a verdict beside it would say
// something else, and lost values that were only on their way would accuse a node.
func TestReportOfAnInterruptedRunGivesNoVerdict(t *testing.T) {
	for _, verdict := range []checker.Verdict{checker.Valid, checker.Unknown, checker.Invalid} {
		var out strings.Builder
		if err := report.Terminal(&out, checker.Results{Valid: verdict}, report.Meta{Workload: "broadcast", Interrupted: true}); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		if !strings.HasPrefix(text, "INTERRUPTED: no verdict") || !strings.HasSuffix(text, "broadcast: interrupted, no verdict\n") {
			t.Errorf("%v: the report is\n%s", verdict, text)
		}
		if strings.Contains(strings.ToLower(text), "valid") {
			t.Errorf("%v: a verdict stands in the report:\n%s", verdict, text)
		}
	}
}

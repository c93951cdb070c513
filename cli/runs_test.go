package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
)

// stored makes runs in a store of its own.
func stored(t *testing.T, workloads ...string) string {
	t.Helper()
	store := t.TempDir()
	for i, w := range workloads {
		o := testbench.Defaults(eddy.workloads)
		o.Workload, o.Seed, o.TimeLimit, o.NodeCount = w, uint64(i+1), time.Second, 3
		if out := simulated(t, o, "").record(store, watch{}); out.Err != nil {
			t.Fatal(out.Err)
		}
	}
	return store
}

func TestRunsAreListedComparedAndPruned(t *testing.T) {
	store := stored(t, "broadcast", "echo", "broadcast")
	if err := os.MkdirAll(filepath.Join(store, "notes", "mine"), 0o755); err != nil {
		t.Fatal(err)
	}
	all, err := eddy.storedRuns(store)
	if err != nil || len(all) != 3 || all[1].workload != "echo" {
		t.Fatalf("%d runs, %v", len(all), err)
	}
	var text bytes.Buffer
	if err := listRuns(&text, store, all); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	if len(lines) != 6 || !strings.HasPrefix(lines[1], all[0].name) || !strings.Contains(lines[1], "  valid  ") || !strings.HasPrefix(lines[5], "3 runs in ") {
		t.Errorf("the list:\n%s", text.String())
	}

	latest, err := eddy.namedRun(store, "latest")
	if err != nil || latest.name != all[2].name {
		t.Errorf("latest is %s, %v", latest.name, err)
	}
	text.Reset()
	if err := compareRuns(&text, &all[0], &latest); err != nil || !strings.Contains(text.String(), "server messages an op") || !strings.Contains(text.String(), " %\n") {
		t.Errorf("%v, the comparison:\n%s", err, text.String())
	}
	if _, err := eddy.namedRun(store, "broadcast/never"); err == nil || !strings.Contains(err.Error(), "there is no such run") {
		t.Errorf("error %v", err)
	}

	text.Reset()
	if err := pruneRuns(&text, store, all, 1, true); err != nil || !strings.HasSuffix(text.String(), "2 runs would be deleted, 1 kept\n") {
		t.Errorf("%v: %s", err, text.String())
	}
	if err := pruneRuns(&text, store, all, 1, false); err != nil {
		t.Fatal(err)
	}
	if left, err := eddy.storedRuns(store); err != nil || len(left) != 1 || left[0].name != all[2].name {
		t.Errorf("%d runs are left, %v", len(left), err)
	}
	if _, err := os.Stat(filepath.Join(store, "notes", "mine")); err != nil {
		t.Errorf("what is no run: %v", err)
	}
}

func TestRunThatWasNotJudgedIsListedAsThat(t *testing.T) {
	store := stored(t, "echo")
	all, err := eddy.storedRuns(store)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(all[0].dir, testbench.ResultsFile)); err != nil {
		t.Fatal(err)
	}
	if all, err = eddy.storedRuns(store); err != nil || len(all) != 1 || all[0].verdict() != "not judged" {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := eddy.storedRuns(filepath.Join(store, "none")); err == nil || !strings.Contains(err.Error(), "there is no store") {
		t.Errorf("error %v", err)
	}
}

func TestFiguresOfRunsAreWrittenOut(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 0.0123456: "0.01235", 241.234: "241.2", 10021.3: "10021"} {
		if got := figureText(map[string]float64{"x": value}, "x"); got != want {
			t.Errorf("%v is written %s, not %s", value, got, want)
		}
	}
}

func TestCommandsThatLackTheirSubjectSayWhatItIs(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"runs", "compare", "latest"}, "compare takes two runs, such as the last two that eddy runs lists; found 1"},
		{[]string{"trace", "--follow", ""}, `--follow "": expected a value`},
		{[]string{"bench", "--engine", "builtin"}, "no workload is given: name a workload, one of echo, "},
	} {
		root := eddy.rootCommand()
		root.SetArgs(c.args)
		root.SilenceErrors, root.SilenceUsage = true, true
		if err := root.Execute(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.args, err)
		}
	}
}

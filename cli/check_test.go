package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
)

func TestCheckFindsTheHistoryAndTheWorkloadOfADirectory(t *testing.T) {
	run := filepath.Join(t.TempDir(), "store", "g-set", "20261127T160124Z")
	if err := os.MkdirAll(run, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, _, err := eddy.toCheck([]string{run}); err == nil || !strings.Contains(err.Error(), "the directory holds no history: expected history.jsonl, history.edn or history.txt") {
		t.Errorf("an empty directory: %v", err)
	}
	file := filepath.Join(run, "history.edn")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	latest := filepath.Join(filepath.Dir(filepath.Dir(run)), "latest")
	if err := os.Symlink(run, latest); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args               []string
		workload, path, no string
	}{
		{[]string{run}, "g-set", file, ""},
		{[]string{latest}, "g-set", file, ""},
		{[]string{"broadcast", run}, "broadcast", file, ""},
		{[]string{"echo", file}, "echo", file, ""},
		{nil, "", "", "check takes a workload and a history, such as broadcast history.edn, or the directory of a run"},
		{[]string{file}, "", "", "name the workload before the history"},
		{[]string{filepath.Dir(run)}, "", "", "this is a directory of runs: name one of them, such as " + run},
		{[]string{filepath.Dir(latest)}, "", "", "this is a store of runs: name one of them, such as " + latest},
		{[]string{t.TempDir()}, "", "", "which is no workload"},
		{[]string{"nowhere"}, "", "", "a workload comes before the history"},
	} {
		workload, path, err := eddy.toCheck(c.args)
		if c.no != "" {
			if err == nil || !strings.Contains(err.Error(), c.no) {
				t.Errorf("check %q: %v; want %s", c.args, err, c.no)
			}
			continue
		}
		real, _ := filepath.EvalSymlinks(c.path)
		if err != nil || workload != c.workload || path != c.path && path != real {
			t.Errorf("check %q: %s, %s, %v; want %s, %s", c.args, workload, path, err, c.workload, c.path)
		}
	}
}

// The table of docs/check.md is the list of what is read: each command gives the verdict beside it.
func TestEveryFormOfThePageIsReadAndJudged(t *testing.T) {
	page, err := os.ReadFile("../docs/check.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("\\| `eddy check ([^`]*)` \\| ([a-z ]+) \\|").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 16 {
		t.Fatalf("%d rows: the table or this test is broken", len(rows))
	}
	for _, row := range rows {
		args := strings.Fields(row[1])
		args[len(args)-1] = filepath.Join("..", args[len(args)-1])
		verdict := "not read"
		if name, path, err := eddy.toCheck(args); err == nil {
			if results, _, err := eddy.checkHistory(name, path, checker.Options{}, ""); err == nil {
				verdict = results.Valid.String()
			}
		}
		if verdict != row[2] {
			t.Errorf("%s: %s, the page says %s", row[1], verdict, row[2])
		}
	}
	// Every example has its row.
	err = filepath.WalkDir("../docs/examples/histories", func(path string, d fs.DirEntry, err error) error {
		file := strings.TrimPrefix(filepath.ToSlash(path), "../")
		if err == nil && !d.IsDir() && !strings.Contains(string(page), file+"`") && !strings.Contains(string(page), filepath.ToSlash(filepath.Dir(file))+"`") {
			t.Errorf("%s stands in no row", file)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWhatIsTakenForGrantedIsSaid(t *testing.T) {
	for file, want := range map[string]string{
		"maelstrom.edn": "", "no-times.edn": "no indices and no times", "no-processes.edn": "no processes", "elle.edn": "completions only", "etcd.log": "passed over: 1",
	} {
		_, meta, err := eddy.checkHistory(workloadOfFile[file], "../docs/examples/histories/"+file, checker.Options{}, "")
		if said := strings.Join(meta.Warnings, " "); err != nil || !strings.Contains(said, want) || want == "" && said != "" {
			t.Errorf("%s: %v, %q", file, err, said)
		}
	}
}

var workloadOfFile = map[string]string{"maelstrom.edn": "broadcast", "no-times.edn": "lin-kv", "no-processes.edn": "g-counter", "elle.edn": "txn-list-append", "etcd.log": "lin-kv"}

func TestBinaryHistoriesAreRefusedWithTheRemedy(t *testing.T) {
	dir := "../docs/examples/histories/echo/20261130T100000.000Z"
	if _, _, err := eddy.toCheck([]string{dir}); err == nil || !strings.Contains(err.Error(), "Jepsen's binary form, which is not read: expected history.edn or history.txt") {
		t.Errorf("the directory: %v", err)
	}
	if _, _, err := eddy.checkHistory("echo", dir+"/test.jepsen", checker.Options{}, ""); err == nil || !strings.Contains(err.Error(), "Jepsen's own binary form") {
		t.Errorf("the file: %v", err)
	}
}

func TestRunIsJudgedAgainAsItWas(t *testing.T) {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Seed, o.TimeLimit, o.NodeCount, o.Availability = "echo", 1, time.Second, 2, "total"
	store := t.TempDir()
	out := simulated(t, o, "").record(store, watch{})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	made, known, err := testbench.ReadMade(out.Meta.Dir)
	if err != nil || !known || made.Workload != "echo" || made.Availability != "total" || made.Nodes != 2 || made.Concurrency != "1n" {
		t.Errorf("%+v, %v, %v", made, known, err)
	}
	o.NodeCount, o.NodeNames = 0, []string{"a", "b"}
	named := simulated(t, o, "").record(t.TempDir(), watch{})
	if made, _, err := testbench.ReadMade(named.Meta.Dir); err != nil || made.NodeOf()(1) != "b" {
		t.Errorf("nodes by name: %+v, %v", made, err)
	}
	other := filepath.Join(store, "elsewhere")
	if err := os.Rename(out.Meta.Dir, other); err != nil {
		t.Fatal(err)
	}
	if workload, _, err := eddy.toCheck([]string{other}); err != nil || workload != "echo" {
		t.Errorf("away from its place: workload %q, %v", workload, err)
	}
	for _, wrong := range []string{`{"workload":"echo","concurrency":"x"}`, `{"nodes":-1,"concurrency":"1n"}`, `half`} {
		if err := os.WriteFile(filepath.Join(other, testbench.RunFile), []byte(wrong), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, _, err := eddy.toCheck([]string{other}); err == nil || !strings.Contains(err.Error(), "read ") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckFindsTheHistoryAndTheWorkloadOfADirectory(t *testing.T) {
	run := filepath.Join(t.TempDir(), "store", "g-set", "20261127T160124Z")
	if err := os.MkdirAll(run, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, _, err := eddy.toCheck([]string{run}); err == nil || !strings.Contains(err.Error(), "neither history.jsonl nor history.edn") {
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
		{[]string{filepath.Dir(run)}, "", "", "which is no workload"},
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

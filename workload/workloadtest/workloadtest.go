// Package workloadtest helps tests of workloads: histories of a line an operation, and runs that the real Maelstrom
// made and judged.
package workloadtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// RunOf makes a history from lines of "ms process type f value", such as
// "120 0 ok read [1,2]". A value of - is none; a trailing ! marks a final read.
func RunOf(t *testing.T, lines ...string) history.History {
	t.Helper()
	var h history.History
	for i, line := range lines {
		var ms float64
		var process, kind, f, value string
		if n, err := fmt.Sscan(line, &ms, &process, &kind, &f, &value); n != 5 {
			t.Fatalf("line %q: %v", line, err)
		}
		op := fmt.Sprintf(`{"index":%d,"time":%d,"type":%q,"process":%s,"f":%q,"value":%s,"final?":%v}`,
			i, time.Duration(ms*float64(time.Millisecond)), kind, quotedNemesis(process), f,
			strings.NewReplacer("-", "null", "!", "").Replace(value), strings.HasSuffix(value, "!"))
		var parsed history.Op
		if err := json.Unmarshal([]byte(op), &parsed); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		h = append(h, parsed)
	}
	return h
}

func quotedNemesis(process string) string {
	if process == "nemesis" {
		return `"nemesis"`
	}
	return process
}

// Texts joins values with spaces.
func Texts(values []json.RawMessage) string {
	var texts []string
	for _, v := range values {
		texts = append(texts, string(v))
	}
	return strings.Join(texts, " ")
}

// Recording is one run of the real Maelstrom: its history and what its
// checkers concluded from it.
type Recording struct {
	Name     string // such as broadcast/lost
	Workload string
	History  history.History
	Results  json.RawMessage
	Options  checker.Options
}

// Recordings reads all of them, from a folder beside this package's.
func Recordings(t *testing.T) []Recording {
	t.Helper()
	return RecordingsOf(t, "*")
}

// RecordingsOf reads those of a workload.
func RecordingsOf(t *testing.T, workload string) []Recording {
	t.Helper()
	dirs, err := filepath.Glob("../workloadtest/testdata/recordings/" + workload + "/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	var all []Recording
	for _, dir := range dirs {
		workload := filepath.Base(filepath.Dir(dir))
		r := Recording{Name: workload + "/" + filepath.Base(dir), Workload: workload}
		paths, err := filepath.Glob(filepath.Join(dir, "history.edn*"))
		if err != nil || len(paths) != 1 {
			t.Fatalf("%s: histories %v, %v", dir, paths, err)
		}
		if r.History, err = history.ReadFile(paths[0]); err != nil {
			t.Fatal(err)
		}
		if r.Results, err = history.ReadResultsFile(filepath.Join(dir, "results.edn")); err != nil {
			t.Fatal(err)
		}
		flags, err := os.ReadFile(filepath.Join(dir, "flags.txt"))
		if err != nil {
			t.Fatal(err)
		}
		if _, models, asked := strings.Cut(strings.TrimSpace(string(flags)), "--consistency-models "); asked {
			r.Options.ConsistencyModels = strings.Split(models, " , ")
		}
		r.Options.Availability.Total = strings.Contains(string(flags), "--availability total")
		all = append(all, r)
	}
	return all
}

// Fields takes an object apart.
func Fields(t *testing.T, raw json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("%.100s: %v", raw, err)
	}
	return m
}

package checker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eddy/testbench/history"
)

// recording is one run of the real Maelstrom: its history and what its
// checkers concluded from it.
type recording struct {
	name     string // such as broadcast/lost
	workload string
	history  history.History
	results  json.RawMessage
	options  Options
}

func recordings(t *testing.T) []recording {
	t.Helper()
	return recordingsOf(t, "*")
}

func recordingsOf(t *testing.T, workload string) []recording {
	t.Helper()
	dirs, err := filepath.Glob("testdata/recordings/" + workload + "/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	var all []recording
	for _, dir := range dirs {
		workload := filepath.Base(filepath.Dir(dir))
		r := recording{name: workload + "/" + filepath.Base(dir), workload: workload}
		paths, err := filepath.Glob(filepath.Join(dir, "history.edn*"))
		if err != nil || len(paths) != 1 {
			t.Fatalf("%s: histories %v, %v", dir, paths, err)
		}
		if r.history, err = history.ReadFile(paths[0]); err != nil {
			t.Fatal(err)
		}
		if r.results, err = history.ReadResultsFile(filepath.Join(dir, "results.edn")); err != nil {
			t.Fatal(err)
		}
		flags, err := os.ReadFile(filepath.Join(dir, "flags.txt"))
		if err != nil {
			t.Fatal(err)
		}
		if _, models, asked := strings.Cut(strings.TrimSpace(string(flags)), "--consistency-models "); asked {
			r.options.ConsistencyModels = strings.Split(models, " , ")
		}
		r.options.Availability.Total = strings.Contains(string(flags), "--availability total")
		all = append(all, r)
	}
	return all
}

func TestVerdictsAndFiguresAreMaelstroms(t *testing.T) {
	for _, r := range recordings(t) {
		t.Run(r.name, func(t *testing.T) {
			got, err := Check(r.workload, r.history, r.options)
			if err != nil {
				t.Fatal(err)
			}
			ours, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			theirs, mine := fields(t, r.results), fields(t, ours)
			for _, key := range []string{"valid?", "stats", "availability", "workload"} {
				compareTrees(t, key, theirs[key], mine[key])
			}
		})
	}
}

// ownKeys are the keys that only our results have.
var ownKeys = map[string]bool{"repeated": true, "messages": true, "realtime-lags": true, "answered-fraction": true}

// knossosKeys tell of the search that Maelstrom's checker made.
var knossosKeys = map[string]bool{"configs": true, "final-paths": true, "last-op": true}

// compareTrees reports every key under which two trees differ.
func compareTrees(t *testing.T, path string, theirs, mine json.RawMessage) {
	t.Helper()
	if strings.HasPrefix(path, "workload ") && strings.HasSuffix(path, " errs") {
		return // which cases are listed depends on how Clojure hashes keys: see TestCasesThatMaelstromListsAreFound
	}
	if path == "workload anomalies" && string(theirs) != "null" || path == "workload anomaly-types" && bytes.Contains(theirs, []byte("cycle-search-timeout")) {
		return // which circles are shown is a matter of the search; their types are compared in package txn
	}
	if !bytes.HasPrefix(theirs, []byte("{")) || !bytes.HasPrefix(mine, []byte("{")) {
		if canonicalFigure(path, theirs) != canonicalFigure(path, mine) {
			t.Errorf("%s is %.300s, Maelstrom's is %.300s", path, mine, theirs)
		}
		return
	}
	a, b := fields(t, theirs), fields(t, mine)
	for _, key := range slices.Sorted(maps.Keys(a)) {
		if _, ok := b[key]; !ok && knossosKeys[key] && strings.HasSuffix(path, "linearizable") {
			continue
		} else if !ok {
			t.Errorf("%s has no %s, Maelstrom's is %.300s", path, key, a[key])
			continue
		}
		compareTrees(t, path+" "+key, a[key], b[key])
	}
	for _, key := range slices.Sorted(maps.Keys(b)) {
		if _, ok := a[key]; !ok && !ownKeys[key] {
			t.Errorf("%s has %s = %.300s, Maelstrom's has not", path, key, b[key])
		}
	}
}

// canonicalFigure makes texts comparable. The ok fraction is a Clojure float,
// which prints 1.0 where JSON has 1, and so is a lag.
func canonicalFigure(path string, raw json.RawMessage) string {
	if strings.HasSuffix(path, "ok-fraction") || strings.HasSuffix(path, "worst-realtime-lag lag") {
		raw = json.RawMessage(string(raw) + "e0")
	}
	return history.Canonical(raw)
}

func fields(t *testing.T, raw json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("%.100s: %v", raw, err)
	}
	return m
}

// The journal of messages is not recorded, so its counts are taken from
// Maelstrom's results; what is checked is what becomes of them.
func TestMessagesPerOperationAreMaelstroms(t *testing.T) {
	for _, r := range recordings(t) {
		var theirs struct {
			Net map[string]json.RawMessage `json:"net"`
		}
		if err := json.Unmarshal(r.results, &theirs); err != nil {
			t.Fatal(err)
		}
		options := r.options
		options.Net = &NetStats{}
		for key, counts := range map[string]*NetCounts{"all": &options.Net.All, "clients": &options.Net.Clients, "servers": &options.Net.Servers} {
			var f NetFigures
			if err := json.Unmarshal(theirs.Net[key], &f); err != nil {
				t.Fatal(err)
			}
			*counts = NetCounts{Sends: f.SendCount, Receives: f.RecvCount, Messages: f.MsgCount}
		}
		got, err := Check(r.workload, r.history, options)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := json.Marshal(got.Net)
		if err != nil {
			t.Fatal(err)
		}
		for key, want := range theirs.Net {
			if !equalNumbers(t, fields(t, ours)[key], want) {
				t.Errorf("%s: net %s is %s, Maelstrom's is %s", r.name, key, fields(t, ours)[key], want)
			}
		}
	}
}

// equalNumbers compares objects of numbers by value, 0 being 0.0.
func equalNumbers(t *testing.T, a, b json.RawMessage) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func TestMaelstromsResultsAreReadInOurForm(t *testing.T) {
	for _, r := range recordings(t) {
		theirs, err := Decode(r.workload, r.results)
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
			continue
		}
		ours, err := Check(r.workload, r.history, r.options)
		if err != nil {
			t.Fatal(err)
		}
		if theirs.Valid != ours.Valid || theirs.Stats.Counts != ours.Stats.Counts || theirs.Availability != ours.Availability {
			t.Errorf("%s: read %+v, judged %+v", r.name, theirs, ours)
		}
		if theirs.Net == nil || theirs.Net.Servers.MsgsPerOp == nil {
			t.Errorf("%s: the network's figures were not read", r.name)
		}
		// What was read and written again is still what Maelstrom said.
		again, err := json.Marshal(theirs.Workload)
		if err != nil {
			t.Fatal(err)
		}
		compareTrees(t, r.name, fields(t, r.results)["workload"], again)
	}
}

package analysis

import (
	"encoding/json"
	"slices"
	"testing"

	"eddy/testbench/history"
)

// recorded is what the real Maelstrom, with Elle 0.2.2, concluded from a history.
type recorded struct {
	Valid   bool     `json:"valid?"`
	Types   []string `json:"anomaly-types"`
	Not     []string `json:"not"`
	AlsoNot []string `json:"also-not"`
}

func judgeRecording(t *testing.T, name string, data Data, models ...string) (recorded, *Analysis) {
	t.Helper()
	dir := "../../workloadtest/testdata/recordings/" + name
	h, err := history.ReadFile(dir + "/history.edn.gz")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := history.ReadResultsFile(dir + "/results.edn")
	if err != nil {
		t.Fatal(err)
	}
	var theirs struct {
		Workload recorded `json:"workload"`
	}
	if err := json.Unmarshal(raw, &theirs); err != nil {
		t.Fatal(err)
	}
	return theirs.Workload, analyse(t, h, data, models...)
}

func analyse(t *testing.T, h history.History, data Data, models ...string) *Analysis {
	t.Helper()
	pairs, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseModels(models)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Check(h, pairs, data, parsed, true)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnomaliesAreThoseElleFound(t *testing.T) {
	for _, c := range []struct {
		name   string
		data   Data
		models []string
	}{
		{"txn-rw-register/valid", Registers, []string{"read-committed"}},
		{"txn-rw-register/invalid", Registers, nil},
		{"txn-list-append/valid", Lists, nil},
	} {
		theirs, ours := judgeRecording(t, c.name, c.data, c.models...)
		if theirs.Valid != (len(ours.Forbidden) == 0) || !slices.Equal(ours.Forbidden, theirs.Types) {
			t.Errorf("%s: found %v, Elle %v", c.name, ours.Forbidden, theirs.Types)
		}
		if !theirs.Valid && (!slices.Equal(ours.Not, theirs.Not) || !slices.Equal(ours.AlsoNot, theirs.AlsoNot)) {
			t.Errorf("%s: not %v, also not %v; Elle: not %v, also not %v", c.name, ours.Not, ours.AlsoNot, theirs.Not, theirs.AlsoNot)
		}
	}
}

// Elle gave up on the one tangle of this history after a second, and named the
// circle it had at hand. All that it named is found, by name or as something
// worse; and the models ruled out are the same.
func TestWhereElleGaveUpNothingItFoundIsMissing(t *testing.T) {
	theirs, ours := judgeRecording(t, "txn-list-append/invalid", Lists)
	found := implied(ours.Forbidden...)
	for _, name := range theirs.Types {
		if name != "cycle-search-timeout" && !found[name] {
			t.Errorf("Elle found %s, here there are %v", name, ours.Forbidden)
		}
	}
	for _, name := range []string{"G0", "incompatible-order", "lost-update"} {
		if !slices.Contains(ours.Forbidden, name) {
			t.Errorf("no %s: %v", name, ours.Forbidden)
		}
	}
	if !slices.Equal(ours.Not, theirs.Not) || !slices.Equal(ours.AlsoNot, theirs.AlsoNot) {
		t.Errorf("not %v, also not %v; Elle: not %v, also not %v", ours.Not, ours.AlsoNot, theirs.Not, theirs.AlsoNot)
	}
}

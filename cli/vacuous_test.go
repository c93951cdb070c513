package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/report"
)

// Every client waits for a paused node in some of these seeds.
func TestVacuousSeedsAreCountedApart(t *testing.T) {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit = "broadcast", 1, 1, 2*time.Second
	o.Nemesis, o.NemesisInterval, o.Seed = []string{"pause"}, time.Second, 1
	s, err := eddy.newSimulation(o, nil, report.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	b := batch{simulation: s, first: 1, count: 40}
	r, err := b.run(newProgress(true), func() bool { return false })
	if err != nil || len(r.vacuous) == 0 || len(r.failures) != 0 || len(r.valid) == 0 || len(r.all) != 40 || r.status() != 0 {
		t.Fatalf("%d vacuous, %d failed, %d valid of %d, status %d", len(r.vacuous), len(r.failures), len(r.valid), len(r.all), r.status())
	}
	path := filepath.Join(t.TempDir(), "sweep.json")
	if err := b.writeJSON(path, &r, nil); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	var file sweepFile
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil || file.Made != 40 || file.Vacuous != len(r.vacuous) || file.Valid+file.Vacuous != 40 || file.Runs[39].Seed != 40 {
		t.Errorf("%v: %+v", err, file)
	}
}

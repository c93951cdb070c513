package cli

import (
	"io"
	"math"

	"eddy/testbench/sweep"
)

// sweepFile is what --json writes of a sweep.
type sweepFile struct {
	Workload string     `json:"workload"`
	Seeds    int        `json:"seeds"` // asked for
	Made     int        `json:"made"`
	Valid    int        `json:"valid"`
	Vacuous  int        `json:"vacuous"`
	Failed   int        `json:"failed"`
	Runs     []sweepRun `json:"runs"`
}

// sweepRun is one seed.
type sweepRun struct {
	Seed    uint64             `json:"seed"`
	Verdict string             `json:"verdict"` // valid, vacuous, failed
	Cause   string             `json:"cause,omitempty"`
	Reason  string             `json:"reason,omitempty"` // what went wrong first, without names and numbers
	Figures map[string]float64 `json:"figures,omitempty"`
	Command string             `json:"command"` // makes this run again
}

// writeJSON writes every seed with its verdict, its figures and the command that replays it.
func (b batch) writeJSON(path string, r *sweepResult, why map[uint64]string) error {
	file := sweepFile{Workload: b.options.Workload, Seeds: b.count, Made: len(r.all), Valid: len(r.valid), Vacuous: len(r.vacuous), Runs: []sweepRun{}}
	for _, v := range r.all {
		run := sweepRun{Seed: v.Seed, Verdict: "valid", Cause: v.Failure, Reason: why[v.Seed], Figures: map[string]float64{}, Command: b.planned(v.Seed).command()}
		switch {
		case v.Vacuous:
			run.Verdict = "vacuous"
		case v.Failure != "":
			run.Verdict = "failed"
			file.Failed++
		}
		for _, f := range sweep.Figures() {
			if value := v.Figures[f]; !math.IsNaN(value) {
				run.Figures[f.String()] = value
			}
		}
		file.Runs = append(file.Runs, run)
	}
	return writeOutput(path, func(w io.Writer) error { return writeJSON(w, file) })
}

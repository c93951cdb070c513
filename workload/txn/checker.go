package txn

import (
	"encoding/json"
	"slices"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/txn/analysis"
)

// Results tells which anomalies a history of transactions holds, of those
// that the consistency models asked for forbid. See package txn for their names.
type Results struct {
	Valid        checker.Verdict `json:"valid?"`
	AnomalyTypes []string        `json:"anomaly-types,omitzero"` // sorted
	Anomalies    json.RawMessage `json:"anomalies,omitzero"`     // by type, the first witnessesMax of each

	// Not are the weakest consistency models that the anomalies rule out, AlsoNot
	// those stronger than them; absent from valid runs.
	Not     []string `json:"not,omitempty"`
	AlsoNot []string `json:"also-not,omitempty"`

	// Diverged are keys that nodes showed differently after recovery, in order of
	// the key. Maelstrom does not look for that.
	Diverged      []Divergence `json:"diverged,omitempty"` // the first divergedMax
	DivergedCount int          `json:"diverged-count,omitempty"`
	// ConvergedKeys is how many keys all nodes showed alike; absent where nobody
	// read them after recovery.
	ConvergedKeys *int `json:"converged-keys,omitempty"`

	// Unreadable is how many reads after recovery failed.
	Unreadable int `json:"unreadable,omitempty"`

	// unwritten tells of a read of a value that nobody wrote, which the models do not forbid.
	unwritten string
	// beyond is what Maelstrom's checker does not look for.
	beyond []string

	// Error is set in results of Maelstrom whose checker failed.
	Error json.RawMessage `json:"error,omitempty"`
}

// Verdict tells whether there was no such anomaly, and every key converged.
func (t *Results) Verdict() checker.Verdict { return t.Valid }

// What Maelstrom lists where the history could not be judged to the end.
const (
	unrelatedAnomaly = "empty-transaction-graph"
	undecidedAnomaly = "cycle-search-timeout"
)

// Check judges a history of transactions on the data.
func Check(h history.History, data analysis.Data, options checker.Options) (*Results, []checker.Witness, error) {
	models, err := analysis.ParseModels(options.ConsistencyModels)
	if err != nil {
		return nil, nil, err
	}
	h, finals := checker.Apart(h)
	pairs, err := h.Pair()
	if err != nil {
		return nil, nil, err
	}
	found, err := analysis.Check(h, pairs, data, models, options.Strict)
	if err != nil {
		return nil, nil, err
	}
	t := &Results{Valid: checker.VerdictOf(len(found.Forbidden) == 0)}
	t.AnomalyTypes = slices.Clone(found.Forbidden)
	if len(found.Undecided) > 0 {
		t.AnomalyTypes = append(t.AnomalyTypes, undecidedAnomaly)
	}
	if found.Unrelated {
		t.AnomalyTypes = append(t.AnomalyTypes, unrelatedAnomaly)
	}
	if t.Valid == checker.Valid && len(t.AnomalyTypes) > 0 {
		t.Valid = checker.Unknown
	}
	if len(t.AnomalyTypes) == 0 {
		t.AnomalyTypes = nil
	} else {
		slices.Sort(t.AnomalyTypes)
		t.Not, t.AlsoNot = found.Not, found.AlsoNot
		if t.Anomalies, err = json.Marshal(byType(found)); err != nil {
			return nil, nil, err
		}
	}
	if i := slices.IndexFunc(found.Findings, func(f analysis.Finding) bool { return f.Kind == "unwritten-read" }); i >= 0 && !slices.Contains(found.Forbidden, "unwritten-read") && !slices.Contains(found.Beyond, "unwritten-read") {
		t.unwritten = strings.Join(found.Findings[i].Because, "; ")
	}
	for _, kind := range found.Beyond {
		i := slices.IndexFunc(found.Findings, func(f analysis.Finding) bool { return f.Kind == kind })
		t.beyond = append(t.beyond, kind+": "+strings.Join(found.Findings[i].Because, "; "))
	}
	witnesses := append(t.converge(finals), anomalyWitnesses(found)...)
	if t.DivergedCount+t.Unreadable > 0 {
		t.beyond = append(t.beyond, t.apart())
		if options.Strict {
			t.Valid = checker.Invalid
		}
	}
	if options.Strict {
		t.beyond = nil
	}
	return t, witnesses, nil
}

// byType lists the forbidden findings by their types.
func byType(found *analysis.Analysis) map[string]any {
	all := map[string]any{}
	if len(found.Undecided) > 0 {
		all[undecidedAnomaly] = found.Undecided
	}
	if found.Unrelated {
		all[unrelatedAnomaly] = true
	}
	for _, kind := range found.Forbidden {
		var some []analysis.Finding
		for _, f := range found.Findings {
			if f.Kind == kind && len(some) < checker.WitnessesMax {
				some = append(some, f)
			}
		}
		all[kind] = some
	}
	return all
}

// anomalyWitnesses tells the first finding of each forbidden type.
func anomalyWitnesses(found *analysis.Analysis) []checker.Witness {
	var all []checker.Witness
	told := map[string]bool{}
	for _, f := range found.Findings {
		if told[f.Kind] || !slices.Contains(found.Forbidden, f.Kind) {
			continue
		}
		told[f.Kind] = true
		w := checker.Witness{Kind: f.Kind, Because: f.Because}
		for _, t := range f.Transactions {
			w.Events = append(w.Events, checker.Event{
				Index: t.Index, Process: t.Process, Time: t.Began, F: "txn", Did: string(t.Value), Answered: t.Ended,
			})
		}
		all = append(all, w)
	}
	return all
}

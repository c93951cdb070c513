package checker

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"eddy/internal/panicsite"
	"eddy/testbench/history"
)

// Options says what, besides the workload's own promise, a history is held to,
// and brings what is known of the run from other sources.
type Options struct {
	Availability      AvailabilityGoal
	ConsistencyModels []string  // for workloads of transactions; the others pass it over
	Net               *NetStats // counts of messages; nil where there is no journal
	Problems          []Problem // violations of the protocol; any makes the run invalid

	// NodeOf is the node that a client's process talks to; nil where that is not known.
	NodeOf func(process int) string

	// Strict has what Maelstrom does not look for decide, too. Without it the verdict is Maelstrom's, and
	// such findings are told beside it. See [Stricter].
	Strict bool

	// KillsForget says that nodes store nothing, so that a value is not expected to outlast the nodes that
	// had it: one that is missed at the end counts as forgotten, not lost, if each node that acknowledged or
	// showed it was killed after it did so last. It is the node that a client's process talks to; nil
	// expects every value to be kept through any kill. Of broadcast and g-set only.
	KillsForget func(process int) string
}

// Stricter is results that may hold findings which Maelstrom's checker does not make, and which have not decided.
type Stricter interface {
	// Stricter tells each of them in a clause; none for a run that was judged strictly.
	Stricter() []string
}

// Judge is how one workload's histories are judged.
type Judge struct {
	Fs    []string // what its clients do
	Check func(h history.History, pairs history.Pairing, options Options) (Workload, []Witness, error)
	Empty func() Workload // results to read stored ones into; nil keeps those as they are
	// MayFail are those of Fs that promise nothing: they may fail always.
	MayFail []string
	// OwnFinals says that the reads after recovery are Eddy's, not Maelstrom's: no figure counts them.
	OwnFinals bool
}

// Results judges the history of a run of the workload of that name. An error means that there is nothing to judge: the
// history contradicts itself, or is not one of the workload's runs, which is a [*ForeignError].
func (j *Judge) Results(workload string, h history.History, options Options) (Results, error) {
	if err := j.expectFs(workload, h); err != nil {
		return Results{}, err
	}
	pairs, err := h.Pair()
	if err != nil {
		return Results{}, fmt.Errorf("the history contradicts itself: %w", err)
	}
	latencies := latenciesOf(h, pairs)
	outcome, witnesses, err := j.checked(workload, h, pairs, options)
	if err != nil {
		return Results{}, err
	}
	if j.OwnFinals {
		h, _ = Apart(h)
	}
	r := Results{
		Stats:        CheckStats(h, j.MayFail),
		Availability: checkAvailability(h, options.Availability),
		Latencies:    latencies,
		Net:          checkNet(h, options.Net),
		Workload:     outcome,
		Problems:     options.Problems,
		Witnesses:    witnesses,
		MayFail:      j.MayFail,
	}
	if s, ok := outcome.(Stricter); ok {
		r.Stricter = s.Stricter()
	}
	r.Valid = Merge(r.Stats.Valid, r.Availability.Valid, outcome.Verdict(), VerdictOf(len(r.Problems) == 0))
	return r, nil
}

// checked is Check, with an error in place of a panic and of no results.
func (j *Judge) checked(workload string, h history.History, pairs history.Pairing, options Options) (outcome Workload, witnesses []Witness, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("the checker of workload %s panicked: %v%s", workload, value, panicsite.Here())
		}
	}()
	outcome, witnesses, err = j.Check(h, pairs, options)
	if err == nil && outcome == nil {
		err = fmt.Errorf("the checker of workload %s gave neither results nor an error", workload)
	}
	return outcome, witnesses, err
}

// Doubt takes note of why a run proves nothing, if it does not: its clients did nothing before the final reads, or not
// one of these was answered. It is never valid then. Of stored histories Maelstrom's verdict is given instead.
func (r *Results) Doubt(h history.History) {
	if r.Unjudged = unjudged(h); r.Unjudged != "" {
		r.Valid = Merge(r.Valid, Unknown)
	}
}

func unjudged(h history.History) string {
	invoked, finals, answered := 0, 0, 0
	for _, op := range h {
		switch {
		case op.Process == history.Nemesis:
		case op.Type == history.Invoke:
			if !op.Final {
				invoked++
			} else if isRead[op.F] {
				finals++
			}
		case op.Type == history.OK && op.Final && isRead[op.F]:
			answered++
		}
	}
	switch {
	case invoked == 0:
		return "no operation was made, so there is nothing to judge"
	case finals > 0 && answered == 0:
		return "not one final read was answered, so that nobody knows what was kept"
	}
	return ""
}

// isRead are the operations that look at what a cluster has kept.
var isRead = map[string]bool{"read": true, "poll": true}

// Decode reads results from JSON: those that Eddy wrote, or Maelstrom's as
// history.ReadResults gives them. The verdict is the one it finds, not a new one.
func (j *Judge) Decode(workload string, data json.RawMessage) (Results, error) {
	r := Results{Workload: &Unparsed{}, MayFail: j.MayFail}
	if j.Empty != nil {
		r.Workload = j.Empty()
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return Results{}, fmt.Errorf("read the results of a %s run: %w", workload, err)
	}
	if r.Valid == NotJudged {
		return Results{}, fmt.Errorf("read the results of a %s run: there is no valid?: expected true, false or \"unknown\"", workload)
	}
	return r, nil
}

// expectFs refuses the history of another workload before its operations are misread.
func (j *Judge) expectFs(workload string, h history.History) error {
	for _, op := range h {
		if op.Process != history.Nemesis && !slices.Contains(j.Fs, op.F) {
			return &ForeignError{Workload: workload, Fs: j.Fs, F: op.F, Index: op.Index}
		}
	}
	return nil
}

// ForeignError says that a history holds an operation that is not of the workload.
type ForeignError struct {
	Workload string
	Fs       []string // what its clients do
	F        string   // what the operation does
	Index    int      // of the operation
	Likely   []string // workloads whose clients do that; none asks no question
}

// Error names the operation, asks which workload is meant, and says what the one at hand does.
func (e *ForeignError) Error() string {
	question := ""
	if len(e.Likely) > 0 {
		question = " is this " + article(either(e.Likely)) + " history?"
	}
	return fmt.Sprintf("history holds f `%s` (operation %d):%s expected %s history, in which clients only %s",
		e.F, e.Index, question, article(e.Workload), strings.Join(e.Fs, " and "))
}

// either is a list for people: "a, b or c".
func either(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// article puts a or an before a name.
func article(name string) string {
	if strings.ContainsAny(name[:1], "aeio") {
		return "an " + name
	}
	return "a " + name
}

// Apart takes the reads after recovery out of a history, for workloads of which they are Eddy's own.
func Apart(h history.History) (rest, finals history.History) {
	if !slices.ContainsFunc(h, func(op history.Op) bool { return op.Final }) {
		return h, nil
	}
	for _, op := range h {
		if op.Final {
			finals = append(finals, op)
		} else {
			rest = append(rest, op)
		}
	}
	return rest, finals
}

package kafka

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/kafka/analysis"
)

// Results is what became of the messages of a kafka run. As JSON each anomaly
// that was found stands under its name beside the fields here, as in Maelstrom's
// results.
type Results struct {
	Valid            checker.Verdict   `json:"valid?"`
	WorstRealtimeLag Lag               `json:"worst-realtime-lag"`
	BadErrorTypes    []string          `json:"bad-error-types"` // those that make the run invalid, sorted
	ErrorTypes       []string          `json:"error-types"`     // all that were found, sorted
	InfoTxnCauses    []json.RawMessage `json:"info-txn-causes"` // why the outcome of sends and polls is unknown, each once

	Anomalies map[string]Anomaly `json:"-"` // by error type, but for unseen
	Unseen    *Unseen            `json:"unseen,omitempty"`

	// Eddy's own: what was sent in all, and by how much polls before recovery were behind.
	Messages     *Messages          `json:"messages,omitempty"`
	RealtimeLags *checker.Quantiles `json:"realtime-lags,omitempty"`
	// Lags is by how much each poll was behind. It is for pictures; Decode has none to give.
	Lags []analysis.Lag `json:"-"`

	// Error is set in results of Maelstrom whose checker failed.
	Error json.RawMessage `json:"error,omitempty"`
}

// Verdict tells whether any anomaly was found that makes a run invalid.
func (k *Results) Verdict() checker.Verdict { return k.Valid }

// Lag is the poll that was the furthest behind: for how many seconds at
// least its process had not polled the end of a key. Process and key are absent
// if no poll told of a key.
type Lag struct {
	TimeS   float64         `json:"time"` // when the poll began
	Process *int            `json:"process,omitempty"`
	Key     json.RawMessage `json:"key,omitempty"`
	LagS    float64         `json:"lag"`
	Final   bool            `json:"final?,omitempty"` // Eddy's own: of a poll that read all again after recovery
}

// Anomaly is how often an anomaly was found, and the cases that tell most.
type Anomaly struct {
	Count int               `json:"count"`
	Errs  []json.RawMessage `json:"errs"`
}

// Unseen is what was acknowledged and never polled, by key.
type Unseen struct {
	TimeNs   int64                        `json:"time"` // of the last operation that might have shown it
	Unseen   map[string]int               `json:"unseen"`
	Messages map[string][]json.RawMessage `json:"messages"` // the 32 lowest of each key
}

// Messages counts messages.
type Messages struct {
	Keys         int `json:"keys"`
	Acknowledged int `json:"acknowledged"`
	Polled       int `json:"polled"` // of the acknowledged
}

// kafkaAllowed are the anomalies that Jepsen lets pass in Maelstrom's setup.
// This package's analysis finds none of them; results of Maelstrom may.
var kafkaAllowed = []string{"int-send-skip", "G0", "G0-process", "G0-realtime", "PL-1-cycle-exists", "strong-PL-1-cycle-exists"}

func check(h history.History, pairs history.Pairing, _ checker.Options) (checker.Workload, []checker.Witness, error) {
	found, err := analysis.Analyze(h, pairs)
	if err != nil {
		return nil, nil, err
	}
	k := &Results{
		BadErrorTypes: []string{}, ErrorTypes: []string{}, InfoTxnCauses: causesOf(found.Unknown),
		Anomalies: map[string]Anomaly{},
		Messages:  &Messages{Keys: found.Keys, Acknowledged: found.Sent, Polled: found.Polled},
	}
	k.Lags = found.Lags
	var lagsMs []int64
	for _, lag := range found.Lags {
		if !lag.Final {
			lagsMs = append(lagsMs, lag.LagNs/1e6)
		}
	}
	k.RealtimeLags = checker.QuantilesOf(lagsMs)
	if lag := found.Lag; lag != nil {
		k.WorstRealtimeLag = Lag{TimeS: float64(lag.TimeNs) / 1e9, Process: &lag.Process, Key: quoted(lag.Key), LagS: float64(lag.LagNs) / 1e9, Final: lag.Final}
	}
	for kind, cases := range found.Cases {
		k.Anomalies[kind] = Anomaly{Count: len(cases), Errs: kafkaErrors(h, kind, telling(kind, cases))}
		k.ErrorTypes = append(k.ErrorTypes, kind)
	}
	if len(found.Unseen) > 0 {
		k.Unseen = unseenOf(found)
		k.ErrorTypes = append(k.ErrorTypes, analysis.Unseen)
	}
	slices.Sort(k.ErrorTypes)
	for _, kind := range k.ErrorTypes {
		if !slices.Contains(kafkaAllowed, kind) {
			k.BadErrorTypes = append(k.BadErrorTypes, kind)
		}
	}
	k.Valid = checker.VerdictOf(len(k.BadErrorTypes) == 0)
	return k, kafkaWitnesses(h, k.BadErrorTypes, found), nil
}

// causesOf gives the errors of operations of unknown outcome, each once, in the
// order they turn up.
func causesOf(ops []history.Op) []json.RawMessage {
	causes := []json.RawMessage{}
	seen := map[string]bool{}
	for _, op := range ops {
		if text := history.Canonical(op.Error); !seen[text] {
			seen[text] = true
			causes = append(causes, json.RawMessage(text))
		}
	}
	return causes
}

// unseenMax is how many of a key's unseen messages Jepsen lists.
const unseenMax = 32

func unseenOf(found *analysis.Analysis) *Unseen {
	u := &Unseen{TimeNs: found.EndNs, Unseen: map[string]int{}, Messages: map[string][]json.RawMessage{}}
	for _, each := range found.Unseen {
		u.Unseen[each.Key] = len(each.Messages)
		u.Messages[each.Key] = each.Messages[:min(unseenMax, len(each.Messages))]
	}
	return u
}

// telling picks the cases that Jepsen lists of an anomaly: those that jump the
// furthest, or with the fewest messages. It lists every lost write; here there
// is a bound, since each comes with operations.
func telling(kind string, cases []analysis.Case) []analysis.Case {
	const listMax, jumpsMax = 32, 8
	cases = slices.Clone(cases)
	switch kind {
	case analysis.Duplicate:
		slices.SortStableFunc(cases, func(a, b analysis.Case) int { return len(a.Offsets) - len(b.Offsets) })
	case analysis.InconsistentOffsets:
		slices.SortStableFunc(cases, func(a, b analysis.Case) int { return len(a.Values) - len(b.Values) })
	case analysis.PollSkip, analysis.InternalPollSkip:
		slices.SortStableFunc(cases, func(a, b analysis.Case) int { return a.Delta - b.Delta })
		return cases[max(0, len(cases)-jumpsMax):]
	case analysis.NonmonotonicPoll, analysis.NonmonotonicSend, analysis.InternalNonmonotonicPoll:
		slices.SortStableFunc(cases, func(a, b analysis.Case) int { return a.Delta - b.Delta })
		return cases[:min(jumpsMax, len(cases))]
	}
	return cases[:min(listMax, len(cases))]
}

// MarshalJSON puts the anomalies beside the other fields.
func (k *Results) MarshalJSON() ([]byte, error) {
	type fields Results
	text, err := json.Marshal((*fields)(k))
	if err != nil {
		return nil, err
	}
	for _, kind := range slices.Sorted(maps.Keys(k.Anomalies)) {
		each, err := json.Marshal(k.Anomalies[kind])
		if err != nil {
			return nil, err
		}
		text = append(append(append(text[:len(text)-1], ','), quoted(kind)...), ':')
		text = append(append(text, each...), '}')
	}
	return text, nil
}

// UnmarshalJSON reads what MarshalJSON writes; whatever has a count is an
// anomaly.
func (k *Results) UnmarshalJSON(data []byte) error {
	type fields Results
	if err := json.Unmarshal(data, (*fields)(k)); err != nil {
		return err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	k.Anomalies = map[string]Anomaly{}
	for kind, raw := range all {
		if !strings.Contains(string(raw), `"count"`) {
			continue
		}
		var each Anomaly
		if json.Unmarshal(raw, &each) == nil && each.Errs != nil {
			k.Anomalies[kind] = each
		}
	}
	return nil
}

func quoted(text string) json.RawMessage {
	raw, err := json.Marshal(text)
	if err != nil {
		panic("checker: " + err.Error()) // strings can always be written
	}
	return raw
}

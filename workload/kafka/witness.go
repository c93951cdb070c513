package kafka

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/kafka/analysis"
)

// kafkaError is a case as Jepsen writes it; which fields there are depends on
// the anomaly. Operations hold what they did to the key in question, of polls
// the part in question.
type kafkaError struct {
	Key          json.RawMessage   `json:"key"`
	Offset       *int64            `json:"offset,omitempty"`
	Index        *int              `json:"index,omitempty"`
	Value        json.RawMessage   `json:"value,omitempty"`
	Values       []json.RawMessage `json:"values,omitempty"`
	Delta        *int              `json:"delta,omitempty"`
	Skipped      []json.RawMessage `json:"skipped,omitempty"`
	Count        int               `json:"count,omitempty"`
	Offsets      []int64           `json:"offsets,omitempty"`
	MaxReadIndex *int              `json:"max-read-index,omitempty"`
	Writer       *history.Op       `json:"writer,omitempty"`
	Reader       *history.Op       `json:"reader,omitempty"`
	MaxRead      *history.Op       `json:"max-read,omitempty"`
	Op           *history.Op       `json:"op,omitempty"`
	Ops          []history.Op      `json:"ops,omitempty"`
}

func kafkaErrors(h history.History, kind string, cases []analysis.Case) []json.RawMessage {
	all := []json.RawMessage{}
	for _, c := range cases {
		raw, err := json.Marshal(kafkaErrorOf(h, kind, c))
		if err != nil {
			panic("checker: " + err.Error()) // its parts are valid JSON
		}
		all = append(all, raw)
	}
	return all
}

func kafkaErrorOf(h history.History, kind string, c analysis.Case) kafkaError {
	e := kafkaError{Key: quoted(c.Key), Value: c.Value}
	ops := make([]history.Op, len(c.Ops))
	for i, at := range c.Ops {
		ops[i] = h[at]
		ops[i].Value = c.Excerpt(h[at])
	}
	op := func(i int) *history.Op {
		if i >= len(ops) {
			return nil
		}
		return &ops[i]
	}
	switch kind {
	case analysis.InconsistentOffsets:
		e.Offset, e.Index, e.Values = &c.Offset, &c.Index, c.Values
	case analysis.Duplicate:
		e.Count, e.Offsets = len(c.Offsets), c.Offsets
	case analysis.InternalPollSkip, analysis.InternalNonmonotonicPoll:
		e.Values, e.Delta, e.Skipped, e.Op = c.Values, &c.Delta, c.Skipped, op(0)
	case analysis.PollSkip:
		e.Delta, e.Skipped, e.Ops = &c.Delta, c.Skipped, ops[:min(2, len(ops))]
	case analysis.NonmonotonicPoll, analysis.NonmonotonicSend:
		e.Values, e.Delta, e.Ops = c.Values, &c.Delta, ops
	case analysis.LostWrite:
		e.Index, e.MaxReadIndex, e.Writer, e.MaxRead = &c.Index, &c.MaxReadIndex, op(0), op(1)
	case analysis.AbortedRead:
		e.Writer, e.Reader = op(0), op(1)
	case analysis.FutureRead:
		e.Reader, e.Writer = op(0), op(1)
	case analysis.Unsent:
		e.Reader = op(0)
	}
	return e
}

// kafkaWitnesses tells a few cases of each anomaly that makes the run invalid.
func kafkaWitnesses(h history.History, kinds []string, found *analysis.Analysis) []checker.Witness {
	if len(kinds) == 0 {
		return nil
	}
	each := max(1, checker.WitnessesMax/len(kinds))
	var all []checker.Witness
	for _, kind := range kinds {
		if kind == analysis.Unseen {
			for _, u := range found.Unseen[:min(each, len(found.Unseen))] {
				all = append(all, unseenWitness(h, u))
			}
			continue
		}
		cases := telling(kind, found.Cases[kind])
		for _, c := range cases[:min(each, len(cases))] {
			all = append(all, kafkaWitness(h, kind, c))
		}
	}
	return all
}

func kafkaWitness(h history.History, kind string, c analysis.Case) checker.Witness {
	w := checker.Witness{Kind: kind, Value: c.Value, Note: kafkaStory(kind, c)}
	if w.Value == nil {
		w.Value, _ = json.Marshal(c.Values)
	}
	for _, at := range c.Ops[:min(checker.WitnessesMax, len(c.Ops))] {
		w.Events = append(w.Events, showing(h[at], c))
	}
	return w
}

func unseenWitness(h history.History, u analysis.UnseenMessages) checker.Witness {
	w := checker.Witness{Kind: analysis.Unseen, Value: quoted(u.Key), Note: fmt.Sprintf("key %s: %s, acknowledged and never polled: %s",
		u.Key, messages(len(u.Messages)), listed(u.Messages))}
	for _, at := range u.Ops {
		w.Events = append(w.Events, showing(h[at], analysis.Case{Key: u.Key}))
	}
	return w
}

// showing names an operation and what of it matters to a case.
func showing(op history.Op, c analysis.Case) checker.Event {
	e := checker.EventOf(op)
	e.Did = c.Describe(op)
	return *e
}

// kafkaStory tells a case in a sentence.
func kafkaStory(kind string, c analysis.Case) string {
	said := "key " + c.Key + ": "
	value := string(c.Value)
	var last, next string
	if len(c.Values) > 1 {
		last, next = string(c.Values[0]), string(c.Values[1])
	}
	switch kind {
	case analysis.Duplicate:
		return said + fmt.Sprintf("message %s stands at several offsets: %s", value, strings.Trim(strings.ReplaceAll(fmt.Sprint(c.Offsets[:min(checker.WitnessesMax, len(c.Offsets))]), " ", ", "), "[]"))
	case analysis.AbortedRead:
		return said + fmt.Sprintf("message %s was polled although its send had failed", value)
	case analysis.FutureRead:
		return said + fmt.Sprintf("message %s was polled before it was sent", value)
	case analysis.Unsent:
		return said + fmt.Sprintf("message %s was polled, but nobody sent it there", value)
	case analysis.InconsistentOffsets:
		return said + fmt.Sprintf("different messages have the offset %d: %s", c.Offset, listed(c.Values))
	case analysis.InternalPollSkip:
		return said + fmt.Sprintf("one poll goes from %s to %s and passes over %s", last, next, listed(c.Skipped))
	case analysis.PollSkip:
		return said + fmt.Sprintf("a process polled up to %s, then went on at %s and passed over %s", last, next, listed(c.Skipped))
	case analysis.LostWrite:
		return said + fmt.Sprintf("message %s was acknowledged and never polled, but later messages of the key were", value)
	}
	if last == next {
		return said + fmt.Sprintf("%s %s twice", nonmonotonic[kind], last)
	}
	return said + fmt.Sprintf("%s %s, then %s, which comes %s before it", nonmonotonic[kind], last, next, places(-c.Delta))
}

var nonmonotonic = map[string]string{
	analysis.InternalNonmonotonicPoll: "one poll shows",
	analysis.NonmonotonicPoll:         "a process polled",
	analysis.NonmonotonicSend:         "a process sent",
}

func places(n int) string {
	if n == 1 {
		return "one place"
	}
	return fmt.Sprintf("%d places", n)
}

func messages(n int) string {
	if n == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", n)
}

// listed shows the first few of a list of values.
func listed(values []json.RawMessage) string {
	var all []string
	for _, v := range values[:min(checker.WitnessesMax, len(values))] {
		all = append(all, string(v))
	}
	if len(values) > checker.WitnessesMax {
		all = append(all, fmt.Sprintf("and %d more", len(values)-checker.WitnessesMax))
	}
	return strings.Join(slices.Clip(all), ", ")
}

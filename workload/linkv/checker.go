package linkv

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Results tells whether a key-value store behaved as if it did one thing at a
// time, each between its request and its answer: for every key by itself, which
// is as good as for all together (Herlihy and Wing, Linearizability, 1990).
type Results struct {
	Valid    checker.Verdict      `json:"valid?"`
	Results  map[string]KeyResult `json:"results"` // by the key's text
	Failures []json.RawMessage    `json:"failures"`

	// AnsweredFraction is the share of operations that the store answered: those that succeeded, and those it
	// refused because of what the key held (errors 20 and 22). The ok fraction counts these as failures,
	// although four of five compare-and-sets of random values must fail.
	AnsweredFraction *float32 `json:"answered-fraction,omitempty"`

	pictures []checker.Picture
	single   bool // the history names no keys
}

// KeyResult is the verdict on one key.
type KeyResult struct {
	Linearizable Linearizable    `json:"linearizable"`
	Timeline     Part            `json:"timeline"` // Maelstrom's drawing of the key's operations; ours is of the whole run
	Valid        checker.Verdict `json:"valid?"`
}

// Part is a part of the results that has a verdict and no more.
type Part struct {
	Valid checker.Verdict `json:"valid?"`
}

// Linearizable is the verdict on one key and where it comes from.
type Linearizable struct {
	Valid      checker.Verdict `json:"valid?"`
	PreviousOK *Completed      `json:"previous-ok,omitempty"` // the last answer before Op
	Op         *Completed      `json:"op,omitempty"`          // the first answer that no order of the operations explains

	// What Knossos says of its own search, in results of Maelstrom.
	Configs    json.RawMessage `json:"configs,omitempty"`
	FinalPaths json.RawMessage `json:"final-paths,omitempty"`
	LastOp     json.RawMessage `json:"last-op,omitempty"`
}

// Completed is an operation as it ended.
type Completed struct {
	Process int             `json:"process"`
	Type    string          `json:"type"`
	F       string          `json:"f"`
	Value   json.RawMessage `json:"value"`
	Index   int             `json:"index"`
	Time    int64           `json:"time"` // ns
}

// Verdict is the worst of all keys.
func (l *Results) Verdict() checker.Verdict { return l.Valid }

// Pictures are of the keys that are not linearizable: Porcupine's, with the
// operations in time and the longest orders that explain some of them.
func (l *Results) Pictures() []checker.Picture { return l.pictures }

// picturesMax bounds how many keys are drawn.
const picturesMax = 4

func check(h history.History, pairs history.Pairing, _ checker.Options) (checker.Workload, []checker.Witness, error) {
	h, single := underKeys(h)
	registers, keys, err := registersOf(h, pairs)
	if err != nil {
		return nil, nil, err
	}
	result := &Results{single: single, Valid: checker.Valid, Results: map[string]KeyResult{}, Failures: []json.RawMessage{}}
	var witnesses []checker.Witness
	for i, key := range keys {
		r := registers[key]
		found := findOrder(r.deeds, &r.values, false)
		judged := KeyResult{Linearizable: Linearizable{Valid: found.verdict}, Timeline: Part{checker.Valid}, Valid: found.verdict}
		if found.verdict == checker.Invalid {
			culprit, explained := r.culprit()
			judged.Linearizable.Op, judged.Linearizable.PreviousOK = completedOf(culprit), r.previousOK(culprit)
			if len(witnesses) < checker.WitnessesMax {
				witnesses = append(witnesses, r.witness(key, culprit))
			}
			if len(result.pictures) < picturesMax {
				result.pictures = append(result.pictures, checker.Picture{Name: pictureName(key, i), Draw: explained.draw})
			}
		}
		if found.verdict == checker.Invalid { // one that is unknown is none, as in Jepsen
			result.Failures = append(result.Failures, json.RawMessage(key))
		}
		result.Results[key] = judged
		result.Valid = checker.Merge(result.Valid, found.verdict)
	}
	result.AnsweredFraction = answeredFraction(h)
	return result, witnesses, nil
}

// register is what was done to one key.
type register struct {
	deeds  []deed
	values checker.Interner
}

func (r *register) number(raw json.RawMessage) int { return int(r.values.ID(raw)) + 1 }

// registersOf splits a history by key, and gives the keys in order. What
// certainly did not happen is left out, as are reads that showed nothing.
func registersOf(h history.History, pairs history.Pairing) (map[string]*register, []string, error) {
	registers := map[string]*register{}
	for i, op := range h {
		if op.Type != history.Invoke || op.Process == history.Nemesis {
			continue
		}
		key, argument, err := keyed(op)
		if err != nil {
			return nil, nil, err
		}
		r := registers[key]
		if r == nil {
			r = &register{}
			registers[key] = r
		}
		d := deed{op: op, f: op.F, outcome: argument, called: i, returned: endless, unknown: true}
		if end, completed := pairs.Of(i); completed {
			if h[end].Type == history.Fail {
				continue
			}
			d.answer = h[end]
			if h[end].Type == history.OK {
				d.unknown, d.returned = false, end
				if _, d.outcome, err = keyed(h[end]); err != nil {
					return nil, nil, err
				}
			}
		}
		if err := r.add(d); err != nil {
			return nil, nil, err
		}
	}
	keys := slices.SortedFunc(maps.Keys(registers), func(a, b string) int { return cmp.Or(history.Compare(a, b), strings.Compare(a, b)) })
	return registers, keys, nil
}

// add numbers the values of an operation and keeps it, unless it says nothing.
func (r *register) add(d deed) error {
	switch {
	case d.f == "read" && d.unknown:
		return nil
	case d.f == "read":
		if history.Canonical(d.outcome) != "null" {
			d.to = r.number(d.outcome)
		}
	case d.f == "write":
		d.to = r.number(d.outcome)
	default:
		pair, ok := pairOf(d.outcome)
		if !ok {
			return fmt.Errorf("operation %d: the value of a cas holds %s: expected two values, what is expected and what to set", d.op.Index, excerpt(d.outcome))
		}
		d.from, d.to = r.number(pair[0]), r.number(pair[1])
	}
	r.deeds = append(r.deeds, d)
	return nil
}

// underKeys gives a history of one register, without keys, as Knossos has it, the key
// null. It is one if a read or a write holds anything but two values.
func underKeys(h history.History) (keyed history.History, single bool) {
	single = slices.ContainsFunc(h, func(op history.Op) bool {
		_, pair := pairOf(op.Value)
		return op.Process != history.Nemesis && op.F != "cas" && !pair
	})
	if !single {
		return h, false
	}
	one := slices.Clone(h)
	for i, op := range one {
		if op.Process == history.Nemesis {
			continue
		}
		value := op.Value
		if value == nil {
			value = json.RawMessage("null")
		}
		one[i].Value = slices.Concat([]byte("[null,"), value, []byte("]"))
	}
	return one, true
}

// keyed splits an operation's value into the key, in canonical form, and what
// is done to it.
func keyed(op history.Op) (key string, argument json.RawMessage, err error) {
	pair, ok := pairOf(op.Value)
	if !ok {
		return "", nil, fmt.Errorf("operation %d: the value of a %s is %s: expected a key and a value, such as [0,3]", op.Index, op.F, excerpt(op.Value))
	}
	return history.Canonical(pair[0]), pair[1], nil
}

func pairOf(raw json.RawMessage) (pair []json.RawMessage, ok bool) {
	return pair, json.Unmarshal(raw, &pair) == nil && len(pair) == 2
}

func excerpt(raw json.RawMessage) string {
	const excerptBytesMax = 60
	if len(raw) == 0 {
		return "nothing"
	}
	if len(raw) > excerptBytesMax {
		return string(raw[:excerptBytesMax]) + "..."
	}
	return string(raw)
}

// culprit is the first operation whose answer no order explains, of a register
// that is not linearizable; and the search that shows it, of all that had begun
// by then.
func (r *register) culprit() (deed, *search) {
	ends := slices.Clone(r.deeds)
	ends = slices.DeleteFunc(ends, func(d deed) bool { return d.unknown })
	slices.SortFunc(ends, func(a, b deed) int { return cmp.Compare(a.returned, b.returned) })
	// Whatever is impossible at one answer is so at every later one.
	first, _ := slices.BinarySearchFunc(ends, checker.Invalid, func(d deed, wanted checker.Verdict) int {
		if findOrder(pendingAt(r.deeds, d.returned), &r.values, false).verdict == wanted {
			return 1
		}
		return -1
	})
	culprit := ends[min(first, len(ends)-1)]
	return culprit, findOrder(pendingAt(r.deeds, culprit.returned), &r.values, true)
}

// previousOK is the last answer before the culprit's.
func (r *register) previousOK(culprit deed) *Completed {
	var last *deed
	for i := range r.deeds {
		d := &r.deeds[i]
		if d.returned < culprit.returned && (last == nil || d.returned > last.returned) {
			last = d
		}
	}
	if last == nil {
		return nil
	}
	return completedOf(*last)
}

func completedOf(d deed) *Completed {
	return &Completed{Process: d.answer.Process, Type: d.answer.Type.String(), F: d.f, Value: json.RawMessage(history.Canonical(d.outcome)),
		Index: d.answer.Index, Time: int64(d.answer.Time)}
}

// witness tells of an order of what came before the culprit, by its last
// operations, and of the culprit itself, which fits into none.
func (r *register) witness(key string, culprit deed) checker.Witness {
	before := findOrder(pendingAt(r.deeds, culprit.returned-1), &r.values, true)
	order := before.longest()
	for len(order) > 0 && order[len(order)-1].unknown {
		order = order[:len(order)-1] // not necessary: it may as well happen later, or never
	}
	w := checker.Witness{Kind: checker.NotLinearizable, Value: json.RawMessage(key), Got: json.RawMessage(history.Canonical(culprit.outcome))}
	holds := absent
	for i := range order {
		_, holds = order[i].step(holds)
		if len(order)-i < checker.WitnessesMax {
			w.Events = append(w.Events, eventOfDeed(&order[i], before.text(holds)))
		}
	}
	w.Events = append(w.Events, eventOfDeed(&culprit, ""))
	return w
}

func eventOfDeed(d *deed, then string) checker.Event {
	e := *checker.EventOf(d.op)
	e.Did, e.Then = d.String(), then
	if d.returned != endless {
		e.Answered = d.answer.Time
	}
	return e
}

func pictureName(key string, number int) string {
	plain := strings.IndexFunc(key, func(r rune) bool { return !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') }) < 0
	if !plain || len(key) > 40 {
		return fmt.Sprintf("linearizability-%d.html", number)
	}
	return "linearizability-key-" + key + ".html"
}

// refusals are the errors by which a store answers that an operation does not
// fit what the key holds.
var refusals = map[string]bool{"key-does-not-exist": true, "precondition-failed": true}

func answeredFraction(h history.History) *float32 {
	invoked, answered := 0, 0
	for _, op := range h {
		switch {
		case op.Process == history.Nemesis:
		case op.Type == history.Invoke:
			invoked++
		case op.Type == history.OK:
			answered++
		case op.Type == history.Fail:
			var why []json.RawMessage
			var name string
			if json.Unmarshal(op.Error, &why) == nil && len(why) > 0 && json.Unmarshal(why[0], &name) == nil && refusals[name] {
				answered++
			}
		}
	}
	if invoked == 0 {
		return nil
	}
	fraction := float32(float64(answered) / float64(invoked))
	return &fraction
}

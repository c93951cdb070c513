package analysis

import (
	"encoding/json"
	"fmt"
	"time"

	"eddy/testbench/history"
)

// Finding is one anomaly with what proves it.
type Finding struct {
	// Kind is the anomaly's name, such as G-single-item-realtime.
	Kind string
	// Transactions are those that prove it, told of as T1, T2 and so on; in a
	// circle each comes before the next and the last before the first.
	Transactions []Transaction
	// Because says why, a sentence each: of a circle one for each transaction, of
	// why it comes before the next.
	Because []string

	beyond   bool    // Elle does not look for it
	ops      []int32 // the transactions' numbers
	steps    []edge  // of a circle
	told     string  // of all others
	key      int32   // of what is not about one mop
	mop      *mop
	version  int32
	list     []int32
	expected string // JSON
	state    string // JSON
	data     []byte // the whole as JSON
}

// Transaction is one of a history, as it ended.
type Transaction struct {
	Index   int // of its completion, or its invocation if it has none
	Process int
	Outcome history.Type
	Began   time.Duration // since the start of the run
	Ended   time.Duration
	Value   json.RawMessage // what it did
}

// partiesMax bounds how many transactions one finding names.
const partiesMax = 16

// circle makes a finding of the edges of a part of the graph whose vertices are
// those of a tangle.
func (a *analysis) circle(name string, circle []edge, tangle []int32) Finding {
	f := Finding{Kind: name, version: initial}
	for _, e := range circle {
		e.from, e.to = tangle[e.from], tangle[e.to]
		// Real time after real time is real time: who is between need not be told of.
		if last := len(f.steps) - 1; last >= 0 && e.kind == realtime && f.steps[last].kind == realtime {
			f.steps[last].to = e.to
			continue
		}
		f.steps = append(f.steps, e)
	}
	if last := len(f.steps) - 1; last > 0 && f.steps[0].kind == realtime && f.steps[last].kind == realtime {
		f.steps[0].from = f.steps[last].from
		f.steps = f.steps[:last]
	}
	for _, e := range f.steps {
		f.ops = append(f.ops, e.from)
	}
	return f
}

// complete tells a finding in words.
func (a *analysis) complete(f *Finding) {
	for _, t := range f.ops[:min(len(f.ops), partiesMax)] {
		of := &a.txns[t]
		f.Transactions = append(f.Transactions, Transaction{
			Index: of.op.Index, Process: of.op.Process, Outcome: of.outcome, Began: of.began, Ended: of.op.Time, Value: of.op.Value,
		})
	}
	if f.told != "" {
		f.Because = []string{f.told}
	}
	for i := range f.steps {
		f.Because = append(f.Because, a.because(f, i))
	}
	f.data = a.encode(f)
}

// because tells why, in a circle, one transaction comes before the next.
func (a *analysis) because(f *Finding, i int) string {
	e := &f.steps[i]
	from, to := fmt.Sprintf("T%d", i+1), fmt.Sprintf("T%d", (i+1)%len(f.steps)+1)
	reason := ""
	switch e.kind {
	case process:
		reason = fmt.Sprintf("process %d did the one after the other", a.txns[e.from].op.Process)
	case realtime:
		reason = fmt.Sprintf("%s ended at %s, before %s began at %s", from, seconds(a.txns[e.from].op.Time), to, seconds(a.txns[e.to].began))
	case wr:
		reason = fmt.Sprintf("%s wrote %s to key %s, and %s saw it", from, a.text(e.after), a.keyOf(e), to)
	case ww:
		reason = fmt.Sprintf("%s wrote %s to key %s, and %s wrote %s after it", from, a.text(e.before), a.keyOf(e), to, a.text(e.after))
	case rw:
		saw := "nobody had written key " + a.keyOf(e)
		if e.before != initial {
			saw = fmt.Sprintf("key %s was at %s", a.keyOf(e), a.text(e.before))
		}
		reason = fmt.Sprintf("%s saw that %s, and %s wrote %s after that", from, saw, to, a.text(e.after))
	}
	return fmt.Sprintf("%s before %s: %s", from, to, reason)
}

func (a *analysis) keyOf(e *edge) string { return a.keys[a.versions[e.after].key] }

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// MarshalJSON gives the finding in the form of Maelstrom's results: a circle as
// cycle, steps and type, others as op, mop, expected, writer, key, value, txns
// where they have them.
func (f Finding) MarshalJSON() ([]byte, error) { return f.data, nil }

// encode makes the finding's JSON.
func (a *analysis) encode(f *Finding) []byte {
	var o object
	all := make([]json.RawMessage, 0, len(f.ops)+1)
	for _, t := range f.ops[:min(len(f.ops), partiesMax)] {
		all = append(all, a.txns[t].op.AppendJSON(nil))
	}
	switch {
	case len(f.steps) > 0:
		o.add("cycle", array(append(all, all[0])))
		o.add("steps", a.encodeSteps(f))
		o.add("type", quoted(f.Kind))
		return o.end()
	case f.mop != nil:
		o.add("op", all[0])
		o.add("mop", a.encodeMop(f.mop))
		if len(all) > 1 {
			o.add("writer", all[1])
		}
		if f.expected != "" {
			o.add("expected", []byte(f.expected))
		} else if f.version != initial {
			o.add("element", []byte(a.text(f.version)))
		}
	default:
		o.add("key", []byte(a.keys[f.key]))
		if f.state != "" {
			o.add("value", []byte(f.state))
		}
		if f.list != nil {
			o.add("scc", []byte(a.listText(f.list)))
		}
		o.add("txns", array(all))
	}
	o.add("because", quoted(f.told))
	return o.end()
}

func (a *analysis) encodeSteps(f *Finding) []byte {
	var steps []json.RawMessage
	for i := range f.steps {
		e := &f.steps[i]
		var o object
		o.add("type", quoted(e.kind.String()))
		if e.kind&(ww|wr|rw) != 0 {
			o.add("key", []byte(a.keyOf(e)))
			o.add("value", []byte(a.text(e.before)))
			if e.kind != wr {
				o.add("value'", []byte(a.text(e.after)))
			}
		}
		o.add("because", quoted(f.Because[i]))
		steps = append(steps, o.end())
	}
	return array(steps)
}

func (a *analysis) encodeMop(m *mop) []byte {
	return fmt.Appendf(nil, `["r",%s,%s]`, a.keys[m.key], a.state(m))
}

// object is a JSON object in the making.
type object []byte

func (o *object) add(name string, value []byte) {
	separator := byte(',')
	if len(*o) == 0 {
		separator = '{'
	}
	*o = append(append(append(append(*o, separator), quoted(name)...), ':'), value...)
}

func (o *object) end() []byte { return append(*o, '}') }

func array(values []json.RawMessage) []byte {
	text := []byte{'['}
	for i, v := range values {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, v...)
	}
	return append(text, ']')
}

func quoted(text string) []byte {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string can always be encoded
	}
	return out
}

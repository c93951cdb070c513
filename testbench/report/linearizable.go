package report

import (
	"fmt"

	"eddy/testbench/checker"
)

// impossible writes the proof that a key is not linearizable: the last
// operations of an order that explains all before it, and the answer that fits
// into none.
func (p *page) impossible(t placer, w checker.Witness) {
	p.line("    " + clip("key "+string(w.Value)))
	table := [][]string{{"operation", "invoked", "answered", "the key holds"}}
	for i, e := range w.Events {
		answered, then := "-", clip(e.Then)
		if e.Answered > 0 {
			answered = seconds(e.Answered)
		}
		if i == len(w.Events)-1 {
			then = "in no order what was answered"
		}
		table = append(table, []string{clip(e.Did), t.cell(&e), answered, then})
	}
	for i, line := range aligned(table) {
		if i == 0 {
			line = p.faint(line)
		}
		p.line("      " + line)
	}
}

func linKVReason(l *checker.LinKV) string {
	invalid := 0
	for _, r := range l.Results {
		if r.Valid == checker.Invalid {
			invalid++
		}
	}
	if invalid == 0 {
		return fmt.Sprintf("of %s, %s could not be judged: the search for an order was given up", plural(len(l.Results), "key", "keys"), grouped(len(l.Failures)))
	}
	return fmt.Sprintf("%s not linearizable, of %s", plural(invalid, "key", "keys"), grouped(len(l.Results)))
}

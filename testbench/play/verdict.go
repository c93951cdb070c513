package play

import (
	"strings"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// concernedMax is how many values a verdict names.
const concernedMax = 1000

// word is a verdict as results.json has it.
func word(v checker.Verdict) string {
	text, _ := v.MarshalJSON() // writes a word, and no error
	return strings.Trim(string(text), `"`)
}

// verdictOf is what the checker says of a run.
func verdictOf(out *testbench.Outcome) Verdict {
	r := out.Results
	v := Verdict{Valid: word(r.Valid), Reasons: []string{report.Reasons(r)}, Lost: []string{}, First: r.Cause, Figures: make(Figures)}
	if named, names := r.Workload.(checker.Naming); names {
		for i, value := range named.Concerned() {
			if i == concernedMax {
				break
			}
			v.Lost = append(v.Lost, string(value))
		}
	}
	if r.Net != nil && r.Net.Servers.MsgsPerOp != nil {
		v.Figures["messages an operation"] = float64(*r.Net.Servers.MsgsPerOp)
	}
	for f, l := range r.Latencies {
		v.Figures["median latency of "+f+", ms"] = l.MedianMs
	}
	if settles, measures := r.Workload.(checker.Settling); measures {
		if q := settles.Settled(); q != nil {
			v.Figures["median stable latency, ms"] = float64(q.MedianMs)
		}
	}
	return v
}

// verdict answers with what the checker says of the whole run, or would say if its operations ended at a moment.
func (b *Bench) verdict(r *Request) (any, error) {
	if r.At != nil {
		var err error
		if r.Deeds, err = endedAt(r.Deeds, time.Duration(*r.At)); err != nil {
			return nil, err
		}
	}
	made, err := b.reel(r)
	if err != nil {
		return nil, err
	}
	v := made.film.Verdict
	if r.Lesson != "" {
		if v.Task, err = b.task(r.Lesson, made, &v); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// endedAt are the deeds up to a moment, and then the end of the operations.
func endedAt(text string, at time.Duration) (string, error) {
	deeds, err := testbench.ParseDeeds(text)
	if err != nil {
		return "", err
	}
	n := 0
	for n < len(deeds) && deeds[n].At <= at {
		n++
	}
	return testbench.DeedsText(append(deeds[:n:n], testbench.Deed{At: at, Do: testbench.DoEnd})), nil
}

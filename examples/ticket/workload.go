package main

import (
	"encoding/json"
	"fmt"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
	"eddy/workload"
)

// newWorkload is the workload ticket. Clients send {"type": "take"} and are answered with {"type": "take_ok", "number": 7}.
// No number comes twice, and who asks after another one was answered is given a higher one.
func newWorkload() workload.Workload {
	return workload.Workload{
		Name: "ticket", EddyOnly: true,
		Judge:        checker.Judge{Fs: []string{"take"}, Check: check, Empty: func() checker.Workload { return &results{} }},
		NewGenerator: workload.Always(workload.Repeating{F: "take"}),
		Calls: []workload.Call{
			{F: "take", Reply: workload.Schema{Type: "take_ok", Field: "number", Kind: workload.Integer}},
		},
		Challenges: []workload.Challenge{
			{Number: "counter", Flags: []string{"node-count=3", "rate=50", "time-limit=10", "latency=10", "nemesis=partition", "nemesis-interval=3"},
				Targets: []report.Target{report.ServerMessagesPerOp(15)}},
		},
	}
}

// results are what the checker found: the verdict, and what people are told of it.
type results struct {
	Valid    checker.Verdict `json:"valid?"`
	Given    int             `json:"given-count"`
	Repeated int             `json:"repeated-count"` // numbers that were given out before
	Late     int             `json:"late-count"`     // numbers below one that had been given out when they were asked for
}

func (r *results) Verdict() checker.Verdict { return r.Valid }

func (r *results) Praise() string {
	return report.Plural(r.Given, "number", "numbers") + " given out, each higher than those before"
}

func (r *results) Reason() string {
	return fmt.Sprintf("of %s %d came twice and %d were not above earlier ones", report.Plural(r.Given, "number", "numbers"), r.Repeated, r.Late)
}

func (r *results) Failure() string {
	if r.Repeated > 0 {
		return "numbers that came twice"
	}
	return "numbers that do not grow"
}

func (r *results) Title() (string, int) { return "Numbers out of order", r.Repeated + r.Late }

// Tell names the operations that prove it.
func (r *results) Tell(p *report.Page, who report.Placer, witnesses []checker.Witness) {
	for _, w := range witnesses {
		p.Paragraph("", "", fmt.Sprintf("%s: given to %s; %s, to %s", w.Value, who.Place(&w.Events[1]), w.Note, who.Place(&w.Events[0])), "    ")
	}
}

// check judges a history: for each number that was given out, the highest one that had been given out when it was asked for
// must be below it.
func check(h history.History, pairs history.Pairing, _ checker.Options) (checker.Workload, []checker.Witness, error) {
	r := &results{}
	var witnesses []checker.Witness
	seen := map[int64]checker.Event{} // numbers so far, and who was given them
	var highest int64                 // of them
	before := map[int]int64{}         // by operation: the highest number when it began
	for i, op := range h {
		if op.Process == history.Nemesis {
			continue
		}
		if op.Type == history.Invoke {
			if end, ok := pairs.Of(i); ok {
				before[end] = highest
			}
			continue
		}
		if op.Type != history.OK {
			continue
		}
		var number int64
		if err := json.Unmarshal(op.Value, &number); err != nil {
			return nil, nil, fmt.Errorf("operation %d: the number is %s", op.Index, op.Value)
		}
		r.Given++
		earlier, again := seen[number]
		below := before[i] >= number
		switch {
		case again:
			r.Repeated++
		case below:
			r.Late++
			earlier = seen[before[i]]
		}
		if (again || below) && len(witnesses) < checker.WitnessesMax {
			note := "it had been given out before"
			if !again {
				note = fmt.Sprintf("%d had been given out before it was asked for", before[i])
			}
			witnesses = append(witnesses, checker.Witness{Kind: r.Failure(), Value: op.Value, Events: []checker.Event{earlier, *checker.EventOf(op)}, Note: note})
		}
		seen[number], highest = *checker.EventOf(op), max(highest, number)
	}
	r.Valid = checker.VerdictOf(r.Repeated+r.Late == 0)
	return r, witnesses, nil
}

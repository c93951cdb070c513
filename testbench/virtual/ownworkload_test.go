package virtual_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
	"eddy/workload"
)

// ticket is a workload that does not come with Eddy: clients take numbers, each of which may be given out once.
func ticket() workload.Workload {
	return workload.Workload{
		Name: "ticket",
		Judge: checker.Judge{
			Fs:    []string{"take"},
			Check: checkTickets,
			Empty: func() checker.Workload { return &tickets{} },
		},
		NewGenerator: workload.Always(workload.Repeating{F: "take"}),
		Calls: []workload.Call{
			{F: "take", Reply: workload.Schema{Type: "take_ok", Field: "number", Kind: workload.Integer}},
		},
	}
}

// tickets are the results.
type tickets struct {
	Valid checker.Verdict `json:"valid?"`
	Given int             `json:"given"`
	Twice int             `json:"twice"`
}

func (t *tickets) Verdict() checker.Verdict { return t.Valid }
func (t *tickets) Praise() string           { return report.Plural(t.Given, "number", "numbers") + " taken" }
func (t *tickets) Reason() string {
	return report.Plural(t.Twice, "number", "numbers") + " taken twice"
}
func (t *tickets) Failure() string        { return "numbers taken twice" }
func (t *tickets) Title() (string, int)   { return "Numbers taken twice", t.Twice }
func (t *tickets) Figures(p *report.Page) { p.Row("numbers", report.Grouped(t.Given)) }

func checkTickets(h history.History, _ history.Pairing, _ checker.Options) (checker.Workload, []checker.Witness, error) {
	t, seen := &tickets{Valid: checker.Valid}, map[string]bool{}
	var witnesses []checker.Witness
	for _, op := range h {
		if op.Process == history.Nemesis || op.Type != history.OK {
			continue
		}
		t.Given++
		if number := string(op.Value); seen[number] {
			t.Twice, t.Valid = t.Twice+1, checker.Invalid
			if len(witnesses) < checker.WitnessesMax {
				witnesses = append(witnesses, checker.Witness{Kind: "taken-twice", Value: op.Value, Known: checker.EventOf(op)})
			}
		} else {
			seen[number] = true
		}
	}
	return t, witnesses, nil
}

// office is a node that counts from a first number in steps.
type office struct {
	world      *actor.World
	id         string
	out        func([]byte)
	next, step int
}

func (n *office) Feed(line []byte) {
	n.world.At(n.world.Elapsed(), func() {
		var m struct {
			Src  string
			Body struct {
				Type  string
				MsgID int `json:"msg_id"`
			}
		}
		if json.Unmarshal(line, &m) != nil {
			return
		}
		number := ""
		if m.Body.Type == "take" {
			number = fmt.Sprintf(`,"number":%d`, n.next)
			n.next += n.step
		}
		n.out(fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":{"type":"%s_ok","in_reply_to":%d%s}}`, n.id, m.Src, m.Body.Type, m.Body.MsgID, number))
	})
}

func (n *office) Err() error             { return nil }
func (n *office) Kill()                  {}
func (n *office) Pause()                 {}
func (n *office) Resume()                {}
func (n *office) SetClock(time.Duration) {}

func runTickets(step int) testbench.Outcome {
	o := testbench.Defaults(workload.Workloads{ticket()})
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit, o.Seed = "ticket", 2, 20, 5*time.Second, 1
	return virtual.Run(o, virtual.Config{Start: func(w *actor.World, id string, out func([]byte)) virtual.Process {
		return &office{world: w, id: id, out: out, next: int(id[1] - '0'), step: step}
	}})
}

func TestWorkloadFromOutsideRunsAndIsReportedInItsOwnWords(t *testing.T) {
	for _, c := range []struct {
		step        int
		valid       checker.Verdict
		report, way string
	}{
		{2, checker.Valid, " numbers taken\nticket", ""},
		{1, checker.Invalid, " numbers taken twice\nticket", "numbers taken twice"},
	} {
		out := runTickets(c.step)
		var text strings.Builder
		if err := report.Terminal(&text, out.Results, out.Meta); err != nil || out.Err != nil {
			t.Fatal(err, out.Err)
		}
		if out.Results.Valid != c.valid || !strings.Contains(text.String(), c.report) || !strings.Contains(text.String(), "  numbers  ") {
			t.Errorf("step %d: %v:\n%s", c.step, out.Results.Valid, &text)
		}
		if way := virtual.Failure(&out); way != c.way {
			t.Errorf("step %d fails as %q, want %q", c.step, way, c.way)
		}
		raw, err := json.Marshal(out.Results)
		if err != nil {
			t.Fatal(err)
		}
		w := ticket()
		if again, err := w.Decode(raw); err != nil || again.Workload.(*tickets).Given != out.Results.Workload.(*tickets).Given {
			t.Errorf("results read again: %+v, %v", again.Workload, err)
		}
	}
}

// Package diagnosis says of a run that failed what went wrong first: for a lost value the message that was lost, or that a
// node never sent; for a wrong answer which node was asked what, and what it replied. It reads the files that the run
// has left, and knows of the run nothing but those and its results.
package diagnosis

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
	"eddy/trace"
)

// followable is the value of the first witness, if the run's files have anything of it.
func followable(open opener, out *testbench.Outcome) string {
	w := firstWitness(out.Results)
	if w == nil || len(w.Value) == 0 {
		return ""
	}
	run, err := open()
	if err != nil {
		return ""
	}
	if story, err := trace.Follow(run, string(w.Value)); err != nil || len(story.Steps)+len(story.Missing) == 0 {
		return ""
	}
	return string(w.Value)
}

func firstWitness(r checker.Results) *checker.Witness {
	if w := r.LostFirst(); w != nil {
		return w
	}
	if len(r.Witnesses) > 0 {
		return &r.Witnesses[0]
	}
	return nil
}

// Of looks into the files of an invalid run, in a directory, and puts what went wrong first into the outcome's Meta. It gives
// what to follow in the run's trace, a value or the name of a message, so as to see more; empty where that would show nothing.
func Of(dir string, out *testbench.Outcome) (follow string) {
	return OfRun(func() (*trace.Run, error) { return trace.Open(dir) }, out)
}

// opener gives the run whose files are looked into.
type opener func() (*trace.Run, error)

// OfRun is [Of] for a run that is wherever open finds it.
func OfRun(open func() (*trace.Run, error), out *testbench.Outcome) (follow string) {
	w := out.Results.LostFirst()
	if w == nil {
		if follow = explainOther(open, out); follow == "" {
			follow = followable(open, out)
		}
		return follow
	}
	cause, err := causeOfLoss(open, w, out.Meta.NodeOf)
	if shown := shownOtherwise(w, out.History, out.Meta.NodeOf); shown != "" && (err != nil || cause.Kind != trace.Altered) {
		out.Meta.Cause = shown
		return followable(open, out)
	}
	if err != nil {
		out.Meta.Warnings = append(out.Meta.Warnings, "Why the run failed was not found out: "+err.Error()+".")
		return ""
	}
	out.Meta.Cause = lossInWords(w, cause, out.Meta.NodeOf)
	if p := problemOf(out.Results.Problems, cause.Node, cause.Dest); p != nil {
		out.Meta.Cause = problemInWords(p) + " So " + out.Meta.Cause
	}
	return followable(open, out)
}

// explainOther tells of a failure other than a loss: what is wrong, then which node was asked what and replied what.
func explainOther(open opener, out *testbench.Outcome) (follow string) {
	text, ops := inWords(out)
	if polls := out.Results.Stats.ByF["poll"]; polls.Valid == checker.Invalid && polls.InfoCount > 0 && firstWitness(out.Results) != nil {
		var stuck string // what no poll showed was not necessarily lost
		stuck, ops = firstUnsuccessful(out)
		text = stuck + " So " + text
	} else if p := alteredBefore(out, ops); p != nil {
		text = problemInWords(p) + " So " + text
	}
	out.Meta.Cause = text
	pairs, err := out.History.Pair()
	if err != nil || len(ops) == 0 {
		return ""
	}
	var all []wanted
	for _, index := range ops {
		if w, ok := operation(out.History, pairs, index, out.Meta.NodeOf); ok {
			all = append(all, w)
		}
	}
	run, err := open()
	if err != nil {
		return "" // without a journal there is no more to tell
	}
	exchanges, err := exchangesOf(run, all)
	if err != nil {
		out.Meta.Warnings = append(out.Meta.Warnings, "What the nodes concerned were asked was not found out: "+err.Error()+".")
		return ""
	}
	for _, x := range exchanges {
		out.Meta.Cause += " " + x.String()
	}
	if len(exchanges) == 0 {
		return ""
	}
	last := exchanges[len(exchanges)-1].name
	if story, err := trace.Follow(run, last); err != nil || len(story.Steps) == 0 {
		return ""
	}
	return last
}

// problemInWords is a problem in a sentence, with what the node said of it.
func problemInWords(p *checker.Problem) string {
	text := strings.TrimSpace(p.Node + " " + p.Text)
	if said := tellingLine(p.Stderr); said != "" {
		text += " It wrote: " + strings.TrimSuffix(said, ".") + "."
	}
	return text
}

// tellingLine is what of a node's last lines says why it ended: a panic with its text, as Go and Rust have it, else the last
// line that names an error, as Python and JavaScript do, else the last.
func tellingLine(stderr []string) string {
	for i, line := range stderr {
		if strings.Contains(line, "panic") {
			if strings.HasSuffix(line, ":") && i+1 < len(stderr) {
				line += " " + strings.TrimSpace(stderr[i+1])
			}
			return line
		}
	}
	for _, line := range slices.Backward(stderr) {
		if strings.Contains(line, "Error") || strings.Contains(line, "Exception") {
			return line
		}
	}
	if len(stderr) == 0 {
		return ""
	}
	return stderr[len(stderr)-1]
}

// alteredBefore is an answer of a node that changed what it was asked, where that came before the operations that show
// a failure: what followed from it is the second thing that went wrong.
func alteredBefore(out *testbench.Outcome, ops []int) *checker.Problem {
	if len(ops) == 0 {
		return nil
	}
	for i := range out.Results.Problems {
		p := &out.Results.Problems[i]
		last := ops[len(ops)-1]
		if p.Kind == testbench.KindAlteredReply && last < len(out.History) && p.First <= out.History[last].Time {
			return p
		}
	}
	return nil
}

// problemOf is the first thing against the protocol that one of the nodes did.
func problemOf(problems []checker.Problem, nodes ...string) *checker.Problem {
	for i := range problems {
		p := &problems[i]
		for _, node := range nodes {
			if node != "" && (p.Node == node || slices.Contains(p.Others, node)) {
				return p
			}
		}
	}
	return nil
}

// causeOfLoss finds out why a lost value is not on the node whose read missed it
// last or, where that has it, on the first node that has not.
func causeOfLoss(open opener, w *checker.Witness, nodeOf func(int) string) (trace.Cause, error) {
	run, err := open()
	if err != nil {
		return trace.Cause{}, err
	}
	d, err := trace.Collect(run, string(w.Value))
	if err != nil {
		return trace.Cause{}, err
	}
	without := d.Without()
	node := ""
	if w.LastMissed != nil && nodeOf != nil {
		node = nodeOf(w.LastMissed.Process)
	}
	if len(without) > 0 && !slices.Contains(without, node) {
		node = without[0]
	}
	if node == "" {
		return trace.Cause{}, fmt.Errorf("every node has %s, by its log", w.Value)
	}
	return trace.Explain(run, d, node)
}

func lossInWords(w *checker.Witness, c trace.Cause, nodeOf func(int) string) string {
	where := ""
	if nodeOf != nil {
		where = " by " + nodeOf(w.Known.Process)
	}
	done := "acknowledged"
	if w.Known.F == "read" {
		done = "read"
	}
	return fmt.Sprintf("value %s, %s%s at %.3f s, never reached %s: %s.", w.Value, done, where, w.Known.Time.Seconds(), c.Node, c.Text)
}

// inWords is what a failure other than a loss comes to, in a sentence, and the places in the history of the operations
// that show it.
func inWords(out *testbench.Outcome) (text string, ops []int) {
	r := out.Results
	w := firstWitness(r)
	if w != nil && w.Kind == checker.Unreadable {
		if r.Stats.Valid == checker.Invalid {
			return firstUnsuccessful(out) // the reads failed as every operation of their kind did
		}
		text := report.Plural(w.Count, "read", "reads") + " after recovery failed."
		if w.Known != nil {
			ops = []int{w.Known.Index}
		}
		return text, ops
	}
	if w != nil {
		for _, e := range toldOf(w) {
			ops = append(ops, e.Index)
		}
		switch {
		case w.Kind == checker.WrongEcho && w.Note != "":
			return fmt.Sprintf("%s was not echoed: %s.", w.Value, strings.TrimSuffix(w.Note, ".")), ops[:1]
		case w.Kind == checker.WrongEcho && w.Invoked != nil:
			return fmt.Sprintf("%s, sent at %.3f s, was answered with %s.", w.Value, w.Invoked.Time.Seconds(), w.Got), ops[:1]
		case w.Kind == checker.NotLinearizable && len(w.Events) > 0:
			return notLinearizable(w, out.Meta.NodeOf), ops
		case w.Kind == checker.Diverged:
			return fmt.Sprintf("key %s: reads after recovery show it differently.", w.Value), ops
		case strings.HasPrefix(w.Note, "key "): // which says what the value is
			return strings.TrimSuffix(w.Note, ".") + ".", ops
		case w.Note != "":
			return fmt.Sprintf("%s: %s.", w.Value, strings.TrimSuffix(w.Note, ".")), ops
		case w.Kind == checker.Duplicated && len(w.Events) > 1:
			return fmt.Sprintf("id %s was given out at %.3f s, and again at %.3f s.", w.Value, w.Events[0].Time.Seconds(), w.Events[1].Time.Seconds()),
				[]int{w.Events[0].Index, w.Events[1].Index}
		case len(w.Because) > 0:
			return strings.Join(w.Because, "; ") + ".", ops
		}
		return strings.TrimSpace(fmt.Sprintf("%s %s", w.Kind, w.Value)) + ".", ops
	}
	if len(r.Problems) > 0 {
		return problemInWords(&r.Problems[0]), nil
	}
	return firstUnsuccessful(out)
}

// notLinearizable tells of the operation that fits into no order of those before it, and of what the key held by then.
func notLinearizable(w *checker.Witness, nodeOf func(int) string) string {
	culprit := w.Events[len(w.Events)-1]
	by := report.Placer{NodeOf: nodeOf}.Who(&culprit)
	text := fmt.Sprintf("key %s: %s by %s, answered at %s, fits into no order", w.Value, culprit.Did, by, report.Seconds(culprit.Answered))
	if len(w.Events) > 1 {
		before := w.Events[len(w.Events)-2]
		if before.Then != "" {
			text += fmt.Sprintf(": after %s at %s the key held %s", before.Did, report.Seconds(before.Time), before.Then)
		}
	}
	return text + "."
}

// firstUnsuccessful tells of the first operation, of a kind of which none succeeded, or
// of any kind, that did not succeed: to which node, when, and how it ended.
func firstUnsuccessful(out *testbench.Outcome) (text string, ops []int) {
	stuck := func(f string) bool {
		return out.Results.Stats.ByF[f].Valid == checker.Invalid && !slices.Contains(out.Results.MayFail, f)
	}
	some := out.Results.Stats.Valid == checker.Invalid
	pairs, err := out.History.Pair()
	if err != nil {
		return "", nil
	}
	for i, op := range out.History {
		if op.Process == history.Nemesis || op.Type != history.Invoke || some && !stuck(op.F) {
			continue
		}
		end, ended := pairs.Of(i)
		if ended && out.History[end].Type == history.OK {
			continue
		}
		where := ""
		if out.Meta.NodeOf != nil {
			where = " to " + out.Meta.NodeOf(op.Process)
		}
		text := fmt.Sprintf("the first %s that did not succeed was sent%s at %.3f s", op.F, where, op.Time.Seconds())
		if !ended {
			return text + " and had no reply before the end of the run.", []int{i}
		}
		reply := out.History[end]
		outcome := "failed"
		if reply.Type == history.Info {
			outcome = "with an unknown outcome"
		}
		return fmt.Sprintf("%s and ended at %.3f s %s: %s.", text, reply.Time.Seconds(), outcome, errorInWords(reply.Error)), []int{i}
	}
	return "", nil
}

// errorInWords is the error of an operation; one that is a text is that text.
func errorInWords(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return history.Canonical(raw)
}

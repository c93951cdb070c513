package testbench

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/testbench/report"
)

// Outcome is a run that was made and judged, by whichever engine.
type Outcome struct {
	Options     Options
	Results     checker.Results
	History     history.History
	Interrupted bool // ended before its time
	Run         Run  // figures of the bench itself; zero under Maelstrom
	// Meta is what a report needs besides the results: the engine, the directory with the run's files
	// (empty if there is none), warnings, and what the caller has put there.
	Meta report.Meta
	// Err says why the run could not be made or not be judged; nil if it was. Results are empty then.
	Err error
}

// ExitStatus is 0 for a valid run, 1 for one that is not or may not be, 2 for one that could not be made,
// was broken off, or cannot be judged.
func (o *Outcome) ExitStatus() int {
	if o.Err != nil || o.Interrupted {
		return ExitCouldNot
	}
	return report.ExitStatus(o.Results)
}

// ExitCouldNot is the exit status of a test that could not run to its end.
const ExitCouldNot = 2

// Judge checks a run against what its workload promises. meta is completed with the workload and the
// run's warnings.
func Judge(options Options, run Run, meta report.Meta) Outcome {
	meta.Workload = options.Workload
	meta.Warnings = slices.Concat(meta.Warnings, run.Warnings)
	meta.Harm = harm(run.Net.Harm)
	if n := partitionsOf(run.History); n > 0 && run.Net.All.Sends > 0 && run.Net.Harm.LostInPartition == 0 {
		meta.Harm = append(meta.Harm, "none lost in "+report.Plural(n, "partition", "partitions")+", which proves nothing of what partitions do")
	}
	if kept := membersKept(run.History); kept != "" {
		meta.Warnings = append(meta.Warnings, kept)
	}
	meta.Errors = run.Errors
	meta.Interrupted = run.Interrupted
	out := Outcome{
		Options: options, History: run.History, Interrupted: run.Interrupted, Run: run, Meta: meta, Err: run.Err,
	}
	if out.Err != nil {
		return out
	}
	goal, err := checker.ParseAvailability(options.Availability)
	if err != nil {
		out.Err = err
		return out
	}
	judged := checker.Options{
		Availability:      goal,
		ConsistencyModels: options.ConsistencyModels,
		Net:               netStats(run.Net),
		Problems:          run.Problems,
		NodeOf:            options.NodeOf(),
	}
	judged.Strict = options.Strict
	if run.Runaway != "" && options.Strict {
		judged.Problems = append(slices.Clone(judged.Problems), checker.Problem{Kind: "runaway", Text: run.Runaway + "."})
	}
	if options.KillsForget {
		judged.KillsForget = options.NodeOf()
	}
	out.Results, err = options.Workloads.Check(options.Workload, run.History, judged)
	if err != nil {
		out.Err = fmt.Errorf("the run cannot be judged: %w", err)
	}
	if out.Err == nil {
		out.Results.Doubt(run.History)
		if run.Runaway != "" && !options.Strict {
			out.Results.Stricter = append(out.Results.Stricter, run.Runaway)
		}
	}
	if silent := silentFinally(run.History, options.NodeOf()); silent != "" {
		out.Meta.Warnings = append(out.Meta.Warnings, silent)
	}
	return out
}

// membersKept says that nodes do not know the requests of the membership fault. Such a service passes, and looks as if it had
// survived the fault.
func membersKept(h history.History) string {
	tried := 0
	for _, op := range h {
		fault, _, begins := nemesis.Begins(op.F)
		var became map[string]string // the entry of the end: what became of each node
		if op.Process != history.Nemesis || !begins || fault != nemesis.FaultMembership || json.Unmarshal(op.Value, &became) != nil {
			continue
		}
		tried++
		for _, fate := range became {
			if fate != nemesis.NotSupported {
				return ""
			}
		}
	}
	if tried == 0 {
		return ""
	}
	return "Nodes answered every remove_member with error 10, not-supported, and stayed members: the run proves nothing of what --nemesis membership does."
}

// partitionsOf counts the partitions of a history. Each is in it twice, when it is asked for and when it is done.
func partitionsOf(h history.History) int {
	n := 0
	for _, op := range h {
		if fault, _, begins := nemesis.Begins(op.F); op.Process == history.Nemesis && begins && fault == nemesis.FaultPartition && len(op.Value) > 0 && op.Value[0] == '[' {
			n++
		}
	}
	return n
}

// silentFinally names the nodes that answered none or not all of their final reads and polls, where some were answered.
func silentFinally(h history.History, nodeOf func(process int) string) string {
	type reads struct{ asked, answered int }
	all, of := reads{}, map[string]*reads{}
	for _, op := range h {
		if !op.Final || op.Process == history.Nemesis || op.F != "read" && op.F != "poll" {
			continue
		}
		node := nodeOf(op.Process)
		if of[node] == nil {
			of[node] = &reads{}
		}
		switch op.Type {
		case history.Invoke:
			all.asked++
			of[node].asked++
		case history.OK:
			all.answered++
			of[node].answered++
		}
	}
	if all.answered == 0 || all.answered == all.asked {
		return ""
	}
	var none, part []string
	for _, node := range slices.Sorted(maps.Keys(of)) {
		switch r := of[node]; {
		case r.answered == 0:
			none = append(none, node)
		case r.answered < r.asked:
			part = append(part, fmt.Sprintf("%d of %d by %s", r.answered, r.asked, node))
		}
	}
	text := fmt.Sprintf("%d of %d final reads were answered", all.answered, all.asked)
	if len(none) > 0 {
		text += ", none by " + firstFew(none)
	}
	if len(part) > 0 {
		text += ", " + firstFew(part)
	}
	if len(none) > 0 {
		return text + ": the verdict says nothing of what is kept there."
	}
	return text + ": the verdict does not know what the others would have shown."
}

// firstFew lists the first five of some names.
func firstFew(names []string) string {
	const max = 5
	if len(names) <= max {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:max], ", ") + fmt.Sprintf(" and %d more", len(names)-max)
}

// Keep completes the files of a run that has been judged. What cannot be written, on a full disk for example, is a warning:
// the verdict stands.
func (o *Outcome) Keep(recording *Recording) {
	if warning := recording.Warning(); warning != "" {
		o.Meta.Warnings = append(o.Meta.Warnings, warning)
	}
	if err := errors.Join(recording.Close(), o.Save()); err != nil {
		o.Meta.Warnings = append(o.Meta.Warnings, "Not all files of the run could be written: "+err.Error()+".")
	}
}

// Save writes run.json, results.json, latency.svg and the pictures of the workload's checker into the directory of the outcome. One without results has
// neither.
func (o *Outcome) Save() error {
	if o.Err != nil {
		return nil
	}
	if err := errors.Join(o.saveMade(), report.WriteJSON(filepath.Join(o.Meta.Dir, ResultsFile), o.Results)); err != nil {
		return err
	}
	plot, err := os.Create(filepath.Join(o.Meta.Dir, PlotFile))
	if err != nil {
		return fmt.Errorf("draw latencies: %w", err)
	}
	meta := o.Meta
	meta.Judge = func(h history.History) (checker.Results, error) {
		return o.Options.Workloads.Check(o.Options.Workload, h, checker.Options{})
	}
	err = report.LatencySVG(plot, o.History, o.Results, meta)
	if failed := plot.Close(); err == nil {
		err = failed
	}
	return errors.Join(err, o.savePictures())
}

// savePictures writes what the workload's checker has drawn, such as a history that is not linearizable.
func (o *Outcome) savePictures() error {
	drawn, draws := o.Results.Workload.(checker.Drawn)
	if !draws {
		return nil
	}
	var failed []error
	for _, picture := range drawn.Pictures() {
		file, err := os.Create(filepath.Join(o.Meta.Dir, picture.Name))
		if err == nil {
			err = errors.Join(picture.Draw(file), file.Close())
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("draw %s: %w", picture.Name, err))
		}
	}
	return errors.Join(failed...)
}

// harm tells what faults did to messages, where they did anything.
func harm(h network.Harm) []string {
	var parts []string
	for _, part := range []struct {
		count int64
		what  string
	}{
		{h.LostInPartition, "lost in partitions"}, {h.LostOnTheWay, "lost on the way"}, {h.LostWithNode, "lost with killed nodes"},
		{h.Duplicated, "duplicated"}, {h.HeldBack, "held back"}, {h.Slowed, "slowed"},
	} {
		if part.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.count, part.what))
		}
	}
	return parts
}

func netStats(s network.Stats) *checker.NetStats {
	counts := func(c network.Counts) checker.NetCounts {
		return checker.NetCounts{Sends: int(c.Sends), Receives: int(c.Receives), Messages: int(c.Messages)}
	}
	return &checker.NetStats{All: counts(s.All), Clients: counts(s.Clients), Servers: counts(s.Servers)}
}

package testbench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
)

// Transcript writes down what chance does to a run, as deeds that do the same: the faults of the nemesis, and what
// happens to messages on their way. A run with chance apart is the same run with these deeds in place of the nemesis.
type Transcript struct {
	messages []Deed
}

// Befallen takes note of what happens to a message; see [Environment].
func (t *Transcript) Befallen(at time.Duration, m *network.Message, which int, f network.Fate) {
	note := func(do string, d time.Duration) {
		t.messages = append(t.messages, Deed{At: at, Do: do, Nodes: []string{m.Src}, Others: []string{m.Dest}, Message: int64(which), For: d})
	}
	switch {
	case f.Lost:
		note(DoLose, 0)
		return
	case f.Late > 0:
		note(DoLate, f.Late)
	}
	if f.Twice {
		note(DoTwice, f.Again)
	}
}

// Written gives the same run without nemesis, whose faults are deeds: each a group of one deed, or of one and what ends
// it. The error names a fault that no deed does.
func (t *Transcript) Written(o Options, h history.History) (bare Options, groups [][]Deed, err error) {
	faults, err := writtenFaults(&o, h)
	if err != nil {
		return o, nil, err
	}
	for _, d := range o.Deeds {
		groups = append(groups, []Deed{d})
	}
	o.Deeds = nil
	groups = append(groups, faults...)
	for _, d := range t.messages {
		groups = append(groups, []Deed{d})
	}
	slices.SortStableFunc(groups, func(a, b []Deed) int { return int(a[0].At - b[0].At) })
	o.Nemesis, o.Loss, o.Preempt, o.Faults, o.NemesisInterval = nil, 0, 0, nemesis.Defaults(), Defaults(o.Workloads).NemesisInterval
	return o, groups, nil
}

// Together gives the options with the deeds of groups.
func (o Options) Together(groups [][]Deed) Options {
	o.Deeds = slices.Concat(groups...)
	later := func(d Deed) int { // what a fault has nodes send at once comes after it
		if d.toCome() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(o.Deeds, func(a, b Deed) int { return cmp.Or(cmp.Compare(a.At, b.At), later(a)-later(b)) })
	return o
}

// ofMessages are the faults that only show in what happens to messages.
var ofMessages = []string{nemesis.FaultLoss, nemesis.FaultDuplicate, nemesis.FaultReorder, nemesis.FaultLatency}

// FaultsOfMessages gives those of faults that only show in what happens to messages.
func FaultsOfMessages(faults []string) (some []string) {
	for _, fault := range faults {
		if slices.Contains(ofMessages, fault) {
			some = append(some, fault)
		}
	}
	return some
}

// writtenFaults reads the acts of the nemesis from the history, where each comes twice: asked for, and done.
func writtenFaults(o *Options, h history.History) (groups [][]Deed, err error) {
	open := make(map[string][]int) // by fault, the groups that are still to be ended
	var asked *history.Op
	for i := range h {
		op := &h[i]
		switch {
		case op.Process != history.Nemesis:
			continue
		case asked == nil:
			asked = op
			continue
		}
		at := asked.Time
		byHand := string(asked.Value) == `"by hand"`
		asked = nil
		if byHand {
			continue
		}
		if fault, _, begins := nemesis.Begins(op.F); begins && !slices.Contains(ofMessages, fault) {
			deeds, err := begun(o, fault, at, op.Value)
			if err != nil {
				return nil, err
			}
			for _, d := range deeds {
				open[fault] = append(open[fault], len(groups))
				groups = append(groups, []Deed{d})
			}
		} else if fault, ends := nemesis.Ends(op.F); ends && at < mainEnd(h) {
			for _, g := range open[fault] {
				groups[g] = append(groups[g], ended(fault, at, groups[g][0]))
			}
			open[fault] = nil
		}
	}
	return groups, nil
}

// mainEnd is when the operations ended, after which all faults are mended.
func mainEnd(h history.History) time.Duration {
	var end time.Duration
	for _, op := range h {
		if op.Process != history.Nemesis && !op.Final {
			end = max(end, op.Time)
		}
	}
	return end
}

// begun are the deeds of a fault that begins: one for what is done to all its nodes alike, otherwise one for each.
func begun(o *Options, fault string, at time.Duration, value json.RawMessage) (deeds []Deed, err error) {
	if fault == nemesis.FaultPartition {
		return parted(at, value)
	}
	var became map[string]json.RawMessage
	if json.Unmarshal(value, &became) != nil {
		return nil, fmt.Errorf("a %s of %s cannot be written as a deed", fault, value)
	}
	nodes := slices.DeleteFunc(o.Nodes(), func(node string) bool { return len(became[node]) == 0 || string(became[node]) == "null" })
	switch fault {
	case nemesis.FaultKill:
		return []Deed{{At: at, Do: DoKill, Nodes: nodes}}[:min(len(nodes), 1)], nil
	case nemesis.FaultPause:
		return []Deed{{At: at, Do: DoPause, Nodes: nodes}}[:min(len(nodes), 1)], nil
	}
	for _, node := range nodes {
		d := Deed{At: at, Nodes: []string{node}}
		switch fault {
		case nemesis.FaultSkew:
			var seconds float64
			_ = json.Unmarshal(became[node], &seconds)
			d.Do, d.For = DoSkew, time.Duration(seconds*1000+0.5)*time.Millisecond
			if seconds < 0 {
				d.For = -time.Duration(-seconds*1000+0.5) * time.Millisecond
			}
		case nemesis.FaultDisk:
			d.Do = DoDisk
			_ = json.Unmarshal(became[node], &d.Harm)
			if d.Harm == nemesis.DiskSlow {
				d.Number = o.Faults.Disk.Slowdown
			}
		default:
			return nil, fmt.Errorf("--nemesis %s cannot be written as deeds", fault)
		}
		deeds = append(deeds, d)
	}
	return deeds, nil
}

// parted are the deeds of a partition: sides that do not hear each other are one, where no node hears both.
func parted(at time.Duration, value json.RawMessage) (deeds []Deed, err error) {
	var parts []json.RawMessage
	deaf := make(map[string][]string)
	if json.Unmarshal(value, &parts) != nil || len(parts) != 2 || json.Unmarshal(parts[1], &deaf) != nil || deaf["apart"] != nil || deaf["ring"] != nil {
		return nil, fmt.Errorf("the partition %s cannot be written as deeds", network.Abbreviate(value, 80))
	}
	nodes := slices.Sorted(maps.Keys(deaf))
	done := make(map[string]bool)
	for _, node := range nodes {
		from := deaf[node]
		if done[node] || len(from) == 0 {
			continue
		}
		same := slices.DeleteFunc(slices.Clone(nodes), func(other string) bool { return !slices.Equal(deaf[other], from) })
		mutual := !slices.ContainsFunc(from, func(other string) bool { return !slices.Equal(deaf[other], same) })
		d := Deed{At: at, Do: DoDeafen, Nodes: same, Others: from}
		if mutual {
			d.Do = DoCut
			for _, other := range from {
				done[other] = true
			}
		}
		for _, of := range same {
			done[of] = true
		}
		deeds = append(deeds, d)
	}
	return deeds, nil
}

// ended is what ends a deed of a fault.
func ended(fault string, at time.Duration, begun Deed) Deed {
	end := Deed{At: at, Nodes: begun.Nodes}
	switch fault {
	case nemesis.FaultPartition:
		end.Do, end.Others = DoHeal, begun.Others
	case nemesis.FaultKill:
		end.Do = DoRestart
	case nemesis.FaultPause:
		end.Do = DoResume
	case nemesis.FaultSkew:
		end.Do = DoSkew
	case nemesis.FaultDisk:
		end.Do = DoMend
	}
	return end
}

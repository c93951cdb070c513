package drawing

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"eddy/testbench/history"
	"eddy/trace"
	"eddy/trace/picture"
)

// begins tells what fault an operation of the nemesis begins, and which operation ends it.
func begins(f string) (kind, ends string) {
	switch f {
	case "pause":
		return f, "resume"
	case "kill":
		return f, "start"
	}
	if kind, starts := strings.CutPrefix(f, "start-"); starts {
		return kind, "stop-" + kind
	}
	return "", ""
}

// faults shades what the nemesis did. Each of its operations is in the history twice: as it was asked for,
// and as it was done.
func (d *drawing) faults(run *trace.Run) error {
	ops, err := run.Ops()
	if err != nil {
		return err
	}
	open := make(map[string][]picture.Shade) // by the operation that ends them
	asked := true
	for _, op := range ops {
		if op.Process != history.Nemesis {
			continue
		}
		asked = !asked
		if !asked {
			continue
		}
		if kind, ends := begins(op.F); kind != "" {
			open[ends] = append(open[ends], shade(kind, op))
			continue
		}
		d.end(open[op.F], op.Time)
		delete(open, op.F)
	}
	for _, name := range slices.Sorted(maps.Keys(open)) {
		d.end(open[name], d.page.End)
	}
	return nil
}

func (d *drawing) end(all []picture.Shade, at time.Duration) {
	for _, s := range all {
		if s.To = at; d.part.holds(s.From) || d.part.holds(s.To) {
			d.page.Shade(s)
		}
	}
}

// shade is what an operation began.
func shade(kind string, op history.Op) picture.Shade {
	s := picture.Shade{Kind: kind, From: op.Time}
	switch kind {
	case "pause", "kill":
		nodes := make(map[string]string)
		if json.Unmarshal(op.Value, &nodes) == nil {
			s.Nodes = slices.Sorted(maps.Keys(nodes))
		}
		s.Label = map[string]string{"pause": "paused", "kill": "killed"}[kind]
	case "partition":
		s.Label = "partition" + partitioned(op.Value)
	default:
		s.Label = fmt.Sprintf("%s %s", kind, op.Value)
	}
	return s
}

// partitioned tells who hears nothing of whom, where that can be said shortly: those who are cut off from
// the most others.
func partitioned(value json.RawMessage) string {
	var parts []json.RawMessage
	cut := make(map[string][]string)
	if json.Unmarshal(value, &parts) != nil || len(parts) != 2 || json.Unmarshal(parts[1], &cut) != nil {
		return ""
	}
	most := 0
	for _, from := range cut {
		most = max(most, len(from))
	}
	var alone []string
	for _, node := range slices.Sorted(maps.Keys(cut)) {
		if len(cut[node]) == most {
			alone = append(alone, node)
		}
	}
	if len(alone) > namesMax {
		return ""
	}
	return ": cut off " + strings.Join(alone, ", ")
}

// namesMax is how many nodes a label names.
const namesMax = 6

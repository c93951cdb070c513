package drawing

import (
	"maps"
	"slices"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/trace"
	"eddy/trace/picture"
)

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
		if kind, ends, ok := nemesis.Begins(op.F); ok {
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
	label, nodes := nemesis.Label(kind, op.Value)
	return picture.Shade{Kind: kind, From: op.Time, Label: label, Nodes: nodes}
}

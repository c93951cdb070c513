package report

import (
	"time"

	"eddy/testbench/checker"
)

// What a workload's results may add to a report and its picture. Those that do not have a method of these are
// reported without.

// Figured adds rows to the table of figures.
type Figured interface{ Figures(p *Page) }

// Telling tells the proofs of a failure, in place of only listing their values.
type Telling interface {
	Tell(p *Page, who Placer, witnesses []checker.Witness)
}

// Warning warns of what the verdict passes over.
type Warning interface{ Warnings(who Placer) []string }

// Charted adds a panel to the picture of a run, and a few words to its heading. Results that were read, not
// worked out, may lack what it takes: Chart is nil then, and where [Meta.Judge] is set the history is judged again.
type Charted interface{ Chart() *Chart }

// Chart is a panel with a mark for each of many things, at a time of the run and of a height in ms.
type Chart struct {
	Title  string
	HighMs float64 // the top of the axis, before it is rounded up
	Marks  []Mark
	RuleMs float64 // a line across, where Rule says what it is
	Rule   string
}

// Mark is one mark of a [Chart].
type Mark struct {
	At   time.Duration
	Ms   float64 // of a Plain mark
	Kind MarkKind
}

// MarkKind is where a mark stands and how it looks.
type MarkKind int

// The kinds of marks, in the order in which they are drawn.
const (
	Plain  MarkKind = iota // at its height
	Absent                 // along the lower edge, as a diamond
	Bad                    // along the upper edge, as a cross
)

package trace

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Parting is where two runs part.
type Parting struct {
	Same    bool  `json:"same"`    // they never do
	Records int64 `json:"records"` // that are the same on the node concerned, before they part

	Node   string        `json:"node,omitempty"`
	At     time.Duration `json:"at_ns"`
	Before []Step        `json:"before,omitempty"` // the last records of the node that both have
	A      []Step        `json:"a,omitempty"`      // what comes then in the one, the first of it different
	B      []Step        `json:"b,omitempty"`
	OnlyA  []string      `json:"only_a,omitempty"` // logs that the other has not
	OnlyB  []string      `json:"only_b,omitempty"`
}

// How much is shown around the first difference.
const (
	stepsBefore = 6
	stepsAfter  = 4
)

// Diff finds the first record, in the order of time, in which two runs differ: of one
// seed and two builds, say. Runs in real time differ from the first on.
func Diff(a, b *Run) (*Parting, error) {
	if a.untraced && b.untraced {
		return diffJournals(a, b)
	}
	p := &Parting{Same: true}
	logsA, logsB := logsByNode(a), logsByNode(b)
	for _, name := range slices.SortedFunc(maps.Keys(logsA), compareNames) {
		if logsB[name] == "" {
			p.OnlyA = append(p.OnlyA, name)
			continue
		}
		apart, err := diffLog(a, b, logsA[name], logsB[name])
		if err != nil {
			return nil, err
		}
		if apart != nil && (p.Same || apart.At < p.At) {
			apart.OnlyA, apart.OnlyB = p.OnlyA, p.OnlyB
			p = apart
		}
	}
	for _, name := range slices.SortedFunc(maps.Keys(logsB), compareNames) {
		if logsA[name] == "" {
			p.OnlyB = append(p.OnlyB, name)
		}
	}
	p.Same = p.Same && len(p.OnlyA)+len(p.OnlyB) == 0
	return p, nil
}

func logsByNode(r *Run) map[string]string {
	logs := make(map[string]string)
	for _, path := range r.Logs {
		logs[strings.TrimSuffix(filepath.Base(path), ".log")] = path
	}
	return logs
}

// diffLog compares two logs of one node, nil if they hold the same records.
func diffLog(a, b *Run, pathA, pathB string) (*Parting, error) {
	one, err := openCursor(pathA, a.began)
	if err != nil {
		return nil, err
	}
	defer one.file.Close()
	other, err := openCursor(pathB, b.began)
	if err != nil {
		return nil, err
	}
	defer other.file.Close()
	p := &Parting{}
	for {
		moreA, err := one.advance()
		if err != nil {
			return nil, err
		}
		moreB, err := other.advance()
		if err != nil {
			return nil, err
		}
		x, y := &one.parser.event, &other.parser.event
		switch {
		case !moreA && !moreB:
			return nil, nil
		case moreA && moreB && bytes.Equal(x.Raw, y.Raw):
			p.Records++
			p.Before = append(p.Before, stepOf(x))
			if len(p.Before) > stepsBefore {
				p.Before = p.Before[1:]
			}
			continue
		}
		switch {
		case moreA && moreB:
			p.At = min(x.At, y.At)
		case moreA:
			p.At = x.At
		default:
			p.At = y.At
		}
		if p.A, err = one.rest(moreA); err != nil {
			return nil, err
		}
		p.B, err = other.rest(moreB)
		p.Node = strings.TrimSuffix(filepath.Base(pathA), ".log")
		return p, err
	}
}

// rest is this record and a few more.
func (c *cursor) rest(more bool) (steps []Step, err error) {
	for more && len(steps) < stepsAfter {
		steps = append(steps, stepOf(&c.parser.event))
		if more, err = c.advance(); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

// WriteText writes it for people.
func (p *Parting) WriteText(w io.Writer) error {
	out := &printer{to: w}
	for _, only := range []struct {
		name string
		logs []string
	}{{"first", p.OnlyA}, {"second", p.OnlyB}} {
		if len(only.logs) > 0 {
			out.line("Only the %s run has logs of %s.", only.name, strings.Join(only.logs, ", "))
		}
	}
	switch {
	case p.Same:
		out.line("The two runs are the same, record by record.")
		return out.err
	case p.Node == "":
		return out.err
	}
	out.line("The runs part on %s at %s, after %s records of it that are the same.", p.Node, seconds(p.At), grouped(p.Records))
	show := func(title string, steps []Step) {
		out.line("")
		out.line("%s", title)
		for i := range steps {
			out.line("%s", steps[i].String())
		}
		if len(steps) == 0 {
			out.line("%12s  nothing more", "")
		}
	}
	show("both", p.Before)
	show("the first then", p.A)
	show("the second then", p.B)
	if len(p.A) > 0 && len(p.B) > 0 && p.A[0].String() == p.B[0].String() {
		out.line("")
		out.line("%s", fmt.Sprintf("The two look alike, and differ in what is not shown, such as the body: eddy trace --json --node %s shows it.", p.Node))
	}
	return out.err
}

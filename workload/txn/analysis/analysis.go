package analysis

import (
	"slices"

	"eddy/testbench/history"
)

// Analysis is what a history of transactions was found guilty of.
type Analysis struct {
	// Findings are the anomalies, those that the models forbid and others, the
	// worst first; of one kind, shorter circles first, else in the order of the
	// history.
	Findings []Finding
	// Forbidden are the kinds of findings that the models asked for forbid, sorted.
	Forbidden []string
	// Beyond are the further kinds that they forbid, but for which Elle does not look, or not in such a history. With strict
	// they are in Forbidden.
	Beyond []string
	// Undecided are kinds of circles for which the search was too long to be
	// ended, though the models forbid them.
	Undecided []string
	// Unrelated tells that no transaction had to do with any other, so that the
	// history proves nothing.
	Unrelated bool
	// Not are the weakest models that the findings rule out, AlsoNot the stronger
	// ones that fall with them; both sorted.
	Not, AlsoNot []string
}

// Check looks for the anomalies of a history whose transactions work on the
// data, with as many dependencies as the consistency models (see [ParseModels])
// speak of. Strict holds it also against what Elle does not look for. The error says why the history cannot be judged.
func Check(h history.History, pairs history.Pairing, data Data, models []string, strict bool) (*Analysis, error) {
	a := &analysis{reader: reader{data: data}, strict: strict}
	var err error
	if a.txns, err = a.read(h, pairs); err != nil {
		return nil, err
	}
	if err := a.readWrites(); err != nil {
		return nil, err
	}
	a.dirtyReads()
	a.lostUpdates()
	if data == Lists {
		a.lists()
	} else {
		a.registers()
	}
	switch {
	case asksFor(models, inRealtime):
		a.realtimeEdges(h)
	case asksFor(models, inProcess):
		a.processEdges()
	}
	undecided := a.circles()
	return a.conclude(models, undecided), nil
}

// analysis is an Analysis in the making.
type analysis struct {
	reader
	strict   bool
	txns     []transaction
	writes   writes
	edges    []edge
	related  bool   // some transaction had to do with another, or with a version that it wrote itself
	own      []edge // of registers: from transactions to themselves, whose write they read before they made it
	findings []Finding
}

func (a *analysis) find(f Finding) { a.findings = append(a.findings, f) }

// link adds a dependency between two transactions. As in Elle registers that only one transaction had to do with
// are something to judge.
func (a *analysis) link(e edge) {
	a.related = a.related || e.from != e.to || a.data == Registers
	if e.from != e.to {
		a.edges = append(a.edges, e)
	}
}

// circles looks in every tangle of the dependencies for the worst circles, and
// for those that are not implied by worse ones found there. It gives the forms
// of which it does not know.
func (a *analysis) circles() (undecided []string) {
	g := newGraph(len(a.txns), a.edges)
	place := make([]int32, len(a.txns))
	for i := range place {
		place[i] = nobody
	}
	for _, tangle := range g.tangles() {
		part := g.within(tangle, place)
		known := map[string]bool{}
		for _, f := range forms {
			if known[f.name] || f.needs != 0 && !part.has(f.needs) {
				continue
			}
			circle, limited := f.find(part)
			if circle == nil && f.name == "G1c" {
				circle = a.ownIn(tangle)
			}
			if limited {
				undecided = append(undecided, f.name)
			}
			if circle == nil {
				continue
			}
			for name := range implied(f.name) {
				known[name] = true
			}
			a.find(a.circle(f.name, circle, tangle))
		}
	}
	return undecided
}

// ownIn gives a circle of one transaction of a tangle: it read what it wrote itself later. Elle finds it only
// where the transaction is in another circle, too.
func (a *analysis) ownIn(tangle []int32) []edge {
	for _, e := range a.own {
		if i, in := slices.BinarySearch(tangle, e.from); in {
			e.from, e.to = int32(i), int32(i)
			return []edge{e}
		}
	}
	return nil
}

// has tells whether there are edges of a kind.
func (g *graph) has(k kind) bool {
	return slices.ContainsFunc(g.edges, func(e edge) bool { return e.kind&k != 0 })
}

// conclude holds the findings against the models.
func (a *analysis) conclude(models, undecided []string) *Analysis {
	forbidden := forbiddenBy(models)
	r := &Analysis{Unrelated: !a.related}
	found := map[string]bool{}
	for _, f := range a.findings {
		if a.strict || !f.beyond {
			found[f.Kind] = true
		}
	}
	for _, f := range a.findings {
		if !found[f.Kind] && forbidden(f.Kind) && !slices.Contains(r.Beyond, f.Kind) {
			r.Beyond = append(r.Beyond, f.Kind)
		}
	}
	slices.Sort(r.Beyond)
	var kinds []string
	for name := range found {
		kinds = append(kinds, name)
		if forbidden(name) {
			r.Forbidden = append(r.Forbidden, name)
		}
	}
	for _, name := range undecided {
		if forbidden(name) && !found[name] && !slices.Contains(r.Undecided, name) {
			r.Undecided = append(r.Undecided, name)
		}
	}
	slices.Sort(r.Forbidden)
	slices.Sort(r.Undecided)
	r.Not, r.AlsoNot = ruledOut(kinds)
	r.Findings = a.sorted()
	for i := range r.Findings {
		a.complete(&r.Findings[i])
	}
	return r
}

// sorted puts findings in order: circles by form and length behind what a
// transaction or a key is guilty of alone.
func (a *analysis) sorted() []Finding {
	rank := func(f *Finding) int {
		return 1 + slices.IndexFunc(forms, func(x form) bool { return x.name == f.Kind })
	}
	slices.SortStableFunc(a.findings, func(x, y Finding) int {
		if d := rank(&x) - rank(&y); d != 0 {
			return d
		}
		if len(x.steps) > 0 {
			return len(x.steps) - len(y.steps)
		}
		return compareNames(x.Kind, y.Kind)
	})
	return a.findings
}

func compareNames(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

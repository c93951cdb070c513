package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"eddy/testbench/report"
)

// group is the runs of a sweep that failed in the same way and, as far as is known, for the same reason.
type group struct {
	kind  string   // in the words of virtual.Failure
	why   string   // what went wrong first, without names and numbers; empty where that is not known
	seeds []uint64 // in order
}

// names and numbers are what tells failures of one reason from each other.
var namesAndNumbers = regexp.MustCompile(`\b[nc]?[0-9]+(\.[0-9]+)?(/[0-9]+)?\b`)

// reason is a sentence on what went wrong first, of whatever run.
func reason(cause string) string {
	text := namesAndNumbers.ReplaceAllStringFunc(cause, func(found string) string {
		switch found[0] {
		case 'n':
			return "n_"
		case 'c':
			return "c_"
		}
		return "_"
	})
	return strings.Join(strings.Fields(text), " ")
}

// grouped puts failures with their reasons together, the most frequent first.
func grouped(failures []verdict, why map[uint64]string) []group {
	var groups []group
	for _, f := range failures {
		g := group{kind: f.Failure, why: why[f.Seed]}
		i := slices.IndexFunc(groups, func(of group) bool { return of.kind == g.kind && of.why == g.why })
		if i < 0 {
			i, groups = len(groups), append(groups, g)
		}
		groups[i].seeds = append(groups[i].seeds, f.Seed)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(len(b.seeds), len(a.seeds)) })
	return groups
}

// earlier are the failures of an earlier sweep, from its file.
type earlier map[[2]string]int

// readEarlier reads what --json wrote.
func readEarlier(path, workload string) (earlier, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--against: %w", err)
	}
	var file sweepFile
	if err := json.Unmarshal(text, &file); err != nil || file.Workload == "" {
		return nil, fmt.Errorf("--against %s: it is no file that eddy sim --seeds --json wrote", path)
	}
	if file.Workload != workload {
		return nil, fmt.Errorf("--against %s: its runs are of %s, these of %s", path, file.Workload, workload)
	}
	e := earlier{}
	for _, r := range file.Runs {
		if r.Verdict == "failed" {
			e[[2]string{r.Cause, r.Reason}]++
		}
	}
	return e, nil
}

// against says what is new since an earlier sweep.
func (g *group) against(e earlier) string {
	switch n := e[[2]string{g.kind, g.why}]; {
	case e == nil:
		return ""
	case n == 0:
		return ", new"
	default:
		return fmt.Sprintf(", still there (%d before)", n)
	}
}

// gone lists the failures of an earlier sweep that there are no more.
func (e earlier) gone(groups []group) (all []string) {
	for of, n := range e {
		if !slices.ContainsFunc(groups, func(g group) bool { return g.kind == of[0] && g.why == of[1] }) {
			all = append(all, fmt.Sprintf("%s (%d before)", said(of[0], of[1]), n))
		}
	}
	slices.Sort(all)
	return all
}

func said(kind, why string) string {
	if why == "" {
		return kind
	}
	return kind + ": " + why
}

const (
	seedsShown = 8
	// reasonsMax bounds for how many failures of a sweep the reason is looked for: each takes a run with a full trace.
	reasonsMax = 50
	// groupsShrunk is of how many groups a smaller run is looked for.
	groupsShrunk = 5
)

// tellGroups shows the failures by kind and reason.
func tellGroups(to io.Writer, groups []group, e earlier, shrunk func(*group) string) {
	if len(groups) > 0 {
		fmt.Fprintf(to, "\nFailures by kind, and by what went wrong first where that is known:\n")
	}
	for i := range groups {
		g := &groups[i]
		fmt.Fprintf(to, "  %s%s: %s\n", report.Plural(len(g.seeds), "run", "runs"), g.against(e), said(g.kind, g.why))
		var seeds []string
		for _, seed := range g.seeds[:min(seedsShown, len(g.seeds))] {
			seeds = append(seeds, fmt.Sprint(seed))
		}
		more := ""
		if n := len(g.seeds) - seedsShown; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		fmt.Fprintf(to, "      seeds %s%s\n", strings.Join(seeds, ", "), more)
		if i < groupsShrunk {
			if command := shrunk(g); command != "" {
				fmt.Fprintf(to, "      %s\n", command)
			}
		}
	}
	for _, gone := range e.gone(groups) {
		fmt.Fprintf(to, "  gone: %s\n", gone)
	}
}

// triage tells the failures of a sweep that went on by group, each with a small example.
func (b batch) triage(r *sweepResult, own *simFlags, why map[uint64]string, e earlier, shown *progress, interrupted func() bool) {
	began := time.Now()
	tellGroups(os.Stdout, grouped(r.failures, why), e, func(g *group) string {
		s := b.planned(g.seeds[0])
		if own.noShrink || interrupted() || time.Since(began) > shrinkTimeMax {
			return s.command()
		}
		smallest, _ := s.shrink(g.kind, shown, interrupted)
		shown.clear()
		return smallest.command()
	})
}

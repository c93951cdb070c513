package cli

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"eddy/testbench/search"
)

// found is what hunts for one bug with one strategy came to.
type found struct {
	hunts int
	never bool    // the median hunt found nothing
	once  bool    // at least one found something
	seeds float64 // median; the cap for a hunt that found nothing
	cpu   float64 // median, in seconds
}

func foundBy(hunts []hunt) found {
	f := found{hunts: len(hunts)}
	var seeds, cpu []float64
	nothing := 0
	for _, h := range hunts {
		seeds, cpu = append(seeds, float64(h.seeds)), append(cpu, h.cpu)
		if f.once = f.once || h.found; !h.found {
			nothing++
		}
	}
	f.never, f.seeds, f.cpu = 2*nothing > len(hunts), median(seeds), median(cpu)
	return f
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	return (values[(n-1)/2] + values[n/2]) / 2
}

// huntTable is the hunts by bug and by strategy.
type huntTable struct {
	searches []string
	rows     []huntRow
	pace     map[string]float64 // virtual seconds in a second of processor time
}

type huntRow struct {
	service, bug string
	by           map[string]found
}

func tabulate(hunts []hunt) huntTable {
	t := huntTable{pace: map[string]float64{}}
	cells := map[[3]string][]hunt{}
	virtual, cpu := map[string]float64{}, map[string]float64{}
	for _, h := range hunts {
		if !slices.Contains(t.searches, h.search) {
			t.searches = append(t.searches, h.search)
		}
		if !slices.ContainsFunc(t.rows, func(r huntRow) bool { return r.service == h.service && r.bug == h.bug }) {
			t.rows = append(t.rows, huntRow{h.service, h.bug, map[string]found{}})
		}
		key := [3]string{h.service, h.bug, h.search}
		cells[key] = append(cells[key], h)
		virtual[h.search] += h.virtual
		cpu[h.search] += h.cpu
	}
	for _, r := range t.rows {
		for _, name := range t.searches {
			if made := cells[[3]string{r.service, r.bug, name}]; len(made) > 0 {
				r.by[name] = foundBy(made)
			}
		}
	}
	for _, name := range t.searches {
		t.pace[name] = virtual[name] / max(cpu[name], 1e-9)
	}
	return t
}

// against compares a strategy with random: the geometric mean of what processor time it needs, over the bugs that
// either finds, and the bugs that random finds and it does not.
func (t huntTable) against(name string) (ratio float64, missed []string) {
	sum, n := 0.0, 0
	for _, r := range t.rows {
		own, random := r.by[name], r.by[search.Random]
		if r.bug == noBug || own.never && random.never || own.hunts == 0 || random.hunts == 0 {
			continue
		}
		sum += math.Log(max(own.cpu, 1e-3) / max(random.cpu, 1e-3))
		n++
		if own.never && !random.never {
			missed = append(missed, r.service+" "+r.bug)
		}
	}
	return math.Exp(sum / float64(max(n, 1))), missed
}

// tellHunts prints the table and what it comes to.
func tellHunts(to io.Writer, hunts []hunt) {
	t := tabulate(hunts)
	w := tabwriter.NewWriter(to, 0, 0, 3, ' ', 0)
	fmt.Fprint(w, "service\tbug")
	for _, name := range t.searches {
		fmt.Fprintf(w, "\t%s", name)
	}
	fmt.Fprintln(w)
	bugs := 0
	for _, r := range t.rows {
		if r.bug != noBug {
			bugs++
		}
		fmt.Fprintf(w, "%s\t%s", r.service, r.bug)
		for _, name := range t.searches {
			fmt.Fprintf(w, "\t%s", r.by[name].cell(r.bug == noBug))
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush()
	fmt.Fprintf(to, "\nSeeds until a run failed and seconds of processor time, medians; never: more than half of the hunts found nothing.\n\n")
	for _, name := range t.searches {
		n := 0
		for _, r := range t.rows {
			if f := r.by[name]; r.bug != noBug && f.hunts > 0 && !f.never {
				n++
			}
		}
		said := fmt.Sprintf("%-10s finds %d of %d, %.0f virtual seconds a CPU second", name, n, bugs, t.pace[name])
		if slices.Contains(t.searches, search.Random) && name != search.Random {
			ratio, missed := t.against(name)
			said += fmt.Sprintf(", %.2f of random's CPU time", ratio)
			if len(missed) > 0 {
				said += "; misses what random finds: " + strings.Join(missed, ", ")
			}
		}
		fmt.Fprintln(to, said)
	}
}

// cell is what a row says of one strategy.
func (f found) cell(correct bool) string {
	switch {
	case f.hunts == 0:
		return "-"
	case correct && f.once:
		return "FALSE ALARM"
	case correct:
		return "valid"
	case f.never:
		return "never"
	}
	digits := 2
	if f.cpu >= 10 {
		digits = 0
	}
	return fmt.Sprintf("%.0f, %.*f s", math.Ceil(f.seeds), digits, cmp.Or(f.cpu, 0.01))
}

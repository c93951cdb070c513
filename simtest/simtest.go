// Package simtest runs clusters in the simulator from go test: a service of actors, a workload, faults, and
// many seeds.
//
//	func TestLocksHaveOneHolder(t *testing.T) {
//		simtest.Run(t, simtest.Cluster{
//			Service:  lock.Service(lock.Config{}),
//			Workload: lockworkload.New(),
//			Faults:   []string{"partition", "loss"},
//			Seeds:    1000,
//		})
//	}
//
// Seeds run on all cores. The first that fails ends the test: a smaller run that fails in the same way is looked
// for, its report is printed with what went wrong first, its files are left, and the command that makes it again:
//
//	go test -run '^TestLocksHaveOneHolder$' -eddy.seed=17 -eddy.smaller=nodes=3,time-limit=2s
//
// # Invariants and reached states
//
// A run that is judged by its clients alone may fail long after the mistake. Where Start is given in place of Service, it is
// called for each run, and says what must hold after every step of the simulator, and which states the
// seeds should reach. A run happens in one goroutine, so what its checks look at needs no lock:
//
//	Start: func(k *simtest.Checks) node.Service {
//		var ledger Ledger
//		k.Always("balances are never negative", ledger.Check)
//		k.Sometimes("a transfer is refused", func() bool { return ledger.Refused > 0 })
//		return bank(&ledger)
//	},
//
// A state that no seed reached fails the test: the checks proved nothing about it.
package simtest

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap/zapcore"

	"eddy/actor/node"
	"eddy/testbench"
	"eddy/testbench/report"
	"eddy/testbench/sweep"
	"eddy/testbench/virtual"
	"eddy/workload"
)

var (
	seedFlag    = flag.Uint64("eddy.seed", 0, "make the run of this seed alone, and leave its files")
	seedsFlag   = flag.Int("eddy.seeds", 0, "make so many runs in place of those that the test asks for")
	smallerFlag = flag.String("eddy.smaller", "", "with -eddy.seed: the options of a smaller run, as a failure printed them")
)

// Cluster is what runs. Zero fields stand for the defaults.
type Cluster struct {
	// Service is what every node is. Start makes it for one run, where the run has checks of its own. One of them is needed.
	Service node.Service
	Start   func(*Checks) node.Service
	// Workload is what the clients do, and how the history is judged.
	Workload workload.Workload

	Nodes     int           // 5
	Rate      float64       // operations a second; 20
	TimeLimit time.Duration // how long operations are begun; 10 s
	LatencyMs int64         // mean between nodes, exponentially distributed; 10
	// Faults are those of eddy sim --nemesis, and FaultInterval is the mean time between two of them; 2 s.
	Faults        []string
	FaultInterval time.Duration
	// Seeds is how many runs are made, from seed 1 on; 100. Under go test -short it is a tenth.
	Seeds int
	// Options changes what else a run has, such as the number of clients; nil for nothing. Runs are judged strictly: see
	// docs/fidelity.md.
	Options func(*testbench.Options)
	// Also judges a run that its workload finds valid: an error fails it, such as of too few operations that succeeded.
	Also func(*testbench.Outcome) error
}

// Checks are what a run looks for beside the verdict of its workload. [Cluster.Start] makes them.
type Checks struct {
	Seed uint64

	always    []named[error]
	sometimes []named[bool]
	reached   []bool
}

type named[T any] struct {
	name  string
	check func() T
}

// Always has a check be made after every step of the run: what it returns breaks the run off as a failure.
func (k *Checks) Always(name string, check func() error) {
	k.always = append(k.always, named[error]{name, check})
}

// Sometimes names a state that at least one of the seeds should reach. It is looked for after every step.
func (k *Checks) Sometimes(name string, reached func() bool) {
	k.sometimes = append(k.sometimes, named[bool]{name, reached})
}

// step makes the checks.
func (k *Checks) step() (invariant string, broken error) {
	for _, c := range k.always {
		if err := c.check(); err != nil {
			return c.name, err
		}
	}
	for i, c := range k.sometimes {
		k.reached[i] = k.reached[i] || c.check()
	}
	return "", nil
}

// The defaults.
const (
	nodesUsual     = 5
	rateUsual      = 20
	timeLimitUsual = 10 * time.Second
	latencyUsualMs = 10
	intervalUsual  = 2 * time.Second
	seedsUsual     = 100
	seedFirst      = 1
	shortPart      = 10
	shrinkTriesMax = 100
	shrinkTimeMax  = 30 * time.Second
)

// options are those of a run of a seed.
func (c *Cluster) options(seed uint64) testbench.Options {
	o := testbench.Defaults(workload.Workloads{c.Workload})
	o.Seed = seed
	o.NodeCount = cmp.Or(c.Nodes, nodesUsual)
	o.Strict = true
	o.Rate = cmp.Or(c.Rate, rateUsual)
	o.TimeLimit = cmp.Or(c.TimeLimit, timeLimitUsual)
	o.LatencyMs, o.LatencyDist = cmp.Or(c.LatencyMs, latencyUsualMs), "exponential"
	o.Nemesis, o.NemesisInterval = c.Faults, cmp.Or(c.FaultInterval, intervalUsual)
	if c.Workload.GroupsOf != nil {
		o.Concurrency = fmt.Sprint(c.Workload.GroupsOf(o.NodeCount))
	}
	if c.Options != nil {
		c.Options(&o)
	}
	return o
}

// check says what is missing.
func (c *Cluster) check() error {
	switch {
	case (c.Service == nil) == (c.Start == nil):
		return fmt.Errorf("simtest: give the cluster a Service, or a Start that makes one: one of the two")
	case c.Seeds < 0:
		return fmt.Errorf("simtest: %d Seeds: expected at least 1", c.Seeds)
	}
	if err := c.Workload.Validate(); err != nil {
		return fmt.Errorf("simtest: %w", err)
	}
	o := c.options(seedFirst)
	if err := o.Validate(); err != nil {
		return fmt.Errorf("simtest: %w", err)
	}
	return nil
}

// run makes a run, with files if there is a directory for them.
func (c *Cluster) run(o testbench.Options, dir string) (testbench.Outcome, *Checks) {
	k := &Checks{Seed: o.Seed}
	nodes := virtual.Actors{Service: c.Service}
	if c.Start != nil {
		nodes.Service = c.Start(k)
	}
	k.reached = make([]bool, len(k.sometimes))
	config := virtual.Config{Meta: report.Meta{NodeOf: o.NodeOf()}}
	if len(k.always)+len(k.sometimes) > 0 {
		config.Always = k.step
	}
	if dir == "" {
		config.Start = nodes.Start()
		return virtual.Run(o, config), k
	}
	logs := filepath.Join(dir, testbench.LogDir)
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return testbench.Outcome{Options: o, Err: err}, k
	}
	nodes.Logs = virtual.LogsIn(logs, false, zapcore.InfoLevel)
	defer nodes.Logs.Close()
	nodes.Trace = node.TraceOptions{Mode: node.TraceFull}
	config.Start = nodes.Start()
	return virtual.Record(dir, o, config, nil), k
}

// result is what is kept of one of many runs.
type result struct {
	seed    uint64
	failure string
	vacuous bool
	checks  *Checks
}

// Run makes the runs, and fails the test at the first seed that fails. With -eddy.seed it makes the run of that
// seed only.
func Run(t testing.TB, c Cluster) {
	t.Helper()
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	if *smallerFlag != "" && *seedFlag == 0 {
		t.Fatal("-eddy.smaller makes the run of one seed smaller: give -eddy.seed as well")
	}
	if *seedFlag != 0 {
		c.replay(t, *seedFlag, *smallerFlag)
		return
	}
	results := c.sweep(c.seeds())
	failed := slices.IndexFunc(results, func(r result) bool { return r.failure != "" && !r.vacuous })
	if failed >= 0 {
		c.tell(t, results[failed])
		return
	}
	vacuous, reached := 0, map[string]bool{}
	for _, r := range results {
		if r.vacuous {
			vacuous++
		}
		for i, s := range r.checks.sometimes {
			reached[s.name] = reached[s.name] || r.checks.reached[i]
		}
	}
	if vacuous == len(results) {
		t.Errorf("simtest: all %d runs proved nothing: faults held up nearly every request. A longer TimeLimit or FaultInterval, or a higher Rate, leaves clients something to do", vacuous)
	}
	for _, s := range results[0].checks.sometimes {
		if !reached[s.name] {
			t.Errorf("simtest: %q was reached by none of %d seeds: the runs prove nothing about it. Make more of them, or change the faults", s.name, len(results))
		}
	}
	t.Logf("%d seeds: %d valid, %d vacuous", len(results), len(results)-vacuous, vacuous)
}

// Finds makes the runs until one fails in the way that is given, in the words of a report such as "lost values", and
// fails the test if none does. It is for services that are wrong on purpose: it shows that the workload and the faults notice.
func Finds(t testing.TB, c Cluster, failure string) {
	t.Helper()
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	others := map[string]int{}
	for seed := uint64(seedFirst); seed < seedFirst+uint64(cmp.Or(c.Seeds, seedsUsual)); seed++ {
		out, _ := c.run(c.options(seed), "")
		switch failed := c.outcome(&out); failed {
		case failure:
			t.Logf("seed %d: %s", seed, failed)
			return
		case "":
		default:
			others[failed]++
		}
	}
	instead := "all were valid"
	if len(others) > 0 {
		instead = fmt.Sprintf("failures of other kinds: %v", others)
	}
	t.Errorf("simtest: none of %d seeds failed with %q; %s", cmp.Or(c.Seeds, seedsUsual), failure, instead)
}

// seeds is how many runs to make.
func (c *Cluster) seeds() int {
	n := cmp.Or(c.Seeds, seedsUsual)
	if testing.Short() {
		n = max(1, n/shortPart)
	}
	if *seedsFlag > 0 {
		n = *seedsFlag
	}
	return n
}

// sweep makes runs on all cores until one fails, and gives them in the order of their seeds.
func (c *Cluster) sweep(seeds int) []result {
	var all []result
	work := func(i int) result {
		out, k := c.run(c.options(seedFirst+uint64(i)), "")
		return result{out.Options.Seed, c.outcome(&out), virtual.Vacuous(&out), k}
	}
	sweep.Pool(seeds, runtime.GOMAXPROCS(0), work, func(_ int, r result) bool {
		all = append(all, r)
		return r.failure == "" || r.vacuous
	})
	slices.SortFunc(all, func(a, b result) int { return cmp.Compare(a.seed, b.seed) })
	return all
}

// outcome is the failure of a run in a few words, or why it could not be made.
func (c *Cluster) outcome(out *testbench.Outcome) string {
	if out.Err != nil {
		return "could not run: " + out.Err.Error()
	}
	failure := virtual.Failure(out)
	if failure == "" && c.Also != nil {
		if err := c.Also(out); err != nil {
			failure = err.Error()
		}
	}
	return failure
}

package checker

import (
	"fmt"
	"slices"
	"strings"

	"eddy/testbench/history"
)

// Options says what, besides the workload's own promise, a history is held to,
// and brings what is known of the run from other sources.
type Options struct {
	Availability      AvailabilityGoal
	ConsistencyModels []string  // for workloads of transactions; the others pass it over
	Net               *NetStats // counts of messages; nil where there is no journal
	Problems          []Problem // violations of the protocol; any makes the run invalid

	// KillsForget says that nodes store nothing, so that a value is not expected to outlast the nodes that
	// had it: one that is missed at the end counts as forgotten, not lost, if each node that acknowledged or
	// showed it was killed after it did so last. It is the node that a client's process talks to; nil
	// expects every value to be kept through any kill. Of broadcast and g-set only.
	KillsForget func(process int) string
}

// judge is how one workload's histories are judged.
type judge struct {
	fs    []string // what its clients do
	check func(h history.History, pairs history.Pairing, options Options) (Workload, []Witness, error)
	// ownFinals says that the reads after recovery are Eddy's, not Maelstrom's: no figure counts them.
	ownFinals bool
}

var judges = map[string]judge{
	"broadcast":  {fs: []string{"broadcast", "read"}, check: checkBroadcast},
	"echo":       {fs: []string{"echo"}, check: checkEcho},
	"g-counter":  {fs: []string{"add", "read"}, check: checkCounter},
	"g-set":      {fs: []string{"add", "read"}, check: checkGSet},
	"kafka":      {fs: []string{"assign", "crash", "poll", "send"}, check: checkKafka},
	"pn-counter": {fs: []string{"add", "read"}, check: checkCounter},
	"lin-kv":     {fs: []string{"read", "write", "cas"}, check: checkLinKV},
	"unique-ids": {fs: []string{"generate"}, check: checkUniqueIDs},

	"txn-list-append": {fs: []string{"txn"}, check: checkLists},
	"txn-rw-register": {fs: []string{"txn"}, check: checkRegisters, ownFinals: true},
}

// Workloads lists the workloads that Check knows, sorted.
func Workloads() []string {
	var names []string
	for name := range judges {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Check judges the history of a run of the workload. An error means that there
// is nothing to judge: the workload is unknown, or the history is not one of
// its runs; the error says what gave it away.
func Check(workload string, h history.History, options Options) (Results, error) {
	judge, known := judges[workload]
	if !known {
		return Results{}, fmt.Errorf("workload %q is unknown: expected one of %s", workload, strings.Join(Workloads(), ", "))
	}
	if err := expectFs(workload, judge.fs, h); err != nil {
		return Results{}, err
	}
	pairs, err := h.Pair()
	if err != nil {
		return Results{}, fmt.Errorf("the history contradicts itself: %w", err)
	}
	outcome, witnesses, err := judge.check(h, pairs, options)
	if err != nil {
		return Results{}, err
	}
	if judge.ownFinals {
		h, _ = apart(h)
	}
	r := Results{
		Stats:        checkStats(h),
		Availability: checkAvailability(h, options.Availability),
		Net:          checkNet(h, options.Net),
		Workload:     outcome,
		Problems:     options.Problems,
		Witnesses:    witnesses,
	}
	r.Valid = merge(r.Stats.Valid, r.Availability.Valid, outcome.Verdict(), verdictOf(len(r.Problems) == 0))
	return r, nil
}

// likelyWorkload names the workload whose clients do f, for the question that
// an error asks.
var likelyWorkload = map[string]string{
	"add": "g-set, g-counter or pn-counter", "assign": "kafka", "broadcast": "broadcast", "cas": "lin-kv", "crash": "kafka", "echo": "echo",
	"generate": "unique-ids", "poll": "kafka", "send": "kafka", "txn": "txn-list-append or txn-rw-register", "write": "lin-kv",
}

// expectFs refuses the history of another workload before its operations are
// misread.
func expectFs(workload string, fs []string, h history.History) error {
	for _, op := range h {
		if op.Process == history.Nemesis || slices.Contains(fs, op.F) {
			continue
		}
		question := ""
		if likely, ok := likelyWorkload[op.F]; ok {
			question = " is this " + article(likely) + " history?"
		}
		return fmt.Errorf("history holds f `%s` (operation %d):%s expected %s history, in which clients only %s",
			op.F, op.Index, question, article(workload), strings.Join(fs, " and "))
	}
	return nil
}

func article(workload string) string {
	if workload == "echo" {
		return "an echo"
	}
	return "a " + workload
}

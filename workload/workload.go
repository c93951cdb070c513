package workload

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/network"
	"eddy/testbench/report"
)

// Invocation is an operation that a client is about to perform.
type Invocation struct {
	F     string          // such as "broadcast"
	Value json.RawMessage // its argument; nil is null
	Final bool            // one of the reads at the end, where the history marks them
}

// Workload is one kind of test, whole: what clients do, how they understand what comes back, and how a history
// is judged. Where a field is left out, its zero value is what most workloads want.
type Workload struct {
	Name string // as users give it, such as "g-set"
	// EddyOnly says that Maelstrom has no such workload: only Eddy's own engines run it.
	EddyOnly bool
	// Judge says what clients do and how a history is judged.
	Judge checker.Judge
	// Models are the consistency models that a run may be judged by; none where it makes no difference.
	Models []string
	// Values are the fields of messages, of requests and between nodes, that have values which every node is to learn; none
	// where there are no such values. Traces follow them.
	Values []string
	// Topology says that every node is told its neighbours before the run begins.
	Topology bool
	// AnyWorker says that any free worker, drawn evenly, performs the next operation; otherwise the
	// workers take turns.
	AnyWorker bool
	// KeepsClients says that a worker goes on with the same client after an operation whose outcome
	// is unknown; otherwise that client is closed, and an answer that comes late has nowhere to go.
	KeepsClients bool
	// GroupsOf gives the number of workers that work together, for a cluster of so many nodes: there must be
	// one or more such groups and nobody over. Nil where workers work alone.
	GroupsOf func(nodes int) int
	// Uses are the flags of [Options], such as key-count, that NewGenerator heeds; a command refuses the others.
	Uses []string
	// Timeout is how long clients wait for a reply, for a mean latency between nodes; nil for the usual 5 s.
	Timeout func(latencyMs int64) time.Duration
	// Final makes what a worker does after recovery, from the main phase's generator as that phase left it;
	// nil if there is no such phase. A script is made for each worker.
	Final func(g Generator) Script
	// FinalLimit is how long operations of that phase are begun; 0 sets no limit.
	FinalLimit time.Duration

	// NewGenerator starts the operations of one run.
	NewGenerator func(s Setting, rng *rand.Rand) Generator
	Calls        []Call // each f of Judge that goes over the network
	// NewClient makes what performs the operations of a process; nil where each of them is one of the calls.
	NewClient func(w *Workload) Client
	// Challenges are the official tests of the workload, if there are any.
	Challenges []Challenge
	// Raises says that the workload's client does not tell errors apart, as Maelstrom's g-set client
	// does not: whatever is not the expected reply leaves the outcome unknown.
	Raises bool
}

// Challenge is a test with flags and bounds that others set, such as one of the Gossip Glomers
// (https://fly.io/dist-sys).
type Challenge struct {
	Number  string   // "3d"
	Flags   []string // Maelstrom's, as name=value
	Targets []report.Target
}

// Call is how one f is done over the network.
type Call struct {
	F        string
	Argument string // field of the request that carries the value; empty for none
	Reply    Schema
	Whole    bool // the operation's value is the whole reply, not the field of the schema
	// Alters says what a reply of the right form has done instead of what was asked for, in a clause; empty for nothing. Nil
	// for replies that do not repeat the request.
	Alters     func(argument, reply json.RawMessage) string
	Idempotent bool // an error or timeout means that it did not happen, since it changes nothing
}

// Check judges the history of a run. An error means that there is nothing to judge; that a history is not one of the
// workload's runs is a [*checker.ForeignError].
func (w *Workload) Check(h history.History, options checker.Options) (checker.Results, error) {
	return w.Judge.Results(w.Name, h, options)
}

// Decode reads results from JSON: those that Eddy wrote, or Maelstrom's as history.ReadResults gives them. The
// verdict is the one it finds, not a new one.
func (w *Workload) Decode(data json.RawMessage) (checker.Results, error) {
	return w.Judge.Decode(w.Name, data)
}

// Workloads are those that a command knows, in the order in which it names them.
type Workloads []Workload

// Named gives the workload of that name. The error lists the names there are.
func (l Workloads) Named(name string) (*Workload, error) {
	for i := range l {
		if l[i].Name == name {
			return &l[i], nil
		}
	}
	return nil, fmt.Errorf("workload %q is unknown: expected one of %s", name, strings.Join(l.Names(), ", "))
}

// Names lists the workloads.
func (l Workloads) Names() []string {
	var names []string
	for i := range l {
		names = append(names, l[i].Name)
	}
	return names
}

// Models lists the consistency models that any of the workloads knows, sorted.
func (l Workloads) Models() []string {
	var all []string
	for i := range l {
		all = append(all, l[i].Models...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// likelyMax is how many workloads an error asks for at most; more would be no question.
const likelyMax = 3

// Check judges the history of a run of the workload of that name. Besides the errors of [Workload.Check] there
// is that of a name that is unknown; a history of another workload is asked for by name.
func (l Workloads) Check(name string, h history.History, options checker.Options) (checker.Results, error) {
	w, err := l.Named(name)
	if err != nil {
		return checker.Results{}, err
	}
	r, err := w.Check(h, options)
	var foreign *checker.ForeignError
	if errors.As(err, &foreign) {
		for i := range l {
			if slices.Contains(l[i].Judge.Fs, foreign.F) {
				foreign.Likely = append(foreign.Likely, l[i].Name)
			}
		}
		if len(foreign.Likely) > likelyMax {
			foreign.Likely = nil
		}
	}
	return r, err
}

// Request makes the body that asks a node to perform an operation.
func (w *Workload) Request(inv Invocation, msgID int64) []byte {
	c := w.Call(inv.F)
	body := append([]byte(`{"type":`), strconv.Quote(requestType(c))...)
	if c.Argument != "" {
		body = append(append(body, ','), strconv.Quote(c.Argument)...)
		body = append(append(body, ':'), inv.Value...)
	}
	return finishRequest(body, msgID)
}

func finishRequest(body []byte, msgID int64) []byte {
	body = append(body, `,"msg_id":`...)
	return append(strconv.AppendInt(body, msgID, 10), '}')
}

// requestType is the type of the request whose reply is type_ok.
func requestType(c *Call) string { return strings.TrimSuffix(c.Reply.Type, "_ok") }

// Call is how an f is done; there must be one.
func (w *Workload) Call(f string) *Call {
	i := slices.IndexFunc(w.Calls, func(c Call) bool { return c.F == f })
	if i < 0 {
		panic(fmt.Sprintf("workload %s has no operation %q", w.Name, f)) // its generator makes no other
	}
	return &w.Calls[i]
}

// Validate says what a workload lacks: every one needs a name, operations, a checker, and a generator.
func (w *Workload) Validate() error {
	lacks := func(what string) error { return fmt.Errorf("workload %q lacks %s", w.Name, what) }
	switch {
	case w.Name == "":
		return errors.New("a workload has no Name")
	case len(w.Judge.Fs) == 0:
		return lacks("operations: name in Judge.Fs what its clients do")
	case w.Judge.Check == nil:
		return lacks("a checker: give it Judge.Check")
	case w.NewGenerator == nil:
		return lacks("a generator: give it NewGenerator")
	case w.NewClient == nil && len(w.Calls) == 0:
		return lacks("calls: say in Calls how each operation is done over the network, or give it NewClient")
	}
	if !isName(w.Name) {
		return fmt.Errorf("workload %q: a Name is lower-case letters, digits and hyphens, such as rate-limiter: it names commands and directories", w.Name)
	}
	for _, c := range w.Calls {
		switch {
		case !slices.Contains(w.Judge.Fs, c.F):
			return fmt.Errorf("workload %q has a call for %q, which Judge.Fs does not name", w.Name, c.F)
		case c.Reply.Type == "":
			return fmt.Errorf("workload %q: the call for %q does not say of which type the reply is: give it Reply.Type, such as %q", w.Name, c.F, c.F+"_ok")
		case c.Reply.Field != "" && c.Reply.Kind == nil:
			return fmt.Errorf("workload %q: the call for %q does not say what the reply's field %q holds: give it Reply.Kind, such as workload.Any", w.Name, c.F, c.Reply.Field)
		}
	}
	for _, f := range w.Judge.Fs {
		if w.NewClient == nil && !slices.ContainsFunc(w.Calls, func(c Call) bool { return c.F == f }) {
			return fmt.Errorf("workload %q has an operation %q in Judge.Fs that is none of its Calls", w.Name, f)
		}
	}
	return nil
}

// isName says that a name can be typed and be that of a directory.
func isName(name string) bool {
	return name[0] != '-' && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// CheckInvocation says why an operation of the generator cannot be performed.
func (w *Workload) CheckInvocation(inv Invocation) error {
	switch {
	case !slices.Contains(w.Judge.Fs, inv.F):
		return fmt.Errorf("the generator of workload %s made an operation %q, which is none of Judge.Fs: %s", w.Name, inv.F, strings.Join(w.Judge.Fs, ", "))
	case inv.Value != nil && !json.Valid(inv.Value):
		return fmt.Errorf("the generator of workload %s made an operation %q whose Value is not JSON: %s", w.Name, inv.F, network.Abbreviate(inv.Value, 40))
	}
	return nil
}

package workload

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Invocation is an operation that a client is about to perform.
type Invocation struct {
	F     string          // such as "broadcast"
	Value json.RawMessage // its argument; nil is null
	Final bool            // one of the reads at the end, where the history marks them
}

// Workload is one kind of test.
type Workload struct {
	Name string
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
	// Timeout is how long clients wait for a reply, for a mean latency between nodes; nil for the usual 5 s.
	Timeout func(latencyMs int64) time.Duration
	// Final makes what a worker does after recovery, from the main phase's generator as that phase left it;
	// nil if there is no such phase. A script is made for each worker.
	Final func(g Generator) Script
	// FinalLimit is how long operations of that phase are begun; 0 sets no limit.
	FinalLimit time.Duration

	generator func(s Setting, rng *rand.Rand) Generator
	calls     []call
	// client makes what performs the operations of a process; nil where each of them is one of the calls.
	client func(w *Workload) Client
	// raises says that the workload's client does not tell errors apart, as Maelstrom's g-set client
	// does not: whatever is not the expected reply leaves the outcome unknown.
	raises bool
}

// call is how one f is done over the network.
type call struct {
	f          string
	argument   string // field of the request that carries the value; empty for none
	reply      Schema
	whole      bool // the operation's value is the whole reply, not the field of the schema
	idempotent bool // an error or timeout means that it did not happen, since it changes nothing
}

// Named gives the workload of that name. The error lists the names there are.
func Named(name string) (Workload, error) {
	for _, w := range all() {
		if w.Name == name {
			return w, nil
		}
	}
	return Workload{}, fmt.Errorf("workload %q is not known: %s", name, strings.Join(Names(), ", "))
}

// Names lists the workloads.
func Names() []string {
	var names []string
	for _, w := range all() {
		names = append(names, w.Name)
	}
	return names
}

func all() []Workload {
	return []Workload{broadcast(), echo(), gCounter(), gSet(), kafka(), linKV(), pnCounter(), txnAppend(), txnRegister(), uniqueIDs()}
}

// Request makes the body that asks a node to perform an operation.
func (w *Workload) Request(inv Invocation, msgID int64) []byte {
	c := w.call(inv.F)
	body := append([]byte(`{"type":`), strconv.Quote(requestType(c))...)
	if c.argument != "" {
		body = append(append(body, ','), strconv.Quote(c.argument)...)
		body = append(append(body, ':'), inv.Value...)
	}
	return finishRequest(body, msgID)
}

func finishRequest(body []byte, msgID int64) []byte {
	body = append(body, `,"msg_id":`...)
	return append(strconv.AppendInt(body, msgID, 10), '}')
}

// requestType is the type of the request whose reply is type_ok.
func requestType(c *call) string { return strings.TrimSuffix(c.reply.Type, "_ok") }

func (w *Workload) call(f string) *call {
	i := slices.IndexFunc(w.calls, func(c call) bool { return c.f == f })
	if i < 0 {
		panic(fmt.Sprintf("workload %s has no operation %q", w.Name, f)) // its generator makes no other
	}
	return &w.calls[i]
}

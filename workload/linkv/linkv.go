// Package linkv is the workload lin-kv: registers that are read, written, and compared and set.
package linkv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
	"eddy/workload"
)

// New is the workload: it reads, writes, and compares and sets the values of a few keys, as Jepsen's test of linearizable
// registers does. The workers are split into groups of two for each node; a group works on one key, half
// of it only reading, until so many processes have been at the key that checking it would get hard, and
// then goes on to the next. An operation's value is the key and what is done to it.
func New() workload.Workload {
	return workload.Workload{
		Name: "lin-kv",
		Judge: checker.Judge{
			Fs:    []string{"read", "write", "cas"},
			Check: check,
			Empty: func() checker.Workload { return &Results{} },
		},
		// Not one of the Gossip Glomers, but of Maelstrom's guide.
		Challenges: []workload.Challenge{
			{Number: "lin-kv", Flags: []string{"node-count=5", "concurrency=4n", "time-limit=20", "rate=300", "nemesis=partition"}, Targets: []report.Target{report.ServerMessagesPerOp(4)}},
		},
		KeepsClients: true,
		GroupsOf:     func(nodes int) int { return 2 * nodes },
		Timeout: func(latencyMs int64) time.Duration {
			return max(10*time.Duration(latencyMs)*time.Millisecond, time.Second)
		},
		NewGenerator: func(s workload.Setting, _ *rand.Rand) workload.Generator { return newRegisters(s) },
		NewClient:    func(w *workload.Workload) workload.Client { return &registerClient{workload: w} },
		Calls: []workload.Call{
			{F: "read", Reply: workload.Schema{Type: "read_ok", Field: "value", Kind: workload.Any}, Idempotent: true},
			{F: "write", Reply: workload.Schema{Type: "write_ok"}},
			{F: "cas", Reply: workload.Schema{Type: "cas_ok"}},
		},
	}
}

const (
	registerValues = 5  // values are drawn from 0 up to this
	processesMax   = 20 // that work on one key
)

// registers makes the operations of a run.
type registers struct {
	size    int // workers of a group
	most    int // processes that work on one key
	groups  []registerGroup
	nextKey int
}

// registerGroup are workers that work on one key.
type registerGroup struct {
	key  int
	seen map[int]bool // the processes that its workers have been since it began with the key
}

var _ workload.Placer = (*registers)(nil)

func newRegisters(s workload.Setting) *registers {
	r := &registers{size: 2 * s.Nodes}
	r.most = max(processesMax, r.size) // where Jepsen would look for a next key for ever
	for range s.Workers / r.size {
		r.groups = append(r.groups, r.begun())
	}
	return r
}

// begun is a group with the next key.
func (r *registers) begun() registerGroup {
	r.nextKey++
	return registerGroup{key: r.nextKey - 1, seen: map[int]bool{}}
}

// Next serves nobody: operations depend on the worker.
func (r *registers) Next(*rand.Rand) workload.Invocation {
	panic("workload: operations of lin-kv are placed")
}

// Place draws one of the groups with a free worker, and whether one of its readers or of its writers goes
// next where both could.
func (r *registers) Place(pool workload.Pool, rng *rand.Rand) (worker int, inv workload.Invocation) {
	var free []int
	for g := range r.groups {
		if _, any := pool.Free(g*r.size, (g+1)*r.size); any {
			free = append(free, g)
		}
	}
	g := free[rng.IntN(len(free))]
	group := r.look(g, pool)
	first, half := g*r.size, g*r.size+r.size/2
	reader, reads := pool.Free(first, half)
	writer, writes := pool.Free(half, first+r.size)
	if reads && (!writes || rng.IntN(2) == 0) {
		return reader, workload.Invocation{F: "read", Value: keyAnd(group.key, "null")}
	}
	if rng.IntN(3) == 0 {
		return writer, workload.Invocation{F: "write", Value: keyAnd(group.key, strconv.Itoa(rng.IntN(registerValues)))}
	}
	return writer, workload.Invocation{F: "cas", Value: keyAnd(group.key, fmt.Sprintf("[%d,%d]", rng.IntN(registerValues), rng.IntN(registerValues)))}
}

// look counts the processes of a group, and gives it the next key after too many.
func (r *registers) look(g int, pool workload.Pool) *registerGroup {
	group := &r.groups[g]
	for range 2 {
		for worker := g * r.size; worker < (g+1)*r.size; worker++ {
			group.seen[pool.Process(worker)] = true
		}
		if len(group.seen) <= r.most {
			break
		}
		*group = r.begun()
	}
	return group
}

func keyAnd(key int, value string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf("[%d,%s]", key, value))
}

// registerClient takes the key out of an operation's value, and puts it back to what was read.
type registerClient struct {
	workload *workload.Workload
	inv      workload.Invocation
	key      json.RawMessage
}

func (c *registerClient) Invoke(inv workload.Invocation) workload.Step {
	c.inv = inv
	var value []json.RawMessage
	if err := json.Unmarshal(inv.Value, &value); err != nil || len(value) != 2 {
		panic(fmt.Sprintf("workload: %s is no key and value", inv.Value)) // the generator makes no such
	}
	c.key = value[0]
	body := append([]byte(`{"type":`), strconv.Quote(inv.F)...)
	body = append(append(body, `,"key":`...), c.key...)
	switch inv.F {
	case "write":
		body = append(append(body, `,"value":`...), value[1]...)
	case "cas":
		from, to, _ := bytes.Cut(bytes.Trim(value[1], "[]"), []byte(","))
		body = append(append(append(append(body, `,"from":`...), from...), `,"to":`...), to...)
	}
	return workload.Ask(body)
}

func (c *registerClient) Answered(r workload.Reply) workload.Step {
	done := c.workload.Complete(c.inv, r)
	if done.Type == history.OK && c.inv.F == "read" {
		done.Value = append(append(append(append([]byte("["), c.key...), ','), done.Value...), ']')
	}
	return workload.Step{Done: done}
}

func (c *registerClient) TimedOut() workload.Step {
	return workload.Step{Done: c.workload.TimedOut(c.inv)}
}

package testbench

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/workload"
)

// worker is one thread of the run: bound to a node, with one operation outstanding at most, under a
// process number that changes when nobody knows how an operation ended.
type worker struct {
	thread  int
	process int
	node    string

	client        *client         // to the network
	does          workload.Client // what the process does there, and remembers
	clientProcess int
	invocation    workload.Invocation
}

// invoke lets a free worker perform an operation.
func (c *Conductor) invoke(thread int, inv workload.Invocation) {
	c.threads.busy(thread)
	w := &c.workers[thread]
	c.useClient(w)
	w.invocation = inv
	c.record(history.Op{Type: history.Invoke, Process: w.process, F: inv.F, Value: inv.Value, Final: inv.Final})
	step := w.does.Invoke(inv)
	if step.Request != nil {
		c.follow(w, step)
		return
	}
	c.clock.At(c.clock.Now(), func() { // without the network, but like everything else not within the call that began it
		if c.phase != phaseOver {
			c.complete(w, step.Done)
		}
	})
}

// follow does what a worker's client asks for next.
func (c *Conductor) follow(w *worker, step workload.Step) {
	if step.Request == nil {
		c.complete(w, step.Done)
		return
	}
	w.client.ask(w.node, step.Request, c.clientTimeout(), func(r workload.Reply, answered bool) {
		if answered {
			c.follow(w, w.does.Answered(r))
		} else {
			if all := c.silence.timedOut(c.fleet.byID[w.node]); all && c.phase == phaseMain && c.main.cutoff-c.clock.Now() >= c.clientTimeout() {
				c.silent = true
				c.end()
				return
			}
			c.follow(w, w.does.TimedOut())
		}
	})
}

// clientTimeout is how long clients wait: what the workload says, unless something else than usual is asked
// for.
func (c *Conductor) clientTimeout() time.Duration {
	if c.workload.Timeout == nil || c.options.ClientTimeout != clientTimeoutDefault {
		return c.options.ClientTimeout
	}
	return c.workload.Timeout(c.options.LatencyMs)
}

// useClient gives the worker's process a client of its own. The client of an earlier process is closed
// only now, when the next operation needs one.
func (c *Conductor) useClient(w *worker) {
	if w.client != nil && (w.clientProcess == w.process || c.workload.KeepsClients) {
		return
	}
	if w.client != nil {
		w.client.close()
	}
	w.client, w.does, w.clientProcess = c.clients.add(), c.workload.Client(), w.process
}

// complete ends a worker's operation. After an unknown outcome the worker goes on as another process:
// Jepsen's rule, since the old one may still be at it.
func (c *Conductor) complete(w *worker, done workload.Completion) {
	c.record(history.Op{
		Type: done.Type, Process: w.process, F: w.invocation.F,
		Value: done.Value, Final: w.invocation.Final, Error: done.Error,
	})
	if m := done.Malformed; m != nil {
		f := finding{kind: kindMalformedReply, about: w.invocation.F + " " + faultKind(m.Faults), line: m.Body, warning: true, passedOver: true, expected: m.Want.String(),
			what: fmt.Sprintf("gave a malformed reply to %s, so nobody knows its outcome: %s", w.invocation.F, strings.Join(m.Faults, "; "))}
		if m.Altered {
			f = finding{kind: KindAlteredReply, about: "altered", line: m.Body, expected: "a reply that repeats the writes that were asked for, with reads filled in",
				what: fmt.Sprintf("replied to a %s with another than was asked for, so nobody knows its outcome: %s", w.invocation.F, strings.Join(m.Faults, "; "))}
		}
		c.inspector.find(c.fleet.byID[w.node], f)
	}
	if done.Type == history.Info {
		w.process += c.threads.workers
	}
	c.threads.release(w.thread)
	c.pace.freed(c.clock.Now(), c.threads.idle)
	c.observe(w, done)
	c.step()
}

// faultKind tells the faults of a reply from others of another kind, whatever they quote of the reply.
func faultKind(faults []string) string {
	kind := ""
	for _, fault := range faults {
		field, quoted, _ := strings.Cut(fault, " is ")
		if kind += field; quoted == "missing" {
			kind += " missing"
		}
		kind += ";"
	}
	return kind
}

// observe tells who makes the operations how one ended, and in the final phase goes on with the next.
func (c *Conductor) observe(w *worker, done workload.Completion) {
	var of any = c.main.generator
	if c.phase == phaseFinal {
		of = c.final.scripts[w.thread]
	}
	if o, listens := of.(workload.Observer); listens {
		o.Ended(w.invocation, done)
	}
	if c.phase == phaseFinal {
		c.continueFinally(w.thread)
	}
}

// act lets the nemesis do something: asked for and done are two entries of the history.
func (c *Conductor) act(a nemesis.Act) {
	c.threads.busy(c.threads.nemesis())
	c.silence.struck(a.F, c.clock.Now())
	c.record(history.Op{Type: history.Info, Process: history.Nemesis, F: a.F, Value: a.Value})
	c.clock.At(c.clock.Now(), func() {
		if c.phase == phaseOver {
			return
		}
		c.nemesis.Apply(a, func(value json.RawMessage) { c.acted(a, value) })
	})
}

// acted ends an act of the nemesis, which is free again.
func (c *Conductor) acted(a nemesis.Act, value json.RawMessage) {
	if c.phase == phaseOver {
		return
	}
	c.silence.struck(a.F, c.clock.Now())
	c.record(history.Op{Type: history.Info, Process: history.Nemesis, F: a.F, Value: value})
	c.threads.release(c.threads.nemesis())
	c.step()
}

// record puts an entry at the end of the history, at the present time.
func (c *Conductor) record(op history.Op) {
	op.Index, op.Time = len(c.history), c.clock.Now()
	c.history = append(c.history, op)
	c.tally.count(op)
	c.recorder.Op(op)
	if op.Type == history.Invoke {
		c.traffic.at(op.Time).operations++
	}
}

var _ nemesis.Links = (*network.Network)(nil)

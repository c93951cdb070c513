package testbench

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/workload"
)

// The ways in which a node may be harmed are those of package nemesis.
type (
	Mortal   = nemesis.Mortal
	Pausable = nemesis.Pausable
	Skewable = nemesis.Skewable
	Disked   = nemesis.Disked
)

// packages makes the faults that the options ask for, each once, in an order of its own.
func (c *Conductor) packages() ([]nemesis.Package, error) {
	var all []nemesis.Package
	for _, f := range c.options.Faults.All() {
		if !c.options.asked(f.Name) {
			continue
		}
		p, err := f.Package(harmed{c.network, c})
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// harmed is the run as faults see it.
type harmed struct {
	*network.Network
	run *Conductor
}

var _ nemesis.Cluster = harmed{}

func (h harmed) Nodes() []string                               { return h.run.options.Nodes() }
func (h harmed) Rand() *rand.Rand                              { return h.run.chance.faults }
func (h harmed) Port(node string) any                          { return h.run.fleet.byID[node].port }
func (h harmed) Kill(node string) json.RawMessage              { return h.run.fleet.kill(node) }
func (h harmed) Pause(node string) json.RawMessage             { return h.run.fleet.pause(node) }
func (h harmed) Restart(done func(map[string]json.RawMessage)) { h.run.startAgain(done) }
func (h harmed) Resume(done func(map[string]json.RawMessage))  { done(h.run.fleet.resumeAll()) }

// memberTimeout is how long the nemesis waits for the reply to a request that changes the members.
const memberTimeout = time.Second

func (h harmed) Ask(node, request, about string, done func(answer string)) {
	cl := h.run.clients.add()
	body := func(msgID int64) []byte {
		return fmt.Appendf(nil, `{"type":%q,"node":%q,"msg_id":%d}`, request, about, msgID)
	}
	cl.ask(node, body, memberTimeout, func(r workload.Reply, answered bool) {
		if answered {
			cl.close() // or a reply that comes later would have nowhere to go, which is no node's doing
		}
		switch {
		case !answered:
			done(nemesis.NoReply)
		case r.Type == "error":
			done(workload.ParseError(r).Name())
		default:
			done(r.Type)
		}
	})
}

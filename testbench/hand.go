package testbench

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"eddy/internal/panicsite"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/workload"
)

// hand is what deeds have done to a run.
type hand struct {
	harmed bool                     // something is to be mended when the operations end
	ahead  map[string]time.Duration // by node, how wrong its clock was set
	disks  map[string]bool          // nodes whose disk was harmed
	idle   []string                 // deeds that did nothing, and why
	early  []Deed                   // that were due before the operations began
}

// askAgain is how long a request by hand waits for a worker that is free.
const askAgain = time.Millisecond

// perform does a deed, whose time has come.
func (c *Conductor) perform(d Deed) {
	if c.phase < phaseMain {
		c.hand.early = append(c.hand.early, d)
		return
	}
	if c.phase == phaseOver {
		return
	}
	why := "the faults of the run were over"
	if c.phase == phaseMain {
		why = c.doDeed(d)
	}
	if why != "" {
		c.hand.idle = append(c.hand.idle, fmt.Sprintf("The deed %q did nothing: %s.", d, why))
	}
}

// doDeed does a deed, or says why it does nothing.
func (c *Conductor) doDeed(d Deed) (why string) {
	switch d.Do {
	case DoCut, DoHeal, DoDeafen:
		c.cutByHand(d)
	case DoDisk:
		return c.harmByHand(d)
	case DoMend:
		return c.mendDisks(d.Nodes)
	case DoLose, DoLate, DoTwice:
		c.network.Befall(d.Nodes[0], d.Others[0], int(d.Message), d.fate())
	case DoKill:
		return c.strike("kill", d.Nodes, "none of them was running", c.fleet.kill)
	case DoPause:
		return c.strike("pause", d.Nodes, "none of them was running", c.fleet.pause)
	case DoRestart:
		return c.restartByHand(d.Nodes)
	case DoResume:
		return c.resumeByHand(d.Nodes)
	case DoSkew:
		c.skewByHand(d.Nodes, d.For)
	case DoDrop, DoDelay:
		done := d.Do == DoDrop && c.network.Drop(d.Message) || d.Do == DoDelay && c.network.Delay(d.Message, d.For)
		if !done {
			return "the message was not on its way then"
		}
	case DoAsk:
		c.askByHand(d)
	case DoRate:
		c.options.Rate = d.Number
	case DoLatency:
		l := c.network.Latency()
		l.MeanMs = int64(d.Number)
		c.network.SetLatency(l)
	case DoEnd:
		c.main.cutoff = c.clock.Now()
		c.step()
	}
	return ""
}

// strike harms nodes, and has the history show it as the nemesis's act.
func (c *Conductor) strike(act string, nodes []string, nothing string, harm func(node string) json.RawMessage) (why string) {
	became := make(map[string]json.RawMessage)
	for _, node := range nodes {
		if fate := harm(node); fate != nil {
			became[node] = fate
		}
	}
	if len(became) == 0 {
		return nothing
	}
	c.hand.harmed = true
	c.acting(act, became)
	return ""
}

// acting records an act by hand as one of the nemesis: asked for and done.
func (c *Conductor) acting(act string, value any) {
	if c.phase == phaseOver {
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic("testbench: " + err.Error()) // cannot happen: values are names and raw JSON
	}
	c.silence.struck(act, c.clock.Now())
	c.record(history.Op{Type: history.Info, Process: history.Nemesis, F: act, Value: json.RawMessage(`"by hand"`)})
	c.record(history.Op{Type: history.Info, Process: history.Nemesis, F: act, Value: text})
}

// cutByHand cuts or heals the links between two sides, or heals all.
func (c *Conductor) cutByHand(d Deed) {
	change := c.network.Cut
	if d.Do == DoHeal {
		change = c.network.Mend
	}
	isolated := make(map[string][]string)
	for _, a := range d.Nodes {
		for _, b := range d.Others {
			if a == b {
				continue
			}
			change(a, b)
			isolated[a] = append(isolated[a], b)
			if d.Do != DoDeafen {
				change(b, a)
				isolated[b] = append(isolated[b], a)
			}
		}
	}
	switch {
	case d.Do != DoHeal:
		c.hand.harmed = true
		c.acting("start-partition", []any{"isolated", isolated})
	case len(d.Nodes) == 0:
		c.network.Heal()
		fallthrough
	default:
		if c.network.Cuts() == 0 {
			c.acting("stop-partition", "network-healed")
		}
	}
}

// fate is what a deed does to a message that is still to come.
func (d Deed) fate() network.Fate {
	switch d.Do {
	case DoLose:
		return network.Fate{Lost: true}
	case DoLate:
		return network.Fate{Late: d.For}
	}
	return network.Fate{Twice: true, Again: d.For}
}

// slowdownByHand is how many times slower a disk gets by a deed that does not say.
const slowdownByHand = 100

// harmByHand harms the disks of nodes.
func (c *Conductor) harmByHand(d Deed) (why string) {
	slowdown := int(d.Number)
	if slowdown == 0 {
		slowdown = slowdownByHand
	}
	return c.strike("start-disk", d.Nodes, "none of them keeps anything on a disk", func(node string) json.RawMessage {
		port, has := c.fleet.byID[node].port.(Disked)
		if !has || !port.HarmDisk(d.Harm, slowdown) {
			return nil
		}
		if c.hand.disks == nil {
			c.hand.disks = make(map[string]bool)
		}
		c.hand.disks[node] = true
		return json.RawMessage(`"` + d.Harm + `"`)
	})
}

// mendDisks mends the disks of nodes, and restarts those that must be.
func (c *Conductor) mendDisks(nodes []string) (why string) {
	why = "none of their disks was harmed"
	var restart []string
	for _, node := range nodes {
		if !c.hand.disks[node] {
			continue
		}
		why = ""
		delete(c.hand.disks, node)
		if c.fleet.byID[node].port.(Disked).MendDisk() {
			c.fleet.kill(node)
			restart = append(restart, node)
		}
	}
	if why == "" && len(c.hand.disks) == 0 {
		c.acting("stop-disk", map[string]string{})
	}
	if len(restart) > 0 {
		c.restartByHand(restart)
	}
	return why
}

func (c *Conductor) skewByHand(nodes []string, ahead time.Duration) {
	if c.hand.ahead == nil {
		c.hand.ahead = make(map[string]time.Duration)
	}
	became := make(map[string]float64)
	for _, node := range nodes {
		c.fleet.byID[node].port.(nemesis.Skewable).SetClock(ahead)
		c.hand.ahead[node] = ahead
		became[node] = ahead.Seconds()
	}
	c.hand.harmed = true
	act := "stop-skew"
	for _, wrong := range c.hand.ahead {
		if wrong != 0 {
			act = "start-skew"
		}
	}
	c.acting(act, became)
}

// restartByHand starts nodes that are dead.
func (c *Conductor) restartByHand(nodes []string) (why string) {
	why = "none of them was down"
	for _, id := range nodes {
		if n := c.fleet.byID[id]; n.life == dead {
			why = ""
			c.startNode(n, func(fate json.RawMessage) {
				if !slices.ContainsFunc(c.fleet.nodes, func(n *node) bool { return n.life != alive }) {
					c.acting("start", map[string]json.RawMessage{id: fate})
				}
			})
		}
	}
	return why
}

func (c *Conductor) resumeByHand(nodes []string) (why string) {
	became := make(map[string]json.RawMessage)
	for _, id := range nodes {
		if fate := c.fleet.resume(c.fleet.byID[id]); fate != nil {
			became[id] = fate
		}
	}
	if len(became) == 0 {
		return "none of them was paused"
	}
	if !slices.ContainsFunc(c.fleet.nodes, func(n *node) bool { return n.paused }) {
		c.acting("resume", became)
	}
	return ""
}

// askByHand has a worker of the node perform an operation, as soon as one is free.
func (c *Conductor) askByHand(d Deed) {
	if c.phase != phaseMain || c.clock.Now() >= c.main.cutoff {
		c.hand.idle = append(c.hand.idle, fmt.Sprintf("The deed %q did nothing: no client of the node was free before the operations ended.", d))
		return
	}
	for thread := range c.workers {
		if c.workers[thread].node == d.Nodes[0] && c.threads.isFree(thread) {
			c.invokeByHand(thread, workload.Invocation{F: d.F, Value: d.Value})
			return
		}
	}
	c.clock.At(c.clock.Now()+askAgain, func() { c.askByHand(d) })
}

// invokeByHand begins an operation whose value the workload's client has not made, and may not understand.
func (c *Conductor) invokeByHand(thread int, inv workload.Invocation) {
	defer func() {
		if value := recover(); value != nil {
			c.fail(fmt.Errorf("the client of workload %s cannot %s %s: %v%s", c.workload.Name, inv.F, network.Abbreviate(inv.Value, 80), value, panicsite.Here()))
		}
	}()
	c.invoke(thread, inv)
}

// mendHand mends what deeds have done, before the nemesis ends its faults.
func (c *Conductor) mendHand() {
	if c.network.Cuts() > 0 {
		c.network.Heal()
		c.acting("stop-partition", "network-healed")
	}
	for _, n := range c.fleet.nodes {
		if c.hand.ahead[n.id] != 0 {
			n.port.(nemesis.Skewable).SetClock(0)
			c.acting("stop-skew", map[string]float64{n.id: 0})
		}
	}
	for _, n := range c.fleet.nodes {
		if c.hand.disks[n.id] && n.port.(Disked).MendDisk() {
			c.fleet.kill(n.id) // and started again below
		}
	}
	if len(c.hand.disks) > 0 {
		c.hand.disks = nil
		c.acting("stop-disk", map[string]string{})
	}
	if became := c.fleet.resumeAll(); len(became) > 0 {
		c.acting("resume", became)
	}
	c.startAgain(func(became map[string]json.RawMessage) {
		if c.phase == phaseOver {
			return
		}
		if len(became) > 0 {
			c.acting("start", became)
		}
		c.threads.release(c.threads.nemesis())
		c.clock.At(c.clock.Now(), c.step)
	})
}

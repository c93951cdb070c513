package testbench

import (
	"encoding/json"
	"fmt"
	"time"

	"eddy/testbench/nemesis"
	"eddy/testbench/network"
)

// Mortal is a [Node] that can be killed.
type Mortal interface {
	// Kill ends the node at once, with all that it remembers: nothing that it prints afterwards, and not
	// its end, is told to the [Conductor].
	Kill()
	// Start starts it anew after a Kill, and calls started once, on the conductor's goroutine, when lines
	// can be delivered, or with the reason why they cannot.
	Start(started func(error))
}

// Pausable is a [Node] that can be made to stand still. What is delivered meanwhile waits for it.
type Pausable interface {
	Pause()
	Resume()
}

// Skewable is a [Node] whose clock can be wrong.
type Skewable interface {
	// SetClock sets its time of day ahead of the right one, or behind it for a negative value.
	SetClock(ahead time.Duration)
}

// packages makes the faults that the options ask for, each once.
func (c *Conductor) packages(names []string) ([]nemesis.Package, error) {
	var all []nemesis.Package
	for _, fault := range nemesis.Known() { // in an order of its own, whatever order they are asked for in
		if !c.options.faulty(fault) {
			continue
		}
		if err := c.canSuffer(fault); err != nil {
			return nil, err
		}
		all = append(all, c.packageOf(fault, names))
	}
	return all, nil
}

// canSuffer reports why a fault cannot be done to the nodes that the engine lends.
func (c *Conductor) canSuffer(fault string) error {
	can := true
	for _, n := range c.nodes {
		switch fault {
		case nemesis.FaultKill:
			_, can = n.port.(Mortal)
		case nemesis.FaultPause:
			_, can = n.port.(Pausable)
		case nemesis.FaultSkew:
			_, can = n.port.(Skewable)
		}
		if !can {
			return fmt.Errorf("--nemesis %s: this engine cannot do that to its nodes", fault)
		}
	}
	return nil
}

func (c *Conductor) packageOf(fault string, names []string) nemesis.Package {
	f := &c.options.Faults
	switch fault {
	case nemesis.FaultPartition:
		return nemesis.NewPartition(names, c.network, c.rng, f.PartitionShapes...).Lasting(f.PartitionDuration)
	case nemesis.FaultLoss:
		return c.spell(fault, f.LossDuration, f.LossRate, func(w *network.Weather, on bool) { w.Loss = when(on, f.LossRate) })
	case nemesis.FaultDuplicate:
		return c.spell(fault, f.DuplicateDuration, f.DuplicateRate, func(w *network.Weather, on bool) { w.Duplicate = when(on, f.DuplicateRate) })
	case nemesis.FaultReorder:
		return c.spell(fault, f.ReorderDuration, f.ReorderRate, func(w *network.Weather, on bool) {
			w.Reorder, w.ReorderDelay = when(on, f.ReorderRate), f.ReorderDelay
		})
	case nemesis.FaultLatency:
		return c.spell(fault, f.LatencyDuration, f.LatencyFactor, func(w *network.Weather, on bool) { w.LatencyFactor = when(on, f.LatencyFactor) })
	case nemesis.FaultKill:
		return &nemesis.Strike{Hit: "kill", Relieve: "start", Nodes: names, Targets: f.KillTargets, Lasting: f.KillDuration,
			Rand: c.rng, Harm: c.kill, Mend: c.startAgain}
	case nemesis.FaultPause:
		return &nemesis.Strike{Hit: "pause", Relieve: "resume", Nodes: names, Targets: f.PauseTargets, Lasting: f.PauseDuration,
			Rand: c.rng, Harm: c.pause, Mend: c.resume}
	case nemesis.FaultSkew:
		return &nemesis.Strike{Hit: "start-skew", Relieve: "stop-skew", Nodes: names, Targets: f.SkewTargets, Lasting: f.SkewDuration,
			Rand: c.rng, Harm: c.skew, Mend: c.setClocksRight}
	}
	panic("testbench: nobody makes the fault " + fault) // Validate lets only known ones through
}

// spell makes a fault of messages, which changes the network's weather.
func (c *Conductor) spell(fault string, lasting time.Duration, shown float64, change func(w *network.Weather, on bool)) nemesis.Package {
	turn := func(on bool) func() {
		return func() {
			w := c.network.Weather()
			change(&w, on)
			c.network.SetWeather(w)
		}
	}
	value, err := json.Marshal(shown)
	if err != nil {
		panic("testbench: " + err.Error()) // Validate lets no NaN through
	}
	return &nemesis.Spell{Fault: fault, Value: value, Lasting: lasting, Begin: turn(true), End: turn(false)}
}

func when(on bool, value float64) float64 {
	if on {
		return value
	}
	return 0
}

// What became of a node, as the history shows it.
var (
	wasKilled  = json.RawMessage(`"killed"`)
	wasStarted = json.RawMessage(`"started"`)
	wasMute    = json.RawMessage(`"started, but init is not answered"`)
	wasPaused  = json.RawMessage(`"paused"`)
	wasResumed = json.RawMessage(`"resumed"`)
)

// pause makes a node that runs stand still.
func (c *Conductor) pause(id string) json.RawMessage {
	n := c.byID[id]
	if n.life != alive || n.paused || n.exited {
		return nil
	}
	n.paused = true
	n.port.(Pausable).Pause()
	return wasPaused
}

// resume ends all pauses.
func (c *Conductor) resume(done func(map[string]json.RawMessage)) {
	became := make(map[string]json.RawMessage)
	for _, n := range c.nodes {
		if n.paused {
			n.paused = false
			n.port.(Pausable).Resume()
			became[n.id] = wasResumed
		}
	}
	done(became)
}

// skew sets a node's clock wrong, by whole milliseconds drawn evenly. The history shows by how many seconds.
func (c *Conductor) skew(id string) json.RawMessage {
	n := c.byID[id]
	most := c.options.Faults.SkewMax.Milliseconds()
	n.aheadMs = c.rng.Int64N(2*most+1) - most
	n.port.(Skewable).SetClock(time.Duration(n.aheadMs) * time.Millisecond)
	value, err := json.Marshal(float64(n.aheadMs) / 1000)
	if err != nil {
		panic("testbench: " + err.Error()) // cannot happen
	}
	return value
}

// setClocksRight ends all skews.
func (c *Conductor) setClocksRight(done func(map[string]json.RawMessage)) {
	became := make(map[string]json.RawMessage)
	for _, n := range c.nodes {
		if n.aheadMs != 0 {
			n.aheadMs = 0
			n.port.(Skewable).SetClock(0)
			became[n.id] = json.RawMessage("0")
		}
	}
	done(became)
}

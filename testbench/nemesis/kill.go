package nemesis

import (
	"encoding/json"
	"time"
)

// FaultKill kills nodes, and starts them again.
const FaultKill = "kill"

// Mortal is a node's port through which it can be killed.
type Mortal interface {
	// Kill ends the node at once, with all that it remembers: nothing that it prints afterwards, and not
	// its end, is told to the run.
	Kill()
	// Start starts it anew after a Kill, and calls started once, on the goroutine of the run, when lines
	// can be delivered, or with the reason why they cannot.
	Start(started func(error))
}

// KillOptions are those of [FaultKill].
type KillOptions struct {
	Targets  []string // which nodes are killed together; none stands for all of [Targets]
	Duration time.Duration
}

func (o *KillOptions) fault() Fault {
	return Fault{
		Name: FaultKill, Begins: "kill", Ends: "start",
		Settings: []Setting{targetsSetting(FaultKill, &o.Targets), lastingSetting(FaultKill, &o.Duration)},
		Package: func(c Cluster) (Package, error) {
			return &Strike{Hit: "kill", Relieve: "start", Nodes: c.Nodes(), Targets: o.Targets, Lasting: o.Duration,
				Rand: c.Rand(), Harm: c.Kill, Mend: c.Restart}, able[Mortal](c, FaultKill)
		},
		OfNodes: true,
		Label:   func(json.RawMessage) string { return "killed" },
	}
}

package nemesis

import (
	"encoding/json"
	"time"
)

// FaultPause pauses nodes, and resumes them.
const FaultPause = "pause"

// Pausable is a node's port through which it can be paused. What is delivered meanwhile waits for it.
type Pausable interface {
	Pause()
	Resume()
}

// PauseOptions are those of [FaultPause].
type PauseOptions struct {
	Targets  []string // which nodes are paused together; none stands for all of [Targets]
	Duration time.Duration
}

func (o *PauseOptions) fault() Fault {
	return Fault{
		Name: FaultPause, Begins: "pause", Ends: "resume",
		HoldsUp:  true,
		Settings: []Setting{targetsSetting(FaultPause, &o.Targets), lastingSetting(FaultPause, &o.Duration)},
		Package: func(c Cluster) (Package, error) {
			return &Strike{Hit: "pause", Relieve: "resume", Nodes: c.Nodes(), Targets: o.Targets, Lasting: o.Duration,
				Rand: c.Rand(), Harm: c.Pause, Mend: c.Resume}, able[Pausable](c, FaultPause)
		},
		OfNodes: true,
		Label:   func(json.RawMessage) string { return "paused" },
	}
}

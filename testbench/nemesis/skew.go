package nemesis

import (
	"encoding/json"
	"time"
)

// FaultSkew sets the clocks of nodes wrong.
const FaultSkew = "skew"

// Skewable is a node's port through which its clock can be set.
type Skewable interface {
	// SetClock sets its time of day ahead of the right one, or behind it for a negative value.
	SetClock(ahead time.Duration)
}

// SkewOptions are those of [FaultSkew].
type SkewOptions struct {
	Targets  []string      // which clocks are set wrong together; none stands for all of [Targets]
	Max      time.Duration // how far a clock is set ahead or back at most
	Duration time.Duration
}

var skewDefaults = SkewOptions{Max: time.Minute}

const skewMaxMax = 24 * 365 * time.Hour

func (o *SkewOptions) fault() Fault {
	return Fault{
		Name: FaultSkew,
		Settings: []Setting{
			{
				Flag: "skew-max", Help: "how far --nemesis skew sets clocks ahead or back at most", Value: &o.Max,
				Check: func(report func(any, string)) {
					if o.Max < time.Millisecond || o.Max > skewMaxMax {
						report(o.Max, "a time from 1ms to a year")
					}
				},
			},
			targetsSetting(FaultSkew, &o.Targets),
			lastingSetting(FaultSkew, &o.Duration),
		},
		Package: func(c Cluster) (Package, error) {
			s := skew{cluster: c, mostMs: o.Max.Milliseconds(), aheadMs: make(map[string]int64)}
			return &Strike{Hit: "start-skew", Relieve: "stop-skew", Nodes: c.Nodes(), Targets: o.Targets, Lasting: o.Duration,
				Rand: c.Rand(), Harm: s.set, Mend: s.right}, able[Skewable](c, FaultSkew)
		},
	}
}

// skew is the fault in a run.
type skew struct {
	cluster Cluster
	mostMs  int64
	aheadMs map[string]int64 // by node, how wrong its clock is
}

// set sets a node's clock wrong, by whole milliseconds drawn evenly. The history shows by how many seconds.
func (s *skew) set(node string) json.RawMessage {
	s.aheadMs[node] = s.cluster.Rand().Int64N(2*s.mostMs+1) - s.mostMs
	s.cluster.Port(node).(Skewable).SetClock(time.Duration(s.aheadMs[node]) * time.Millisecond)
	value, err := json.Marshal(float64(s.aheadMs[node]) / 1000)
	if err != nil {
		panic("nemesis: " + err.Error()) // cannot happen: the number is finite
	}
	return value
}

// right ends all skews.
func (s *skew) right(done func(map[string]json.RawMessage)) {
	became := make(map[string]json.RawMessage)
	for _, node := range s.cluster.Nodes() {
		if s.aheadMs[node] != 0 {
			s.aheadMs[node] = 0
			s.cluster.Port(node).(Skewable).SetClock(0)
			became[node] = json.RawMessage("0")
		}
	}
	done(became)
}

package nemesis

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"
)

// Which nodes a [Strike] hits, in the words of Jepsen's histories.
const (
	TargetOne           = "one"
	TargetMinorityThird = "minority-third" // fewer than a third: none of three nodes
	TargetMinority      = "minority"       // as many as leave a majority
	TargetMajority      = "majority"
	TargetAll           = "all"
)

// Targets lists what a [Strike] draws from unless it is told otherwise.
func Targets() []string {
	return []string{TargetOne, TargetMinorityThird, TargetMinority, TargetMajority, TargetAll}
}

// Strike is a package whose fault befalls some nodes at a time, drawn anew each time, until all are
// relieved of it together: kill and start, pause and resume, or clocks set wrong and right.
type Strike struct {
	Hit, Relieve string   // the acts: "kill", "start"
	Nodes        []string // the cluster
	Targets      []string // what is drawn from; none stands for those of [Targets]
	Lasting      time.Duration
	Rand         *rand.Rand

	// Harm does it to one node and gives what became of the node, a JSON value for the history; nil if
	// nothing did.
	Harm func(node string) json.RawMessage
	// Mend ends it for all nodes and calls done, now or later, with what became of each, as Harm does.
	Mend func(done func(became map[string]json.RawMessage))

	on bool
}

// Next hits a target drawn evenly, or relieves all nodes.
func (s *Strike) Next() Act {
	if s.on = !s.on; !s.on {
		return Act{F: s.Relieve, Value: quote(TargetAll)}
	}
	targets := s.Targets
	if len(targets) == 0 {
		targets = Targets()
	}
	return Act{F: s.Hit, Value: quote(targets[s.Rand.IntN(len(targets))])}
}

// Lasts is Lasting while nodes are hit.
func (s *Strike) Lasts() time.Duration {
	if !s.on {
		return 0
	}
	return s.Lasting
}

// Final relieves all nodes.
func (s *Strike) Final() []Act { return []Act{{F: s.Relieve, Value: quote(TargetAll)}} }

// Apply hits the nodes of a target or relieves all. The history shows what became of which node, of those
// whom anything became.
func (s *Strike) Apply(a Act, done func(json.RawMessage)) bool {
	switch a.F {
	case s.Hit:
		var target string
		if err := json.Unmarshal(a.Value, &target); err != nil {
			return false
		}
		became := make(map[string]json.RawMessage)
		for _, node := range pick(s.Rand, s.Nodes, target) {
			became[node] = s.Harm(node)
		}
		done(fates(s.Nodes, became))
	case s.Relieve:
		s.Mend(func(became map[string]json.RawMessage) { done(fates(s.Nodes, became)) })
	default:
		return false
	}
	return true
}

// pick draws the nodes of a target, in the order of the cluster.
func pick(rng *rand.Rand, cluster []string, target string) []string {
	n := len(cluster)
	order := rng.Perm(n)
	switch target {
	case TargetOne:
		order = order[:1]
	case TargetMinorityThird:
		order = order[:(n-1)/3]
	case TargetMinority:
		order = order[:majority(n)-1]
	case TargetMajority:
		order = order[:majority(n)]
	}
	slices.Sort(order)
	var nodes []string
	for _, i := range order {
		nodes = append(nodes, cluster[i])
	}
	return nodes
}

// fates is a JSON object of nodes, in the order of the cluster.
func fates(cluster []string, became map[string]json.RawMessage) json.RawMessage {
	out := []byte{'{'}
	for _, node := range cluster {
		if became[node] == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, quote(node)...), ':'), became[node]...)
	}
	return append(out, '}')
}

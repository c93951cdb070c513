package gossip

import (
	"testing"
	"time"
)

func TestTheDefaultFollowsTheSizeOfTheCluster(t *testing.T) {
	for _, c := range []struct {
		given    Config
		nodes    int
		topology string
		interval time.Duration
	}{
		{Config{}, 1, "star", 250 * time.Millisecond},
		{Default(), 25, "star", 250 * time.Millisecond},
		{Default(), 256, "star", 250 * time.Millisecond},
		{Default(), 257, "clusters:17", 500 * time.Millisecond},
		{Config{}, 10_000, "clusters:100", 500 * time.Millisecond},
		{Config{}, 10_001, "clusters:101", 500 * time.Millisecond},
		{Config{Interval: time.Second}, 10_000, "clusters:100", time.Second},
		{Config{Topology: "star"}, 10_000, "star", 250 * time.Millisecond},
		{Config{Dissemination: Flood}, 10_000, "grid", 0},
		{Config{Dissemination: Paced}, 10_000, "star", defaultWindow},
	} {
		got, err := c.given.sized(c.nodes).filled()
		if err != nil || got.Topology != c.topology || got.Interval != c.interval {
			t.Errorf("%+v among %d nodes: %s every %v, %v; want %s every %v", c.given, c.nodes, got.Topology, got.Interval, err, c.topology, c.interval)
		}
	}
}

func TestNoNodeOfALargeClusterHasManyNeighbours(t *testing.T) {
	for _, nodes := range []int{257, 300, 1000, 9999, 10_000} {
		topology, err := parseTopology(Default().sized(nodes).Topology)
		if err != nil {
			t.Fatal(err)
		}
		most := 0
		for i := range nodes {
			most = max(most, len(topology.neighbours(i, nodes)))
		}
		if bound := 2 * clusterWidth(nodes); most > bound {
			t.Errorf("among %d nodes one has %d neighbours, want at most %d", nodes, most, bound)
		}
	}
}

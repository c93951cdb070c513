package kv

import (
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// A node that wrote to a peer that is not up yet would not be heard again by Maelstrom.
func TestNodeWithoutADiskIsQuietFirstAndRepliesToInitInTime(t *testing.T) {
	w := actor.NewWorld(1)
	config := Config{}.filled()
	quiet := time.Duration(config.Election-1) * config.Latency
	var wrote []string
	var at []time.Duration
	n := node.Simulate(w, "n0", Service(Config{}), func(l node.Line) {
		wrote, at = append(wrote, string(l.Data)), append(at, w.Elapsed())
	}, node.Options{})
	n.Feed([]byte(`{"src":"c0","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0","n1","n2"]}}`))
	w.Run(9 * time.Second) // its peers are never there
	if len(wrote) == 0 || at[0] < quiet {
		t.Fatalf("it wrote first at %v: %q", at, wrote)
	}
	for i, line := range wrote {
		if strings.Contains(line, "init_ok") {
			if at[i] > initHeldMax+config.Latency {
				t.Errorf("it replied to init at %v, want within %v", at[i], initHeldMax)
			}
			return
		}
	}
	t.Error("it did not reply to init")
}

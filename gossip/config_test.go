package gossip

import (
	"strings"
	"testing"
	"time"
)

func TestCombinationsThatMakeNoSenseAreRefusedByName(t *testing.T) {
	for _, c := range []struct {
		config Config
		names  []string // what the error must name
	}{
		{Config{Dissemination: "gossipy"}, []string{"--strategy", "gossipy", "flood", "origin", "detour", "batch"}},
		{Config{Ack: "maybe"}, []string{"--ack", "maybe", "cumulative"}},
		{Config{Topology: "ring"}, []string{"--topology", "ring", "clusters:k"}},
		{Config{Topology: "tree"}, []string{"--topology", "tree:k"}},
		{Config{Topology: "tree:0"}, []string{"tree:0", "at least 1"}},
		{Config{Topology: "clusters:x"}, []string{"clusters:k"}},
		{Config{HubInterval: time.Second}, []string{"--hub-interval 1s", "clusters:k"}},
		{Config{Topology: "clusters:3", HubInterval: -1}, []string{"--hub-interval", "negative"}},
		{Config{Topology: "star:3"}, []string{"star takes no number"}},
		{Config{Dissemination: Origin, Topology: "star"}, []string{"origin", "star", "mesh"}},
		{Config{Dissemination: Paced, Topology: "tree:2"}, []string{"paced", "tree:2", "star"}},
		{Config{Dissemination: Paced, Ack: AckEach}, []string{"paced", "each", "cumulative"}},
		{Config{Dissemination: Paced, LeafInterval: time.Second}, []string{"--leaf-interval", "paced"}},
		{Config{Dissemination: Detour, Topology: "mesh"}, []string{"detour", "mesh"}},
		{Config{Dissemination: Batch, Ack: AckNone}, []string{"batch", "none"}},
		{Config{Dissemination: Flood, Interval: time.Second}, []string{"--interval", "flood"}},
		{Config{Dissemination: Origin, LeafInterval: time.Second}, []string{"--leaf-interval", "origin"}},
		{Config{Dissemination: Flood, Ack: AckNone, Retry: time.Second}, []string{"--retry", "none"}},
		{Config{Dissemination: Flood, AckDelay: time.Second}, []string{"--ack-delay", "cumulative"}},
		{Config{Dissemination: Flood, Ack: AckEach, AckDelay: time.Second}, []string{"--ack-delay"}},
		{Config{Interval: -time.Second}, []string{"--interval", "negative"}},
		{Config{Retry: 2 * time.Second, RetryMax: time.Second}, []string{"--retry 2s", "--retry-max 1s"}},
		{Config{BatchBytes: -1}, []string{"--batch-bytes"}},
		{Config{Mailbox: -1}, []string{"--mailbox"}},
	} {
		err := c.config.Check()
		if err == nil {
			t.Errorf("%+v is accepted", c.config)
			continue
		}
		for _, name := range c.names {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%+v: the error does not name %q: %v", c.config, name, err)
			}
		}
	}
}

func TestEveryStrategyHasDefaultsThatMakeSense(t *testing.T) {
	for _, dissemination := range []Dissemination{"", Flood, Origin, Detour, Batch, Paced} {
		for _, ack := range []Ack{"", AckNone, AckEach, AckCumulative} {
			if ack == AckNone && (dissemination == Batch || dissemination == "") || dissemination == Paced && ack != "" {
				continue
			}
			c, err := Config{Dissemination: dissemination, Ack: ack}.filled()
			if err != nil {
				t.Errorf("%q with %q: %v", dissemination, ack, err)
			}
			if again, err := c.filled(); err == nil && again != c {
				t.Errorf("%q with %q: filling in twice changes %+v to %+v", dissemination, ack, c, again)
			}
			if c.Ack == AckCumulative && c.Retry <= c.AckDelay {
				t.Errorf("%q with %q: retries after %v, before the acknowledgement's %v", dissemination, ack, c.Retry, c.AckDelay)
			}
		}
	}
}

func TestAGSetRefusesTheTopologyThatItWillNotBeGiven(t *testing.T) {
	if err := CheckGSet(Config{Topology: "given", Dissemination: Flood}); err == nil || !strings.Contains(err.Error(), "--topology given") {
		t.Errorf("--topology given: %v", err)
	}
	if err := CheckGSet(Default()); err != nil {
		t.Error(err)
	}
}

package gossip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// A second topology with as many links as the first took the name of the first
// one's ticker, which was still ending: the store failed and lost the set.
func TestATopologyGivenTwiceCostsNoValue(t *testing.T) {
	w := actor.NewWorld(1)
	said := ""
	n := node.Simulate(w, "n0", Broadcast(Config{Dissemination: Batch, Topology: "given"}),
		func(l node.Line) { said += string(l.Data) }, node.Options{})
	topology := `"type":"topology","topology":{"n0":["n1","n2"],"n1":["n0"],"n2":["n0"]}`
	for i, body := range []string{
		`"type":"init","node_id":"n0","node_ids":["n0","n1","n2"]`,
		topology, `"type":"broadcast","message":42`, topology, topology, `"type":"read"`,
	} {
		n.Feed(fmt.Appendf(nil, `{"src":"c1","dest":"n0","body":{%s,"msg_id":%d}}`, body, i+1))
	}
	w.Run(time.Second)
	if err := n.Err(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said, `"messages":[42]`) {
		t.Errorf("the node said\n%s", said)
	}
	for _, s := range n.Stats() {
		if s.Restarts > 0 {
			t.Errorf("%s was restarted %d times", s.Path, s.Restarts)
		}
	}
}

// Without a topology a node may have been killed, whoever speaks or does not.
func TestANodeThatIsToldNothingIntroducesItself(t *testing.T) {
	for _, config := range []Config{{}, {Dissemination: Paced}} {
		for _, topology := range []bool{false, true} {
			w, said := actor.NewWorld(1), 0
			n := node.Simulate(w, "n1", Broadcast(config), func(l node.Line) {
				if l.Dest == "n0" {
					said++
				}
			}, node.Options{})
			bodies := []string{`"type":"init","node_id":"n1","node_ids":["n0","n1"]`, `"type":"topology","topology":{}`}
			if !topology {
				bodies = bodies[:1]
			}
			for i, body := range bodies {
				n.Feed(fmt.Appendf(nil, `{"src":"c1","dest":"n1","body":{%s,"msg_id":%d}}`, body, i+1))
			}
			w.Run(aloneFor - time.Millisecond)
			if said > 0 {
				t.Errorf("%s, topology %v: it spoke before the others need be there", config.Dissemination, topology)
			}
			w.Run(2 * time.Millisecond)
			if spoke := said > 0; spoke == topology {
				t.Errorf("%s, topology %v: it introduced itself: %v", config.Dissemination, topology, spoke)
			}
		}
	}
}

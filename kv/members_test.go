package kv

import (
	"fmt"
	"testing"
	"time"
)

func TestNodesAreAddedAndRemovedWhileRunning(t *testing.T) {
	c := newCluster(t, 1, 5, Config{Members: []string{"n1", "n2", "n3"}, SnapshotEvery: 10, SnapshotBehind: 2})
	for i := range 40 {
		c.must("n1", write(fmt.Sprint(i), "1"))
	}
	if got := c.do("n5", read("1")); got.Code != 40 {
		t.Errorf("a node that is no member yet answers %+v, want error 40", got)
	}
	c.world.Run(time.Second)
	for _, id := range []string{"n4", "n5"} {
		c.must("n2", fmt.Sprintf(`"type":"add_member","node":%q`, id))
	}
	c.world.Run(time.Second)
	if got := c.must("n5", read("7")); string(got.Value) != "1" {
		t.Errorf("a new member reads %s, want 1", got.Value)
	}
	c.kill("n1")
	c.kill("n2")
	c.must("n5", write(`"new"`, "2")) // three of five are enough, two of them new
	c.must("n4", `"type":"remove_member","node":"n1"`)
	c.must("n4", `"type":"remove_member","node":"n2"`)
	c.kill("n3")
	c.must("n4", write(`"last"`, "3"))
}

func TestLeaderThatIsRemovedIsFollowedByAnother(t *testing.T) {
	c := newCluster(t, 2, 5, Config{})
	c.must("n1", write("1", "1"))
	removed := c.leads
	c.must(removed, fmt.Sprintf(`"type":"remove_member","node":%q`, removed))
	for _, id := range c.others(removed) {
		c.must(id, write("1", "2"))
	}
	if c.leads == removed {
		t.Errorf("%s leads after it was removed", removed)
	}
	c.must(c.leads, fmt.Sprintf(`"type":"add_member","node":%q`, removed))
	c.must(removed, write("1", "3"))
	if got := c.do("n1", `"type":"add_member","node":"n9"`); got.Code != 12 {
		t.Errorf("a node that nobody knows was added: %+v", got)
	}
}

func TestARemovedNodeRefusesAsNoMemberUntilItIsAddedAgain(t *testing.T) {
	c := newCluster(t, 3, 5, Config{})
	c.must("n1", write("1", "1"))
	c.must("n1", `"type":"remove_member","node":"n5"`)
	c.do("n5", write("1", "5")) // by which the others see that it does not know
	c.world.Run(time.Second)
	for _, request := range []string{read("1"), write("1", "2"), cas("1", "1", "2")} {
		if got := c.do("n5", request); got.Code != 40 {
			t.Errorf("a removed node answers %s with %+v, want error 40", request, got)
		}
	}
	c.must("n2", `"type":"add_member","node":"n5"`)
	c.world.Run(time.Second)
	if got := c.must("n5", read("1")); string(got.Value) != "1" && string(got.Value) != "5" {
		t.Errorf("added again, it reads %s", got.Value)
	}
}

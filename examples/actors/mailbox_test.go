package actors_test

import (
	"fmt"

	"eddy/actor"
)

// In a world that nobody steps, nothing is handled, so that mailboxes fill.
func Example_fullMailbox() {
	sys := actor.NewSystem("n1", actor.NewWorld(1))
	for _, policy := range []actor.Overflow{actor.Reject, actor.DropNewest, actor.DropOldest} {
		name := fmt.Sprintf("policy-%d", policy)
		ref := actor.Spawn(sys, name, newCounter, actor.Capacity(1), actor.WhenFull(policy))
		fmt.Println(ref.Send(add{1}), ref.Send(add{2}))
	}
	var nobody actor.Ref[message]
	fmt.Println(nobody.Send(add{1}))
	// Output:
	// accepted rejected
	// accepted dropped
	// accepted accepted
	// stopped
}

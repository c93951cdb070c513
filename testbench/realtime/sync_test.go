package realtime

import (
	"testing"

	"eddy/trace"
)

// A node whose messages have fields of its own choice is traced by its messages alone.
func TestValueOfAnothersNodeIsFollowedByItsMessages(t *testing.T) {
	out := measure(t, quick("gossips-lists"))
	run, err := trace.Open(out.Meta.Dir)
	if err != nil {
		t.Fatal(err)
	}
	story, err := trace.Follow(run, "0")
	if err != nil {
		t.Fatal(err)
	}
	if story.Nodes != 3 || story.Has != 3 || len(story.Missing) != 0 {
		t.Errorf("value 0 is on %d of %d nodes, missing: %+v", story.Has, story.Nodes, story.Missing)
	}
}

package gossip

import (
	"fmt"
	"testing"
	"time"
)

// lateBatch is what came of a leaf's batch that was on its way for longer.
type lateBatch struct {
	came    time.Duration // when the hub got it
	shown   time.Duration // when the last of its values showed on the last node
	sent    int           // messages between nodes, in all
	dropped int           // values that some node never showed
}

// delayOne runs a steady paced star in which one batch of n4 takes longer by
// this.
func delayOne(t *testing.T, longer time.Duration) lateBatch {
	k := newStarCluster(t, 1, 7)
	var out lateBatch
	var held []string
	k.delay = func(m sentStar) time.Duration {
		if held != nil || m.at < 5*time.Second || m.from != 4 || m.to != 0 || len(m.body.Values) == 0 {
			return 0
		}
		for _, v := range m.body.Values {
			held = append(held, string(v))
		}
		out.came = m.at + hop + longer
		return longer
	}
	k.give(0, 8*time.Second, 35*time.Millisecond, 0, 1, 2, 3, 4, 5, 6)
	k.world.Run(11 * time.Second)
	if len(held) == 0 {
		t.Fatal("no batch was held back")
	}
	for _, value := range held {
		for i := range k.nodes {
			var n int
			if _, err := fmt.Sscan(value, &n); err != nil {
				t.Fatal(err)
			}
			at, shown := k.shown[i][n]
			out.shown = max(out.shown, at)
			if !shown {
				out.dropped++
			}
		}
	}
	out.sent = len(k.sent)
	return out
}

func TestALateBatchDoesNotWaitForAWindow(t *testing.T) {
	inTime := delayOne(t, 0)
	window, longest := defaultWindow, 0*time.Second
	for late := 5 * time.Millisecond; late <= graceMax; late += 55 * time.Millisecond {
		b := delayOne(t, allowanceMin+late)
		if most := gatherMax + hop + readEvery; b.dropped > 0 || b.shown-b.came > most {
			t.Errorf("late by about %v: its values showed %v after it came, want at most %v; %d never", late, b.shown-b.came, most, b.dropped)
		}
		if more := b.sent - inTime.sent; more > 6 {
			t.Errorf("late by about %v: it cost %d more messages, want at most one a leaf", late, more)
		}
		longest = max(longest, b.shown-b.came)
	}
	tooLate := delayOne(t, allowanceMin+graceMax+40*time.Millisecond)
	if waited := tooLate.shown - tooLate.came; waited < window/2 || waited < longest || tooLate.sent > inTime.sent {
		t.Errorf("too late for the grace: its values showed %v after it came, at %d messages instead of %d; want them to wait for the close, at no message more", waited, tooLate.sent, inTime.sent)
	}
}

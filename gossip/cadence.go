package gossip

import (
	"time"

	"eddy/actor"
)

// cadence is the rhythm of a paced star's hub: its windows close together, for
// all its leaves, and not at all while there is nothing to say.
//
// After a silence the first value goes at once; the windows are counted from it.
type cadence struct {
	window time.Duration
	beat   actor.Ref[actor.Pace] // the ticker that closes the windows
	runs   bool
	quiet  int           // windows in a row in which there was nothing to say
	fresh  bool          // there is something to say in this one
	closed time.Duration // when the last one closed
	late   bool          // something came late for that one, and is to go soon
}

// windowClosed is the ticker's message to the star.
type windowClosed struct{}

const (
	// graceMax is how late a batch may come and still not wait for the next close.
	graceMax = 120 * time.Millisecond
	// gatherMax is how long what came late waits for more of it.
	gatherMax = 15 * time.Millisecond
)

// justClosed reports whether what comes now was meant for the window before.
func (k *cadence) justClosed(now time.Duration) bool {
	return k.runs && now-k.closed <= min(graceMax, k.window/4)
}

func (k *cadence) gather() time.Duration { return min(gatherMax, k.window/8) }

// quietWindows is after how many of them the hub falls silent.
const quietWindows = 8

// newCadence is at rest.
func newCadence(window time.Duration, beat actor.Ref[actor.Pace]) *cadence {
	return &cadence{window: window, beat: beat}
}

// stir tells the cadence that there is something to say, and reports whether it
// was at rest: then a window is to be closed now.
func (k *cadence) stir() bool {
	k.fresh = true
	if k.runs {
		return false
	}
	k.runs, k.quiet = true, 0
	return true
}

// close closes a window and sets the next one going. It reports false when it
// goes to rest instead.
func (k *cadence) close(now time.Duration) bool {
	k.quiet++
	if k.fresh {
		k.fresh, k.quiet = false, 0
	}
	if k.quiet >= quietWindows {
		k.runs = false
		k.beat.Send(actor.Pace{})
		return false
	}
	k.closed = now
	k.beat.Send(actor.Pace{Every: k.window})
	return true
}

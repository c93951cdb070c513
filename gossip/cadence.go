package gossip

import (
	"time"

	"eddy/actor"
)

// cadence is the rhythm of a paced star's hub: its windows close together, for
// all its links, and not at all while there is nothing to say.
//
// After a silence the first value goes at once; the windows are counted from it.
type cadence struct {
	window time.Duration
	beat   actor.Ref[actor.Pace] // the ticker that closes the windows
	runs   bool
	quiet  int  // windows in a row in which there was nothing to say
	fresh  bool // there is something to say in this one
}

// windowClosed is the ticker's message to the store.
type windowClosed struct{}

// quietWindows is after how many of them the hub falls silent.
const quietWindows = 8

// startCadence makes the hub's ticker, at rest.
func (s *store) startCadence(c *actor.Context[message]) {
	s.cadence = &cadence{window: s.config.Interval}
	s.cadence.beat = actor.SpawnTicker[message](c, "ticker", 0, windowClosed{}, c.Self())
}

// stir tells the cadence that there is something to say.
func (s *store) stir() {
	k := s.cadence
	if k == nil {
		return
	}
	k.fresh = true
	if !k.runs {
		k.runs, k.quiet = true, 0
		s.closeWindow()
	}
}

// closeWindow has the links send what they have, and sets the next window going.
func (s *store) closeWindow() {
	k := s.cadence
	k.quiet++
	if k.fresh {
		k.fresh, k.quiet = false, 0
	}
	if k.quiet >= quietWindows {
		k.runs = false
		k.beat.Send(actor.Pace{})
		return
	}
	k.beat.Send(actor.Pace{Every: k.window})
	for _, l := range s.links {
		l.link.Send(tick{next: k.window})
	}
}

package gossip

import "time"

// pacer times a leaf's batches so that each arrives at the hub just before the
// hub's next window closes: then a value waits for one window, not for two, and
// a window costs each node one message up and one down, the least there is.
//
// No clock is shared. The hub says in its batches how long until its next
// window closes, and how early the leaf's last batch came; the leaf keeps the
// lead by which its batches must go before that time, and corrects it.
type pacer struct {
	window time.Duration
	closes time.Duration // a close of the hub's windows, as if its last batch had taken no time to come
	heard  time.Duration // when that batch came
	known  bool          // one has come

	lead   time.Duration // a batch goes this long before closes
	spread time.Duration // how much the lead that would have been right varies
	led    bool          // there is a lead
}

const (
	// Bounds of the allowance: how early a batch should come, for safety.
	allowanceMin = 12 * time.Millisecond
	allowanceMax = 80 * time.Millisecond
	// staleWindows is after how many silent windows the hub's cadence counts
	// as lost.
	staleWindows = 4
	// guess stands for the lead as long as it is not known: longer than the way
	// to the hub and back.
	guess = 500 * time.Millisecond
)

func newPacer(window time.Duration) *pacer { return &pacer{window: window} }

// heardHub takes in a batch of the hub: when its next window closes.
func (p *pacer) heardHub(now, next time.Duration) {
	p.closes, p.heard, p.known = now+next, now, true
}

// corrected takes in how early the message that went at sent came before the
// close of a window. One that comes a little after a close is seen as very early for the
// next one: it was late, and its values wait for a whole window.
func (p *pacer) corrected(sent, early time.Duration) {
	late := early > p.window*3/4
	right := p.closes - p.window - sent - early + p.allowance()
	if !p.led {
		p.lead, p.led = right, true
		return
	}
	fault := p.within(right - p.lead)
	p.spread += (max(fault, -fault) - p.spread) / 4
	if !late {
		fault /= 4
	}
	p.lead += fault
}

// within brings a difference between two times of a window into half a window
// to either side.
func (p *pacer) within(d time.Duration) time.Duration {
	d %= p.window
	switch {
	case d > p.window/2:
		d -= p.window
	case d < -p.window/2:
		d += p.window
	}
	return d
}

// allowance is how early a batch should come: as early as it may be late.
func (p *pacer) allowance() time.Duration {
	return min(max(2*p.spread, allowanceMin), allowanceMax)
}

// wait is until the next moment at which a batch should go, less than a window.
// As long as there is no lead, a batch should go well before the next close, if
// that is far enough, and else at once (0).
func (p *pacer) wait(now time.Duration) time.Duration {
	if now-p.heard > staleWindows*p.window {
		p.led = false // the hub keeps another time by now, or there is another hub
	}
	if !p.led {
		return max(p.closes-guess-now, 0)
	}
	wait := (p.closes - p.lead - now) % p.window
	if wait < 0 {
		wait += p.window
	}
	return wait
}

package network

import "time"

// Why a message was lost, in the words of a [Journal].
const (
	LostInPartition = "partition" // the link was cut
	LostOnTheWay    = "loss"
	LostWithNode    = "killed" // its receiver was down
)

// Weather is what befalls messages between servers for a time, besides what the [Config] says of all
// times. The zero value is good weather. In it nothing is drawn from the generator, so that a network on
// which it changes behaves before as if it never did.
type Weather struct {
	Loss          float64       // probability that a message is lost
	Duplicate     float64       // probability that a message arrives a second time, with a latency of its own
	Reorder       float64       // probability that a message is held back
	ReorderDelay  time.Duration // for up to which time it is
	LatencyFactor float64       // what latencies are multiplied with; 0 means 1
}

// Weather is the present one.
func (n *Network) Weather() Weather { return n.weather }

// SetWeather changes what befalls messages that are sent from now on.
func (n *Network) SetWeather(w Weather) { n.weather = w }

// travel draws what becomes of a message between servers, and when it is due.
func (n *Network) travel(m *Message, to *endpoint) Fate {
	now, which := n.clock.Now(), uint64(0)
	if n.apart != nil || n.config.Befallen != nil {
		which = to.count(m.Src, now)
	}
	if n.apart != nil {
		n.apart.begin(m, now, which)
	}
	usual := n.config.Latency.draw(n.rng)
	f := n.befalls(m, usual)
	if len(n.orders) > 0 {
		by := n.ordered(m)
		f.Lost, f.Late = f.Lost || by.Lost, f.Late+by.Late
		if by.Twice {
			f.Twice, f.Again = true, by.Again
		}
	}
	m.Due += usual + f.Late
	if n.config.Befallen != nil && !f.None() {
		n.config.Befallen(now, m, int(which), f)
	}
	return f
}

// befalls draws what the weather does to a message with a usual latency.
func (n *Network) befalls(m *Message, usual time.Duration) Fate {
	f := Fate{Late: n.slowed(usual) - usual + n.heldUp(m)}
	if n.chance(n.config.Loss) || n.chance(n.weather.Loss) {
		return Fate{Lost: true}
	}
	if f := n.weather.LatencyFactor; f != 0 && f != 1 {
		n.stats.Harm.Slowed++
	}
	if n.chance(n.weather.Reorder) {
		n.stats.Harm.HeldBack++
		f.Late += time.Duration(n.rng.Int64N(int64(n.weather.ReorderDelay/time.Millisecond)+1)) * time.Millisecond
	}
	if n.chance(n.weather.Duplicate) {
		n.stats.Harm.Duplicated++
		f.Twice, f.Again = true, n.slowed(n.config.Latency.draw(n.rng))
	}
	return f
}

// slowed is how long a message takes, in whole milliseconds, that usually takes so long.
func (n *Network) slowed(usual time.Duration) time.Duration {
	if f := n.weather.LatencyFactor; f != 0 {
		return time.Duration(float64(usual) * f).Truncate(time.Millisecond)
	}
	return usual
}

// chance draws whether something of a probability happens, and draws nothing for what never does.
func (n *Network) chance(p float64) bool { return p > 0 && n.rng.Float64() < p }

// Down takes a node from those that messages reach: what is on its way to it is lost, and so is what is
// sent to it from now on, until [Network.Up]. An id that is not there is passed over.
func (n *Network) Down(id string) {
	if e := n.endpoints[id]; e != nil {
		e.fall()
	}
}

// Admit lets messages of one other endpoint through to a node that is down.
func (n *Network) Admit(id, src string) {
	if e := n.endpoints[id]; e != nil && e.down {
		e.admits = src
	}
}

// Up ends what [Network.Down] began.
func (n *Network) Up(id string) {
	if e := n.endpoints[id]; e != nil {
		e.down, e.admits = false, ""
	}
}

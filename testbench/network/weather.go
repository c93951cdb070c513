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

// travel draws what becomes of a message between servers: when it is due, and how many of it arrive.
func (n *Network) travel(m *Message) (copies int) {
	m.Due += n.delay() + n.heldUp(m)
	if n.chance(n.config.Loss) || n.chance(n.weather.Loss) {
		return 0
	}
	if f := n.weather.LatencyFactor; f != 0 && f != 1 {
		n.stats.Harm.Slowed++
	}
	if n.chance(n.weather.Reorder) {
		n.stats.Harm.HeldBack++
		m.Due += time.Duration(n.rng.Int64N(int64(n.weather.ReorderDelay/time.Millisecond)+1)) * time.Millisecond
	}
	if n.chance(n.weather.Duplicate) {
		n.stats.Harm.Duplicated++
		return 2
	}
	return 1
}

// delay draws how long a message between servers takes, in whole milliseconds.
func (n *Network) delay() time.Duration {
	d := n.config.Latency.draw(n.rng)
	if f := n.weather.LatencyFactor; f != 0 {
		d = time.Duration(float64(d) * f).Truncate(time.Millisecond)
	}
	return d
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

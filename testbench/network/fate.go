package network

import (
	"math/rand/v2"
	"time"
)

// Fate is what befalls one message on its way, besides its usual latency.
type Fate struct {
	Lost  bool
	Late  time.Duration // so much later than its latency has it
	Twice bool          // it arrives a second time, so long after it was sent
	Again time.Duration
}

// None tells that nothing befalls it.
func (f Fate) None() bool { return f == Fate{} }

// order is a fate given by hand to a message that is still to come: of those that one endpoint sends to another, the
// one that comes after so many others.
type order struct {
	src, dest string
	after     int
	fate      Fate
}

// Befall gives a fate to a message that src is still to send to dest: the which-th from now on, counted from 1.
func (n *Network) Befall(src, dest string, which int, f Fate) {
	n.orders = append(n.orders, order{src: src, dest: dest, after: which - 1, fate: f})
}

// ordered takes the fate that a message was given by hand.
func (n *Network) ordered(m *Message) (f Fate) {
	left := n.orders[:0]
	for _, o := range n.orders {
		switch {
		case o.src != m.Src || o.dest != m.Dest:
		case o.after > 0:
			o.after--
		default:
			f.Lost = f.Lost || o.fate.Lost
			f.Late += o.fate.Late
			if o.fate.Twice {
				f.Twice, f.Again = true, o.fate.Again
			}
			continue
		}
		left = append(left, o)
	}
	n.orders = left
	return f
}

// moment is when a link was used last, and how often at that moment.
type moment struct {
	at    time.Duration
	times uint64
}

// apart has the chance of each message be its own: drawn from the seed, the link, and the moment. So what befalls one
// changes nothing for the others.
type apart struct {
	source *rand.PCG
	seed   uint64
}

// count tells which message of its link a message is at this moment: 1 for the first.
func (e *endpoint) count(src string, now time.Duration) uint64 {
	if e.used == nil {
		e.used = make(map[string]moment)
	}
	m := e.used[src]
	if m.at != now {
		m = moment{at: now}
	}
	m.times++
	e.used[src] = m
	return m.times
}

// begin turns the source to a message's own chance.
func (a *apart) begin(m *Message, now time.Duration, which uint64) {
	link := spread(hash(m.Src)) + hash(m.Dest)
	a.source.Seed(spread(a.seed^link), spread(uint64(now))+which)
}

// hash is FNV-1a.
func hash(name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return h
}

// spread is the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
func spread(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// SetApart has the chance of each message be its own from now on, from a seed.
func (n *Network) SetApart(seed uint64) {
	source := rand.NewPCG(seed, seed)
	n.apart, n.rng = &apart{source: source, seed: seed}, rand.New(source)
}

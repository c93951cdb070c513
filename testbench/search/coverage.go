package search

import (
	"bytes"
	"math/bits"
	"math/rand/v2"
	"slices"
	"time"

	"eddy/testbench"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
)

// generation is how many runs are planned with the same knowledge.
const generation = 8

// Seen is which states a run has come to, as its messages and operations show them: which kind of message a node is sent
// after which other, and how operations end, while which faults are on; each with about how often. It is a
// [testbench.Recorder]. Nodes are not told apart: in which of them a state occurs hardly ever matters.
type Seen struct {
	before map[string]uint64 // by node, the kind of message that it was sent last
	counts map[uint64]uint32
	faults uint64 // one bit for each fault that is on
}

var _ testbench.Recorder = (*Seen)(nil)

func newSeen() *Seen { return &Seen{before: make(map[string]uint64), counts: make(map[uint64]uint32)} }

// Sent is nothing new: what arrives is.
func (*Seen) Sent(time.Duration, *network.Message) {}

// Received takes note of what a node is sent.
func (s *Seen) Received(_ time.Duration, m *network.Message) {
	if network.IsClient(m.Dest) {
		return
	}
	kind := kindOf(m)
	s.count(mix(mix(s.before[m.Dest], kind), s.faults))
	s.before[m.Dest] = kind
}

// Lost takes note of what a node is not sent.
func (s *Seen) Lost(_ time.Duration, m *network.Message, why string) {
	s.count(mix(mix(kindOf(m), hash([]byte(why))), s.faults))
}

// Op takes note of how operations end, and which faults are on.
func (s *Seen) Op(op history.Op) {
	if op.Process != history.Nemesis {
		s.count(mix(mix(hash([]byte(op.F)), uint64(op.Type)), s.faults))
		return
	}
	if fault, _, begins := nemesis.Begins(op.F); begins {
		s.faults |= bit(fault)
	} else if fault, ends := nemesis.Ends(op.F); ends {
		s.faults &^= bit(fault)
	}
}

func (s *Seen) count(state uint64) { s.counts[state]++ }

func bit(fault string) uint64 { return 1 << (max(0, slices.Index(nemesis.Known(), fault)) % 64) }

// kindOf is what kind of message this is: its type, about how long it is, and whether a client sends it.
func kindOf(m *network.Message) uint64 {
	name := m.Body
	if _, rest, found := bytes.Cut(m.Body, []byte(`"type":"`)); found {
		name, _, _ = bytes.Cut(rest, []byte(`"`))
	}
	kind := mix(hash(name), uint64(bits.Len(uint(len(m.Body)))))
	if network.IsClient(m.Src) {
		kind = ^kind
	}
	return kind
}

// hash is FNV-1a.
func hash(text []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range text {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

func mix(a, b uint64) uint64 { return (bits.RotateLeft64(a, 23) ^ b) * 0x9e3779b97f4a7c15 }

// corpus is the runs that reached something new.
type corpus struct {
	known map[uint64]bool // states with about how often
	kept  []testbench.Options
}

func newCorpus() *corpus { return &corpus{known: make(map[uint64]bool)} }

// learn keeps a run that reached what none before did.
func (c *corpus) learn(o testbench.Options, seen *Seen) {
	anew := false
	for state, n := range seen.counts {
		about := mix(state, uint64(bits.Len32(n)))
		anew = anew || !c.known[about]
		c.known[about] = true
	}
	if anew {
		c.kept = append(c.kept, o)
	}
}

// freshShare is how many plans of ten are drawn and not changed from one that was kept.
const freshShare = 4

// recent is how far back runs are taken up most of the time.
const recent = 16

// plan draws a run, or changes one that was kept.
func (c *corpus) plan(o testbench.Options, i int) testbench.Options {
	rng := draws(&o, ofCoverage)
	if len(c.kept) == 0 || rng.IntN(10) < freshShare {
		return swarm(o, i)
	}
	from := c.kept
	if n := len(from); n > recent && rng.IntN(2) == 0 {
		from = from[n-recent:]
	}
	kept := one(rng, from)
	if rng.IntN(3) == 0 {
		next := kept
		one(rng, []func(*testbench.Options, *rand.Rand){faultPace, otherRate, faultOptions, holdUps})(&next, rng)
		if next.Validate() == nil {
			return next
		}
	}
	return branched(kept, time.Duration(rng.Float64()*float64(kept.TimeLimit)), o.Seed)
}

// branched is the run up to a moment, and from then on another one.
func branched(o testbench.Options, at time.Duration, seed uint64) testbench.Options {
	at = at.Truncate(time.Millisecond)
	before := slices.DeleteFunc(slices.Clone(o.Branches), func(b testbench.Branch) bool { return b.At >= at })
	o.Branches = append(before, testbench.Branch{At: at, Seed: seed})
	return o
}

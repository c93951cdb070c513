package kafka

import (
	"slices"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// replica is what owner and leaderless have in common: every node keeps every
// log and every committed offset, and tells the others, window by window, what
// its own clients brought. So polls, commits and lists are answered from what
// is here. Who gives out offsets, and how far a poll may see, is the strategy's.
//
// A node that starts may have been killed. So before its first offset it
// asks the others for their clocks, which are above every offset they ever
// heard of, and every peer sends it everything again (restore.go).
type replica struct {
	memory
	always  bool  // promises go with every window; else once, when all from before was sent
	now     int64 // the Lamport clock: the highest offset given out or heard of, over all keys
	mirrors []*mirror

	dirty   []string // keys whose committed offset the peers are to be told
	isDirty map[string]bool
	given   int64 // entries that this node gave an offset

	// With a journal: what is on its way to the disk, and what was found there.
	underway  []int64 // offsets of this node's entries
	reserves  bool    // the clock goes no higher than reserved, that is durable
	reserved  int64
	reserving bool
	recalled  bool // this node was started again
	untold    bool // and the peers are to be told what it has

	ready    bool     // offsets may be given out
	greeting bool     // the others were asked for their clocks
	early    []func() // what waits for that
}

// mirror is what this node knows of a peer and the peer of this node.
type mirror struct {
	*peer
	promise  int64     // of the peer
	promised int64     // to the peer
	met      bool      // the peer has told its clock
	began    int64     // its clock at that time
	transfer *transfer // of everything, to a peer that has lost its memory; nil without one
}

// timerGreeted: the others had time enough to tell their clocks.
type timerGreeted struct{}

// greetFor is how long a node waits for the clocks of all others before it
// gives out offsets without having heard them all. It is less than a client waits.
const greetFor = 2 * time.Second

func newReplica(b *broker, always bool) replica {
	r := replica{memory: newMemory(b), always: always, isDirty: make(map[string]bool), ready: len(b.peers) == 0 || b.config.Bug == EagerStart}
	for _, p := range b.peers {
		r.mirrors = append(r.mirrors, &mirror{peer: p})
	}
	return r
}

// tooEarly keeps what is to be done until offsets may be given out.
func (l *replica) tooEarly(c *actor.Context[message], do func()) {
	l.early = append(l.early, do)
	l.greet(c)
}

// publish tells every peer but one something, when the window is over. It is
// encoded once.
func (l *replica) publish(c *actor.Context[message], except *peer, s item) {
	if len(l.mirrors) == 0 {
		return
	}
	data := s.encode()
	for _, m := range l.mirrors {
		if m.peer != except {
			m.link.Push(data, l.mark(m))
		}
	}
	l.window.Soon(c)
}

// mark is how many entries a peer has once it has acknowledged an item pushed now: none that were not there already while
// it is told everything again, for entries may be among it that come later.
func (l *replica) mark(m *mirror) int64 {
	if m.transfer != nil {
		return 0
	}
	return l.given
}

// pollUpTo answers a poll with what is at or below a bound.
func (l *replica) pollUpTo(c *actor.Context[message], r pollRequest, bound int64) {
	l.greet(c)
	l.pollLogs(c, r.Body.Offsets, bound, l.config.share(len(r.Body.Offsets)), r.answerPoll)
}

func (l *replica) commit(c *actor.Context[message], r commitRequest) {
	l.greet(c)
	l.keepCommits(c, r.Body.Offsets, func(grown []string, err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		for _, key := range grown {
			tellCommitted(c, key, l.committed[key])
			l.markDirty(c, key)
		}
		r.Reply(node.None{})
	})
}

// markDirty has the peers told of a key's committed offset when the window is over.
func (l *replica) markDirty(c *actor.Context[message], key string) {
	if len(l.mirrors) > 0 && !l.isDirty[key] {
		l.isDirty[key] = true
		l.dirty = append(l.dirty, key)
		l.window.Soon(c)
	}
}

func (l *replica) list(c *actor.Context[message], r listRequest) {
	l.greet(c)
	r.ReplyWith(keyedField{"offsets", offsetPairs(l.listed(r.Body.Keys))})
}

// take takes in what a peer sent of its logs.
func (l *replica) take(c *actor.Context[message], from *peer, s *item, bound int64) {
	switch s.Type {
	case itemEntry:
		l.now = max(l.now, s.Offset)
		l.tell(c, l.topicOf(s.Key), insert{offset: s.Offset, bound: bound, value: s.Value})
	case itemCommit:
		if l.advance(c, s.Key, s.Offset) && l.config.Retention > 0 {
			l.journal.Append(c, s.encode(), func(error) {}) // it decides which entries the journal may drop
		}
	case itemStart:
		l.tell(c, l.topicOf(s.Key), dropped{s.Offset})
	case itemPromise:
		l.now = max(l.now, s.Offset)
		m := l.mirrorOf(from)
		m.promise = max(m.promise, s.Offset)
	}
	l.reserve(c)
}

func (l *replica) mirrorOf(p *peer) *mirror {
	return l.mirrors[slices.IndexFunc(l.mirrors, func(m *mirror) bool { return m.peer == p })]
}

// closing puts behind the window's entries what holds once they have come: the
// committed offsets that grew, and the promise.
func (l *replica) closing(*actor.Context[message]) {
	for _, key := range l.dirty {
		data := item{Type: itemCommit, Key: key, Offset: l.committed[key]}.encode()
		for _, m := range l.mirrors {
			m.link.Push(data, l.mark(m))
		}
		delete(l.isDirty, key)
	}
	l.dirty = l.dirty[:0]
	for _, m := range l.mirrors {
		if l.owesPromise(m) {
			upTo := l.complete()
			m.link.Push(item{Type: itemPromise, Offset: upTo}.encode(), l.given)
			m.promised = upTo
		}
	}
}

func (l *replica) clock() int64 { return l.now }

// meet takes in what a message of a peer says beside its items.
func (l *replica) meet(c *actor.Context[message], from *peer, h heard) {
	l.greet(c)
	m := l.mirrorOf(from)
	l.now = max(l.now, h.clock)
	if h.known && !m.met { // an older clock may lie below offsets of this node's last incarnation
		m.met, m.began = true, h.clock
		if !slices.ContainsFunc(l.mirrors, func(m *mirror) bool { return !m.met }) {
			l.begin()
		}
	}
	if h.lost {
		l.restore(c, m)
	}
	l.promiseSoon(c)
}

// owesPromise reports whether a promise is due, and can be given.
func (l *replica) owesPromise(m *mirror) bool {
	return l.complete() > m.promised && (m.transfer == nil || l.config.Bug == PromiseInTransfer) && (l.always || m.promised == 0)
}

// promiseSoon has a window end if there is something to promise in it.
func (l *replica) promiseSoon(c *actor.Context[message]) {
	for _, m := range l.mirrors {
		if l.owesPromise(m) {
			l.window.Soon(c)
			return
		}
	}
}

// greet asks the others for their clocks, once. It is called when somebody was
// heard: before that the others may not be there yet.
func (l *replica) greet(c *actor.Context[message]) {
	l.tellRecalled(c)
	l.reserve(c)
	if l.ready || l.greeting {
		return
	}
	l.greeting = true
	for _, m := range l.mirrors {
		if !m.met {
			m.link.Greet()
		}
	}
	l.window.Soon(c)
	c.After(greetFor, timerGreeted{})
}

// begin gives out offsets from now on.
func (l *replica) begin() {
	if l.ready {
		return
	}
	l.ready = true
	early := l.early
	l.early = nil
	for _, do := range early {
		do()
	}
}

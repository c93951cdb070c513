package gossip

import (
	"time"

	"eddy/actor"
)

// allegiance is whose leaf this node is, and whether that holds.
//
// A hub is in doubt when it does not acknowledge in time, or when another node
// says that it does not answer: never for its silence alone, because a cluster
// with nothing to say is silent. Then it is asked; if it does not answer, all
// nodes that come before this one are, and the first of those that answer, in
// the order of nodes, becomes the hub. If none does, this node is its own hub,
// and calls those behind it, which may not have noticed. So the nodes of each
// side of a partition come together under the first of them, without a vote.
//
// Away from the first hub, a node asks now and then whether an earlier one than
// its hub is back. Whoever has the same hub as before a failure again is met by
// version vectors: each is sent what it lacks, no more.
//
// An answer shows that both ways are open: the question's and its own. A word
// that comes unasked does not.
type allegiance struct {
	hub   int   // by its place in the order of nodes
	move  int64 // how often it has changed
	pacer *pacer
	// waiting: a batch waits for the pacer's time.
	waiting bool

	doubt    doubt
	since    time.Duration // when the questions of this doubt began
	best     int           // first node that has answered, or this one
	rounds   int           // how often all were asked
	patience actor.Timer
	heard    time.Duration // when the hub was last heard of
	flight   time.Duration // of the last question and its answer together
	looking  bool          // bellReturn is to come
	turn     int           // which node is asked besides the first
}

type doubt uint8

const (
	certain doubt = iota
	asking        // the hub
	seeking       // another one
)

const (
	// suspectWindows is after how many windows without an acknowledgement a hub
	// is in doubt: it acknowledges within one and a half.
	suspectWindows = 2
	// patienceMin is the least time for an answer.
	patienceMin = 500 * time.Millisecond
	patienceMax = 4 * time.Second
	// lookBackWindows is between two looks at whether an earlier hub is back.
	lookBackWindows = 4
	lookBackMin     = 2 * time.Second
	// roundsMax is how often a node asks all others before it is on its own.
	roundsMax = 2
	// settleWindows is how long the hub gets to hear from others what they all know.
	settleWindows = 3
)

// patient is how long an answer may take: twice what the last one took.
func (s *star) patient() time.Duration { return min(max(2*s.flight, patienceMin), patienceMax) }

func (s *star) suspectAfter() time.Duration {
	return suspectWindows*s.config.Interval + s.patient()
}

// suspect begins a doubt: the hub is asked, and sent what it has not
// acknowledged.
func (s *star) suspect(c *actor.Context[message]) {
	if s.doubt != certain || s.hub == s.self {
		return
	}
	s.doubt, s.since = asking, c.Elapsed()
	p := s.session(s.hub)
	p.still()
	p.rewind()
	s.patience = c.After(s.patient(), bell{kind: bellPatience})
	if !p.met {
		s.meet(c, p)
		return
	}
	s.press(c, p)
}

// press sends a peer what it lacks, and a question.
func (s *star) press(c *actor.Context[message], p *session) {
	var last starMessage
	for more := p.pending(s.self, s.history); more; {
		last = p.part(s.self, s.history, s.config.BatchBytes)
		if more = p.pending(s.self, s.history); more {
			s.say(p, last)
		}
	}
	last.Ask = s.now() // behind the others, so that the answer acknowledges all
	s.say(p, last)
}

// impatient: the answers that have come are those that count.
func (s *star) impatient(c *actor.Context[message]) {
	switch s.doubt {
	case asking:
		s.doubt, s.since, s.best, s.rounds = seeking, c.Elapsed(), s.self, 0
		s.seekAll(c)
	case seeking:
		if s.best == s.self && s.rounds < roundsMax {
			s.seekAll(c)
			return
		}
		s.follow(c, s.best)
	}
}

// seekAll asks all nodes that come before this one.
func (s *star) seekAll(c *actor.Context[message]) {
	s.rounds++
	for peer := range s.self {
		s.seek(s.session(peer), 1)
	}
	s.patience = c.After(s.patient(), bell{kind: bellPatience})
}

// seek asks a node that comes before this one whether it would do as a hub.
func (s *star) seek(p *session, doubt int64) {
	s.say(p, starMessage{starBody: starBody{Ask: s.now(), Meet: 1, Have: s.held.told(), Doubt: doubt}})
}

// answered: a peer has answered what it was asked at that time.
func (s *star) answered(c *actor.Context[message], p *session, asked time.Duration) {
	s.flight = max(c.Elapsed()-asked, 0)
	fits := asked+time.Microsecond >= s.since // as precise as questions are
	switch {
	case s.doubt == asking && p.peer == s.hub && fits, s.doubt == seeking && fits && p.peer == 0:
		s.follow(c, p.peer)
	case s.doubt == seeking && fits:
		s.best = min(s.best, p.peer)
	case s.doubt != seeking && p.peer < s.hub && s.flight <= lookBackMin+patienceMax:
		s.follow(c, p.peer)
	}
}

// follow makes a node the hub, or keeps it, and ends the doubt.
func (s *star) follow(c *actor.Context[message], hub int) {
	s.patience.Cancel()
	s.doubt = certain
	if hub == s.hub {
		if hub != s.self {
			p := s.session(hub)
			p.rewind()
			s.flush(c, p)
		}
		return
	}
	before, led := s.hub, s.leadsAny()
	s.hub, s.pacer = hub, newPacer(s.config.Interval)
	s.move++
	if hub == s.self {
		s.call()
	} else {
		s.join(c, s.session(hub), before != s.self && !led)
	}
	if before != s.self {
		s.say(s.session(before), starMessage{}) // that this node has left
	}
	if s.hub != 0 && !s.looking {
		s.looking = true
		c.After(s.lookBackAfter(), bell{kind: bellReturn})
	}
	s.stir(c)
}

// join tells a node that it is the hub now. Until it answers, it is in doubt. A
// node that came with others sends what began there, lest all send the same;
// the rest only if nobody else has brought it after a while.
func (s *star) join(c *actor.Context[message], p *session, withOthers bool) {
	p.still()
	p.rewind()
	p.own, p.silent = withOthers, false
	if withOthers {
		s.settleLater(c, p)
	}
	s.suspect(c)
}

// call makes this node known as a hub to those behind it.
func (s *star) call() {
	for peer := s.self + 1; peer < len(s.sessions); peer++ {
		if p := s.session(peer); !s.leads(p) {
			s.seek(p, 1)
		}
	}
}

// settleLater gives the others time.
func (s *star) settleLater(c *actor.Context[message], p *session) {
	c.After(settleWindows*s.config.Interval+s.patient(), bell{bellSettle, p.peer})
}

// meetAgain begins the history from the start for a hub that got from this node
// only what began here: what it still lacks is in its answer.
func (s *star) meetAgain(c *actor.Context[message], p *session) {
	p.own, p.met = false, false
	p.begin()
	s.meet(c, p)
}

func (s *star) lookBackAfter() time.Duration {
	return max(lookBackWindows*s.config.Interval, lookBackMin)
}

// lookBack asks whether an earlier node than the hub is back: the first, and
// another in turn.
func (s *star) lookBack(c *actor.Context[message]) {
	s.looking = s.hub != 0
	if !s.looking {
		return
	}
	c.After(s.lookBackAfter(), bell{kind: bellReturn})
	s.seek(s.session(0), 0)
	if s.hub > 1 {
		s.turn = s.turn%(s.hub-1) + 1
		s.seek(s.session(s.turn), 0)
	}
	if s.hub == s.self {
		s.callAgain()
	} else if c.Elapsed()-s.heard > s.lookBackAfter() {
		s.suspect(c)
	}
}

// callAgain calls those that were not heard of.
func (s *star) callAgain() {
	for peer := s.self + 1; peer < len(s.sessions); peer++ {
		if p := s.session(peer); p.life == 0 || !p.met {
			s.seek(p, 1)
		}
	}
}

// heardOf takes in what a message says of hubs.
func (s *star) heardOf(c *actor.Context[message], p *session, b *starBody) {
	now := c.Elapsed()
	if p.peer == s.hub {
		s.heard = now
		if p.hub < p.peer { // it is a leaf itself: perhaps its hub will do
			s.seekSoon(now, p.hub, s.lookBackAfter())
		}
		return
	}
	s.seekSoon(now, p.peer, s.patient())
	if now-s.heard <= suspectWindows*s.config.Interval {
		return
	}
	called := p.hub == p.peer && p.peer != 0 && p.peer < s.self
	if b.Doubt != 0 && p.hub == s.hub || called {
		s.suspect(c)
	}
	if called && s.doubt == asking { // the hub did not answer that one
		s.patience.Cancel()
		s.impatient(c)
	}
}

// seekSoon asks a node that would be a better hub, unless it was asked within
// that time.
func (s *star) seekSoon(now time.Duration, peer int, within time.Duration) {
	if peer >= s.hub {
		return
	}
	if p := s.session(peer); p.asked == 0 || now-p.asked > within {
		s.seek(p, 0)
	}
}

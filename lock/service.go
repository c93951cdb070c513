package lock

import (
	"fmt"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
	"eddy/kv"
)

// Config is the configuration of the log that holds the locks.
type Config struct {
	Raft kv.Config // ClientTimeout is 5 s if it is 0
	// Bug makes the service wrong, for tests of the tests. No flag sets it.
	Bug Bug
}

// Bug is a deliberate mistake, by which the tests show that they would find it.
type Bug string

// The mistakes.
const (
	ImpatientLease Bug = "impatient-lease" // a lease is taken for run out after half its time
	StaleSighting  Bug = "stale-sighting"  // a lock is taken over although it was renewed or changed hands since
	AnyToken       Bug = "any-token"       // a release needs no token that holds the lock
	TokensRepeat   Bug = "tokens-repeat"   // a token is given out again
)

// The bounds of a lease, and the part by which others wait longer than its holder: what clocks' rates may differ by.
const (
	ttlMsMax    = 3_600_000
	driftShare  = 10 // a tenth
	usualAnswer = 5 * time.Second
)

// Check reports why the configuration makes no sense.
func (c Config) Check() error { return c.filled().Raft.Check() }

func (c Config) filled() Config {
	if c.Raft.ClientTimeout == 0 {
		c.Raft.ClientTimeout = usualAnswer
	}
	return c
}

// What clients say. A lock is named by a string, a token is a positive integer.
type (
	acquireBody struct {
		ID    int64  `json:"msg_id"`
		Lock  string `json:"lock" wire:"required"`
		TTLMs int64  `json:"ttl_ms" wire:"required"`
	}
	acquiredBody struct {
		Token int64 `json:"token"`
	}
	tokenBody struct {
		ID    int64  `json:"msg_id"`
		Lock  string `json:"lock" wire:"required"`
		Token int64  `json:"token" wire:"required"`
	}
)

// The messages of the actor.
type (
	message any

	acquireRequest = node.Request[acquireBody, acquiredBody]
	tokenRequest   struct {
		node.Request[tokenBody, node.None]
		op operation
	}
	// acquireDone and tokenDone: the log has executed a request's command, or not.
	acquireDone struct {
		request acquireRequest
		outcome outcome
		err     error
	}
	tokenDone struct {
		request tokenRequest
		outcome outcome
		err     error
	}
)

// Service is the lock service.
func Service(config Config) node.Service {
	return func(n *node.Node) error {
		config := config.filled()
		config.Raft.Owner = "lock"
		log, err := kv.Replicate(n, config.Raft, table{config.Bug})
		if err != nil {
			return err
		}
		to := actor.Spawn(n, "locks", func(*actor.Context[message]) actor.Actor[message] {
			return &locks{log: log, config: config, seen: map[string]sighting{}}
		})
		node.Handle(n, "acquire", to, func(r acquireRequest) message { return r })
		node.Handle(n, "renew", to, func(r node.Request[tokenBody, node.None]) message { return tokenRequest{r, renew} })
		node.Handle(n, "release", to, func(r node.Request[tokenBody, node.None]) message { return tokenRequest{r, release} })
		return nil
	}
}

// locks is the actor that turns clients' requests into commands of the log.
type locks struct {
	log    kv.Log
	config Config
	seen   map[string]sighting // by lock, where it was held by somebody when it was asked for
}

// sighting is a holding, and since when it is known here.
type sighting struct {
	holding holding
	since   time.Duration
}

// Receive takes in a request, or what became of one.
func (l *locks) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case acquireRequest:
		if ttl := m.Body.TTLMs; ttl < 1 || ttl > ttlMsMax {
			m.Fail(node.Errorf(maelstrom.MalformedRequest, "ttl_ms is %d: expected 1 to %d", ttl, ttlMsMax))
			return
		}
		l.execute(c, m.From, m.Asks(), m.Body.ID, command{Op: acquire, Lock: m.Body.Lock, TTLMs: m.Body.TTLMs, Over: l.ranOut(c, m.Body.Lock)},
			func(o outcome, err error) message { return acquireDone{m, o, err} })
	case tokenRequest:
		l.execute(c, m.From, m.Asks(), m.Body.ID, command{Op: m.op, Lock: m.Body.Lock, Token: m.Body.Token},
			func(o outcome, err error) message { return tokenDone{m, o, err} })
	case acquireDone:
		l.acquired(c, m)
	case tokenDone:
		l.note(c, m.request.Body.Lock, m.outcome, m.err)
		switch {
		case m.err != nil:
			m.request.Fail(m.err)
		case !m.outcome.Done:
			m.request.Fail(node.Errorf(maelstrom.PreconditionFailed, "token %d does not hold lock %q: %s", m.request.Body.Token, m.request.Body.Lock, m.outcome.Held))
		default:
			m.request.Reply(node.None{})
		}
	}
}

func (l *locks) execute(c *actor.Context[message], from string, asks bool, id int64, cmd command, then func(outcome, error) message) {
	t := kv.Transaction{Body: written(cmd)}
	if asks {
		t.Client, t.ID = from, id
	}
	kv.Execute(c, l.log, t, l.config.Raft.ClientTimeout, func(text wire.Raw, err error) message {
		var o outcome
		if err == nil {
			mustRead(text, &o)
		}
		return then(o, err)
	})
}

func (l *locks) acquired(c *actor.Context[message], m acquireDone) {
	l.note(c, m.request.Body.Lock, m.outcome, m.err)
	switch {
	case m.err != nil:
		m.request.Fail(m.err)
	case m.outcome.Done:
		m.request.Reply(acquiredBody{m.outcome.Token})
	default:
		m.request.Fail(node.Errorf(maelstrom.PreconditionFailed, "lock %q is held: %s", m.request.Body.Lock, m.outcome.Held))
	}
}

// note keeps since when a holding is known. What was given or taken here needs no sighting: the next one in vain is one.
func (l *locks) note(c *actor.Context[message], lock string, o outcome, err error) {
	switch {
	case err != nil:
	case o.Held == nil:
		delete(l.seen, lock)
	case l.seen[lock].holding != *o.Held:
		l.seen[lock] = sighting{*o.Held, c.Elapsed()}
	}
}

// ranOut is the holding of a lock that is known here for longer than its lease; nil for none.
func (l *locks) ranOut(c *actor.Context[message], lock string) *holding {
	s, some := l.seen[lock]
	lease := time.Duration(s.holding.TTLMs) * time.Millisecond
	if l.config.Bug == ImpatientLease {
		lease /= 2
	}
	if !some || c.Elapsed()-s.since < lease+lease/driftShare {
		return nil
	}
	return &s.holding
}

// String is who holds a lock, for errors.
func (h *holding) String() string {
	if h == nil {
		return "nobody holds it"
	}
	return fmt.Sprintf("token %d holds it, for %d ms at a time", h.Token, h.TTLMs)
}

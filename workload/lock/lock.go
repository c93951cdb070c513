// Package lock is the workload lock: locks with leases and fencing tokens. Maelstrom has no such workload.
//
// Clients send three requests:
//
//	{"type": "acquire", "lock": "a", "ttl_ms": 2000}  -> {"type": "acquire_ok", "token": 7}
//	{"type": "renew",   "lock": "a", "token": 7}      -> {"type": "renew_ok"}
//	{"type": "release", "lock": "a", "token": 7}      -> {"type": "release_ok"}
//
// An acquire of a lock that somebody holds, and a renew or release with a token that does not hold the lock, is
// answered with error 22, precondition-failed. The lease begins when its holder asks for it, and again with each renew; it
// lasts ttl_ms. Tokens are positive integers, and those of one lock only grow.
//
// Every token is known to all clients, as that of a resource would be: another client may renew and release what one has
// acquired. After recovery every worker acquires and releases each lock once; that must succeed for each lock.
package lock

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/network"
	"eddy/workload"
)

// New is the workload.
func New() workload.Workload {
	return workload.Workload{
		Name: "lock", EddyOnly: true,
		Judge: checker.Judge{
			Fs:    []string{fAcquire, fRenew, fRelease},
			Check: check,
			Empty: func() checker.Workload { return &Results{} },
			// A lock may stay held by others for a whole run.
			MayFail: []string{fRenew, fRelease},
		},
		KeepsClients: true,
		NewGenerator: func(s workload.Setting, _ *rand.Rand) workload.Generator { return newGenerator(s) },
		NewClient:    func(w *workload.Workload) workload.Client { return &client{workload: w} },
		Calls: []workload.Call{
			{F: fAcquire, Reply: workload.Schema{Type: "acquire_ok", Field: "token", Kind: workload.Integer}},
			{F: fRenew, Reply: workload.Schema{Type: "renew_ok"}},
			{F: fRelease, Reply: workload.Schema{Type: "release_ok"}},
		},
		Final:      func(g workload.Generator) workload.Script { return &finalScript{locks: g.(*generator).locks} },
		FinalLimit: finalLimit,
	}
}

const (
	fAcquire = "acquire"
	fRenew   = "renew"
	fRelease = "release"

	// leaseMs is how long clients ask to hold a lock.
	leaseMs = 2000
	// locksUsual is how many locks there are unless --key-count says otherwise.
	locksUsual = 3
	// retryPause is between two attempts of a worker to acquire a lock after recovery, and finalLimit how long they go on.
	retryPause = 500 * time.Millisecond
	finalLimit = 20 * time.Second
)

// value is the value of an operation. Token is 0 in an acquire that was not answered with one.
type value struct {
	Lock  string `json:"lock"`
	Token int64  `json:"token,omitempty"`
	TTLMs int64  `json:"ttl_ms,omitempty"` // of acquire
}

func (v value) text() json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic("workload lock: cannot encode: " + err.Error()) // a string and two numbers
	}
	return text
}

func readValue(text json.RawMessage) (v value, err error) {
	err = json.Unmarshal(text, &v)
	return v, err
}

// generator draws a lock, and what to do with it as far as is known who holds it.
type generator struct {
	locks []string
	held  []int64 // by lock: the token that holds it as far as is known; 0 for none
	past  []int64 // by lock: the token that was replaced last; 0 for none
}

func newGenerator(s workload.Setting) *generator {
	n := s.Options.KeyCount
	if n == 0 {
		n = locksUsual
	}
	g := &generator{held: make([]int64, n), past: make([]int64, n)}
	for i := range n {
		g.locks = append(g.locks, "l"+strconv.Itoa(i))
	}
	return g
}

// pastShare is the share, one in so many, of operations that a client does whose token was replaced.
const pastShare = 10

// Next acquires a lock that is free, and mostly renews or releases one that is held.
func (g *generator) Next(rng *rand.Rand) workload.Invocation {
	i := rng.IntN(len(g.locks))
	v := value{Lock: g.locks[i], Token: g.held[i]}
	f := [...]string{fAcquire, fAcquire, fRenew, fRelease, fRelease}[rng.IntN(5)]
	if rng.IntN(pastShare) == 0 {
		v.Token = g.past[i]
	}
	if v.Token == 0 || f == fAcquire {
		f, v.Token, v.TTLMs = fAcquire, 0, leaseMs
	}
	return workload.Invocation{F: f, Value: v.text()}
}

// Ended takes note of who holds a lock.
func (g *generator) Ended(inv workload.Invocation, done workload.Completion) {
	v, err := readValue(done.Value)
	if err != nil {
		return
	}
	i := slices.Index(g.locks, v.Lock)
	switch {
	case inv.F == fAcquire && done.Type == history.OK:
		if v.Token > g.held[i] {
			if g.held[i] != 0 {
				g.past[i] = g.held[i]
			}
			g.held[i] = v.Token
		}
	case inv.F == fRelease || inv.F == fRenew && done.Type == history.Fail:
		if g.held[i] == v.Token {
			g.past[i], g.held[i] = v.Token, 0
		}
	}
}

// finalScript has a worker acquire and release each lock once, and try again where it is held.
type finalScript struct {
	locks   []string
	at      int
	release int64 // the token to give back next; 0 for none
	pause   bool
}

func (s *finalScript) Next(now time.Duration, _ *rand.Rand) (inv workload.Invocation, due time.Duration, more bool) {
	if s.at == len(s.locks) {
		return inv, now, false
	}
	if s.pause {
		now += retryPause
	}
	v := value{Lock: s.locks[s.at], Token: s.release}
	if s.release != 0 {
		return workload.Invocation{F: fRelease, Value: v.text(), Final: true}, now, true
	}
	v.TTLMs = leaseMs
	return workload.Invocation{F: fAcquire, Value: v.text(), Final: true}, now, true
}

// Ended goes on to the next lock after a release.
func (s *finalScript) Ended(inv workload.Invocation, done workload.Completion) {
	v, _ := readValue(done.Value)
	s.pause = done.Type != history.OK
	switch {
	case inv.F == fRelease:
		s.release, s.pause = 0, false
		s.at++
	case done.Type == history.OK:
		s.release = v.Token
	}
}

// client puts an operation's value into a request, and the token back.
type client struct {
	workload *workload.Workload
	inv      workload.Invocation
	value    value
}

func (c *client) Invoke(inv workload.Invocation) workload.Step {
	v, err := readValue(inv.Value)
	if err != nil {
		panic("workload lock: " + err.Error()) // the generator made it
	}
	c.inv, c.value = inv, v
	body := append([]byte(`{"type":`), strconv.Quote(inv.F)...)
	body = network.AppendString(append(body, `,"lock":`...), v.Lock)
	if inv.F == fAcquire {
		return workload.Ask(strconv.AppendInt(append(body, `,"ttl_ms":`...), v.TTLMs, 10))
	}
	return workload.Ask(strconv.AppendInt(append(body, `,"token":`...), v.Token, 10))
}

func (c *client) Answered(r workload.Reply) workload.Step {
	done := c.workload.Complete(c.inv, r)
	if done.Type == history.OK && c.inv.F == fAcquire {
		v := c.value
		if err := json.Unmarshal(done.Value, &v.Token); err != nil || v.Token <= 0 {
			done.Type, done.Error = history.Info, network.AppendString(nil, "the token is "+string(done.Value)+": expected a positive integer of 64 bits")
		}
		done.Value = v.text()
	}
	return workload.Step{Done: done}
}

func (c *client) TimedOut() workload.Step {
	return workload.Step{Done: c.workload.TimedOut(c.inv)}
}

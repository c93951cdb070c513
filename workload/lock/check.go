package lock

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Results tells whether locks had one holder at a time.
type Results struct {
	Valid        checker.Verdict `json:"valid?"`
	GrantCount   int             `json:"grant-count"`   // acquires that were answered with a token
	HeldCount    int             `json:"held-count"`    // acquires refused because the lock was held
	RenewCount   int             `json:"renew-count"`   // that were answered ok
	ReleaseCount int             `json:"release-count"` // that were answered ok

	// The anomalies.
	OverlapCount int `json:"overlap-count"` // two leases of a lock at once
	OrderCount   int `json:"order-count"`   // a token that is not above one that was given out before it was asked for
	RepeatCount  int `json:"repeat-count"`  // tokens given out more than once
	StaleCount   int `json:"stale-count"`   // renews and releases accepted of a token after a later one was given out
	// Stuck are the locks that nobody could acquire after recovery.
	Stuck []string `json:"stuck"`
}

// Verdict tells whether there was no anomaly.
func (r *Results) Verdict() checker.Verdict { return r.Valid }

// The kinds of witnesses.
const (
	kindOverlap = "overlap"
	kindOrder   = "order"
	kindRepeat  = "repeat"
	kindStale   = "stale"
	kindStuck   = "stuck"
)

// grant is an acquire that was answered with a token. The holder knows that it holds the lock from the answer on, until
// its lease is over or it begins to release it.
type grant struct {
	lock          string
	token         int64
	invoked, done *checker.Event
	until         time.Duration
}

// use is a renew or release that was answered ok.
type use struct {
	lock          string
	token         int64
	invoked, done *checker.Event
}

// check judges a history by lock. Times are the clients'.
func check(h history.History, pairs history.Pairing, _ checker.Options) (checker.Workload, []checker.Witness, error) {
	c := collection{results: &Results{Stuck: []string{}}}
	for i, op := range h {
		if op.Process == history.Nemesis || op.Type != history.Invoke {
			continue
		}
		end, ended := pairs.Of(i)
		if !ended {
			continue
		}
		if err := c.take(op, h[end]); err != nil {
			return nil, nil, fmt.Errorf("operation %d: %w", h[end].Index, err)
		}
	}
	c.leases(h)
	c.judge()
	r := c.results
	r.Valid = checker.VerdictOf(r.OverlapCount+r.OrderCount+r.RepeatCount+r.StaleCount+len(r.Stuck) == 0)
	return r, c.witnesses, nil
}

type collection struct {
	results   *Results
	grants    []*grant
	uses      []use
	finals    []history.Op // acquires after recovery
	succeeded []string     // the locks of those that were answered ok
	witnesses []checker.Witness
}

func (c *collection) take(invoke, end history.Op) error {
	v, err := readValue(end.Value)
	if err != nil || v.Lock == "" {
		return fmt.Errorf("the value of %s is %.200s: expected a lock, and a token where there is one", end.F, end.Value)
	}
	ok := end.Type == history.OK
	if invoke.F == fAcquire && invoke.Final {
		c.finals = append(c.finals, end)
		if ok {
			c.succeeded = append(c.succeeded, v.Lock)
		}
	}
	switch {
	case !ok:
		if end.F == fAcquire && bytes.Contains(end.Error, []byte("precondition-failed")) {
			c.results.HeldCount++
		}
	case end.F == fAcquire:
		c.results.GrantCount++
		c.grants = append(c.grants, &grant{v.Lock, v.Token, checker.EventOf(invoke), checker.EventOf(end), invoke.Time + time.Duration(v.TTLMs)*time.Millisecond})
	default:
		if end.F == fRenew {
			c.results.RenewCount++
		} else {
			c.results.ReleaseCount++
		}
		c.uses = append(c.uses, use{v.Lock, v.Token, checker.EventOf(invoke), checker.EventOf(end)})
	}
	return nil
}

// leases works out until when each grant is held for certain: renews prolong it, and a release ends it when it is sent,
// whatever became of it.
func (c *collection) leases(h history.History) {
	type held struct {
		lock  string
		token int64
	}
	by := map[held]*grant{}
	for _, g := range c.grants {
		by[held{g.lock, g.token}] = g
	}
	for _, u := range c.uses {
		if g := by[held{u.lock, u.token}]; g != nil && u.done.F == fRenew { // accepted late, it proves that nobody else came meanwhile
			g.until = max(g.until, u.invoked.Time+leaseMs*time.Millisecond)
		}
	}
	for _, op := range h {
		if op.Type != history.Invoke || op.F != fRelease {
			continue
		}
		v, _ := readValue(op.Value)
		if g := by[held{v.Lock, v.Token}]; g != nil {
			g.until = min(g.until, op.Time)
		}
	}
}

func (c *collection) judge() {
	for _, lock := range c.locks() {
		grants := slices.DeleteFunc(slices.Clone(c.grants), func(g *grant) bool { return g.lock != lock })
		c.judgeOrder(grants)
		c.judgeOverlap(grants)
		c.judgeUses(lock, grants)
		c.judgeLiveness(lock)
	}
}

// locks are those of the history, sorted.
func (c *collection) locks() []string {
	var all []string
	for _, g := range c.grants {
		all = append(all, g.lock)
	}
	for _, op := range c.finals {
		v, _ := readValue(op.Value)
		all = append(all, v.Lock)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// judgeOrder finds tokens that repeat, and ones that do not grow in real time: each grant is compared with the highest
// token answered before it was asked for.
func (c *collection) judgeOrder(grants []*grant) {
	first := map[int64]*grant{}
	for _, g := range grants {
		if before := first[g.token]; before != nil {
			c.results.RepeatCount++
			c.witness(kindRepeat, g.lock, fmt.Sprintf("token %d of lock %s was given out twice", g.token, g.lock), before.done, g.done)
			continue
		}
		first[g.token] = g
	}
	asked := slices.SortedStableFunc(slices.Values(grants), func(a, b *grant) int { return cmp.Compare(a.invoked.Time, b.invoked.Time) })
	answered := slices.SortedStableFunc(slices.Values(grants), func(a, b *grant) int { return cmp.Compare(a.done.Time, b.done.Time) })
	var highest *grant
	next := 0
	for _, g := range asked {
		for ; next < len(answered) && answered[next].done.Time < g.invoked.Time; next++ {
			if highest == nil || answered[next].token > highest.token {
				highest = answered[next]
			}
		}
		if highest != nil && g.token < highest.token {
			c.results.OrderCount++
			c.witness(kindOrder, g.lock, fmt.Sprintf("token %d of lock %s was given out after the higher token %d", g.token, g.lock, highest.token), highest.done, g.done)
		}
	}
}

// judgeOverlap finds leases that run at the same time. A grant is held from its answer on.
func (c *collection) judgeOverlap(grants []*grant) {
	held := slices.SortedStableFunc(slices.Values(grants), func(a, b *grant) int { return cmp.Compare(a.done.Time, b.done.Time) })
	var longest *grant // of those before, the one that is held longest
	for _, g := range held {
		if g.until <= g.done.Time {
			continue // its lease was over when the answer came
		}
		if longest != nil && g.done.Time < longest.until && g.token != longest.token {
			c.results.OverlapCount++
			c.witness(kindOverlap, g.lock, fmt.Sprintf("lock %s was given to token %d while token %d held it until %.3f s", g.lock, g.token, longest.token, longest.until.Seconds()), longest.done, g.done)
		}
		if longest == nil || g.until > longest.until {
			longest = g
		}
	}
}

// judgeUses finds renews and releases that were accepted of a token that a later one had replaced before they were asked for.
func (c *collection) judgeUses(lock string, grants []*grant) {
	for _, u := range c.uses {
		if u.lock != lock {
			continue
		}
		i := slices.IndexFunc(grants, func(g *grant) bool { return g.token > u.token && g.done.Time < u.invoked.Time })
		if i >= 0 {
			c.results.StaleCount++
			c.witness(kindStale, lock, fmt.Sprintf("%s of lock %s was accepted with token %d after token %d was given out", u.done.F, lock, u.token, grants[i].token), grants[i].done, u.done)
		}
	}
}

// judgeLiveness finds a lock that nobody could acquire after recovery, though somebody tried.
func (c *collection) judgeLiveness(lock string) {
	if slices.Contains(c.succeeded, lock) {
		return
	}
	for _, op := range slices.Backward(c.finals) {
		if v, _ := readValue(op.Value); v.Lock == lock {
			c.results.Stuck = append(c.results.Stuck, lock)
			c.witness(kindStuck, lock, fmt.Sprintf("lock %s could not be acquired after recovery", lock), checker.EventOf(op))
			return
		}
	}
}

func (c *collection) witness(kind, lock, note string, events ...*checker.Event) {
	if len(c.witnesses) == checker.WitnessesMax {
		return
	}
	text, _ := json.Marshal(lock)
	w := checker.Witness{Kind: kind, Value: text, Note: note}
	for _, e := range events {
		w.Events = append(w.Events, *e)
	}
	c.witnesses = append(c.witnesses, w)
}

package testbench

import (
	"fmt"
	"time"

	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/testbench/report"
)

const kindSilence = "silence"

// silencePatience is how long nodes must leave requests without a reply before they count as silent: that, or two
// client timeouts, whichever is longer.
const silencePatience = 10 * time.Second

// silence watches whether nodes answer their clients. What faults do to a node is for the workload's checker to judge:
// a node is silent only if it leaves a request without a reply during which no fault was active, and has answered none
// for long. A run with --p-loss has no such time.
type silence struct {
	clock   Clock
	timeout time.Duration // of clients
	lossy   bool          // any message may be lost

	active map[string]bool // faults that have begun and not ended
	calm   time.Duration   // since when there are none
	heard  time.Duration   // when a node last sent a client anything
}

// unanswered is the requests without a reply since a node last sent a client anything.
type unanswered struct {
	requests    int
	calm        bool          // no fault was active during the latest of them
	since, last time.Duration // when the first of them was sent, and when the wait for the latest was over
}

// struck takes note that the nemesis has done something.
func (s *silence) struck(act string, now time.Duration) {
	if s.active == nil {
		s.active = make(map[string]bool)
	}
	if fault, _, begins := nemesis.Begins(act); begins {
		s.active[fault] = true
	} else if fault, ends := nemesis.Ends(act); ends {
		delete(s.active, fault)
		s.calm = now
	}
}

// quiet tells whether no fault has been active since a time.
func (s *silence) quiet(since time.Duration) bool { return len(s.active) == 0 && s.calm <= since }

// spoke takes note that a node has sent a client something.
func (s *silence) spoke(n *node) {
	n.unanswered = unanswered{}
	s.heard = s.clock.Now()
}

// timedOut takes note that a client has waited for a node in vain, and reports whether no node answers any more.
func (s *silence) timedOut(n *node) (all bool) {
	now := s.clock.Now()
	sent := now - s.timeout
	if n.life != alive || n.paused {
		return false
	}
	if n.unanswered.requests == 0 {
		n.unanswered.since = sent
	}
	n.unanswered.requests++
	n.unanswered.last = now
	n.unanswered.calm = !s.lossy && s.quiet(sent)
	return !s.lossy && s.quiet(now-s.patience()) && now-s.heard >= s.patience()
}

func (s *silence) patience() time.Duration { return max(silencePatience, 2*s.timeout) }

// of tells, at the end of a run, that a node stopped answering; ended says that the run ended since all had. Of a node that
// ended itself, or whose output is ignored, something is said already.
func (s *silence) of(n *node, ended bool) (f finding, found bool) {
	u := n.unanswered
	long := ended && u.requests > 0 || u.requests > 1 && u.last-u.since >= 2*s.timeout
	if !long || !u.calm || n.exited || n.output.deaf || n.life != alive {
		return finding{}, false
	}
	what := fmt.Sprintf("stopped answering at %.3f s and never answered again: %s from then on had no reply within %v, though no fault was active at the end",
		u.since.Seconds(), report.Plural(u.requests, "request", "requests"), s.timeout)
	if out := &n.output; out.unfinished > 0 {
		what += fmt.Sprintf("; %d bytes without an end of line are waiting: %s", out.unfinished, network.Abbreviate(out.unfinishedStart, findingLineBytesMax))
	}
	return finding{kind: kindSilence, about: "silent", what: what,
		expected: "a reply to each request, an error if need be, for as long as the node runs"}, true
}

// text says why a run ended before its time.
func (s *silence) text(limit time.Duration) string {
	return fmt.Sprintf("The run was ended after %v of %v: no node had answered for %v, outside of faults, so nothing could change any more. No final reads were made.",
		roundTime(s.clock.Now()), limit, roundTime(s.clock.Now()-s.heard))
}

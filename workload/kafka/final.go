package kafka

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/workload"
)

// finalScript polls all keys from their beginning until it has seen all that was known to exist: crash the
// client, lest its state be broken; assign all keys to the next one; poll.
type finalScript struct {
	keys     []string
	awaited  offsets // by key, what is still to be seen
	assigned bool
	crashed  bool
	pollDue  time.Duration
}

const finalPollMean = 200 * time.Millisecond

func finalPolls(of workload.Generator) workload.Script {
	s := &finalScript{}
	known := &of.(*generator).known
	s.keys = slices.SortedFunc(slices.Values(known.keys), compareKeys)
	for _, key := range s.keys {
		s.awaited.set(key, known.of[key])
	}
	return s
}

// Next gives the crash, the assign and then polls, 0.2 s apart on average.
func (s *finalScript) Next(now time.Duration, rng *rand.Rand) (inv workload.Invocation, due time.Duration, more bool) {
	switch {
	case len(s.awaited.keys) == 0:
		return workload.Invocation{}, 0, false
	case !s.crashed:
		s.crashed = true
		return workload.Invocation{F: "crash", Final: true}, now, true
	case !s.assigned:
		s.assigned, s.pollDue = true, max(now, s.pollDue)
		return workload.Invocation{F: "assign", Value: keyList(s.keys), Final: true}, now, true
	}
	due = max(now, s.pollDue)
	s.pollDue = due + nemesis.Stagger(rng, finalPollMean)
	return workload.Invocation{F: "poll", Value: json.RawMessage(`[["poll"]]`), Final: true}, due, true
}

// Ended crosses off what was seen. After a poll of unknown outcome the keys are assigned again, for the
// process that follows has none; Jepsen's polls on without any.
func (s *finalScript) Ended(inv workload.Invocation, done workload.Completion) {
	switch {
	case inv.F != "poll":
	case done.Type == history.Info:
		s.assigned = false
	case done.Type == history.OK:
		eachPolled(polledOf(done.Value), func(key string, offset int64, _ bool) {
			if until, awaited := s.awaited.get(key); awaited && until <= offset {
				s.awaited.remove(key)
			}
		})
	}
}

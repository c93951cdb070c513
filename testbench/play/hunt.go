package play

import (
	"errors"
	"time"

	"eddy/actor/node"
	"eddy/testbench/checker"
	"eddy/testbench/report"
	"eddy/testbench/search"
	"eddy/testbench/virtual"
)

// Sought is how far a search for a seed that fails has come.
type Sought struct {
	Tried   int      `json:"tried"`
	Seed    *uint64  `json:"seed,omitempty,string"` // the first that fails; absent if none of these does
	At      int64    `json:"at"`                    // when it went wrong, as far as that is known
	Reasons []string `json:"reasons"`
}

// seekFor is how long one answer looks for a seed: the page goes on asking, and stays alive.
const seekFor = time.Second

// seek tries seeds from one on, with the deeds of the request, until one fails, all are tried or time is up.
func (b *Bench) seek(r *Request) (any, error) {
	if r.Count < 1 {
		return nil, errors.New("a search needs a number of seeds: give a count of at least 1")
	}
	found := Sought{Reasons: []string{}}
	for begun := time.Now(); found.Tried < r.Count && (found.Tried == 0 || time.Since(begun) < seekFor); found.Tried++ {
		of := *r
		of.Seed = r.Seed + uint64(found.Tried)
		s, err := b.simulation(&of)
		if err != nil {
			return nil, err
		}
		out := virtual.Run(s.Options, s.Config(nil, node.TraceOptions{}))
		if out.Err != nil {
			return nil, out.Err
		}
		if out.Results.Valid == checker.Invalid {
			found.Seed, found.At, found.Reasons = &of.Seed, int64(wrongFrom(out.Results)), []string{report.Reasons(out.Results)}
			found.Tried++
			break
		}
	}
	return found, nil
}

// wrongFrom is when the first of what proves a failure was known, such as the acknowledgement of a value that is lost; 0 if
// that is not told.
func wrongFrom(r checker.Results) time.Duration {
	var first time.Duration
	for i := range r.Witnesses {
		at := time.Duration(0)
		switch w := &r.Witnesses[i]; {
		case w.Known != nil:
			at = w.Known.Time
		case len(w.Events) > 0:
			at = w.Events[0].Time
		case w.Invoked != nil:
			at = w.Invoked.Time
		}
		if at > 0 && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}

// Cause is when a failure became inevitable.
type Cause struct {
	At   int64  `json:"at"`
	Text string `json:"text"`
}

// cause finds the moment from which every future of a failed run fails, as eddy cause does.
func (b *Bench) cause(r *Request) (any, error) {
	made, err := b.reel(r)
	if err != nil {
		return nil, err
	}
	switch {
	case made.outcome.Results.Valid != checker.Invalid:
		return nil, errors.New("this run does not fail, so that nothing has caused it to: find a failure first")
	case virtual.Vacuous(&made.outcome):
		return nil, errors.New("this run proved nothing, and did not fail: find a failure first")
	}
	same, said := virtual.SameFailure(&made.outcome)
	found := search.FindInevitable(virtual.LastMoment(made.outcome.History), func(at time.Duration, futures int) int {
		return virtual.FailingFutures(made.Options, func() virtual.Config { return made.Config(nil, node.TraceOptions{}) }, same, at, futures)
	})
	return Cause{At: int64(found.From.At), Text: said + ". " + found.String()}, nil
}

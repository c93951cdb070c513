package gossip

import "eddy/internal/suggest"

// Fault is a mistake in the retransmission of cumulative acknowledgement, made on
// purpose: seeds must find it, and a trace must name it. [Config.SkipRetries] is
// another.
type Fault string

// The mistakes.
const (
	// GivesUp: what was sent again once is not sent a third time.
	GivesUp Fault = "gives-up"
	// TrustsTheNetwork: what is sent counts as acknowledged.
	TrustsTheNetwork Fault = "trusts-the-network"
	// AcksOverGaps: what comes behind a gap is acknowledged, the gap with it.
	AcksOverGaps Fault = "acks-over-gaps"
	// SkipsTheFirst: what is sent again begins one too late.
	SkipsTheFirst Fault = "skips-the-first"
)

// Faults are all there are.
func Faults() []Fault { return []Fault{GivesUp, TrustsTheNetwork, AcksOverGaps, SkipsTheFirst} }

func (f Fault) check() error {
	if f == "" {
		return nil
	}
	return suggest.OneOf("--fault", string(f), string(GivesUp), string(TrustsTheNetwork), string(AcksOverGaps), string(SkipsTheFirst))
}

// givesUpAfter is how many times GivesUp sends again.
const givesUpAfter = 1

// mayRetry counts a retransmission, and reports whether there is one.
func (a *cumulative) mayRetry() bool {
	a.tries++
	return !a.SkipRetries && (a.Fault != GivesUp || a.tries <= givesUpAfter)
}

package gossip

// Fault is a mistake in the retransmission of cumulative acknowledgement, made on
// purpose: tests show with it that they would find such a one, and that a trace
// names it. [Config.SkipRetries] is another.
type Fault uint8

// The mistakes.
const (
	// GivesUp: what was sent again once is not sent a third time.
	GivesUp Fault = iota + 1
	// TrustsTheNetwork: what is sent counts as acknowledged.
	TrustsTheNetwork
	// AcksOverGaps: what comes behind a gap is acknowledged, the gap with it.
	AcksOverGaps
	// SkipsTheFirst: what is sent again begins one too late.
	SkipsTheFirst
)

// givesUpAfter is how many times GivesUp sends again.
const givesUpAfter = 1

// mayRetry counts a retransmission, and reports whether there is one.
func (a *cumulative) mayRetry() bool {
	a.tries++
	return !a.SkipRetries && (a.Fault != GivesUp || a.tries <= givesUpAfter)
}

package link

import "time"

// Bug breaks a link on purpose: seeds must find it, and a trace must name it.
type Bug string

// The bugs.
const (
	// SkipRetries: nothing is ever sent again.
	SkipRetries Bug = "skip-retries"
	// GivesUp: what was sent again once is not sent a third time.
	GivesUp Bug = "gives-up"
	// TrustsTheNetwork: what is sent counts as acknowledged.
	TrustsTheNetwork Bug = "trusts-the-network"
	// AcksOverGaps: what comes behind a gap is acknowledged, the gap with it.
	AcksOverGaps Bug = "acks-over-gaps"
	// SkipsTheFirst: what is sent again begins one too late.
	SkipsTheFirst Bug = "skips-the-first"
)

// retries reports whether what is not acknowledged is ever sent again.
func (l *Link) retries() bool {
	return l.config.Bug != SkipRetries && (l.config.Bug != GivesUp || l.tries == 0)
}

// retry begins to send again what is not acknowledged: everything or, to a silent peer, one message.
func (l *Link) retry(now time.Duration) {
	l.tries++
	l.sent, l.probing, l.fill = l.acked, l.tries > l.config.Tries, 0
	switch l.config.Bug {
	case GivesUp:
		l.probing = false
	case SkipsTheFirst:
		l.sent, l.probing, l.retryAt = l.acked+1, false, now+l.config.Retry
	}
}

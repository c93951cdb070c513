package gossip

import half "eddy/internal/link"

// Bug is a deliberate mistake, by which the tests show that they would find it: one of package link's.
type Bug = half.Bug

// The mistakes.
const (
	SkipRetries      = half.SkipRetries
	GivesUp          = half.GivesUp
	TrustsTheNetwork = half.TrustsTheNetwork
	AcksOverGaps     = half.AcksOverGaps
	SkipsTheFirst    = half.SkipsTheFirst
)

// Bugs are the names of all there are.
func Bugs() []string {
	return []string{string(SkipRetries), string(GivesUp), string(TrustsTheNetwork), string(AcksOverGaps), string(SkipsTheFirst)}
}

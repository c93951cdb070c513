package txn

import "eddy/internal/link"

// Bug is a deliberate bug, by which the tests show that they would find it.
type Bug string

// The bugs.
const (
	SkipRetries    Bug = Bug(link.SkipRetries) // nothing is ever sent again
	LastComeStays  Bug = "last-come-stays"     // a write that comes later replaces one with a later stamp
	TiesStay       Bug = "ties-stay"           // of two writes of the same time the one that came first stays
	ForgetsTheRest Bug = "forgets-the-rest"    // of a transaction of another node only the first write is applied
	ClockStays     Bug = "clock-stays"         // the clock does not follow what is heard
)

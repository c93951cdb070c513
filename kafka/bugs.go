package kafka

// Bug is a deliberate bug, by which the tests show that they would find it.
type Bug string

// The bugs.
const (
	CommitGoesBack    Bug = "commit-goes-back"    // a committed offset is replaced by a lower one
	ClosedTooEarly    Bug = "closed-too-early"    // polls show up to this node's own clock, whatever the others promised
	EagerStart        Bug = "eager-start"         // a node gives out offsets before it has heard how far they were given out
	AckOneForAll      Bug = "ack-one-for-all"     // --acks all does not wait for the others
	ForwardedTwice    Bug = "forwarded-twice"     // a forwarded message that comes again is appended again
	BlindAppend       Bug = "blind-append"        // a chunk in lin-kv is overwritten, whatever it holds now
	PromiseInTransfer Bug = "promise-in-transfer" // a peer that is still being told everything is promised that it has it
)

package counter

// Bug is a deliberate bug, by which the tests show that they would find it.
type Bug string

// The bugs.
const (
	JoinAdds       Bug = "join-adds"        // of two states of a shard that have come in turn the sum is taken, not the later
	TellsOnce      Bug = "tells-once"       // what a neighbour was told is not told again
	HearsAll       Bug = "hears-all"        // a neighbour is taken to have what it was sent
	AckBeforeStore Bug = "ack-before-store" // an add is acknowledged before it is stored
	RetryAddsAgain Bug = "retry-adds-again" // a compare and set whose reply got lost is made again on top of itself
)

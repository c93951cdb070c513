// Package kv is a key-value store replicated by Raft: the service of Maelstrom's
// workload lin-kv; and, with a Machine, a store of transactions on the same log.
//
// # What it owns
//
// One actor, the replica, owns a copy of the store and this node's part in Raft,
// which is decided by go.etcd.io/raft/v3 and carried out here:
//
//	ticker -> replica -> journal     the one place that waits for I/O
//	            |   ^
//	            v   |
//	     raft messages from and to the other nodes' replicas
//
// The library is a state machine without goroutines, clocks and I/O: it is told
// of ticks and messages, and says what is to be saved, then said, then applied.
// Its election clock is replaced by one that draws from the actor's source (see
// electionClock), so that a seed of the simulator fixes elections, too. Messages
// to one peer are gathered, and go out at most once in --batch.
//
// # What it promises
//
// Every key is linearizable, whatever node is asked; keys and values are any
// JSON, compared as values. A node that does not lead passes a request on and
// answers when it has applied it itself. A request is applied at most once,
// though it may get into the log more often: client and request id are part of
// the replicated state. What is answered as failed (20, 22, 11) did not happen and
// will not; what may have happened is answered with 0, or not in time.
//
// With a disk, a node that was killed comes back with all it had promised, and
// what was cut off in mid-write is as if it had never begun. Without one it rejoins
// with empty state under a new raft id, as a learner first (see founding,
// admission). When a majority was killed, the nodes that are left refuse.
//
// # What it refuses
//
// Requests when too many wait; an answer to a client that has given up; a journal
// that is damaged or whose records contradict each other. A replica whose disk has failed is silent until it is restarted. Nodes beyond those that
// init named cannot become members.
package kv

// Package kafka is the service of Maelstrom's workload kafka: append-only logs
// by key, whose messages have offsets that only grow, with committed offsets.
//
// One actor a node, the broker (broker.go, path kafka), talks to clients and
// peers. Under it each key has an actor of its own that holds its log (path
// kafka/log/k), spawned on first use; when it has been idle it hands the log
// back to the broker and ends (topic.go). What needs several logs or nodes, such
// as a poll of many keys, waits for its parts (pending.go).
//
//	client -> broker -> log/k -> reply
//	broker <-> peer's broker, over a link (package link)
//
// A strategy is a [Config]: one node in memory (memory.go), an owner a key
// (owner.go), logs in lin-kv with and without an owner (stored.go, storedlog.go,
// chain.go), and no leader at all (leaderless.go, restore.go). With a journal (saved.go) a node has its
// own entries and commits on its disk; without one, what strategies in memory hold on killed nodes only is gone. docs/kafka.md says
// what each costs and survives.
//
// # What it promises
//
// A message is appended once, whatever is lost, repeated or reordered: items
// between nodes are numbered, and what goes to lin-kv carries the
// number that its node gave it. An offset holds one message, the same on every
// node. A poll shows a log's entries in order and skips none. Committed offsets
// never go back. Nodes with nothing to say are silent. Values are any JSON and
// keep their spelling, white space apart; keys are any string.
//
// # What it refuses
//
// Offsets below 0, and whatever does not have Maelstrom's fields, with error 12.
// A reply after the client has given up: what is open then gets a
// timeout, error 0, which leaves open whether it took place.
package kafka

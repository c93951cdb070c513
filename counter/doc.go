// Package counter is the services g-counter and pn-counter: one sum on all nodes, to which clients add through
// any of them.
//
// Each node has one actor. It owns the node's shard, the part of the sum that was added through this node, and knows
// the other shards as they were some time ago. A shard is two sums that only grow, of what was added and of what was
// taken away (shard.go), so the larger of two states of a shard is the later, in whatever order they come.
//
// A strategy is a [Config]:
//
//   - [CRDT] (crdt.go, neighbour.go): every node keeps every shard and sends its neighbours, at intervals, what
//     they are not known to have. No store; a read costs nothing.
//   - [Store] (store.go, view.go): the shard is a key in seq-kv that only its node writes. It is written through,
//     before an add is acknowledged, or behind, at intervals. Reads gather the other shards from the store or from
//     their nodes.
//
// What it promises:
//
//   - Every node counts an acknowledged add in the end, once, through loss, duplication, reordering, pauses and
//     partitions. It survives kills where the strategy writes through: the restarted node continues from its stored
//     shard. Otherwise a kill costs the adds of the last interval that no other node has received.
//   - Sums are exact at any size. An add that would take the sum that this node knows beyond 64 bits is refused
//     with error 22. Where several nodes get there together, unaware of each other, reads are refused with error
//     22 until the sum is back within 64 bits.
//   - An idle cluster sends nothing.
//
// It refuses deltas that are not integers of 64 bits, negative ones to a g-counter (12), and more requests than
// [Config.WaitingMax] that wait for the store (11). docs/counters.md says what each strategy costs.
package counter

// Package counter is the services g-counter and pn-counter: one sum on all nodes, to which clients add through
// any of them.
//
// Each node has one actor that owns the node's shard, the part of the sum that was added through this node, and
// knows the other shards as they were some time ago. A shard is two sums that only grow, of what was added and
// of what was taken away (shard.go), so that of two states of it the later is the larger, whatever order
// they come in.
//
// A strategy is a [Config]:
//
//   - [CRDT] (replica.go, neighbour.go): every node keeps every shard, and tells its neighbours at intervals what
//     they are not known to have. No store; a read costs nothing.
//   - [Store] (ledger.go, view.go): the shard is a key in seq-kv that only its node writes. It is written through,
//     before an add is acknowledged, or behind, at intervals. Reads gather the other shards from the store or from
//     their nodes.
//
// What it promises:
//
//   - An acknowledged add is counted, once, on every node in the end: through loss, duplication, reordering,
//     pauses and partitions. Through kills where the strategy writes through: the node that comes back goes on from
//     its stored shard. Otherwise a kill costs the adds of the last interval that nobody else has heard of.
//   - Sums are exact at any size. What would take the sum that this node knows of beyond 64 bits is refused with
//     error 22, and is not added. Where several nodes get there together, each unaware of the others, reads are
//     refused with error 22 until it is back.
//   - Nodes say nothing when there is nothing to say.
//
// It refuses deltas that are not integers of 64 bits, negative ones to a g-counter (12), and more requests than
// [Config.WaitingMax] that wait for the store (11). docs/counters.md says what each strategy costs.
package counter

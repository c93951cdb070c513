// Package serial is transactions on lists, strictly serializable: the service of
// Maelstrom's workload txn-list-append.
//
// # What it owns
//
// What a transaction is, and two strategies of putting them all in one order:
//
//   - raft: whole transactions go through the log of package kv, on every node's
//     copy of the lists. No store but the nodes themselves is needed;
//   - chunks: nodes keep nothing that matters. The lists are a tree of chunks in
//     lww-kv, which never change; a pointer to the newest root is in lin-kv, and
//     whoever moves it there, from the root that his transactions were executed
//     on, has committed them. It is how Datomic commits.
//
// # What it promises
//
// Every transaction takes effect at once, at some moment between its request and
// its answer. Keys and elements are any JSON. A transaction is applied once. What
// is answered as failed (11, 12, 30) did not happen and will not; what may have
// happened is answered with 0, or not in time.
//
// With raft a majority of the nodes must reach each other. With chunks any node
// goes on that reaches the stores, and one that was killed goes on at once; but
// nodes that commit at the same time are in each other's way.
//
// # What it refuses
//
// Transactions that make no sense, before anything of them happens; more of them
// than there is room for. The chunks that no root leads to any more are garbage
// which nobody collects: lww-kv cannot delete.
package serial

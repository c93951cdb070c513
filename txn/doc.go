// Package txn is the service txn-rw-register: transactions that read and write keys. The node that a client asks executes
// each at once and in full, without asking another node, so clients are served through any partition.
//
// One actor a node (store.go, path txn) owns the registers and a link (package link) to each peer. It executes a
// transaction where it arrives, stamps what it wrote last to each key with a Lamport time, and sends it to every peer, at
// most once in an interval. Of two writes to a key the one with the later stamp stays, on every node, in whatever order
// they came (registers.go). So nodes that have heard the same hold the same.
//
//	client -> txn -> link to n1 -> n1
//
// A peer that was restarted, or was away while more than Config.QueueMax items waited for it, is sent all registers, in
// one item. If a node hears of a write that an earlier incarnation of its own made, it sends all registers to the other
// peers: they may lack that write.
//
// Strategies, and what each gives:
//
//   - transactions: what a transaction wrote appears at once and in full on every other node, and in the order in which
//     its node did it. Read atomic: no read of what was aborted or overwritten within its transaction, none of half a
//     transaction, and no transaction reads a key twice differently. Stamps order all writes, and a transaction's stamp
//     is later than all that it saw, so there is no circle of writes or of information. A process that stays with its
//     node never sees a key go back. What no strategy without coordination gives is missing here, too: two transactions
//     can both build on the state that they read (lost update, write skew), a read may be old, and what one transaction
//     saw another, elsewhere, may not see yet though it sees the first (not causal).
//   - writes: every write travels in a message of its own and is applied when it comes. Read uncommitted and no more:
//     others see values that a transaction has overwritten itself (G1b), and half of what it wrote. Stamps keep the
//     writes of two transactions from interleaving (no G0). It shows that the level is a choice, and that a checker
//     tells them apart.
//   - local: sends nothing. On one node this is strictly serializable; on several they never agree, which the node logs
//     and our test bench, unlike Maelstrom, finds.
//
// With a journal (saved.go) a node has its registers on its disk, and what it has acknowledged outlives kills. Without
// one a killed node gets back from its peers what they had heard of it; what it had sent to no peer is gone, and nodes may
// differ in the end.
package txn

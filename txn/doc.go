// Package txn is the service txn-rw-register: transactions that read and write
// keys, each executed at once and in full by the node that a client asks, without
// asking anybody: available to every client through any partition.
//
// A node has one actor that owns its registers (store.go, path txn), and under it
// one actor a peer (link.go, path txn/link/n1) that alone knows what that peer has
// got. A transaction is executed where it arrives; what it wrote last to each key
// goes, stamped with a Lamport time, to every peer, in batches that a ticker
// paces. Of two writes to a key the one with the later stamp stays, on every node,
// whatever the order in which they came (registers.go): so that nodes that have
// heard the same hold the same.
//
//	client -> txn -> link/n1 -> n1
//	n1 -> txn (applies) -> link/n1 (acknowledges)
//
// Batches are numbered and acknowledged cumulatively; what is not acknowledged is
// sent again. Nothing is sent when there is nothing to say. A peer that is silent
// is probed with one message at a time; one that comes back without its memory, or
// that was away for too long, is given the whole state instead of what it missed.
//
// Strategies, and what each gives:
//
//   - transactions: what a transaction wrote appears at once and in full on every
//     other node, and in the order in which its node did it. Read atomic: no read
//     of what was aborted or overwritten within its transaction, none of half a
//     transaction, and no transaction reads a key twice differently. Stamps order
//     all writes, and a transaction's stamp is later than all that it saw, so there
//     is no circle of writes or of information. A process that stays with its node
//     never sees a key go back. What no strategy without coordination gives is
//     missing here, too: two transactions can both build on the state that they
//     read (lost update, write skew), a read may be old, and what one transaction
//     saw another, elsewhere, may not see yet though it sees the first (not causal).
//   - writes: every single write travels on its own and is applied when it comes.
//     Read uncommitted and no more: others see values that a transaction has
//     overwritten itself (G1b), and half of what it wrote. Stamps keep the writes
//     of two transactions from interleaving (no G0). It is here to show that the
//     level is a choice, and that a checker tells them apart.
//   - local: tells nobody. On one node this is strictly serializable; on several
//     they never agree, which the node logs and our bench, unlike Maelstrom, finds.
//
// With a journal (saved.go) a node has its registers on its disk, and what it has answered outlives kills. Without one nothing is stored: a killed node gets back from its peers what they had heard of
// it; what it had told nobody is gone. That all nodes agree in the end is promised
// without kills only.
package txn

// Package gossip is the services broadcast and g-set: a set of values that only
// grows, handed to one node by a client and wanted on every node.
//
// A node has one actor that owns the set (store.go, path gossip), and under it
// one actor a neighbour (link.go, path gossip/link/n7) that alone knows what
// that neighbour has got: how it is acknowledged is in cumulative.go, over
// package link, and each.go. A ticker actor paces the links. The store offers what it learns to
// the links as slices of a log that is never rewritten; a message that comes
// from a neighbour is learned by the store first, and only then known to the
// link, so that nothing is acknowledged that is not in the set.
//
//	client -> store -> link/n7 -> n7
//	n7 -> store (learns) -> link/n7 (acknowledges), and to the other links
//
// What a node is that was told nothing follows the size of the cluster: a star up
// to 256 nodes, above that clusters of the root of n nodes with linked hubs
// (size.go).
//
// The strategy paced is another actor in the store's place (star.go): it needs no links, and what each other node has
// got is in its sessions (session.go), which nobody else touches. They are not on package link: a position in the
// node's history acknowledges, not a number of items; what a peer has by its version vector is passed over; and
// batches go at the window, for all peers at once. What its hub does when a leaf's values come a little late is in
// hub.go, what a node does when its hub is silent in failover.go.
//
// A strategy is a [Config]: how values get around (config.go), over which links
// (topology.go), how they are acknowledged. Combinations that make no sense are
// refused by the names of their flags. docs/broadcast.md says what each costs
// and survives; in short: without acknowledgement, what the network loses is
// lost; with it nothing is, through loss, duplication, reordering, pauses and
// partitions; and with cumulative acknowledgement a neighbour that lost its
// memory is given everything again. With a journal (saved.go) a node learns a value, from a client or
// a neighbour, when it is on its disk, so that a kill loses nothing that was acknowledged to anybody; without
// one, what only killed nodes had is gone.
//
// Values are any JSON, compared by canonical form. A read costs a copy of the
// set's bytes, a new value the same at any size (values.go).
package gossip

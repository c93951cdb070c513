// Package txn finds what a history of transactions proves its database guilty
// of.
//
// A transaction reads and writes keys; the histories are of registers (a write
// replaces the value, [Registers]) or of lists (a write appends an element,
// [Lists]). Every written value is written once to its key, so that a read tells
// whose write it saw. From that follow the dependencies of Adya's thesis ("Weak
// Consistency", MIT 1999): T2 read what T1 wrote (wr), T2 overwrote what T1
// wrote (ww) or what T1 read (rw); and, where the model asked for has them, that
// T1 was over before T2 began (realtime) or that one process did both (process).
// Transactions that must each come before the next, in a circle, are an anomaly,
// named by the edges of the circle as in Elle (Kingsbury and Alvaro, "Elle:
// Inferring Isolation Anomalies from Experimental Observations", VLDB 2020):
//
//	G0                  ww only
//	G1c                 ww and at least one wr
//	G-single-item       one rw, else ww and wr
//	G-nonadjacent-item  several rw, no two of them in a row
//	G2-item             several rw, at least two in a row
//
// and with -process or -realtime behind the name if the circle needs such an
// edge. A single transaction or a pair can be wrong by itself: internal,
// future-read, G1a (aborted read), G1b (intermediate read), dirty-update,
// lost-update; and so can a key: cyclic-versions, duplicate-elements,
// incompatible-order.
//
// [Check] gives what it found under those names, the consistency models that it
// rules out, and the shortest circle of each kind told step by step. It promises
// the names and the verdict that Elle would give, with the options with which
// Maelstrom calls it, and that the same history gives the same answer: its
// searches are bounded by a count of steps, not by a clock. It takes time about
// linear in the history where there is nothing to find.
//
// It departs from Elle in little; docs/fidelity.md lists all of it, and testdata/elle.edn.gz holds it to Elle's own verdicts.
// What Elle passes over is an anomaly with strict only. A cycle of versions of one key does not keep it from
// ordering those of the other keys; and where Elle gives up after a second, this goes on.
//
// It refuses histories that it cannot judge, with an error: a value written
// twice to one key, a null written to a register, an operation that is no
// transaction.
package analysis

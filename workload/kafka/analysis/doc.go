// Package kafka finds anomalies in histories of replicated logs: append-only
// logs by key, in which every message has an offset of its own.
//
// [Analyze] reads the operations (send, poll, assign, crash), works out from
// the offsets in which order the messages of each key stand, and gives every
// [Case] of every anomaly, each with the operations that prove it. What counts
// as which anomaly is Jepsen's, jepsen.tests.kafka, as Maelstrom uses it: one
// send or one poll an operation, clients that assign and do not subscribe, no
// dependencies between writes. Transactions are therefore not looked at:
// precommitted-read, int-send-skip, int-nonmonotonic-send and cycles of more
// than one send and one poll cannot occur.
//
// It promises to look at every operation, and to give cases in an order that
// depends on the history alone. It takes time in proportion to the messages
// polled, with a sort of each key's offsets.
//
// Where Jepsen gives up it goes on: a polled message that nobody sent is the
// anomaly Unsent, not an unknown verdict. It refuses to judge which anomalies
// make a run invalid, to count, and to shorten; that is package checker's.
package analysis

// Package nemesis injects faults into a run: which, when, and what of it stands in the history.
//
// A [Package] is one family of faults with a rhythm of its own; a [Nemesis] is the packages of a run.
// The words and the distributions are those of Jepsen's nemesis packages, which Maelstrom uses: every
// package acts first at the start of the run and then at intervals drawn uniformly from nothing to
// twice the asked interval, turning a fault on and off in turn. Every act is asked for and then done,
// two entries of the history, and one act is under way at a time.
//
// The package here is [Partition]. Others join by implementing [Package]; nothing in it presumes that
// a fault is one of the network.
//
// It keeps no goroutine and reads no clock: its owner tells it the time and asks when it is due.
package nemesis

// Package nemesis injects faults into a run: which, when, and what of it stands in the history.
//
// A [Package] is one family of faults with a rhythm of its own; a [Nemesis] is the packages of a run.
// The words and the distributions are those of Jepsen's nemesis packages, which Maelstrom uses: every
// package acts first at the start of the run and then at intervals drawn uniformly from nothing to
// twice the asked interval, turning a fault on and off in turn. A package may also have its faults last for
// a fixed time. Every act is asked for and then done, two entries of the history, and one act is under way
// at a time.
//
// The packages here are [Partition], the [Spell] for what befalls messages, and [Strike] for what befalls
// nodes. They know what they harm by an interface or a function each, so that nothing in them presumes
// where nodes live.
//
// It keeps no goroutine and reads no clock: its owner tells it the time and asks when it is due.
package nemesis

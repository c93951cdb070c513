// Package disk keeps a node's bytes through kills: [Open] in a file of a directory, and [Simulated] in the memory of
// the simulator. Both are a [eddy/actor/node.Disk], which says what they promise.
//
// A [Simulated] does what a kill does to a real disk at its worst. Of what was not synced it keeps the beginning, up to
// a byte that the seed draws, or it keeps the length and has zeros in sectors that were not written. It can be full and
// slow, its sync can fail, and a bit of it can flip.
package disk

// Package disk keeps records through the death of a node: [Open] in a file, by
// bbolt, and [Simulated] in the memory of a simulator.
//
// Both promise the same, that of [eddy/actor/node.Disk]: what was synced is found
// again, in order and as it was; what was not may be missing from the end, but
// only from there; damage is told, with the place, and never read as something
// else. Every record has a checksum (CRC-32C).
//
// A [Simulated] does what a kill does to a real disk: it cuts what was not synced
// off at a byte that is drawn.
package disk

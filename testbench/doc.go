// Package testbench runs a cluster and judges it: it conducts the run, whichever engine lends it nodes
// and time.
//
// A [Conductor] is one run from the first init to the last read: it owns the network (package network),
// the clients and what they do (package workload), and the faults (package nemesis), and keeps the
// history. It is written as callbacks against a [Clock], without goroutines, with all chance from one
// generator, and knows its nodes only as a [Node] that takes lines: so the same code runs real processes
// in real time (package realtime) and nodes inside one process in virtual time, where one seed gives one
// history.
//
//	conductor, err := testbench.New(options, testbench.Environment{
//		Clock: clock, Rand: rng, Nodes: nodes, Recorder: recording, Ended: stop,
//	})
//	conductor.Start()                 // from here on callbacks of the clock carry the run
//	conductor.FromNode("n0", line)    // for each line that a node prints
//	outcome := testbench.Judge(options, conductor.Run(), meta)
//
// The run is Maelstrom's, in its order: init to all nodes, the topology where there is one, operations at
// a rate with faults among them until the time limit, the end of the faults, a recovery, a last read of
// every worker. Operations, errors, processes and the entries of the history follow the same rules as
// there; the packages below say which.
//
// What nodes do against the protocol is found, told in words and counted; it never ends a run. What the
// bench itself could not do in time is measured and told, too (see [Run]).
package testbench

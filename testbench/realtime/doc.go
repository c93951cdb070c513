// Package realtime is the engine that runs a test with processes in real time: one operating system
// process a node, any program that speaks Maelstrom's protocol on stdin and stdout.
//
// [Run] starts the nodes, lets package testbench conduct the run, ends the nodes, judges, and leaves the
// run's files. Everything of the run is owned by one goroutine, the loop; at each pipe of each node
// stands a goroutine that blocks there and nowhere else. A node that does not read its stdin keeps its
// own messages waiting and nobody else; a node that does not stop printing to stderr fills its own log.
//
// What it promises: no node outlives the run. Nodes are killed with SIGKILL at its end, as Maelstrom
// does, with everything they have started in their process group; on Linux the kernel kills them if the
// bench itself dies. The first interrupt (Ctrl-C) ends the run in order and judges what was measured, the
// second ends the program at once.
//
// What it tells: how late the bench was itself, in beginning operations and in handing over messages, so
// that nobody takes the machine's limits for the nodes'.
package realtime

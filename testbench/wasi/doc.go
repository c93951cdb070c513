// Package wasi runs programs that were built for WASI (preview 1) as nodes in the
// simulator: a Go program built with GOOS=wasip1, a Rust or a C program, unchanged.
//
// A [Host] compiles programs, once for all runs. A [Cluster] is the nodes of one
// run: their disks, which outlive kills. A [Guest] is one incarnation of a node,
// from its start to its end. It runs as a coroutine of the simulator: it gets the
// processor when it has input or a timer is due, and gives it back when it waits
// in poll_oneoff or for input. One guest runs at a time.
//
// Everything that a guest can ask for comes from the simulator: both clocks are
// virtual time, random_get draws from the run's seed, the file system is in memory
// and empty at first, the environment is empty. A guest reaches no file, socket,
// variable or clock of the machine. The same seed and the same program give the
// same run, byte for byte.
//
// What a guest may use is bounded: memory, the length of a line, the work of one
// step. A guest that goes beyond has crashed, and the report says why.
//
// The functions of WASI are those of
// https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md.
package wasi

// Package workload says what the clients of a run do and how they understand what comes back: the
// operations, in what mix; the request of each; which replies are right; what an error, a timeout or a
// malformed reply makes of the operation. Names, values and meanings are those of Maelstrom's
// workloads, so that its documentation serves and histories compare.
//
// Workloads are [Named]; [Names] lists them. [Topology] makes the neighbourhoods that broadcast offers to its
// nodes.
//
// Nothing here sends, waits or keeps time. A [Generator] says what is done, a [Client] turns an [Invocation]
// into requests, one [Step] after the other, and the replies into a [Completion]; a [Script] says what a worker
// does at the end. Whoever runs the clients does the rest.
package workload

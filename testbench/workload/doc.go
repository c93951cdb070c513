// Package workload says what the clients of a run do and how they understand what comes back: the
// operations, in what mix; the request of each; which replies are right; what an error, a timeout or a
// malformed reply makes of the operation. Names, values and meanings are those of Maelstrom's
// workloads, so that its documentation serves and histories compare.
//
// Workloads are [Named]: echo, unique-ids, broadcast, g-set, g-counter, pn-counter. [Topology] makes the neighbourhoods that
// broadcast offers to its nodes.
//
// Nothing here sends, waits or keeps time. A workload turns an [Invocation] into the body of a request,
// and the body of a reply into a [Completion]; whoever runs the clients does the rest.
package workload

// Package workload says what a workload is: a [Workload] is what the clients of a run do, how they understand what
// comes back, and how a history is judged. Names, values and meanings of the built-in ones are those of Maelstrom's
// workloads, so that its documentation serves and histories compare.
//
// A workload is a folder of its own, with all that belongs to it: the generator, the client, the checker with its
// results and their wording, the challenges. Package builtin lists those that come with Eddy. One of your own, in
// your own module, is a value of the same type:
//
//	w := workload.Workload{
//		Name:         "ticket",
//		Judge:        checker.Judge{Fs: []string{"take"}, Check: check},
//		NewGenerator: workload.Always(workload.Repeating{F: "take"}),
//		Calls: []workload.Call{
//			{F: "take", Reply: workload.Schema{Type: "take_ok", Field: "number", Kind: workload.Integer}},
//		},
//	}
//
// Nothing here sends, waits or keeps time. A [Generator] says what is done, a [Client] turns an [Invocation]
// into requests, one [Step] after the other, and the replies into a [Completion]; a [Script] says what a worker
// does at the end. The bench runs the clients.
//
// [Topology] makes the neighbourhoods that broadcast offers to its nodes.
package workload

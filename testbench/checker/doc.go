// Package checker holds what the judgements of all workloads have in common.
//
// A [Judge] takes a history and gives [Results]: a verdict, and the figures
// behind it under the keys that Maelstrom uses for them. What depends on the
// workload is its own: a [Workload] that its Judge makes. Together they promise what the real Maelstrom would have concluded from the same
// history: the same verdict, the same counts, the same lost and duplicated
// values, the same latencies. Its tests hold it to recorded runs. [Judge.Decode]
// reads the results of a run under the real Maelstrom into the same type.
//
// It departs from Maelstrom where Maelstrom gives up: its checkers answer
// unknown when values cannot be sorted (1 and "1", objects), these sort any
// values; and a history that cannot be what it is said to be (an operation the
// workload does not know, a read that is not a list) is an error here, not a
// verdict. It adds keys of its own: repeated, messages, realtime-lags, witnesses and problems. In
// the cases it lists of kafka's anomalies, polls are cut down to what matters.
//
// It refuses to touch files, to print, and to measure; the counts of the
// network come from whoever ran the cluster.
package checker

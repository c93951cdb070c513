// Package trace reads what nodes recorded of their messages (docs/traces.md has
// the records) and finds out what it means.
//
//	run, err := trace.Open("store/latest")
//	tally, err := run.Events(func(e *trace.Event) error { ... })   // each record, as it stands in the logs
//	err = run.Messages(func(m *trace.Message) error { ... })       // what the network did, where a bench wrote it down
//
// On these stand the summary ([Summarise]), what became of one value or message
// ([Follow]), why a value never arrived ([Explain]), where two runs part ([Diff]),
// and OpenTelemetry's spans ([WriteOTLP]).
//
// It reads gigabytes: files are streamed, an [Event] is lent for one call, and
// what is kept is bounded by the numbers of actors, links and values, not by that
// of records. Two keep a little of each message, some tens of bytes: following one
// by its id, and spans. It takes logs as they are: a last line that was cut, lines that are
// no records, and nodes without a log are counted, and stop nothing.
//
// It knows nothing of how nodes are made, only their records; and of services
// only the words that docs/traces.md lists.
package trace

// Package history holds what happened in a run: the operations that clients
// invoked, how each ended, and what the nemesis did meanwhile.
//
// It owns the operation ([Op]), the history ([History]) and its two forms on
// disk: history.jsonl, one JSON object a line, which Eddy writes; and
// history.edn, which Maelstrom writes. [ReadFile] takes either and tells them
// apart by content. Maelstrom's results.edn is read by [ReadResults].
//
// It also owns equality and order of values. Values are any JSON, and two of
// them are the same exactly if their [Canonical] forms are the same text; the
// form draws the lines where Clojure, and so Maelstrom, draws them: 1 and "1"
// differ, 1 and 1.0 differ, the order of an object's keys does not matter, and
// no number is ever rounded.
//
// It promises that what is read is whole: a line that is cut, an operation
// without a type, a process that completes what it did not invoke are errors
// that name the place and what was expected. It refuses to judge; verdicts are
// package checker's.
package history

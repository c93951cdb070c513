// Package maelstrom is the engine that runs a test under the real Maelstrom, as a child process, and
// reads what it concluded.
//
// [Find] says where Maelstrom is, [Run] runs it: the same options as any engine's become its flags, its
// output is passed on as it comes, and its results.edn and history.edn become the same
// [testbench.Outcome]. Maelstrom works in the directory of the run, where its own store stays; beside it
// lie the files that every run has, but for messages.jsonl, which Maelstrom keeps in a format of its own.
//
// It judges nothing: the verdict is Maelstrom's. Options that Maelstrom has no flag for are refused where
// they ask for something other than what it does.
package maelstrom

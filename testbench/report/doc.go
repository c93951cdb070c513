// Package report tells people what a run concluded: on a terminal, as
// results.json, and as a picture.
//
// It owns the words. [Terminal] begins with the verdict and what led to it,
// follows with a small table, and ends with a line that says valid, invalid or
// could not run; [CouldNotRun] is for runs that never got as far as a verdict,
// [ExitStatus] the same answer for scripts. [WriteJSON] writes the results under
// Maelstrom's keys. [LatencySVG] draws the operations over time.
//
// It promises that the same results give the same bytes, and colours only where
// they are seen: on a terminal, and not where NO_COLOR is set. It refuses to
// judge: a missed target is shown, but the verdict is package checker's.
package report

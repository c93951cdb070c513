// Package codec measures the wire codec of Eddy's node (eddy/actor/node/wire) beside the JSON libraries of the
// Go ecosystem, on the lines that a Maelstrom node reads and writes.
//
// It is a module of its own so that the rivals stay outside the product's module graph. It holds no code but
// tests:
//
//	go test .     what each rival makes of lines that are trouble, against testdata/soundness.txt
//	for i in $(seq 30); do go test -run '^$' -bench . -benchtime 20ms; done | go run eddy/bench/table -own eddy-wire     the figures
//
// The loop spreads the repetitions of a figure over the whole run, and the table takes the least of them, so
// that what else a machine does in a bad minute does not fall on one rival.
//
// A rival has a row in BenchmarkDecode only where it does the whole job; those that accept lines that are not
// JSON have none.
// docs/decisions/codec.md says what follows from it.
package codec

// Package codec measures the wire codec of Eddy's node (eddy/actor/node/wire) beside the JSON libraries of the
// Go ecosystem, on the lines that a Maelstrom node reads and writes.
//
// It is a module of its own so that the rivals stay outside the product's module graph. It holds no code but
// tests:
//
//	go test                          what each rival accepts and refuses (soundness_test.go)
//	go test -run ^$ -bench . -count 5 | go run ./table     the figures, as a table with ratios
//
// A rival has a row in a benchmark only where it does the whole job of that benchmark; what it leaves out
// (checking the parts it skips, refusing bytes that are not UTF-8) is what TestRivalsRefuse prints.
// docs/decisions/codec.md says what follows from it.
package codec

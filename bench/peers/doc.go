// Package peers gives Eddy's actors and those of other Go libraries the same work, and prints what it takes and
// what becomes of the messages in a bad moment.
//
// It is a module of its own so that the peers stay outside the product's module graph. It holds no code but
// tests:
//
//	go test -run Behaviour -v .     a full mailbox, a panic, a stop with a full queue, against testdata/behaviour.md
//	for i in $(seq 30); do go test -run '^$' -bench Work -benchtime 20ms .; done | go run eddy/bench/table -own eddy
//	go test -run '^$' -bench Idle -benchtime 1x . | go run eddy/bench/table -own eddy
//
// A peer is a file: how it starts an actor, sends to it, asks it and stops it. The work is written once, in
// work_test.go, and bad moments in behaviour_test.go. Every message is the same pointer, so that nobody pays for
// putting a value behind an interface.
//
// docs/performance.md has the figures.
package peers

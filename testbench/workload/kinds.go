package workload

import "math/rand/v2"

// echo asks nodes to say back what they are told. The reply as a whole is the operation's value.
func echo() Workload {
	return Workload{
		Name:      "echo",
		AnyWorker: true,
		generator: always(echoing{}),
		calls: []call{
			{f: "echo", argument: "echo", reply: Schema{Type: "echo_ok", Field: "echo", Kind: Any}, whole: true},
		},
	}
}

// uniqueIDs asks nodes for identifiers that no two answers share.
func uniqueIDs() Workload {
	return Workload{
		Name:         "unique-ids",
		KeepsClients: true,
		generator:    always(repeating{F: "generate"}),
		calls: []call{
			{f: "generate", reply: Schema{Type: "generate_ok", Field: "id", Kind: Any}},
		},
	}
}

// broadcast gives values to nodes, and reads which values a node has seen.
func broadcast() Workload {
	return Workload{
		Name:     "broadcast",
		Topology: true,
		Final:    once(Invocation{F: "read", Final: true}),
		generator: func(_ Setting, rng *rand.Rand) Generator {
			return newMix(rng, &counting{f: "broadcast"}, repeating{F: "read"})
		},
		calls: []call{
			{f: "broadcast", argument: "message", reply: Schema{Type: "broadcast_ok"}},
			{f: "read", reply: Schema{Type: "read_ok", Field: "messages", Kind: List}, idempotent: true},
		},
	}
}

// gSet adds elements to a set that only grows, and reads it. Its final reads are not marked as such in
// the history, and its client takes every error for an unknown outcome, as Maelstrom's does.
func gSet() Workload {
	return Workload{
		Name:  "g-set",
		Final: once(Invocation{F: "read"}),
		generator: func(_ Setting, rng *rand.Rand) Generator {
			return newMix(rng, &counting{f: "add"}, repeating{F: "read"})
		},
		calls: []call{
			{f: "add", argument: "element", reply: Schema{Type: "add_ok"}},
			{f: "read", reply: Schema{Type: "read_ok", Field: "value", Kind: List}},
		},
		raises: true,
	}
}

package scaffold

// workload is one of Maelstrom's, as a README speaks of it.
type workload struct {
	name      string
	template  string   // name of the file of handlers, without its ending
	goPackage string   // where the workload is in Eddy, under workload/
	goNew     string   // the function that makes it; empty for New
	goOptions string   // what changes the options of a test in Go; empty for nothing
	flags     string   // further flags of the test
	hand      []string // messages to send by hand, after init
	short     string   // what the node does, in a line
	about     string   // how the node works, and what it does not do
}

const initLine = `{"src":"c1","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`

const keepsNothing = `

The node keeps its state in memory: one that is killed comes back without it. Try ` + "`--nemesis kill`" + `.`

var workloads = []workload{
	{
		name: "echo", template: "echo", goPackage: "echo",
		short: "Answers with what it is sent",
		hand:  []string{`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2,"echo":"hello"}}`},
		about: `Each request is answered with what it brought. There is no state, so no fault can harm it.`,
	},
	{
		name: "unique-ids", template: "unique-ids", goPackage: "uniqueids",
		short: "Generates ids that no other node generates",
		hand:  []string{`{"src":"c1","dest":"n1","body":{"type":"generate","msg_id":2}}`},
		about: `An id is the name of the node, a number that it draws when it starts, and a count. Nodes do not talk to each other, so every
request is answered in a partition, too; and a node that was killed does not repeat its ids, since it draws another number.`,
	},
	{
		name: "broadcast", template: "broadcast", goPackage: "broadcast",
		short: "Tells all nodes each value that one of them is given",
		hand: []string{
			`{"src":"c1","dest":"n1","body":{"type":"broadcast","msg_id":2,"message":7}}`,
			`{"src":"c1","dest":"n1","body":{"type":"read","msg_id":3}}`,
		},
		about: `The node that a client gives a value sends it to all other nodes. Ten times a second it sends each of them what that node has not
acknowledged yet, so a value that the network loses is sent again, however long a partition lasts.

Every node sends to every other one, which is simple and fast, and costs the most messages: challenges 3d and 3e want fewer.` + keepsNothing,
	},
	{
		name: "g-set", template: "g-set", goPackage: "gset",
		short: "A set that only grows",
		hand: []string{
			`{"src":"c1","dest":"n1","body":{"type":"add","msg_id":2,"element":7}}`,
			`{"src":"c1","dest":"n1","body":{"type":"read","msg_id":3}}`,
		},
		about: `Twice a second a node sends all that it holds to all other nodes, which add it to theirs. Sets only grow, so the order of messages
does not matter, nor does a message that is lost or comes twice. The messages grow with the set: for a large one, send what is new.` + keepsNothing,
	},
	{
		name: "g-counter", template: "counter", goPackage: "counter", goNew: "G",
		short: "A counter that only grows",
		hand: []string{
			`{"src":"c1","dest":"n1","body":{"type":"add","msg_id":2,"delta":7}}`,
			`{"src":"c1","dest":"n1","body":{"type":"read","msg_id":3}}`,
		},
		about: counterAbout,
	},
	{
		name: "pn-counter", template: "counter", goPackage: "counter", goNew: "PN",
		short: "A counter that grows and shrinks",
		hand: []string{
			`{"src":"c1","dest":"n1","body":{"type":"add","msg_id":2,"delta":7}}`,
			`{"src":"c1","dest":"n1","body":{"type":"add","msg_id":3,"delta":-2}}`,
			`{"src":"c1","dest":"n1","body":{"type":"read","msg_id":4}}`,
		},
		about: counterAbout,
	},
	{
		name: "kafka", template: "kafka", goPackage: "kafka",
		short: "Logs with an owner each",
		hand: []string{
			`{"src":"c1","dest":"n1","body":{"type":"send","msg_id":2,"key":"k1","msg":9}}`,
			`{"src":"c1","dest":"n1","body":{"type":"poll","msg_id":3,"offsets":{"k1":0}}}`,
		},
		about: `Each log has one owner, the node that the bytes of its key point at. The other nodes forward requests to it. So offsets have no gaps, and
no two nodes can give out the same one.

A log is out of reach for as long as its owner is: requests for it fail in a partition, which the run counts as failed or unknown.` + keepsNothing,
	},
	{
		name: "lin-kv", template: "lin-kv", goPackage: "linkv",
		short:     "Hands requests to Maelstrom's lin-kv",
		flags:     " --concurrency 4n --rate 100", // its clients come in groups of two for each node, and few cas succeed
		goOptions: `o.Concurrency = "4n"`,
		hand:      []string{`{"src":"c1","dest":"n1","body":{"type":"read","msg_id":2,"key":1}}`},
		about: `The node hands each request to Maelstrom's own service lin-kv, and hands back the answer. So it is linearizable and
nodes need not agree about anything; but the service does all the work, and it is one process that no fault harms. A store that needs no such
service is a consensus protocol, such as Raft: ` + "`eddy serve lin-kv`" + ` is one.

By hand there is no lin-kv that answers, and the node says so after half a second.`,
	},
	{
		name: "txn-rw-register", template: "txn-rw-register", goPackage: "rwregister",
		short:     "Transactions on registers, the last writer wins",
		flags:     " --consistency-models read-uncommitted",
		goOptions: `o.ConsistencyModels = []string{"read-uncommitted"}`,
		hand: []string{
			`{"src":"c1","dest":"n1","body":{"type":"txn","msg_id":2,"txn":[["w",1,7],["r",1,null]]}}`,
		},
		about: `A node applies a transaction at once to what it holds, answers, and sends the writes to all other nodes until they acknowledge
them. Of two writes to a key the one with the later stamp (a Lamport clock, then the node's name) wins everywhere, so all nodes end
up with the same values.

Every request is answered in a partition, too. The price: two transactions on different nodes do not see each other's writes, and one of
the writes is lost. It is correct at read-uncommitted, which the test asks for, and not serializable.` + keepsNothing,
	},
	{
		name: "txn-list-append", template: "txn-list-append", goPackage: "listappend",
		short: "Transactions on lists, kept in Maelstrom's lin-kv",
		hand:  []string{`{"src":"c1","dest":"n1","body":{"type":"txn","msg_id":2,"txn":[["append",1,7],["r",1,null]]}}`},
		about: `All lists are one value in Maelstrom's own service lin-kv. A transaction reads it, works out the new one, and has it replaced if no other
transaction was faster; otherwise it begins again. So transactions are strictly serializable, by what lin-kv promises.

The one value is what limits it: it is sent twice a transaction and grows with the lists, and transactions that do not touch the same keys
get in each other's way all the same. Keep each list under a key of its own, and the one value as short as a table of them.

By hand there is no lin-kv that answers, and the node says so after a second.`,
	},
}

const counterAbout = `Each node counts what it was asked to add itself, ups and downs apart. Twice a second it sends what it knows of all nodes' counts to all other
nodes; of two counts of one node the higher is the newer. The value is the sum. A message that is lost or comes twice does no harm, and a
read shows what the node has heard of so far.` + keepsNothing

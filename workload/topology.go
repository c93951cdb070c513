package workload

import (
	"fmt"
	"slices"
	"strings"

	"eddy/testbench/network"
)

// Neighbours are the nodes that one node is offered to talk to.
type Neighbours struct {
	Node  string
	Peers []string
}

// topologies are Maelstrom's, by index into the cluster.
var topologies = []struct {
	name  string
	peers func(i, n int) []int
}{
	{"line", line},
	{"grid", grid},
	{"tree", tree(2)},
	{"tree2", tree(2)},
	{"tree3", tree(3)},
	{"tree4", tree(4)},
	{"total", total},
}

// Topologies lists the names that [Topology] knows.
func Topologies() []string {
	var names []string
	for _, t := range topologies {
		names = append(names, t.name)
	}
	return names
}

// Topology gives the neighbours of every node, in the order of the nodes and each in the order in which
// Maelstrom lists them. A line of one node is empty, not a node without neighbours: that, too, is as
// Maelstrom has it. The error lists the names there are.
func Topology(name string, nodes []string) ([]Neighbours, error) {
	for _, t := range topologies {
		if t.name != name {
			continue
		}
		if name == "line" && len(nodes) < 2 {
			return nil, nil
		}
		cluster := make([]Neighbours, len(nodes))
		for i, node := range nodes {
			cluster[i] = Neighbours{Node: node, Peers: []string{}}
			for _, peer := range t.peers(i, len(nodes)) {
				cluster[i].Peers = append(cluster[i].Peers, nodes[peer])
			}
		}
		return cluster, nil
	}
	return nil, fmt.Errorf("topology %q is not known: %s", name, strings.Join(Topologies(), ", "))
}

func line(i, n int) []int {
	return within(n, i-1, i+1)
}

// grid lays the nodes out row by row in a square of the side that just holds them; the last rows may be
// short or missing. Neighbours are below, above, right, left.
func grid(i, n int) []int {
	side := 1
	for side*side < n {
		side++
	}
	peers := within(n, i+side, i-side)
	if column := i % side; column < side-1 {
		peers = append(peers, within(n, i+1)...)
	}
	if i%side > 0 {
		peers = append(peers, i-1)
	}
	return peers
}

// tree hangs up to b children below every node, tier by tier. Neighbours are the parent, then the
// children.
func tree(b int) func(i, n int) []int {
	return func(i, n int) []int {
		var peers []int
		if i > 0 {
			peers = append(peers, (i-1)/b)
		}
		for child := b*i + 1; child <= b*i+b; child++ {
			peers = append(peers, within(n, child)...)
		}
		return peers
	}
}

func total(i, n int) []int {
	var peers []int
	for other := range n {
		if other != i {
			peers = append(peers, other)
		}
	}
	return peers
}

func within(n int, candidates ...int) []int {
	return slices.DeleteFunc(candidates, func(i int) bool { return i < 0 || i >= n })
}

// InitRequest makes the body of the first message a node gets; its reply is [InitReply].
func InitRequest(node string, nodes []string, msgID int64) []byte {
	return InitRequests(nodes)(node, msgID)
}

// InitRequests makes the bodies of the first messages of many nodes, which all hold the same list.
func InitRequests(nodes []string) func(node string, msgID int64) []byte {
	list := appendList([]byte(`,"node_ids":`), nodes)
	return func(node string, msgID int64) []byte {
		body := append(make([]byte, 0, len(list)+len(node)+64), `{"type":"init","node_id":`...)
		return finishRequest(append(network.AppendString(body, node), list...), msgID)
	}
}

// TopologyRequest makes the body that tells a node the topology of the cluster; its reply is
// [TopologyReply].
func TopologyRequest(cluster []Neighbours, msgID int64) []byte {
	body := []byte(`{"type":"topology","topology":{`)
	for i, node := range cluster {
		if i > 0 {
			body = append(body, ',')
		}
		body = network.AppendString(body, node.Node)
		body = appendList(append(body, ':'), node.Peers)
	}
	return finishRequest(append(body, '}'), msgID)
}

// InitReply and TopologyReply are the forms of the replies to the requests of the setup. Maelstrom
// looks at no more than the type of an init_ok.
var (
	InitReply     = Schema{Type: "init_ok"}
	TopologyReply = Schema{Type: "topology_ok"}
)

func appendList(body []byte, names []string) []byte {
	body = append(body, '[')
	for i, name := range names {
		if i > 0 {
			body = append(body, ',')
		}
		body = network.AppendString(body, name)
	}
	return append(body, ']')
}

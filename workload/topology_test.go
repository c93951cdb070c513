package workload

import (
	"fmt"
	"strings"
	"testing"
)

// The expected neighbourhoods are worked out by hand from Maelstrom's definitions.
func TestTopologiesAreMaelstroms(t *testing.T) {
	cases := []struct {
		name  string
		nodes int
		want  string
	}{
		{"line", 1, ""},
		{"line", 2, "n0:n1 n1:n0"},
		{"line", 4, "n0:n1 n1:n0,n2 n2:n1,n3 n3:n2"},
		{"grid", 1, "n0:"},
		{"grid", 5, "n0:n3,n1 n1:n4,n2,n0 n2:n1 n3:n0,n4 n4:n1,n3"},
		{"grid", 9, "n0:n3,n1 n1:n4,n2,n0 n2:n5,n1 n3:n6,n0,n4 n4:n7,n1,n5,n3 n5:n8,n2,n4 n6:n3,n7 n7:n4,n8,n6 n8:n5,n7"},
		{"tree", 1, "n0:"},
		{"tree", 6, "n0:n1,n2 n1:n0,n3,n4 n2:n0,n5 n3:n1 n4:n1 n5:n2"},
		{"tree2", 3, "n0:n1,n2 n1:n0 n2:n0"},
		{"tree3", 6, "n0:n1,n2,n3 n1:n0,n4,n5 n2:n0 n3:n0 n4:n1 n5:n1"},
		{"tree4", 7, "n0:n1,n2,n3,n4 n1:n0,n5,n6 n2:n0 n3:n0 n4:n0 n5:n1 n6:n1"},
		{"total", 3, "n0:n1,n2 n1:n0,n2 n2:n0,n1"},
	}
	for _, c := range cases {
		cluster, err := Topology(c.name, names(c.nodes))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range cluster {
			got = append(got, n.Node+":"+strings.Join(n.Peers, ","))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s of %d: %s, want %s", c.name, c.nodes, text, c.want)
		}
	}
}

func TestNeighboursAreMutual(t *testing.T) {
	for _, name := range Topologies() {
		for n := 1; n <= 40; n++ {
			cluster, err := Topology(name, names(n))
			if err != nil {
				t.Fatal(err)
			}
			linked := map[string]bool{}
			for _, node := range cluster {
				for _, peer := range node.Peers {
					linked[node.Node+" "+peer] = true
				}
			}
			for link := range linked {
				a, b, _ := strings.Cut(link, " ")
				if !linked[b+" "+a] || a == b {
					t.Errorf("%s of %d: %s is told of %s, not the other way", name, n, a, b)
				}
			}
		}
	}
}

func TestUnknownTopologyNamesTheKnown(t *testing.T) {
	if _, err := Topology("star", names(3)); err == nil || !strings.Contains(err.Error(), `"star"`) || !strings.Contains(err.Error(), "tree4") {
		t.Error(err)
	}
}

func TestRequestsOfTheSetup(t *testing.T) {
	if got, want := string(InitRequest("n1", names(2), 1)), `{"type":"init","node_id":"n1","node_ids":["n0","n1"],"msg_id":1}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	cluster, _ := Topology("line", names(2))
	if got, want := string(TopologyRequest(cluster, 1)), `{"type":"topology","topology":{"n0":["n1"],"n1":["n0"]},"msg_id":1}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func names(n int) []string {
	var nodes []string
	for i := range n {
		nodes = append(nodes, fmt.Sprint("n", i))
	}
	return nodes
}

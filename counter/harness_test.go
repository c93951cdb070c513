package counter

import (
	"fmt"
	"testing"
	"time"

	"eddy/actor/node"
	"eddy/actor/node/nodetest"
)

const ms = time.Millisecond

// lab is a cluster with seq-kv, which always shows the present.
type lab struct {
	*nodetest.Cluster
	t *testing.T
}

func newLab(t *testing.T, service node.Service, ids ...string) *lab {
	l := &lab{nodetest.Empty(t, 1, service), t}
	l.Stores["seq-kv"] = nodetest.Store{}
	l.IDs = ids
	l.StartAll()
	return l
}

// store is what seq-kv holds.
func (l *lab) store() nodetest.Store { return l.Stores["seq-kv"] }

func (l *lab) add(node string, delta any) int64 {
	return l.Ask(node, fmt.Sprintf(`"type":"add","delta":%v`, delta))
}

func (l *lab) read(node string) int64 { return l.Ask(node, `"type":"read"`) }

// answer shows the reply to a request: an add's type, a read's value, an error's code.
func (l *lab) answer(n int64) string {
	m := l.Reply(n)
	switch {
	case m == nil:
		return "nothing"
	case m.Type() == "error":
		return "error " + m.Text("code")
	case m.Type() == "read_ok":
		return m.Text("value")
	}
	return m.Type()
}

// expect waits a while and holds requests to their answers.
func (l *lab) expect(want string, numbers ...int64) {
	l.t.Helper()
	l.Run(3 * time.Second)
	for _, n := range numbers {
		if got := l.answer(n); got != want {
			l.t.Errorf("request %d was answered with %s, want %s", n, got, want)
		}
	}
}

// reads holds every node to a sum.
func (l *lab) reads(want string) {
	l.t.Helper()
	var all []int64
	for _, id := range l.IDs {
		all = append(all, l.read(id))
	}
	l.expect(want, all...)
}

// every strategy, by the flags that it has.
var strategies = map[string]Config{
	"crdt":           {},
	"crdt mesh":      {Topology: Mesh},
	"through store":  {Strategy: Store},
	"through owners": {Strategy: Store, Read: FromOwners},
	"behind store":   {Strategy: Store, Write: Behind},
	"behind owners":  {Strategy: Store, Write: Behind, Read: FromOwners},
}

// inEach runs a claim for every strategy, on three nodes.
func inEach(t *testing.T, claim func(l *lab)) {
	for name, config := range strategies {
		t.Run(name, func(t *testing.T) { claim(newLab(t, PNCounter(config), "n0", "n1", "n2")) })
	}
}

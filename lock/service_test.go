package lock

import (
	"testing"
	"time"

	"eddy/actor/node/nodetest"
)

// cluster is three nodes with a leader.
func cluster(t *testing.T) *nodetest.Cluster {
	c := nodetest.New(t, 1, Service(Config{}), 3)
	c.Run(2 * time.Second)
	return c
}

// call sends a request, and gives the reply in short: the token, ok, or the code of the error.
func call(t *testing.T, c *nodetest.Cluster, node, fields string) string {
	t.Helper()
	m := c.Call(node, fields)
	switch {
	case m == nil:
		return "no reply"
	case m.Type() == "error":
		return "error " + m.Text("code")
	case m.Type() == "acquire_ok":
		return "token " + m.Text("token")
	}
	return m.Type()
}

func TestALockHasOneHolderAtATimeAndTokensGrow(t *testing.T) {
	c := cluster(t)
	for i, step := range []struct {
		node, request string
		wait          time.Duration // before the request
		want          string
	}{
		{"n0", `"type":"acquire","lock":"a","ttl_ms":1000`, 0, "token 1"},
		{"n1", `"type":"acquire","lock":"a","ttl_ms":1000`, 0, "error 22"},
		{"n1", `"type":"acquire","lock":"b","ttl_ms":1000`, 0, "token 2"},
		{"n1", `"type":"release","lock":"a","token":2`, 0, "error 22"},
		{"n2", `"type":"release","lock":"a","token":1`, 0, "release_ok"},
		{"n2", `"type":"renew","lock":"a","token":1`, 0, "error 22"},
		{"n1", `"type":"acquire","lock":"a","ttl_ms":1000`, 0, "token 3"},
		// Nobody has asked for it meanwhile, so nobody knows that it has run out: the first to ask begins to count.
		{"n2", `"type":"acquire","lock":"a","ttl_ms":1000`, 5 * time.Second, "error 22"},
		{"n2", `"type":"acquire","lock":"a","ttl_ms":1000`, time.Second, "error 22"},
		{"n2", `"type":"acquire","lock":"a","ttl_ms":1000`, 200 * time.Millisecond, "token 4"},
		{"n1", `"type":"renew","lock":"a","token":3`, 0, "error 22"},
		// A renewal begins the lease again for those who count.
		{"n1", `"type":"acquire","lock":"a","ttl_ms":1000`, 0, "error 22"},
		{"n2", `"type":"renew","lock":"a","token":4`, 900 * time.Millisecond, "renew_ok"},
		{"n1", `"type":"acquire","lock":"a","ttl_ms":1000`, 900 * time.Millisecond, "error 22"},
		{"n1", `"type":"acquire","lock":"a","ttl_ms":1000`, 1100 * time.Millisecond, "token 5"},
		{"n1", `"type":"acquire","lock":"a","ttl_ms":0`, 0, "error 12"},
		{"n1", `"type":"acquire","lock":7,"ttl_ms":10`, 0, "error 12"},
	} {
		c.Run(step.wait)
		if got := call(t, c, step.node, step.request); got != step.want {
			t.Errorf("step %d, %s to %s: %s, want %s", i, step.request, step.node, got, step.want)
		}
	}
}

func TestALockThatNobodyAsksForCostsNoMessageToRunOut(t *testing.T) {
	c := cluster(t)
	call(t, c, "n0", `"type":"acquire","lock":"a","ttl_ms":1000`)
	c.Run(time.Second)
	begun := c.Sent
	c.Run(10 * time.Second)
	held := c.Sent - begun
	call(t, c, "n0", `"type":"release","lock":"a","token":1`)
	c.Run(time.Second)
	begun = c.Sent
	c.Run(10 * time.Second)
	if free := c.Sent - begun; held > free+1 {
		t.Errorf("%d messages in 10 s while a lease runs out, %d without a lock", held, free)
	}
}

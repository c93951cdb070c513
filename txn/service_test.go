package txn

import (
	"strings"
	"testing"
	"time"
)

func TestTransactionSeesTheStateAndItsOwnWrites(t *testing.T) {
	c := newCluster(t, Config{}, 1)
	c.expect("n0", `[["r",1,null],["w",1,5],["r",1,null],["w",1,6],["r",1,null]]`, `[["r",1,null],["w",1,5],["r",1,5],["w",1,6],["r",1,6]]`)
	c.expect("n0", `[["r",1,null],["r",2,null]]`, `[["r",1,6],["r",2,null]]`)
	c.expect("n0", `[]`, `[]`)
	c.healthy()
}

func TestKeysAndValuesAreAnyJSON(t *testing.T) {
	c := newCluster(t, Config{}, 2)
	c.expect("n0", `[["w",{"b":1,"a":[2]},"x"],["w","1",9007199254740993],["w",1,1.50],["w",null,null],["w",[],{}]]`,
		`[["w",{"b":1,"a":[2]},"x"],["w","1",9007199254740993],["w",1,1.50],["w",null,null],["w",[],{}]]`)
	for _, id := range []string{"n0", "n1"} {
		c.run(time.Second)
		c.expect(id, `[["r",{"a":[2],"b":1},null],["r","1",null],["r",1,null],["r",null,null],["r",[],null],["r",1.0,null]]`,
			`[["r",{"a":[2],"b":1},"x"],["r","1",9007199254740993],["r",1,1.50],["r",null,null],["r",[],{}],["r",1.0,null]]`)
	}
	c.healthy()
}

// What is wrong with a transaction is found before any of it happens.
func TestTransactionThatMakesNoSenseChangesNothing(t *testing.T) {
	c := newCluster(t, Config{}, 1)
	for _, wrong := range []struct{ txn, code, says string }{
		{`[["w",1,2],["append",1,3]]`, `"code":10`, "no operation of this service"},
		{`[["w",1,2],["r",1]]`, `"code":12`, "expected [\\\"r\\\",key,null] or [\\\"w\\\",key,value]"},
		{`[["w",1,2],7]`, `"code":12`, "is no operation"},
		{`[["w",1,2],[7,1,2]]`, `"code":12`, "expected \\\"r\\\" or \\\"w\\\" at its start"},
		{`5`, `"code":12`, "txn"},
	} {
		if got := c.ask("n0", wrong.txn); !strings.Contains(got, wrong.code) || !strings.Contains(got, wrong.says) {
			t.Errorf("%s: %s", wrong.txn, got)
		}
	}
	c.expect("n0", `[["r",1,null]]`, `[["r",1,null]]`)
	c.healthy()
}

func TestWritesReachEveryNode(t *testing.T) {
	for _, strategy := range []Strategy{Transactions, Writes} {
		c := newCluster(t, Config{Strategy: strategy}, 4)
		c.ask("n0", `[["w",1,1],["w",2,1]]`)
		c.ask("n1", `[["w",3,1]]`)
		c.run(defaultInterval + linkLatency)
		for _, id := range c.ids {
			c.expect(id, `[["r",1,null],["r",2,null],["r",3,null]]`, `[["r",1,1],["r",2,1],["r",3,1]]`)
		}
		c.healthy()
	}
}

// Of two writes to a key that knew nothing of each other the same one stays
// everywhere; and one that has seen another comes after it, whatever the clocks say.
func TestLastWriteIsTheSameOnEveryNode(t *testing.T) {
	c := newCluster(t, Config{}, 3)
	for range 5 {
		c.ask("n2", `[["w",9,0]]`) // n2's Lamport clock is ahead
	}
	c.ask("n0", `[["w",1,10]]`)
	c.ask("n2", `[["w",1,12]]`)
	c.ask("n1", `[["w",1,11]]`)
	c.run(time.Second)
	for _, id := range c.ids {
		c.expect(id, `[["r",1,null]]`, `[["r",1,12]]`)
	}
	c.expect("n0", `[["r",1,null],["w",1,13]]`, `[["r",1,12],["w",1,13]]`)
	c.run(time.Second)
	for _, id := range c.ids {
		c.expect(id, `[["r",1,null]]`, `[["r",1,13]]`)
	}
	c.healthy()
}

func TestIdleClusterIsSilent(t *testing.T) {
	c := newCluster(t, Config{}, 3)
	c.ask("n0", `[["w",1,1]]`)
	c.run(10 * time.Second)
	before := c.sent
	c.run(time.Minute)
	if c.sent != before {
		t.Errorf("%d messages in an idle minute", c.sent-before)
	}
	// A greeting and an acknowledgement a pair of nodes, then one batch and one
	// acknowledgement for each peer.
	if before > 12 {
		t.Errorf("%d messages for one transaction on 3 nodes", before)
	}
}

// A batch each way and interval carries everything, acknowledgements included.
func TestBatchesAreAsManyAsIntervalsWhateverTheRate(t *testing.T) {
	c := newCluster(t, Config{}, 2)
	c.ask("n0", `[["w",0,0]]`)
	c.ask("n1", `[["w",0,0]]`)
	c.run(5 * time.Second)
	c.sent = 0
	for range 20 {
		for range 25 {
			c.ask("n0", `[["w",1,1],["w",2,2]]`)
			c.ask("n1", `[["w",3,1],["r",2,2]]`)
			c.run(defaultInterval / 25)
		}
	}
	if c.sent > 2*20+2 {
		t.Errorf("%d messages in 20 intervals for 1000 transactions", c.sent)
	}
}

func TestWhatAPartitionHeldBackIsSentAgain(t *testing.T) {
	for _, strategy := range []Strategy{Transactions, Writes} {
		c := newCluster(t, Config{Strategy: strategy}, 2)
		c.ask("n0", `[["w",0,0]]`)
		c.run(3 * time.Second)
		c.cut = func(string, string) bool { return true }
		for i := range 200 {
			c.ask("n0", strings.ReplaceAll(`[["w",1,#],["w",2,#]]`, "#", string(rune('0'+i%10))))
			c.run(50 * time.Millisecond)
		}
		cost := c.sent
		c.run(20 * time.Second)
		if probes := c.sent - cost; probes > 20 {
			t.Errorf("%s: %d messages in 20 s to a peer that is cut off", strategy, probes)
		}
		c.expect("n1", `[["r",1,null]]`, `[["r",1,null]]`)
		c.cut = func(string, string) bool { return false }
		c.run(4 * time.Second)
		c.expect("n1", `[["r",1,null],["r",2,null]]`, `[["r",1,9],["r",2,9]]`)
		if c.states != 0 {
			t.Errorf("%s: %d whole states were sent", strategy, c.states)
		}
		c.healthy()
	}
}

func TestBrokenRetriesAreFound(t *testing.T) {
	c := newCluster(t, Config{Bug: SkipRetries}, 2)
	c.ask("n0", `[["w",0,0]]`)
	c.run(3 * time.Second)
	c.cut = func(string, string) bool { return true }
	c.ask("n0", `[["w",1,1]]`)
	c.run(time.Second)
	c.cut = func(string, string) bool { return false }
	c.run(time.Minute)
	c.expect("n1", `[["r",1,null]]`, `[["r",1,null]]`)
}

// Acknowledgements can be lost while everything else comes: then the peer has more
// than what it is probed with.
func TestLostAcknowledgementsDoNotStopALink(t *testing.T) {
	for _, strategy := range []Strategy{Transactions, Writes} {
		c := newCluster(t, Config{Strategy: strategy, BatchBytes: 1}, 2)
		c.ask("n0", `[["w",0,0]]`)
		c.run(3 * time.Second)
		c.cut = func(src, _ string) bool { return src == "n1" }
		for range 10 {
			c.ask("n0", `[["w",1,1]]`)
		}
		c.run(5 * time.Second)
		c.cut = func(string, string) bool { return false }
		c.ask("n0", `[["w",2,2]]`)
		c.run(5 * time.Second)
		c.expect("n1", `[["r",2,null]]`, `[["r",2,2]]`)
		before := c.sent
		c.run(10 * time.Second)
		if c.sent != before {
			t.Errorf("%s: %d messages more, though all is said", strategy, c.sent-before)
		}
		c.healthy()
	}
}

// Messages that overtake each other are not taken for lost ones.
func TestReorderedMessagesCostLittle(t *testing.T) {
	for _, strategy := range []Strategy{Transactions, Writes} {
		c := newCluster(t, Config{Strategy: strategy}, 2)
		n := 0
		c.latency = func() time.Duration {
			n++
			return time.Duration(1+n*7%70) * time.Millisecond
		}
		const writes = 1000
		for range writes {
			c.ask("n0", `[["w",1,1]]`)
			c.run(5 * time.Millisecond)
		}
		c.run(5 * time.Second)
		if c.sent > 2*writes {
			t.Errorf("%s: %d messages for %d writes", strategy, c.sent, writes)
		}
		c.healthy()
	}
}

// Nobody keeps more than so much for a node that is away: it is given all there is
// when it comes back.
func TestLongAbsenceIsMadeGoodByTheWholeState(t *testing.T) {
	c := newCluster(t, Config{QueueMax: 10}, 2)
	c.ask("n1", `[["w",7,7]]`)
	c.run(3 * time.Second)
	c.cut = func(string, string) bool { return true }
	for range 100 {
		c.ask("n0", `[["w",1,1],["w",2,2]]`)
		c.run(20 * time.Millisecond)
	}
	c.cut = func(string, string) bool { return false }
	c.run(4 * time.Second)
	c.expect("n1", `[["r",1,null],["r",2,null],["r",7,null]]`, `[["r",1,1],["r",2,2],["r",7,7]]`)
	if c.states == 0 {
		t.Error("no whole state was sent")
	}
	c.healthy()
}

// A node that was killed has nothing, and is given back what its peers have heard,
// though nobody writes any more.
func TestKilledNodeGetsBackWhatItsPeersKnow(t *testing.T) {
	c := newCluster(t, Config{}, 3)
	c.ask("n0", `[["w",1,1],["w",2,1]]`)
	c.ask("n1", `[["w",2,2]]`)
	c.run(3 * time.Second)
	c.nodes["n0"].Kill()
	c.start("n0")
	c.run(time.Millisecond)
	c.expect("n0", `[["r",1,null]]`, `[["r",1,null]]`) // the first that comes: it has said nothing to anybody yet
	c.run(3 * time.Second)
	c.expect("n0", `[["r",1,null],["r",2,null]]`, `[["r",1,1],["r",2,2]]`)
	c.ask("n0", `[["w",1,5]]`)
	c.run(time.Second)
	c.expect("n2", `[["r",1,null]]`, `[["r",1,5]]`)
	c.healthy()
}

// A transaction's writes are there together, also when the message before theirs
// was lost.
func TestOthersSeeTransactionsWholeAndInOrder(t *testing.T) {
	c := newCluster(t, Config{}, 2)
	c.ask("n0", `[["w",0,0]]`)
	c.run(3 * time.Second)
	lost := 0
	c.cut = func(src, dest string) bool {
		lost++
		return src == "n0" && lost%3 != 0
	}
	value := ""
	for i := range 300 {
		value = string(rune('0' + i%10))
		c.ask("n0", strings.ReplaceAll(`[["w",1,"x"],["w",1,#],["w",2,#]]`, "#", value))
		c.run(30 * time.Millisecond)
		got := c.ask("n1", `[["r",1,null],["r",2,null]]`)
		one, two, _ := strings.Cut(got[strings.Index(got, `["r"`):], `],[`)
		if one[len(`["r",1,`):] != strings.TrimSuffix(two[len(`"r",2,`):], "]]}") {
			t.Fatalf("after %d transactions: %s", i, got)
		}
	}
	c.run(5 * time.Second)
	c.expect("n1", `[["r",1,null]]`, `[["r",1,`+value+`]]`)
	c.healthy()
}

func TestStrategyThatMakesNoSenseIsRefused(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Strategy: "raft"}, "--strategy raft: there is no such"},
		{Config{Interval: -1}, "--interval -1ns"},
		{Config{Strategy: Local, Interval: time.Second}, "--interval 1s with --strategy local"},
		{Config{QueueMax: -1}, "--queue-max -1"},
	} {
		if err := c.config.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.config, err)
		}
	}
	if err := (Config{}).Check(); err != nil {
		t.Error(err)
	}
}

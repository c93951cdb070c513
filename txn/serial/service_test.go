package serial

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"eddy/actor/node/nodetest"
	"eddy/kv"
)

var strategies = []Strategy{Raft, Chunks}

func TestTransactionSeesTheStateAndItsOwnAppends(t *testing.T) {
	for _, s := range strategies {
		c := newCluster(t, Config{Strategy: s}, 3)
		c.expect("n0", `[["r",1,null],["append",1,5],["r",1,null],["append",1,6],["r",1,null]]`,
			`[["r",1,null],["append",1,5],["r",1,[5]],["append",1,6],["r",1,[5,6]]]`)
		c.expect("n1", `[["r",1,null],["append",2,7]]`, `[["r",1,[5,6]],["append",2,7]]`)
		c.expect("n2", `[["r",2,null],["r",1,null],["r",3,null]]`, `[["r",2,[7]],["r",1,[5,6]],["r",3,null]]`)
		c.expect("n2", `[]`, `[]`)
		c.Healthy()
	}
}

func TestKeysAndElementsAreAnyJSON(t *testing.T) {
	for _, s := range strategies {
		c := newCluster(t, Config{Strategy: s, ChunkBytes: 10}, 2)
		c.expect("n0", `[["append",{"b":1,"a":[2]},"x"],["append","1",9007199254740993],["append",1,1.50],["append",null,null],["append",[],{"k":[]}]]`,
			`[["append",{"b":1,"a":[2]},"x"],["append","1",9007199254740993],["append",1,1.50],["append",null,null],["append",[],{"k":[]}]]`)
		c.expect("n1", `[["r",{"a":[2],"b":1},null],["r","1",null],["r",1,null],["r",null,null],["r",[],null],["r",1.0,null]]`,
			`[["r",{"a":[2],"b":1},["x"]],["r","1",[9007199254740993]],["r",1,[1.50]],["r",null,[null]],["r",[],[{"k":[]}]],["r",1.0,null]]`)
		c.Healthy()
	}
}

// What is wrong with a transaction is found before any of it happens.
func TestTransactionThatMakesNoSenseChangesNothing(t *testing.T) {
	for _, s := range strategies {
		c := newCluster(t, Config{Strategy: s}, 1)
		for _, wrong := range []struct{ txn, code, says string }{
			{`[["append",1,2],["w",1,3]]`, `"code":10`, "no operation of this service"},
			{`[["append",1,2],["r",1]]`, `"code":12`, "expected [\\\"r\\\",key,null] or [\\\"append\\\",key,element]"},
			{`[["append",1,2],7]`, `"code":12`, "is no operation"},
			{`[["append",1,2],[7,1,2]]`, `"code":12`, "expected \\\"r\\\" or \\\"append\\\" at its start"},
			{`5`, `"code":12`, "txn"},
		} {
			if got := c.call("n0", wrong.txn); !strings.Contains(got, wrong.code) || !strings.Contains(got, wrong.says) {
				t.Errorf("%s: %s", wrong.txn, got)
			}
		}
		c.expect("n0", `[["r",1,null]]`, `[["r",1,null]]`)
		c.Healthy()
	}
}

// Transactions that come while a commit is on its way are committed together, and
// a large tree takes no more messages than a small one.
func TestTransactionsThatWaitShareACommit(t *testing.T) {
	c := newCluster(t, Config{Strategy: Chunks, ChunkBytes: 40}, 1)
	replies := c.Replies()
	for i := range 200 {
		c.send("n0", fmt.Sprintf(`[["append",%d,%d],["r",%d,null]]`, i%50, i, i%50))
	}
	c.Run(time.Second)
	if c.Replies()-replies != 200 || c.sent["cas"] > 2 || c.sent["write"] > 2 || c.sent["read"] > 3 {
		t.Errorf("%d replies for %v", c.Replies()-replies, c.sent)
	}
	c.expect("n0", `[["r",0,null],["r",49,null]]`, `[["r",0,[0,50,100,150]],["r",49,[49,99,149,199]]]`)
	c.Healthy()
}

// A read looks at the root once, and at nothing else that is at hand.
func TestReadOfKnownChunksTakesOneQuestion(t *testing.T) {
	c := newCluster(t, Config{Strategy: Chunks}, 2)
	c.call("n0", `[["append",1,1]]`)
	c.call("n1", `[["r",1,null]]`)
	clear(c.sent)
	c.expect("n1", `[["r",1,null]]`, `[["r",1,[1]]]`)
	if c.sent["read"] != 1 || len(c.sent) != 1 {
		t.Errorf("a read of what is at hand took %v", c.sent)
	}
}

// lww-kv may not show a chunk yet that the root leads to.
func TestChunkThatHasNotSpreadIsAskedForAgain(t *testing.T) {
	c := newCluster(t, Config{Strategy: Chunks}, 2)
	c.call("n0", `[["append",1,1]]`)
	hidden, store := 5, maps.Clone(c.Stores["lww-kv"])
	clear(c.Stores["lww-kv"])
	c.Route = func(m *nodetest.Message) []time.Duration {
		if m.Dest == "lww-kv" && m.Type() == "read" {
			if hidden--; hidden < 0 {
				maps.Copy(c.Stores["lww-kv"], store)
			}
		}
		return nil
	}
	c.expect("n1", `[["r",1,null],["append",1,2]]`, `[["r",1,[1]],["append",1,2]]`)
	if hidden >= 0 {
		t.Error("the chunk was found before it had spread")
	}
	c.Healthy()
}

// The root has moved though nobody was told so: what was committed is not
// committed again, whether another has moved the root since or not.
func TestLostAnswerOfACommitDoesNotCommitTwice(t *testing.T) {
	for _, overtaken := range []bool{false, true} {
		c := newCluster(t, Config{Strategy: Chunks}, 2)
		c.call("n1", `[["append",1,0]]`)
		c.Run(time.Second)
		lost := 0
		c.lose(func(typ string) bool {
			if typ == "cas_ok" {
				lost++
			}
			return typ == "cas_ok" && lost == 1
		})
		sent := []int64{c.send("n0", `[["append",1,1]]`)}
		c.Run(90 * time.Millisecond)
		if lost != 1 {
			t.Fatalf("%d answers were lost", lost)
		}
		if overtaken {
			sent = append(sent, c.send("n1", `[["append",1,2]]`))
		}
		c.Run(4 * time.Second)
		want := `[["r",1,[0,1]]]`
		if overtaken {
			want = `[["r",1,[0,1,2]]]`
		}
		for _, number := range sent {
			if reply := c.Reply(number); reply == nil || reply.Type() != "txn_ok" {
				t.Errorf("overtaken %v: request %d has the reply %+v", overtaken, number, reply)
			}
		}
		c.expect("n1", `[["r",1,null]]`, want)
		c.Healthy()
	}
}

// An outcome that is not known is no failure, and the other way round.
func TestErrorSaysWhetherTheTransactionHappened(t *testing.T) {
	for _, step := range []struct{ lost, code string }{
		{"read", `"code":11`}, {"read_ok", `"code":11`}, {"write", `"code":0`}, {"cas", `"code":0`}, {"cas_ok", `"code":0`},
	} {
		c := newCluster(t, Config{Strategy: Chunks}, 1)
		c.call("n0", `[["append",1,1]]`)
		moved := false
		c.lose(func(typ string) bool {
			moved = moved || typ == "cas"
			return typ == step.lost || step.lost == "cas_ok" && moved && typ == "read"
		})
		if got := c.call("n0", `[["append",1,2]]`); !strings.Contains(got, step.code) {
			t.Errorf("without %s: %s", step.lost, got)
		}
		c.loseNothing()
		c.Run(5 * time.Second)
		if got := c.call("n0", `[["r",1,null]]`); strings.Contains(got, "[1,2]") != (step.lost == "cas_ok") {
			t.Errorf("without %s: then %s", step.lost, got)
		}
		c.Healthy()
	}
}

// Whoever is overtaken for good is told that it was a conflict, which is definite.
func TestTransactionThatIsAlwaysOvertakenFailsForCertain(t *testing.T) {
	c := newCluster(t, Config{Strategy: Chunks}, 1)
	c.call("n0", `[["append",1,1]]`)
	root, number := c.Stores["lin-kv"]["root"], 0
	chunk := c.Stores["lww-kv"][strings.Trim(root, `"`)]
	c.lose(func(typ string) bool {
		if typ == "cas" { // somebody commits nothing, just before
			number++
			id := fmt.Sprint("other-", number)
			c.Stores["lww-kv"][id], c.Stores["lin-kv"]["root"] = chunk, fmt.Sprintf("%q", id)
		}
		return false
	})
	if got := c.call("n0", `[["append",1,2]]`); !strings.Contains(got, `"code":30`) {
		t.Errorf("always overtaken: %s", got)
	}
	if number < 10 {
		t.Errorf("it tried %d times", number)
	}
	c.loseNothing()
	c.Run(5 * time.Second)
	c.expect("n0", `[["r",1,null]]`, `[["r",1,[1]]]`)
	c.Healthy()
}

func TestKilledNodeGoesOnFromTheStores(t *testing.T) {
	c := newCluster(t, Config{Strategy: Chunks}, 1)
	c.call("n0", `[["append",1,1]]`)
	c.send("n0", `[["append",1,2]]`)
	c.Run(45 * time.Millisecond)
	c.Restart("n0")
	c.Run(time.Second)
	c.call("n0", `[["append",2,3]]`)
	if got := c.call("n0", `[["r",2,null],["r",1,null]]`); !strings.Contains(got, `["r",2,[3]],["r",1,[1`) {
		t.Error(got)
	}
	c.Healthy()
}

func TestIdleClusterAsksNothing(t *testing.T) {
	c := newCluster(t, Config{Strategy: Chunks}, 3)
	c.call("n0", `[["append",1,1]]`)
	c.Run(10 * time.Second)
	clear(c.sent)
	c.Run(time.Minute)
	if len(c.sent) > 0 {
		t.Errorf("in an idle minute: %v", c.sent)
	}
}

func TestStrategyThatMakesNoSenseIsRefused(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Strategy: "paxos"}, "--strategy paxos: expected raft or chunks"},
		{Config{Retry: -1}, "--retry -1ns"},
		{Config{Pause: -1}, "--pause -1ns"},
		{Config{ChunkBytes: -1}, "--chunk-bytes -1"},
		{Config{ShelfChunks: 1}, "--shelf 1"},
		{Config{Raft: kv.Config{Read: "dirty"}}, "--read dirty"},
	} {
		if err := c.config.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.config, err)
		}
	}
	if err := (Config{}).Check(); err != nil {
		t.Error(err)
	}
}

package counter

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"eddy/actor/node/nodetest"
)

func TestEveryNodeShowsTheSumOfAll(t *testing.T) {
	inEach(t, func(l *lab) {
		l.reads("0")
		l.expect("add_ok", l.add("n0", 5), l.add("n1", -7), l.add("n2", 4), l.add("n1", 0), l.add("n1", 1))
		l.Run(10 * time.Second)
		l.reads("3")
	})
}

func TestIdleClusterIsSilentOnceItHasMet(t *testing.T) {
	inEach(t, func(l *lab) {
		l.Run(time.Minute)
		met := l.Sent
		if met > 12 { // a hello and its reply, each way on three links
			t.Errorf("%d messages until three nodes had met", met)
		}
		l.Run(time.Hour)
		if l.Sent != met {
			t.Errorf("%d messages before anybody asked for anything", l.Sent-met)
		}
		l.expect("add_ok", l.add("n0", 5))
		l.Run(10 * time.Second)
		l.reads("5")
		l.Run(time.Minute)
		before := l.Sent
		l.Run(time.Hour)
		if l.Sent != before {
			t.Errorf("%d messages in an idle hour", l.Sent-before)
		}
	})
}

func TestDeltaOfZeroIsAcknowledgedAndChangesNothing(t *testing.T) {
	inEach(t, func(l *lab) {
		l.expect("add_ok", l.add("n0", 0))
		for key, value := range l.store() {
			if strings.HasPrefix(key, keyOf("")) {
				t.Errorf("%s was written: %s", key, value)
			}
		}
		l.reads("0")
	})
}

func TestSumsAreExactWhereADoubleIsNot(t *testing.T) {
	inEach(t, func(l *lab) {
		l.add("n0", 9007199254740992)
		l.add("n1", 1)
		l.Run(10 * time.Second)
		l.reads("9007199254740993")
	})
}

func TestAddBeyond64BitsIsRefusedAndNotAdded(t *testing.T) {
	inEach(t, func(l *lab) {
		l.expect("add_ok", l.add("n0", "9223372036854775806"))
		l.Run(10 * time.Second)
		l.reads("9223372036854775806")
		l.expect("error 22", l.add("n0", 2), l.add("n1", 2))
		l.expect("add_ok", l.add("n1", 1))
		l.Run(10 * time.Second)
		l.reads("9223372036854775807")
		l.expect("error 22", l.add("n0", 1), l.add("n2", "9223372036854775807"))
		l.expect("add_ok", l.add("n2", -1))
		l.Run(10 * time.Second)
		l.reads("9223372036854775806")
	})
}

func TestLowestSumIsReachedAndNotPassed(t *testing.T) {
	inEach(t, func(l *lab) {
		l.expect("add_ok", l.add("n0", "-9223372036854775808"))
		l.Run(10 * time.Second)
		l.reads("-9223372036854775808")
		l.expect("error 22", l.add("n1", -1))
		l.expect("add_ok", l.add("n0", "9223372036854775807"), l.add("n0", "9223372036854775807"), l.add("n0", "-9223372036854775807"))
		l.Run(10 * time.Second)
		l.reads("-1")
	})
}

// Two nodes that do not know of each other's adds may pass the bound together: no read shows a wrong sum then.
func TestSumBeyond64BitsIsNeverShownWrapped(t *testing.T) {
	inEach(t, func(l *lab) {
		l.expect("add_ok", l.add("n0", "9223372036854775807"), l.add("n1", "9223372036854775807"))
		l.Run(10 * time.Second)
		l.reads("error 22")
		l.expect("add_ok", l.add("n2", "-9223372036854775807"))
		l.Run(10 * time.Second)
		l.reads("9223372036854775807")
	})
}

func TestOnlyIntegersAreAdded(t *testing.T) {
	inEach(t, func(l *lab) {
		for _, delta := range []string{"1.0", "1e3", `"1"`, "null", "true", "[]", "9223372036854775808"} {
			l.expect("error 12", l.add("n0", delta))
		}
		l.expect("error 12", l.Ask("n0", `"type":"add"`))
		l.reads("0")
	})
}

func TestGCounterRefusesToShrink(t *testing.T) {
	for name, config := range strategies {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, GCounter(config), "n0", "n1")
			l.expect("error 12", l.add("n0", -1), l.add("n1", "-9223372036854775808"))
			l.expect("add_ok", l.add("n0", 3), l.add("n0", 0))
			l.Run(10 * time.Second)
			l.reads("3")
		})
	}
}

func TestNodeAloneAnswersAtOnce(t *testing.T) {
	for name, config := range strategies {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, PNCounter(config), "n7")
			l.expect("add_ok", l.add("n7", 3))
			l.reads("3")
			if config.Strategy != Store && l.Sent != 0 {
				t.Errorf("%d messages", l.Sent)
			}
		})
	}
}

// Adds of a cut-off node are acknowledged, and counted everywhere once it is back.
func TestPartitionCostsNoAdd(t *testing.T) {
	inEach(t, func(l *lab) {
		l.reads("0")
		l.Route = func(m *nodetest.Message) []time.Duration {
			if m.Src != "seq-kv" && m.Dest != "seq-kv" && (m.Src == "n0") != (m.Dest == "n0") {
				return []time.Duration{}
			}
			return nil
		}
		l.expect("add_ok", l.add("n0", 1), l.add("n1", 10), l.add("n2", 100))
		l.Run(20 * time.Second)
		own := l.read("n0")
		l.Run(3 * time.Second)
		if got := l.answer(own); got != "1" && got != "111" {
			t.Errorf("the cut-off node shows %s", got)
		}
		l.Route = nil
		l.Run(10 * time.Second)
		l.reads("111")
	})
}

func TestShardsAreTwoCountersThatGrow(t *testing.T) {
	a := shard{}.with(5).with(-3)
	b := a.with(-4)
	if !b.covers(a) || a.covers(b) || !a.join(b).equals(b) || !b.join(a).equals(b) || !b.minus(a).equals(shard{}.with(-4)) || !a.plus(b.minus(a)).equals(b) {
		t.Error(a, b)
	}
	text, err := json.Marshal(map[string]shard{"b": b, "none": {}})
	if err != nil || string(text) != `{"b":[5,7],"none":[0,0]}` {
		t.Errorf("%s, %v", text, err)
	}
	sum := big.NewInt(100)
	if b.addTo(sum); sum.Int64() != 98 {
		t.Error(sum)
	}
	var back shard
	for _, wrong := range []string{`[1]`, `[1,2,3]`, `[-1,0]`, `5`, `["1","2"]`, `[1.5,0]`} {
		if err := json.Unmarshal([]byte(wrong), &back); err == nil {
			t.Errorf("%s is taken for a shard: %v", wrong, back)
		}
	}
	if err := json.Unmarshal([]byte(`[340282366920938463463374607431768211456,7]`), &back); err != nil || back.up.String() != "340282366920938463463374607431768211456" {
		t.Error(back, err)
	}
}

func TestSenselessConfigsAreRefusedByTheirFlags(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Strategy: "raft"}, "--strategy raft: there is no such; choose one of crdt, seq-kv"},
		{Config{Topology: "line"}, "--topology line: there is no such; choose one of star, mesh"},
		{Config{Write: Through}, "--write through with --strategy crdt"},
		{Config{Read: FromOwners}, "--read owners with --strategy crdt"},
		{Config{MaxAge: time.Second}, "--max-age 1s with --strategy crdt"},
		{Config{Strategy: Store, Topology: Star}, "--topology star with --strategy seq-kv"},
		{Config{Strategy: Store, Interval: time.Second}, "--interval 1s with --write through"},
		{Config{Strategy: Store, Patience: time.Second}, "--patience 1s with --read store"},
		{Config{Interval: -1}, "--interval -1ns: a duration cannot be negative"},
		{Config{WaitingMax: -1}, "--waiting-max -1: must be at least 1"},
	} {
		if err := c.config.Check(); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.config, err, c.want)
		}
	}
	for name, config := range strategies {
		if err := config.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

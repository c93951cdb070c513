package counter

import (
	"testing"
	"time"

	"eddy/actor/node/nodetest"
)

func stored(t *testing.T, config Config) *lab {
	config.Strategy = Store
	return newLab(t, PNCounter(config), "n0", "n1", "n2")
}

// drop loses some of the lines.
func drop(lost func(m *nodetest.Message) bool) func(*nodetest.Message) []time.Duration {
	return func(m *nodetest.Message) []time.Duration {
		if lost(m) {
			return []time.Duration{}
		}
		return nil
	}
}

func TestWrittenThroughIsAcknowledgedOnlyWhenStored(t *testing.T) {
	l := stored(t, Config{})
	l.Route = drop(func(m *nodetest.Message) bool { return m.Type() == "cas" })
	n := l.add("n0", 5)
	l.Run(2 * time.Second)
	if l.answer(n) != "nothing" || len(l.store()) != 0 {
		t.Fatalf("answered with %s while nothing was stored: %v", l.answer(n), l.store())
	}
	l.Route = nil
	l.expect("add_ok", n)
	if got := l.store()[keyOf("n0")]; got != "[5,0]" {
		t.Errorf("stored %s", got)
	}
}

func TestAddsThatComeDuringAWriteGoTogetherWithTheNext(t *testing.T) {
	l := stored(t, Config{})
	l.add("n0", 1)
	l.Run(25 * ms) // the shard has been read, and is being written
	before := l.Sent
	var all []int64
	for range 100 {
		all = append(all, l.add("n0", 1))
	}
	l.expect("add_ok", all...)
	if got := l.Sent - before; got > 4 {
		t.Errorf("%d messages for 100 adds", got)
	}
	l.reads("101")
}

// The answer to a compare and set is lost, and its second try finds what the first has set.
func TestWriteWhoseAnswerIsLostCountsOnce(t *testing.T) {
	l := stored(t, Config{})
	lost := 0
	l.Route = drop(func(m *nodetest.Message) bool {
		if m.Type() == "cas_ok" && lost == 0 {
			lost++
			return true
		}
		return false
	})
	l.expect("add_ok", l.add("n0", 5), l.add("n0", 2))
	if lost != 1 {
		t.Fatal("no answer was lost")
	}
	l.reads("7")
}

// A write that the network delivers again after a later one must not undo that one.
func TestWriteThatComesAgainLateChangesNothing(t *testing.T) {
	l := stored(t, Config{})
	l.Route = func(m *nodetest.Message) []time.Duration {
		if m.Type() == "cas" {
			return []time.Duration{10 * ms, 2 * time.Second, 4 * time.Second}
		}
		return nil
	}
	for range 5 {
		l.add("n0", 1)
		l.Run(500 * ms)
	}
	l.Run(10 * time.Second)
	if got := l.store()[keyOf("n0")]; got != "[5,0]" {
		t.Errorf("stored %s after five adds of 1", got)
	}
	l.Restart("n0")
	l.reads("5")
}

func TestKilledNodeGoesOnFromItsStoredShard(t *testing.T) {
	for _, read := range []Reading{FromStore, FromOwners} {
		l := stored(t, Config{Read: read})
		l.expect("add_ok", l.add("n0", 5), l.add("n0", -2), l.add("n1", 10))
		for range 3 {
			l.Restart("n0")
			l.expect("add_ok", l.add("n0", 1))
		}
		l.reads("16")
	}
}

// A write of the life before is on its way while the next life reads its shard: it is not undone, and what the next
// life adds comes on top.
func TestWriteOfAnEarlierLifeThatArrivesLateIsTakenOver(t *testing.T) {
	l := stored(t, Config{})
	l.expect("add_ok", l.add("n0", 1))
	slow := true
	l.Route = func(m *nodetest.Message) []time.Duration {
		if m.Type() == "cas" && slow {
			slow = false
			return []time.Duration{100 * ms}
		}
		return nil
	}
	l.add("n0", 10)
	l.Run(5 * ms)
	l.Restart("n0")
	l.read("n0")
	l.Run(80 * ms) // the new life has read [1,0]
	l.Run(20 * ms) // and the old one's [11,0] is there
	l.expect("add_ok", l.add("n0", 100))
	if got := l.store()[keyOf("n0")]; got != "[111,0]" {
		t.Errorf("stored %s", got)
	}
	l.reads("111")
}

func TestWrittenBehindIsAcknowledgedAtOnceAndStoredAtTheInterval(t *testing.T) {
	l := stored(t, Config{Write: Behind})
	l.add("n0", 1)
	l.Run(100 * ms) // the shard has been read
	n := l.add("n0", 5)
	l.Run(ms)
	if got := l.answer(n); got != "add_ok" || len(l.store()) != 0 {
		t.Errorf("answered with %s; stored %v", got, l.store())
	}
	l.Run(2 * time.Second)
	if got := l.store()[keyOf("n0")]; got != "[6,0]" {
		t.Errorf("stored %s", got)
	}
}

// A read written behind serves from what was gathered within its interval, and asks again after that.
func TestReadsOfAnIntervalShareAGathering(t *testing.T) {
	l := stored(t, Config{Write: Behind, Interval: time.Second})
	l.read("n0")
	l.Run(200 * ms)
	before := l.Sent
	for range 50 {
		l.read("n0")
		l.Run(10 * ms)
	}
	if l.Sent != before {
		t.Errorf("%d messages for 50 reads of half a second", l.Sent-before)
	}
	l.add("n1", 5)
	l.Run(3 * time.Second)
	l.reads("5")
}

// With nothing allowed to be old, a read that comes while another one gathers is not served by that.
func TestReadGathersAfterItHasCome(t *testing.T) {
	for _, read := range []Reading{FromStore, FromOwners} {
		l := stored(t, Config{Read: read})
		l.reads("0")
		slow := ""
		l.Route = func(m *nodetest.Message) []time.Duration {
			if m.Dest == slow {
				return []time.Duration{300 * ms} // what the first read gathers is old when it comes
			}
			return nil
		}
		slow = "n0"
		first := l.read("n0")
		l.Run(200 * ms)
		slow = ""
		l.add("n1", 5)
		l.Run(50 * ms)
		second := l.read("n0")
		l.Run(2 * time.Second)
		if l.answer(second) != "5" {
			t.Errorf("%s: a read after an acknowledged add shows %s (the one before: %s)", read, l.answer(second), l.answer(first))
		}
	}
}

func TestSilentOwnerIsWaitedForOnceInAWhile(t *testing.T) {
	l := stored(t, Config{Read: FromOwners})
	l.reads("0")
	l.Route = drop(func(m *nodetest.Message) bool { return m.Dest == "n2" && m.Src == "n0" })
	first := l.read("n0")
	l.Run(900 * ms)
	if l.answer(first) != "nothing" {
		t.Fatal("the silent node was not waited for")
	}
	l.Run(200 * ms)
	second := l.read("n0")
	l.Run(100 * ms)
	if l.answer(first) != "0" || l.answer(second) != "0" {
		t.Errorf("answers %s and %s", l.answer(first), l.answer(second))
	}
	l.Route = nil
	l.add("n2", 7)
	l.Run(3 * time.Second)
	l.reads("7")
}

// Nothing is sent before a client comes: while a cluster is being started the store may not be there.
func TestStoreIsNotAskedBeforeAClientComes(t *testing.T) {
	l := stored(t, Config{Write: Behind})
	l.Run(time.Minute)
	if l.Sent != 0 {
		t.Errorf("%d messages", l.Sent)
	}
}

func TestMoreAddsThanMayWaitAreRefused(t *testing.T) {
	l := stored(t, Config{WaitingMax: 10})
	l.expect("add_ok", l.add("n0", 1))
	l.Route = drop(func(m *nodetest.Message) bool { return m.Type() == "cas" })
	var all []int64
	for range 12 {
		all = append(all, l.add("n0", 1))
	}
	l.Run(100 * ms)
	if l.answer(all[9]) != "nothing" || l.answer(all[10]) != "error 11" || l.answer(all[11]) != "error 11" {
		t.Errorf("answers %s, %s, %s", l.answer(all[9]), l.answer(all[10]), l.answer(all[11]))
	}
	l.Route = nil
	l.expect("add_ok", all[:10]...)
	l.reads("11")
}

// While the store is silent a request fails in the end, and the next one tries again.
func TestShardThatCannotBeReadIsAskedForAgain(t *testing.T) {
	l := stored(t, Config{})
	l.Route = drop(func(m *nodetest.Message) bool { return m.Dest == "seq-kv" })
	n := l.add("n0", 1)
	l.Run(4500 * ms)
	if got := l.answer(n); got != "error 11" {
		t.Errorf("answered with %s", got)
	}
	l.Route = nil
	l.expect("add_ok", l.add("n0", 2))
	l.reads("2")
}

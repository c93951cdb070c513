package counter

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"eddy/testbench/history"
	"eddy/workload"
)

func named(name string) workload.Workload {
	if w := G(); w.Name == name {
		return w
	}
	return PN()
}

// tally is how often each delta was asked to be added, and how many reads there were.
func tally(t *testing.T, name string, n int) (deltas map[int]int, reads int) {
	t.Helper()
	w, rng := named(name), rand.New(rand.NewPCG(3, 3))
	g := w.NewGenerator(workload.Setting{}, rng)
	deltas = map[int]int{}
	for range n {
		inv := g.Next(rng)
		if inv.F == "read" {
			reads++
			continue
		}
		delta, err := strconv.Atoi(string(inv.Value))
		if err != nil || inv.F != "add" {
			t.Fatal(inv, err)
		}
		deltas[delta]++
	}
	return deltas, reads
}

func TestPNCounterAddsFiveDownToFourAsOftenAsItReads(t *testing.T) {
	deltas, reads := tally(t, "pn-counter", 10_000)
	if reads < 4800 || reads > 5200 || len(deltas) != 10 {
		t.Errorf("%d reads of 10000, deltas %v", reads, deltas)
	}
	for delta, n := range deltas {
		if delta < -5 || delta > 4 || n < 400 || n > 600 {
			t.Errorf("%d was added %d times", delta, n)
		}
	}
}

func TestGCounterAddsNothingNegativeInAThirdOfItsOperations(t *testing.T) {
	deltas, reads := tally(t, "g-counter", 9000)
	if reads < 5800 || reads > 6200 || len(deltas) != 5 {
		t.Errorf("%d reads of 9000, deltas %v", reads, deltas)
	}
	for delta := range deltas {
		if delta < 0 || delta > 4 {
			t.Errorf("%d was added", delta)
		}
	}
}

func TestCountersAskAndUnderstandAsMaelstromDoes(t *testing.T) {
	for _, name := range []string{"g-counter", "pn-counter"} {
		w := named(name)
		add, read := workload.Invocation{F: "add", Value: []byte("3")}, workload.Invocation{F: "read"}
		if got, want := string(w.Request(add, 3)), `{"type":"add","delta":3,"msg_id":3}`; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got, want := string(w.Request(read, 3)), `{"type":"read","msg_id":3}`; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		for _, c := range []struct {
			inv   workload.Invocation
			reply string
			ended history.Type
			value string
		}{
			{add, `{"type":"add_ok","in_reply_to":1}`, history.OK, "3"},
			{add, `{"type":"add_ok","in_reply_to":1,"value":3}`, history.Info, "3"},
			{add, `{"type":"error","in_reply_to":1,"code":14,"text":"overflow"}`, history.Info, "3"},
			{read, `{"type":"read_ok","in_reply_to":1,"value":-9007199254740993}`, history.OK, "-9007199254740993"},
			{read, `{"type":"read_ok","in_reply_to":1,"value":1.0}`, history.Info, ""},
			{read, `{"type":"read_ok","in_reply_to":1,"value":null}`, history.Info, ""},
			{read, `{"type":"read_ok","in_reply_to":1,"value":"1"}`, history.Info, ""},
			{read, `{"type":"error","in_reply_to":1,"code":11,"text":"later"}`, history.Info, ""},
		} {
			done := w.Complete(c.inv, workload.ParseReply([]byte(c.reply)))
			if done.Type != c.ended || string(done.Value) != c.value {
				t.Errorf("%s %s: %v %s, want %v %s", c.inv.F, c.reply, done.Type, done.Value, c.ended, c.value)
			}
		}
		if done := w.TimedOut(read); done.Type != history.Info {
			t.Errorf("a read that timed out ended %v", done.Type)
		}
	}
}

func TestCountersReadOnceAtTheEnd(t *testing.T) {
	for _, name := range []string{"g-counter", "pn-counter"} {
		w := named(name)
		s := w.Final(nil)
		inv, _, more := s.Next(0, nil)
		if _, _, again := s.Next(0, nil); inv.F != "read" || !inv.Final || !more || again {
			t.Errorf("%s: %+v, %v, %v", name, inv, more, again)
		}
	}
}

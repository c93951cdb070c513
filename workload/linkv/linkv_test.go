package linkv

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"eddy/testbench/history"
	"eddy/workload"
)

// everybody is a pool in which all workers but some are free, and each is the process of its own number,
// or one later for each time it has crashed.
type everybody struct {
	workers int
	busy    map[int]bool
	crashes map[int]int
}

func (e everybody) Free(from, to int) (int, bool) {
	for w := from; w < to; w++ {
		if !e.busy[w] {
			return w, true
		}
	}
	return 0, false
}

func (e everybody) Process(worker int) int { return worker + e.crashes[worker]*e.workers }

func keyOf(t *testing.T, inv workload.Invocation) int {
	t.Helper()
	var value []json.RawMessage
	var key int
	if json.Unmarshal(inv.Value, &value) != nil || len(value) != 2 || json.Unmarshal(value[0], &key) != nil {
		t.Fatalf("%s of %s, which is no key and value", inv.F, inv.Value)
	}
	return key
}

func TestLinKVMixesReadsWritesAndTwiceAsManyCAS(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	w := New()
	g := w.NewGenerator(workload.Setting{Workers: 12, Nodes: 3}, rng).(workload.Placer)
	counts, keys := map[string]int{}, map[int]int{}
	for range 6000 {
		worker, inv := g.Place(everybody{workers: 12}, rng)
		counts[inv.F]++
		keys[keyOf(t, inv)]++
		if group := worker / 6; keyOf(t, inv) != group {
			t.Fatalf("worker %d works on key %d, want %d", worker, keyOf(t, inv), group)
		}
		if reads := worker%6 < 3; reads != (inv.F == "read") {
			t.Fatalf("worker %d does a %s", worker, inv.F)
		}
	}
	near := func(n, want int) bool { return n > want-200 && n < want+200 }
	if !near(counts["read"], 3000) || !near(counts["write"], 1000) || !near(counts["cas"], 2000) || !near(keys[0], 3000) {
		t.Errorf("operations %v, keys %v", counts, keys)
	}
}

func TestLinKVGivesTheTurnToWhoeverIsFree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	w := New()
	g := w.NewGenerator(workload.Setting{Workers: 12, Nodes: 3}, rng).(workload.Placer)
	busy := map[int]bool{0: true, 1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true}
	for range 50 {
		worker, inv := g.Place(everybody{workers: 12, busy: busy}, rng)
		if worker != 10 || inv.F == "read" {
			t.Fatalf("worker %d does a %s where only the writers 10 and 11 are free", worker, inv.F)
		}
	}
}

func TestLinKVGoesOnToTheNextKeyAfterTwentyProcesses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	w := New()
	g := w.NewGenerator(workload.Setting{Workers: 6, Nodes: 3}, rng).(workload.Placer)
	crashes := map[int]int{}
	for crash := range 40 {
		_, inv := g.Place(everybody{workers: 6, crashes: crashes}, rng)
		if want := crash / 15; keyOf(t, inv) != want { // 6 processes and 14 more, then 6 of which each has been seen
			t.Fatalf("after %d crashes key %d, want %d", crash, keyOf(t, inv), want)
		}
		crashes[crash%6]++
	}
}

func TestLinKVRequestsAndRepliesAreMaelstroms(t *testing.T) {
	cases := []struct{ f, value, request, reply, want string }{
		{"read", `[3,null]`, `{"type":"read","key":3,"msg_id":9}`, `{"type":"read_ok","in_reply_to":9,"value":{"a":[1]}}`, `[3,{"a":[1]}]`},
		{"read", `[3,null]`, `{"type":"read","key":3,"msg_id":9}`, `{"type":"read_ok","in_reply_to":9,"value":null}`, `[3,null]`},
		{"write", `[3,4]`, `{"type":"write","key":3,"value":4,"msg_id":9}`, `{"type":"write_ok","in_reply_to":9}`, `[3,4]`},
		{"cas", `[3,[4,0]]`, `{"type":"cas","key":3,"from":4,"to":0,"msg_id":9}`, `{"type":"cas_ok","in_reply_to":9,"msg_id":1}`, `[3,[4,0]]`},
	}
	for _, c := range cases {
		w := New()
		client := w.Client()
		if got := string(client.Invoke(workload.Invocation{F: c.f, Value: json.RawMessage(c.value)}).Request(9)); got != c.request {
			t.Errorf("%s asks %s, want %s", c.f, got, c.request)
		}
		if done := client.Answered(workload.ParseReply([]byte(c.reply))).Done; done.Type != history.OK || string(done.Value) != c.want {
			t.Errorf("%s ended %v with %s, want %s", c.f, done.Type, done.Value, c.want)
		}
	}
}

func TestLinKVErrorsMeanWhatMaelstromSays(t *testing.T) {
	cases := []struct {
		f, code string
		want    history.Type
		err     string
	}{
		{"read", "20", history.Fail, `["key-does-not-exist","x"]`},
		{"cas", "20", history.Fail, `["key-does-not-exist","x"]`},
		{"cas", "22", history.Fail, `["precondition-failed","x"]`},
		{"write", "11", history.Fail, `["temporarily-unavailable","x"]`},
		{"write", "0", history.Info, `["timeout","x"]`},
		{"write", "13", history.Info, `["crash","x"]`},
		{"read", "0", history.Fail, `["timeout","x"]`},
		{"read", "13", history.Fail, `["crash","x"]`},
	}
	for _, c := range cases {
		w := New()
		client := w.Client()
		value := json.RawMessage(map[string]string{"read": `[0,null]`, "write": `[0,1]`, "cas": `[0,[1,2]]`}[c.f])
		client.Invoke(workload.Invocation{F: c.f, Value: value})
		done := client.Answered(workload.ParseReply([]byte(`{"type":"error","in_reply_to":1,"code":` + c.code + `,"text":"x"}`))).Done
		if done.Type != c.want || string(done.Error) != c.err || string(done.Value) != string(value) {
			t.Errorf("%s with error %s ended %v, %s, %s; want %v, %s", c.f, c.code, done.Type, done.Value, done.Error, c.want, c.err)
		}
	}
	w := New()
	for f, want := range map[string]history.Type{"read": history.Fail, "write": history.Info} {
		client := w.Client()
		client.Invoke(workload.Invocation{F: f, Value: json.RawMessage(`[0,1]`)})
		if done := client.TimedOut().Done; done.Type != want || strings.Trim(string(done.Error), `"`) != "net-timeout" {
			t.Errorf("%s without an answer ended %v, %s", f, done.Type, done.Error)
		}
	}
}

func TestLinKVClientsWaitTenLatenciesOrASecond(t *testing.T) {
	w := New()
	for ms, want := range map[int64]time.Duration{0: time.Second, 100: time.Second, 101: 1010 * time.Millisecond} {
		if got := w.Timeout(ms); got != want {
			t.Errorf("at %d ms clients wait %v, want %v", ms, got, want)
		}
	}
}

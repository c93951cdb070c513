package virtual

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/builtin"
	"eddy/workload/kafka"
)

// broker is what the nodes of a test's cluster share: logs that are perfect but for a fault. Offsets are even,
// so that a later message can be given a place before an earlier one.
type broker struct {
	fault     string
	logs      map[string][]entry
	committed map[string]int
	sends     int
	polls     int
}

type entry struct {
	offset  int
	message json.RawMessage
}

// rarely is how often a fault strikes: once in so many sends or polls.
const rarely = 20

func (b *broker) strikes(fault string, count int) bool { return b.fault == fault && count%rarely == 0 }

// send puts a message into a log; refused says that the client is told the contrary.
func (b *broker) send(node, key string, message json.RawMessage) (offset int, refused bool) {
	b.sends++
	if b.fault == "two logs" {
		key = node + "/" + key
	}
	log := b.logs[key]
	if n := len(log); n > 0 {
		offset = log[n-1].offset + 2
	}
	e := entry{offset, message}
	switch {
	case b.strikes("loses", b.sends):
		b.logs[key] = append(log, entry{offset, nil})
		return offset, false
	case b.strikes("stores twice", b.sends):
		b.logs[key] = append(log, e, entry{offset + 2, message})
		return offset, false
	case b.strikes("inserts", b.sends) && len(log) > 0 && log[len(log)-1].offset%2 == 0:
		e.offset = log[len(log)-1].offset - 1
		b.logs[key] = slices.Insert(log, len(log)-1, e)
		return e.offset, false
	case b.strikes("refuses", b.sends):
		refused = true
	}
	b.logs[key] = append(log, e)
	return offset, refused
}

// poll gives the pairs of a log from an offset on.
func (b *broker) poll(node, key string, from int) [][2]any {
	b.polls++
	if b.fault == "two logs" {
		key = node + "/" + key
	}
	log := b.logs[key]
	if b.fault == "withholds" && len(key)%2 == 0 {
		return nil
	}
	i := slices.IndexFunc(log, func(e entry) bool { return e.offset >= from })
	if i < 0 {
		i = len(log)
	}
	if b.strikes("goes back", b.polls) && i > 0 {
		i--
	}
	var pairs [][2]any
	for _, e := range log[i:] {
		if e.message != nil {
			pairs = append(pairs, [2]any{e.offset, e.message})
		}
	}
	n := len(pairs)
	switch {
	case b.strikes("reverses", b.polls):
		slices.Reverse(pairs)
	case b.strikes("skips within", b.polls) && n > 2:
		pairs = slices.Delete(pairs, 1, 2)
	case b.strikes("skips between", b.polls) && n > 1:
		pairs = pairs[1:]
	case b.strikes("invents", b.polls):
		pairs = append(pairs, [2]any{1_000_001, "a rumour"})
	case b.strikes("foretells", b.polls):
		pairs = append(pairs, [2]any{2 * len(log), len(log) + 1}) // messages count from 1
	}
	return pairs
}

// brokerNode is a node that passes everything on to the broker.
type brokerNode struct {
	*broker
	world *actor.World
	id    string
	out   func([]byte)
}

func (n *brokerNode) Feed(line []byte) {
	var m struct {
		Src  string
		Body struct {
			Type    string
			MsgID   int `json:"msg_id"`
			Key     string
			Msg     json.RawMessage
			Keys    []string
			Offsets map[string]int
		}
	}
	if err := json.Unmarshal(line, &m); err != nil {
		panic(err)
	}
	b := m.Body
	reply := map[string]any{"type": b.Type + "_ok", "in_reply_to": b.MsgID}
	switch b.Type {
	case "send":
		offset, refused := n.send(n.id, b.Key, b.Msg)
		reply["offset"] = offset
		if refused {
			reply = map[string]any{"type": "error", "in_reply_to": b.MsgID, "code": 11, "text": "later"}
		}
	case "poll":
		msgs := map[string]any{}
		for _, key := range sortedKeys(b.Offsets) {
			if pairs := n.poll(n.id, key, b.Offsets[key]); len(pairs) > 0 {
				msgs[key] = pairs
			}
		}
		reply["msgs"] = msgs
	case "commit_offsets":
		for key, offset := range b.Offsets {
			n.committed[key] = max(n.committed[key], offset)
		}
	case "list_committed_offsets":
		offsets := map[string]int{}
		for _, key := range b.Keys {
			if offset, ok := n.committed[key]; ok {
				offsets[key] = offset
			}
		}
		reply["offsets"] = offsets
	}
	text, err := json.Marshal(map[string]any{"src": n.id, "dest": m.Src, "body": reply})
	if err != nil {
		panic(err)
	}
	n.world.At(n.world.Elapsed()+time.Millisecond, func() { n.out(text) })
}

func (*brokerNode) Err() error               { return nil }
func (*brokerNode) Kill()                    {}
func (*brokerNode) Pause()                   {}
func (*brokerNode) Resume()                  {}
func (*brokerNode) SetClock(d time.Duration) {}

func sortedKeys(m map[string]int) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// kafkaRun runs the workload against a broker with a fault, with challenge 5b's shape and fewer operations.
func kafkaRun(t *testing.T, fault string, seed uint64) testbench.Outcome {
	t.Helper()
	o := testbench.Defaults(builtin.Workloads())
	o.Workload, o.NodeCount, o.Concurrency, o.Rate, o.TimeLimit, o.Seed = "kafka", 2, "2n", 200, 10*time.Second, seed
	b := &broker{fault: fault, logs: map[string][]entry{}, committed: map[string]int{}}
	out := Run(o, Config{Start: func(w *actor.World, id string, out func([]byte)) Process {
		return &brokerNode{b, w, id, out}
	}})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	return out
}

func TestPerfectLogsAreValid(t *testing.T) {
	r := kafkaRun(t, "", 1).Results
	k := r.Workload.(*kafka.Results)
	if r.Valid != checker.Valid || len(k.ErrorTypes) != 0 {
		t.Fatalf("%v: %v", r.Valid, k.ErrorTypes)
	}
	if m := k.Messages; m.Acknowledged < 800 || m.Polled != m.Acknowledged || m.Keys < 30 {
		t.Errorf("%+v", m)
	}
	for _, f := range []string{"assign", "crash", "poll", "send"} {
		if r.Stats.ByF[f].Count == 0 {
			t.Errorf("no %s", f)
		}
	}
}

func TestEachFaultOfALogIsNamedAndProved(t *testing.T) {
	for fault, anomaly := range map[string]string{
		"loses":         "lost-write",
		"withholds":     "unseen",
		"two logs":      "inconsistent-offsets",
		"stores twice":  "duplicate",
		"inserts":       "nonmonotonic-send",
		"refuses":       "G1a",
		"goes back":     "nonmonotonic-poll",
		"reverses":      "int-nonmonotonic-poll",
		"skips within":  "int-poll-skip",
		"skips between": "poll-skip",
		"invents":       "unsent",
		"foretells":     "G1c-realtime",
	} {
		out := kafkaRun(t, fault, 7)
		r := out.Results
		k := r.Workload.(*kafka.Results)
		if r.Valid != checker.Invalid || !slices.Contains(k.BadErrorTypes, anomaly) {
			t.Errorf("a broker that %s is %v with %v, want %s", fault, r.Valid, k.BadErrorTypes, anomaly)
			continue
		}
		if failure := Failure(&out); !strings.Contains(failure, anomaly) {
			t.Errorf("a broker that %s fails with %q", fault, failure)
		}
		i := slices.IndexFunc(r.Witnesses, func(w checker.Witness) bool { return w.Kind == anomaly })
		if i < 0 || len(r.Witnesses[i].Events) == 0 || r.Witnesses[i].Note == "" {
			t.Errorf("a broker that %s: no witness of %s among %+v", fault, anomaly, r.Witnesses)
		}
	}
}

// A fault that shows in one way only is not given other names.
func TestFaultsAreNotMistakenForOthers(t *testing.T) {
	for fault, all := range map[string][]string{
		"loses": {"lost-write", "poll-skip", "int-poll-skip", "unseen"}, "withholds": {"unseen"}, "skips within": {"int-poll-skip"},
		"skips between": {"poll-skip"}, "goes back": {"nonmonotonic-poll"}, "two logs": {"inconsistent-offsets", "lost-write", "unseen"},
	} {
		k := kafkaRun(t, fault, 3).Results.Workload.(*kafka.Results)
		for _, found := range k.ErrorTypes {
			if !slices.Contains(all, found) {
				t.Errorf("a broker that %s shows %s", fault, found)
			}
		}
	}
}

func TestFinalPollsSeeEveryKeyFromItsBeginning(t *testing.T) {
	out := kafkaRun(t, "", 5)
	crashed, assigned, started := map[int]bool{}, map[int]bool{}, time.Duration(0)
	for _, op := range out.History {
		switch {
		case !op.Final:
		case op.F == "crash" && op.Type == history.Invoke:
			if crashed[op.Process%4] {
				t.Errorf("operation %d crashes a worker again", op.Index)
			}
			crashed[op.Process%4] = true
			started = max(started, op.Time)
		case op.F == "assign":
			assigned[op.Process%4] = crashed[op.Process%4]
		case op.F == "poll" && !assigned[op.Process%4]:
			t.Errorf("operation %d polls before it crashed and assigned", op.Index)
		}
	}
	if len(crashed) != 4 || len(assigned) != 4 {
		t.Errorf("%d of 4 workers crashed, %d assigned", len(crashed), len(assigned))
	}
	if last := out.History[len(out.History)-1]; last.Time > started+time.Second {
		t.Errorf("final polls went on until %v, though all was seen soon after %v", last.Time, started)
	}
}

// As in Jepsen, what comes after a crash is another process, which is assigned nothing yet.
func TestCrashReplacesTheProcess(t *testing.T) {
	crashed, assigned := map[int]bool{}, map[int]bool{}
	crashes := 0
	for _, op := range kafkaRun(t, "", 5).History {
		switch {
		case crashed[op.Process]:
			t.Fatalf("operation %d is of process %d, which crashed", op.Index, op.Process)
		case op.F == "crash" && op.Type != history.Invoke:
			if op.Type != history.Info {
				t.Fatalf("operation %d: a crash ended %v", op.Index, op.Type)
			}
			crashed[op.Process] = true
			crashes++
		case op.F == "assign" && op.Type == history.OK:
			assigned[op.Process] = true
		case op.F == "poll" && op.Type == history.OK && !assigned[op.Process] && string(op.Value) != `[["poll",{}]]`:
			t.Errorf("operation %d: process %d polls %s and was assigned nothing", op.Index, op.Process, op.Value)
		}
	}
	if crashes < 5 {
		t.Errorf("%d crashes", crashes)
	}
}

// A node that withholds messages is polled for no more than 10 s.
func TestFinalPollsGiveUp(t *testing.T) {
	out := kafkaRun(t, "withholds", 5)
	o := out.Options
	began := o.TimeLimit + o.Recovery
	last := out.History[len(out.History)-1].Time
	if last < began+9*time.Second || last > began+11*time.Second {
		t.Errorf("the run ended at %v, final polls began after %v", last, began)
	}
}

func TestSeedFixesAKafkaRun(t *testing.T) {
	text := func(seed uint64) string {
		var all []byte
		for _, op := range kafkaRun(t, "", seed).History {
			all = append(op.AppendJSON(all), '\n')
		}
		return string(all)
	}
	if first, again := text(9), text(9); first != again {
		t.Error("the same seed gave two histories")
	}
	if text(9) == text(10) {
		t.Error("two seeds gave one history")
	}
}

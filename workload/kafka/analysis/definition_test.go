package analysis

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"eddy/testbench/history"
)

// TestAnalysisAgreesWithTheDefinitions holds the analysis, which numbers keys
// and messages and looks at each operation a few times, to the definitions of
// the anomalies, looked up naively, on random runs full of wrong offsets and
// polls.
func TestAnalysisAgreesWithTheDefinitions(t *testing.T) {
	met := map[string]bool{}
	for seed := range uint64(400) {
		h := randomRun(rand.New(rand.NewPCG(seed, 1)))
		pairs, err := h.Pair()
		if err != nil {
			t.Fatal(err)
		}
		found, err := Analyze(h, pairs)
		if err != nil {
			t.Fatal(err)
		}
		ours := map[string]int{}
		for kind, cases := range found.Cases {
			ours[kind] = len(cases)
		}
		for _, u := range found.Unseen {
			ours[Unseen] += len(u.Messages)
		}
		theirs := definitionsOf(t, h, pairs)
		for _, kind := range []string{Duplicate, AbortedRead, FutureRead, InconsistentOffsets, InternalNonmonotonicPoll, InternalPollSkip,
			LostWrite, NonmonotonicPoll, NonmonotonicSend, PollSkip, Unseen, Unsent} {
			if ours[kind] != theirs.count[kind] {
				t.Fatalf("seed %d: %d cases of %s, by definition %d", seed, ours[kind], kind, theirs.count[kind])
			}
			met[kind] = met[kind] || ours[kind] > 0
		}
		lag := int64(0)
		if found.Lag != nil {
			lag = found.Lag.LagNs
		}
		if lag != theirs.lag {
			t.Fatalf("seed %d: the worst lag is %d ns, by definition %d", seed, lag, theirs.lag)
		}
	}
	for kind, once := range met {
		if !once {
			t.Errorf("no run shows %s", kind)
		}
	}
}

// plain is an operation decoded the slow way.
type plain struct {
	history.Op
	invoked int
	key     string
	message int
	offset  int // -1: none
	polls   map[string][][2]int
	keys    []string
}

func plainly(t *testing.T, h history.History, pairs history.Pairing) []plain {
	t.Helper()
	var all []plain
	for i, op := range h {
		j, paired := pairs.Of(i)
		if op.Type == history.Invoke && (paired || op.F != "send") {
			continue
		}
		p := plain{Op: op, invoked: i, offset: -1}
		if paired {
			p.invoked = j
		}
		var list []json.RawMessage
		if op.F == "assign" {
			if err := json.Unmarshal(op.Value, &p.keys); err != nil {
				t.Fatal(err)
			}
		} else if op.F != "crash" {
			var outer [][]json.RawMessage
			if err := json.Unmarshal(op.Value, &outer); err != nil {
				t.Fatal(err)
			}
			list = outer[0][1:]
		}
		switch {
		case op.F == "send":
			_ = json.Unmarshal(list[0], &p.key)
			var pair [2]int
			if json.Unmarshal(list[1], &pair) == nil {
				p.offset, p.message = pair[0], pair[1]
			} else {
				_ = json.Unmarshal(list[1], &p.message)
			}
		case op.F == "poll" && len(list) > 0:
			if err := json.Unmarshal(list[0], &p.polls); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, p)
	}
	return all
}

type definitions struct {
	count map[string]int
	lag   int64
}

func definitionsOf(t *testing.T, h history.History, pairs history.Pairing) definitions {
	t.Helper()
	ops := plainly(t, h, pairs)
	d := definitions{count: map[string]int{}}
	for _, key := range []string{"a", "b"} {
		d.key(key, ops)
	}
	d.worstLag(h, ops)
	return d
}

// key counts the anomalies of one log.
func (d *definitions) key(key string, ops []plain) {
	at := map[int]map[int]bool{} // messages by offset
	put := func(offset, message int) {
		if at[offset] == nil {
			at[offset] = map[int]bool{}
		}
		at[offset][message] = true
	}
	writer, polled := map[int]plain{}, map[int]bool{}
	for _, op := range ops {
		if op.F == "send" && op.key == key {
			writer[op.message] = op
			if op.Type == history.OK {
				put(op.offset, op.message)
			}
		}
		for _, pair := range op.polls[key] {
			put(pair[0], pair[1])
			polled[pair[1]] = true
		}
	}
	// The dense log, and each message's place in it.
	var offsets []int
	for offset := range at {
		offsets = append(offsets, offset)
	}
	sort.Ints(offsets)
	place, firstAt, lastAt, times := map[int]int{}, map[int]int{}, map[int]int{}, map[int]int{}
	for i, offset := range offsets {
		lowest := 1 << 30
		for message := range at[offset] {
			lowest = min(lowest, message)
			if _, seen := firstAt[message]; !seen {
				firstAt[message] = i
			}
			lastAt[message] = i
			times[message]++
		}
		place[lowest] = i
		if len(at[offset]) > 1 {
			d.count[InconsistentOffsets]++
		}
	}
	for _, n := range times {
		if n > 1 {
			d.count[Duplicate]++
		}
	}
	bound := -1
	for message := range polled {
		bound = max(bound, firstAt[message])
		switch w, sent := writer[message]; {
		case !sent:
			d.count[Unsent]++
		case earliest(key, message, ops) < w.invoked:
			d.count[FutureRead]++
		}
	}
	for message, w := range writer {
		if w.Type != history.OK || polled[message] {
			continue
		}
		d.count[Unseen]++
		if lastAt[message] <= bound {
			d.count[LostWrite]++
		}
	}
	delta := func(from, to int) int {
		i, known := place[from]
		j, both := place[to]
		if known && both {
			return j - i
		}
		return 1
	}
	d.neighbours(key, ops, writer, delta)
	d.processes(key, ops, delta)
}

// earliest is the index of the first poll that shows a message.
func earliest(key string, message int, ops []plain) int {
	for _, op := range ops {
		for _, pair := range op.polls[key] {
			if pair[1] == message {
				return op.Index
			}
		}
	}
	return 1 << 30
}

func (d *definitions) jump(delta int, skip, back string) {
	if delta > 1 {
		d.count[skip]++
	}
	if delta < 1 {
		d.count[back]++
	}
}

func (d *definitions) neighbours(key string, ops []plain, writer map[int]plain, delta func(from, to int) int) {
	for _, op := range ops {
		for i, pair := range op.polls[key] {
			if w, sent := writer[pair[1]]; sent && w.Type == history.Fail {
				d.count[AbortedRead]++
			}
			if i > 0 {
				d.jump(delta(op.polls[key][i-1][1], pair[1]), InternalPollSkip, InternalNonmonotonicPoll)
			}
		}
	}
}

// processes walks through the operations of each process alone.
func (d *definitions) processes(key string, ops []plain, delta func(from, to int) int) {
	for process := range 200 {
		var lastPoll [][2]int
		lastSend, polledBefore := 0, false
		for _, op := range ops {
			if op.Process != process {
				continue
			}
			if op.F == "assign" && op.Type != history.Fail && !slices.Contains(op.keys, key) {
				lastSend, polledBefore = 0, false
			}
			if pairs, shown := op.polls[key]; shown {
				if polledBefore && len(lastPoll) > 0 && len(pairs) > 0 {
					d.jump(delta(lastPoll[len(lastPoll)-1][1], pairs[0][1]), PollSkip, NonmonotonicPoll)
				}
				lastPoll, polledBefore = pairs, true
			}
			if op.F == "send" && op.key == key && op.Type != history.Fail {
				if lastSend > 0 && delta(lastSend, op.message) < 1 {
					d.count[NonmonotonicSend]++
				}
				lastSend = op.message
			}
		}
	}
}

// worstLag keeps for every offset the time from which it was known that the log reaches it.
func (d *definitions) worstLag(h history.History, ops []plain) {
	const never = int64(1) << 62
	known := map[string]*[300]int64{}
	for _, key := range []string{"a", "b"} {
		known[key] = &[300]int64{}
		for i := range known[key] {
			known[key][i] = never
		}
	}
	reach := func(key string, offset int, op plain) {
		for i := range offset + 1 {
			known[key][i] = min(known[key][i], int64(op.Time))
		}
	}
	for _, op := range ops {
		if op.F == "send" && op.Type == history.OK {
			reach(op.key, op.offset, op)
		}
		for key, pairs := range op.polls {
			for _, pair := range pairs {
				reach(key, pair[0], op)
			}
		}
	}
	at := map[int]map[string]int{}
	for _, op := range ops {
		if op.Type != history.OK {
			continue
		}
		before := at[op.Process]
		switch op.F {
		case "assign":
			next := map[string]int{}
			for _, key := range op.keys {
				next[key] = -1
				if offset, had := before[key]; had {
					next[key] = offset
				}
			}
			at[op.Process] = next
		case "poll":
			if before == nil {
				before = map[string]int{}
				at[op.Process] = before
			}
			for key, pairs := range op.polls {
				if _, had := before[key]; !had {
					before[key] = -1
				}
				for _, pair := range pairs {
					before[key] = max(before[key], pair[0])
				}
			}
			for key, offset := range before {
				d.lag = max(d.lag, int64(h[op.invoked].Time)-known[key][offset+1])
			}
		}
	}
}

package kafka

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// witness is a client that sends and polls on one node and remembers.
type witness struct {
	*network
	on     string
	number int
	next   map[string]int64 // to poll
	sent   int
	rank   map[string]int64  // the offset of its last send, by key
	acked  map[string]string // values by key and offset
	shown  []shown
	failed []string // why
}

// shown is a poll's answer for one key.
type shown struct {
	on, key string
	from    int64
	entries []string
}

var keys = []string{"a", "b", "c", "d"}

// work sends and polls in turns until the time is over.
func (w *witness) work(until time.Duration) {
	if w.world.Elapsed() > until {
		return
	}
	done := false
	again := func() {
		if !done {
			done = true
			w.world.At(w.world.Elapsed()+time.Duration(w.world.Rand().Int64N(int64(20*ms))), func() { w.work(until) })
		}
	}
	w.world.At(w.world.Elapsed()+5*time.Second, again) // a client's patience
	key := keys[w.world.Rand().IntN(len(keys))]
	if w.world.Rand().IntN(2) == 0 {
		w.poll(key, again)
		return
	}
	w.sent++
	value := fmt.Sprintf(`"%d-%d"`, w.number, w.sent)
	w.ask(w.on, send(key, value), func(s said) {
		switch {
		case done: // the client has given up
		case s.Body.Type != "send_ok":
			w.failed = append(w.failed, fmt.Sprintf("%s: %d %s", w.on, s.Body.Code, s.Body.Text))
		case s.Body.Offset <= w.rank[key]:
			w.t.Errorf("client %d: %s of %s went to %d after %d", w.number, value, key, s.Body.Offset, w.rank[key])
		default:
			w.rank[key] = s.Body.Offset
			w.acked[fmt.Sprintf("%s/%d", key, s.Body.Offset)] = value
		}
		again()
	})
}

func (w *witness) poll(key string, then func()) {
	from := w.next[key]
	w.ask(w.on, poll(key, from), func(s said) {
		if s.Body.Type != "poll_ok" {
			w.t.Errorf("a poll was answered %+v", s.Body)
		}
		if got := entries(s, key); len(got) > 0 {
			w.shown = append(w.shown, shown{w.on, key, from, got})
			w.next[key] = int64(offsetIn(got[len(got)-1])) + 1
			w.ask(w.on, fmt.Sprintf(`"type":"commit_offsets","offsets":{%q:%d}`, key, w.next[key]-1), func(said) {})
		}
		then()
	})
}

// ordeal has witnesses work for a while amid faults, heals the network and
// holds what they saw against the logs at the end.
func ordeal(t *testing.T, seed uint64, config Config) (failures []string) {
	t.Helper()
	n := newNetwork(t, seed, 3, config)
	random := n.world.Rand()
	n.latency = func() time.Duration { return time.Duration(random.ExpFloat64() * float64(15*ms)) }
	split := map[string]bool{}
	healed := false
	n.lost = func(src, dest string) bool {
		if healed {
			return false
		}
		between := src != "lin-kv" && dest != "lin-kv"
		return between && split[src] != split[dest] || random.IntN(20) == 0
	}
	n.twice = func() bool { return !healed && random.IntN(10) == 0 }
	const end = 8 * time.Second
	for at := time.Second; at < end; at += 2 * time.Second {
		n.world.At(at, func() {
			for _, name := range n.names {
				split[name] = random.IntN(2) == 0
			}
		})
	}
	var witnesses []*witness
	for i := range 6 {
		w := &witness{network: n, on: n.names[i%3], number: i, next: map[string]int64{}, rank: map[string]int64{"a": -1, "b": -1, "c": -1, "d": -1}, acked: map[string]string{}}
		witnesses = append(witnesses, w)
		w.work(end)
	}
	n.world.Run(end)
	healed = true
	n.world.Run(10 * time.Second)
	for _, w := range witnesses {
		failures = append(failures, w.failed...)
	}
	judge(t, n, witnesses)
	return failures
}

// judge holds what clients saw against the logs.
func judge(t *testing.T, n *network, witnesses []*witness) {
	t.Helper()
	logs := map[string][]string{}
	for _, key := range keys {
		logs[key] = n.everything(n.names[0], key)
		for _, other := range n.names[1:] {
			if got := n.everything(other, key); !slices.Equal(got, logs[key]) {
				t.Fatalf("key %s\non %s: %v\non %s: %v", key, n.names[0], logs[key], other, got)
			}
		}
		seen := map[string]bool{}
		for i, e := range logs[key] {
			_, value, _ := strings.Cut(e, ":")
			if seen[value] {
				t.Errorf("key %s has %s twice", key, value)
			}
			seen[value] = true
			if i > 0 && offsetIn(logs[key][i-1]) >= offsetIn(e) {
				t.Errorf("key %s: %s comes after %s", key, e, logs[key][i-1])
			}
		}
	}
	for _, w := range witnesses {
		for where, value := range w.acked {
			key, offset, _ := strings.Cut(where, "/")
			if !slices.Contains(logs[key], offset+":"+value) {
				t.Errorf("%s at %s of key %s was acknowledged by %s and is lost", value, offset, key, w.on)
			}
		}
		for _, s := range w.shown {
			start := slices.IndexFunc(logs[s.key], func(e string) bool { return int64(offsetIn(e)) >= s.from })
			if start < 0 || !slices.Equal(s.entries, logs[s.key][start:min(start+len(s.entries), len(logs[s.key]))]) {
				t.Errorf("a poll on %s of %s from %d showed %v, of %v", s.on, s.key, s.from, s.entries, logs[s.key])
			}
		}
	}
}

// A partition cuts nodes from each other, not from their clients or lin-kv: who
// need not wait for another node refuses no send.
func TestNothingIsLostSkippedDoubledOrRefusedAmidFaults(t *testing.T) {
	for name, config := range configs() {
		t.Run(name, func(t *testing.T) {
			for seed := range seeds(2) {
				failures := ordeal(t, seed, config)
				waits := config.Strategy == Owner || config.Acks == AcksAll || config.ChunkBytes != 0 // which makes rivals of all
				if !waits && len(failures) > 0 {
					t.Errorf("refused: %v", failures)
				}
				if t.Failed() {
					t.Fatalf("seed %d", seed)
				}
			}
		})
	}
}

// seeds is how many runs to make: a few, or KAFKA_SEEDS.
func seeds(few uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv("KAFKA_SEEDS"), 10, 64); err == nil {
		return n
	}
	return few
}

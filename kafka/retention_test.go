package kafka

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/nodetest"
	"eddy/internal/disk"
)

// A reader that keeps up misses nothing. What it has committed is dropped but for the newest entries, on every node and
// in lin-kv, and a poll below the start shows what is left.
func TestRetentionDropsWhatIsCommittedAndKeepsTheNewest(t *testing.T) {
	const sends, keep = 600, 20
	for name, config := range configs() {
		config.Retention = keep
		if config.Strategy == CAS || config.Strategy == Fallback {
			config.ChunkBytes = 1000
		}
		n := newNetwork(t, 7, 3, config)
		var seen []string
		next := int64(0)
		read := func(on string) {
			for {
				got := entries(n.call(on, poll("a", next)), "a")
				if len(got) == 0 {
					return
				}
				seen = append(seen, got...)
				next = int64(offsetIn(got[len(got)-1])) + 1
				n.call(on, fmt.Sprintf(`"type":"commit_offsets","offsets":{"a":%d}`, next-1))
			}
		}
		sent := map[string]bool{}
		for i := range sends {
			value := fmt.Sprintf(`"%d-%0100d"`, i, 0)
			sent[fmt.Sprintf("%d:%s", n.send(n.names[i%3], "a", value), value)] = true
			if i%10 == 9 {
				n.world.Run(300 * ms)
				read(n.names[0])
			}
		}
		n.world.Run(3 * time.Second)
		read("n0")
		for _, e := range seen {
			delete(sent, e)
		}
		if len(seen) != sends || len(sent) > 0 || !slices.IsSortedFunc(seen, func(a, b string) int { return offsetIn(a) - offsetIn(b) }) {
			t.Errorf("%s: the reader saw %d of %d entries, and %d that were acknowledged are missing", name, len(seen), sends, len(sent))
		}
		n.world.Run(3 * time.Second)
		n.send("n1", "a", `"one more"`)
		n.world.Run(3 * time.Second)
		read("n1")
		for _, on := range n.names {
			left := n.everything(on, "a")
			if len(left) < keep || len(left) > sends/3 || !slices.Equal(left, seen[len(seen)-len(left):]) {
				t.Errorf("%s: on %s %d entries are left, %d at least expected, the newest", name, on, len(left), keep)
			}
		}
		stored := 0
		for _, value := range n.values {
			stored += len(value)
		}
		if stored > 20_000 {
			t.Errorf("%s: lin-kv has %d bytes, of %d that were sent", name, stored, sends*110)
		}
	}
}

// A node that starts and finds a log whose first chunks were dropped goes on where it begins, and appends nothing twice.
func TestANodeThatStartsFindsWhereATrimmedLogBegins(t *testing.T) {
	n := newNetwork(t, 3, 2, Config{Strategy: CAS, ChunkBytes: 300, Retention: 5})
	for i := range 200 {
		offset := n.send("n0", "a", fmt.Sprintf(`"%d-%030d"`, i, 0))
		if i%5 == 0 {
			n.call("n0", fmt.Sprintf(`"type":"commit_offsets","offsets":{"a":%d}`, offset))
		}
	}
	n.world.Run(3 * time.Second)
	if got := n.values[chunkKey("a", 0)]; !strings.Contains(got, "gone") {
		t.Fatalf("chunk 0 is %s", got)
	}
	n.restart("n1")
	n.world.Run(10 * ms)
	before := n.sent
	if offset := n.send("n1", "a", `"new"`); offset != 200 {
		t.Errorf("the next message has offset %d", offset)
	}
	if sent := n.sent - before; sent > 40 {
		t.Errorf("a node that starts needed %d messages to append to a log of some 40 chunks, most of them dropped", sent)
	}
	if left := n.everything("n1", "a"); len(left) < 5 || len(left) > 40 || left[len(left)-1] != `200:"new"` {
		t.Errorf("it shows %d entries", len(left))
	}
}

// Rival writers and trimmers, of which some are far behind, append each message once, and lose none that is kept.
func TestRivalsAppendOnceToALogThatIsTrimmed(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	store, begins := map[int64]string{}, ""
	const bytesMax, keep, messages = 200, 10, 150
	writers := make([]*chain, 4)
	var queues [4][]write
	for i := range writers {
		writers[i] = newChain()
		for n := range messages {
			queues[i] = append(queues[i], write{fmt.Sprint("w", i), int64(n + 1), fmt.Appendf(nil, `"%d-%d"`, i, n)})
		}
	}
	appended := map[string]int{}
	catchUp := func(k *chain) {
		for {
			if store[k.chunk] == goneText {
				s, err := parseStart(begins)
				if err == nil {
					err = k.begin(s)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			ended, err := k.learn(store[k.chunk], func(string, int64, int64) {})
			if err != nil {
				t.Fatal(err)
			}
			if !ended {
				return
			}
		}
	}
	for range 40_000 {
		i := random.IntN(4)
		if i == 3 && random.IntN(20) > 0 {
			continue // it is seldom there
		}
		k := writers[i]
		for len(queues[i]) > 0 && k.has(queues[i][0].by, queues[i][0].seq) {
			queues[i] = queues[i][1:]
		}
		if len(queues[i]) == 0 || store[k.chunk] != k.text {
			catchUp(k)
			continue
		}
		text, taken := k.extended(queues[i][:min(len(queues[i]), 1+random.IntN(5))], bytesMax)
		store[k.chunk] = text
		for _, w := range queues[i][:taken] {
			appended[string(w.value)]++
		}
		if random.IntN(2) == 0 {
			catchUp(k) // else the reply was lost, and it will try the same again
		}
		k.committed = max(k.committed, k.log.next-1-random.Int64N(20))
		if s, later := k.trim(keep); later && begins == k.start.text {
			begins = s.text
			for chunk := range s.Chunk {
				store[chunk] = goneText
			}
			k.relearn(s)
		} else if later {
			s, err := parseStart(begins)
			if err != nil {
				t.Fatal(err)
			}
			k.relearn(s)
		}
	}
	for i := range queues {
		for _, w := range queues[i] {
			if appended[string(w.value)] == 0 {
				t.Errorf("%s was never appended", w.value)
			}
		}
	}
	if len(appended) != 4*messages {
		t.Errorf("%d of %d messages were appended", len(appended), 4*messages)
	}
	for value, n := range appended {
		if n != 1 {
			t.Errorf("%s was appended %d times", value, n)
		}
	}
	kept := 0
	for _, text := range store {
		if text != goneText {
			kept++
		}
	}
	if kept*4 > len(store) {
		t.Errorf("%d of %d chunks are kept", kept, len(store))
	}
}

func TestTrimmedLogKeepsWhatIsAskedFor(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	l := openLog{keep: 50, committed: -1}
	for i := range int64(5000) {
		l.put(2*i, []byte(`"0123456789"`), 2*i)
		if random.IntN(10) == 0 {
			l.commit(2*i - random.Int64N(400))
		}
		first, count := int64(-1), 0
		l.log.scan(0, func(e entry) bool {
			if first < 0 {
				first = e.offset
			}
			count++
			return true
		})
		if count != l.log.count || count < int(min(i+1, 50)) || first > l.committed+1 && first > 0 && count > 50 && first-2 > l.committed {
			t.Fatalf("after %d entries, %d committed, %d from %d on are left", i+1, l.committed, count, first)
		}
	}
	if l.log.count > 1600 {
		t.Errorf("%d entries are left", l.log.count)
	}
	if l.insert(l.log.start-1, []byte("1")) {
		t.Error("an entry was inserted below the start")
	}
}

// The journal drops what the log drops, and a restart still knows every forwarded message.
func TestRetentionKeepsTheJournalShort(t *testing.T) {
	for _, strategy := range []Strategy{Local, Owner, Leaderless} {
		var d disk.Simulated
		c := nodetest.Empty(t, 1, Service(Config{Strategy: strategy, Retention: 10, Journal: journal.Options{Dir: "simulated", SnapshotBytes: 4000}}))
		c.Options = func(string) node.Options { return node.Options{Disk: d.Open()} }
		c.IDs = []string{"n0"}
		c.StartAll()
		offset := int64(0)
		for i := range 3000 {
			offset = c.Must("n0", fmt.Sprintf(`"type":"send","key":"k","msg":%d`, i)).Int("offset")
			if i%10 == 0 {
				c.Must("n0", fmt.Sprintf(`"type":"commit_offsets","offsets":{"k":%d}`, offset))
			}
		}
		all, err := d.Open().Read()
		if err != nil {
			t.Fatal(err)
		}
		if len(all) > 12_000 {
			t.Errorf("%s: %d bytes for some 20 entries that are kept", strategy, len(all))
		}
		c.Kill("n0")
		d.Kill(c.World.Rand())
		c.Start("n0")
		c.Run(10 * time.Second)
		if got := c.Must("n0", fmt.Sprintf(`"type":"poll","offsets":{"k":%d}`, offset-8)).Text("msgs"); !strings.Contains(got, `,2991]`) || !strings.Contains(got, `,2999]`) {
			t.Errorf("%s: a poll of the last 9 shows %s", strategy, got)
		}
	}
}

func TestDroppedForwardedMessagesAreStillKnown(t *testing.T) {
	var records [][]byte
	for i := range int64(100) {
		records = append(records, item{Type: itemEntry, Key: "k", Offset: i, Value: []byte("1"), By: "n1-a", Seq: i + 1}.encode())
	}
	records = append(records, item{Type: itemCommit, Key: "k", Offset: 90}.encode())
	compact := compaction(5)
	kept := compact(compact(records))
	if len(kept) > 12 {
		t.Errorf("%d records are kept", len(kept))
	}
	var f forwarded
	for _, text := range kept {
		var s item
		if err := shapeOfItem.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		f.add(&s)
	}
	for seq := range int64(100) {
		if f.add(&item{Type: itemAppend, Key: "k", By: "n1-a", Seq: seq + 1}) {
			t.Errorf("message %d is taken for new", seq+1)
		}
	}
}

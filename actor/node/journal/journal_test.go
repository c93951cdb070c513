package journal_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/nodetest"
	"eddy/internal/disk"
)

// list is a service that keeps the numbers that it is given, in their order.
func list(o journal.Options) node.Service {
	o.Dir, o.Holds = "simulated", "lists"
	type (
		message any
		adding  = node.Request[struct {
			N int `json:"n"`
		}, node.None]
		reading = node.Request[node.None, struct {
			All []int `json:"all"`
		}]
	)
	return func(n *node.Node) error {
		j, records, err := journal.Open(n, o, func(w journal.Written) message { return w })
		if err != nil {
			return err
		}
		var all []int
		for _, r := range records {
			var some []int
			if err := json.Unmarshal(r, &some); err != nil {
				return err
			}
			all = append(all, some...)
		}
		encoded := func(some []int) []byte {
			text, _ := json.Marshal(some)
			return text
		}
		j.SnapshotBy(func() [][]byte { return [][]byte{encoded(all)} })
		to := actor.Spawn(n, "list", func(*actor.Context[message]) actor.Actor[message] {
			return actor.Func[message](func(c *actor.Context[message], m message) {
				switch m := m.(type) {
				case adding:
					j.Append(c, encoded([]int{m.Body.N}), func(err error) {
						if err != nil {
							m.Fail(err)
							return
						}
						all = append(all, m.Body.N)
						m.Reply(node.None{})
					})
				case reading:
					m.Reply(struct {
						All []int `json:"all"`
					}{all})
				case journal.Written:
					j.Written(c, m)
				}
			})
		}, actor.Restarts(0, 0))
		node.Handle(n, "add", to, func(m adding) message { return m })
		node.Handle(n, "read", to, func(m reading) message { return m })
		return nil
	}
}

// lab is one node with such a list and a disk.
type lab struct {
	*nodetest.Cluster
	disk disk.Simulated
	next int
	sent map[int64]int // the number that a request adds
}

func newLab(t *testing.T, seed uint64, o journal.Options) *lab {
	l := &lab{Cluster: nodetest.Empty(t, seed, list(o)), sent: map[int64]int{}}
	l.Options = func(string) node.Options { return node.Options{Disk: l.disk.Open()} }
	l.IDs = []string{"n1"}
	l.StartAll()
	return l
}

func (l *lab) add() int64 {
	l.next++
	id := l.Ask("n1", fmt.Sprintf(`"type":"add","n":%d`, l.next))
	l.sent[id] = l.next
	return id
}

func (l *lab) restart() {
	l.Kill("n1")
	l.disk.Kill(l.World.Rand())
	l.Start("n1")
}

func (l *lab) all() []int {
	var body struct{ All []int }
	if m := l.Call("n1", `"type":"read"`); m == nil || m.Decode(&body) != nil {
		return nil
	}
	return body.All
}

// lost are the numbers whose add was acknowledged and that are not in the list.
func (l *lab) lost() (acknowledged int, lost []int) {
	all := l.all()
	for id, n := range l.sent {
		if m := l.Reply(id); m != nil && m.Type() == "add_ok" {
			acknowledged++
			if !slices.Contains(all, n) {
				lost = append(lost, n)
			}
		}
	}
	return acknowledged, lost
}

// storm adds numbers and kills the node again and again.
func storm(t *testing.T, seed uint64, o journal.Options) (acknowledged int, lost []int) {
	l := newLab(t, seed, o)
	rng := rand.New(rand.NewPCG(seed, 7))
	for range 20 {
		for range rng.IntN(20) {
			l.add()
			l.Run(time.Duration(rng.IntN(500)) * time.Microsecond)
		}
		l.disk.Faults.SyncFails = rng.IntN(8) == 0
		l.Run(time.Duration(rng.IntN(2000)) * time.Microsecond)
		l.disk.Faults.SyncFails = false
		if rng.IntN(2) == 0 {
			l.add()
			l.Run(time.Duration(rng.IntN(2000)) * time.Microsecond)
		}
		l.restart()
	}
	l.Run(time.Second)
	return l.lost()
}

func TestAcknowledgedRecordsSurviveKillsAndFailedSyncs(t *testing.T) {
	total := 0
	for seed := range uint64(100) {
		acknowledged, lost := storm(t, seed, journal.Options{SnapshotBytes: 200})
		if len(lost) > 0 {
			t.Errorf("seed %d: lost %v of %d acknowledged", seed, lost, acknowledged)
		}
		total += acknowledged
	}
	if total < 5000 {
		t.Errorf("only %d records were acknowledged", total)
	}
}

func TestDeliberateMistakesLoseRecords(t *testing.T) {
	for _, bug := range []journal.Bug{journal.AckBeforeSync, journal.SkipLast, journal.IgnoreSyncError} {
		found := false
		for seed := uint64(0); seed < 300 && !found; seed++ {
			_, lost := storm(t, seed, journal.Options{SnapshotBytes: 200, Bug: bug})
			found = len(lost) > 0
		}
		if !found {
			t.Errorf("%s: not found in 300 seeds", bug)
		}
	}
}

// With its checksums a journal refuses to start on a disk that has lost a bit; without, it shows another list or none.
func TestFlippedBitIsRefusedAndGoesUnnoticedWithoutChecksums(t *testing.T) {
	wrong := 0
	for seed := range uint64(300) {
		for _, bug := range []journal.Bug{"", journal.NoChecksum} {
			l := newLab(t, seed, journal.Options{Bug: bug})
			for range 10 {
				l.add()
				l.Run(5 * time.Millisecond)
			}
			want := l.all()
			l.Kill("n1")
			l.disk.Flip(rand.New(rand.NewPCG(seed, 1)))
			l.Start("n1")
			l.Run(time.Second)
			err := l.Nodes["n1"].Err()
			switch {
			case bug == "" && err == nil:
				t.Fatalf("seed %d: a flipped bit was not found", seed)
			case bug != "" && err == nil && !slices.Equal(l.all(), want):
				wrong++
			}
		}
	}
	if wrong == 0 {
		t.Error("without checksums no flipped bit changed the list in 300 seeds")
	}
}

func TestFullDiskRefusesAddsAndServesReads(t *testing.T) {
	l := newLab(t, 1, journal.Options{})
	first := l.add()
	l.Run(time.Second)
	l.disk.Faults.Full = true
	var refused []int64
	for range 5 {
		refused = append(refused, l.add())
	}
	l.Run(time.Second)
	for _, id := range refused {
		if m := l.Reply(id); m == nil || m.Text("code") != "11" || !strings.Contains(m.Text("text"), "the simulated disk: the disk is full: nothing was written. Make room on it") {
			t.Errorf("an add on a full disk: %v", m)
		}
	}
	if got := l.all(); !slices.Equal(got, []int{1}) || l.Reply(first).Type() != "add_ok" {
		t.Errorf("the list is %v", got)
	}
	l.disk.Faults.Full = false
	l.add()
	l.Run(time.Second)
	l.restart()
	l.Run(time.Second)
	if got := l.all(); !slices.Equal(got, []int{1, 7}) {
		t.Errorf("with room again, and after a kill, the list is %v", got)
	}
}

func TestFailedSyncIsFinalUntilARestart(t *testing.T) {
	l := newLab(t, 1, journal.Options{})
	l.Run(time.Second)
	l.disk.Faults.SyncFails = true
	first := l.add()
	l.Run(time.Second)
	l.disk.Faults.SyncFails = false
	second := l.add()
	l.Run(time.Second)
	if got := l.Reply(first).Text("code") + " " + l.Reply(second).Text("code"); got != "13 11" {
		t.Errorf("adds around a failed sync were answered with %s, want 13 11", got)
	}
	l.restart()
	if m := l.Must("n1", `"type":"add","n":3`); m == nil {
		t.Error("no add after a restart")
	}
}

func TestOneSyncServesAllThatWait(t *testing.T) {
	l := newLab(t, 1, journal.Options{SyncLatency: 10 * time.Millisecond})
	for range 1000 {
		l.add()
		l.Run(time.Millisecond)
	}
	l.Run(time.Second)
	acknowledged, lost := l.lost()
	all, err := l.disk.Open().Read()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := journal.Read("n1", all)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(kept.Batches); acknowledged != 1000 || len(lost) > 0 || n > 250 || n < 50 {
		t.Errorf("%d batches for %d records, %d lost", n, acknowledged, len(lost))
	}
}

func TestFileStaysAsShortAsWhatItHolds(t *testing.T) {
	l := newLab(t, 1, journal.Options{SnapshotBytes: 500})
	longest := 0
	for i := range 300 {
		l.add()
		l.Run(10 * time.Millisecond)
		all, _ := l.disk.Open().Read()
		l.restart() // a disk that is open elsewhere
		l.Run(10 * time.Millisecond)
		longest = max(longest, len(all)-10*i)
	}
	if _, lost := l.lost(); len(lost) > 0 || longest > 1000 {
		t.Errorf("lost %v; up to %d bytes more than ten for each record", lost, longest)
	}
}

package kv

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// foundings are the founding state machines of a cluster, and the messages under
// way between them.
type foundings struct {
	at    []*founding
	next  uint64 // incarnation
	queue []posted
}

type posted struct {
	from int
	foundingMessage
}

func newFoundings(size int) *foundings {
	f := &foundings{at: make([]*founding, size)}
	for place := range size {
		f.restart(place)
	}
	return f
}

// restart begins an incarnation without memory.
func (f *foundings) restart(place int) {
	f.next++
	members := make([]int, len(f.at))
	for i := range members {
		members[i] = i
	}
	f.at[place] = newFounding(raftID(place, f.next), members, len(members))
	f.at[place].start()
	f.collect(place)
}

func (f *foundings) collect(place int) {
	for _, m := range f.at[place].out {
		f.queue = append(f.queue, posted{place, m})
	}
	f.at[place].out = nil
}

// deliver takes the message at i out of the queue, or leaves a copy there.
func (f *foundings) deliver(i int, keep bool) {
	m := f.queue[i]
	if !keep {
		f.queue = slices.Delete(f.queue, i, i+1)
	}
	f.at[m.to].step(m.from, m.body)
	f.collect(m.to)
}

func (f *foundings) settle() {
	for range 200 {
		for len(f.queue) > 0 {
			f.deliver(0, false)
		}
		for place := range f.at {
			f.at[place].retry()
			f.collect(place)
		}
	}
}

func TestFirstStartAgreesOnEveryMember(t *testing.T) {
	f := newFoundings(3)
	f.settle()
	for place, at := range f.at {
		if len(at.founded) != 3 || !slices.Contains(at.founded, at.self) {
			t.Errorf("node %d was founded with %v, want itself and two others", place, at.founded)
		}
	}
}

func TestKilledNodeFindsTheClusterItDoesNotBelongTo(t *testing.T) {
	for killed := range 3 {
		f := newFoundings(3)
		f.settle()
		before := f.at[killed].founded
		f.restart(killed)
		f.settle()
		if at := f.at[killed]; !slices.Equal(at.founded, before) || slices.Contains(at.founded, at.self) {
			t.Errorf("node %d, killed, knows of %v, want %v without its new id", killed, at.founded, before)
		}
	}
}

// Loss, repetition, any order and kills of a minority of the nodes never make two clusters.
func TestNoTwoClustersAreFounded(t *testing.T) {
	founded := 0
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 0))
		size := 3 + rng.IntN(3)
		f := newFoundings(size)
		mortal, kills := rng.Perm(size)[:(size-1)/2], 0
		var decided []uint64
		for range 400 {
			switch n := rng.IntN(100); {
			case n < 2 && kills < 4:
				kills++
				f.restart(mortal[rng.IntN(len(mortal))])
			case n < 20:
				place := rng.IntN(size)
				f.at[place].retry()
				f.collect(place)
			case n < 25 && len(f.queue) > 0:
				i := rng.IntN(len(f.queue))
				f.queue = slices.Delete(f.queue, i, i+1)
			case len(f.queue) > 0:
				f.deliver(rng.IntN(len(f.queue)), n < 35)
			}
			for place, at := range f.at {
				switch {
				case at.founded == nil:
				case decided == nil:
					decided = at.founded
					founded++
				case !slices.Equal(decided, at.founded):
					t.Fatalf("seed %d: node %d was founded with %x, another with %x", seed, place, at.founded, decided)
				}
			}
		}
	}
	if founded < 1000 {
		t.Errorf("only %d of 3000 runs founded a cluster, want 1000", founded)
	}
}

func TestAdmissionGoesFromLearnerToVoterInPlaceOfTheKilled(t *testing.T) {
	killed, other, next := raftID(0, 5), raftID(1, 6), raftID(0, 7)
	conf := &pb.ConfState{Voters: []uint64{killed, other}}
	wants := map[int]uint64{0: next}
	never := func(uint64) bool { return false }
	if got := kindsOf(admission(conf, wants, 2, never)); got != fmt.Sprint("ConfChangeAddLearnerNode ", next, ";") {
		t.Errorf("the first change is %s, want a learner", got)
	}
	conf.Learners = []uint64{next}
	if got := admission(conf, wants, 2, never); got != nil {
		t.Errorf("a learner that lags is followed by %v, want nothing", got)
	}
	caughtUp := func(id uint64) bool { return id == next }
	if got, want := kindsOf(admission(conf, wants, 2, caughtUp)), fmt.Sprint("ConfChangeAddNode ", next, ";ConfChangeRemoveNode ", killed, ";"); got != want {
		t.Errorf("a learner that has caught up is followed by %s, want %s", got, want)
	}
	joint := proto.CloneOf(conf)
	joint.VotersOutgoing = []uint64{killed}
	if got := admission(joint, wants, 2, caughtUp); got != nil {
		t.Errorf("a change under way is followed by %v, want nothing", got)
	}
	if got := admission(&pb.ConfState{Voters: []uint64{other}}, wants, 2, never); got != nil {
		t.Errorf("a node that was removed is admitted by %v, want add_member to be needed", got)
	}
}

func kindsOf(change *pb.ConfChangeV2) string {
	text := ""
	for _, c := range change.GetChanges() {
		text += fmt.Sprint(c.GetType(), " ", c.GetNodeId(), ";")
	}
	return text
}

func TestNodeKilledWithoutADiskRejoinsAndCountsAgain(t *testing.T) {
	c := newCluster(t, 1, 3, Config{SnapshotEvery: 10, SnapshotBehind: 2})
	for i := range 30 {
		c.must("n1", write(fmt.Sprint(i), "1"))
	}
	// One node after the other, the leader among them: in the end no incarnation of the beginning is left.
	for _, id := range c.ids {
		c.kill(id)
		c.world.Run(time.Second)
		c.start(id)
		c.world.Run(3 * time.Second)
		if got := c.must(id, read("7")); string(got.Value) != "1" {
			t.Fatalf("%s reads %s after its kill, want 1", id, got.Value)
		}
	}
	c.kill("n2") // two of three suffice, both were killed before
	c.world.Run(time.Second)
	c.must("n1", write(`"last"`, "2"))
}

func TestClusterThatLostItsMajorityRefusesForGood(t *testing.T) {
	c := newCluster(t, 1, 3, Config{})
	c.must("n1", write("1", "1"))
	c.world.Run(time.Second)
	c.kill("n1")
	c.kill("n2")
	c.start("n1")
	c.start("n2")
	c.world.Run(10 * time.Second)
	for _, id := range c.ids {
		if got := c.do(id, read("1")); got.Code != 11 {
			t.Errorf("%s answers %+v, want error 11", id, got)
		}
		if got := c.do(id, write("1", "2")); got.Code != 11 {
			t.Errorf("%s answers a write with %+v, want error 11", id, got)
		}
	}
}

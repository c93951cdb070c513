package kafka

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"eddy/actor/node/wire"
)

func newStream(life int64) stream {
	return stream{life: life, epoch: 1, pace: pace{retry: 500 * ms, retryMax: time.Second, ackDelay: 100 * ms, bytes: 40}}
}

// parcelOf is a message as the other side reads it.
func parcelOf(t *testing.T, o outgoing) *parcel {
	t.Helper()
	var p parcel
	if err := wire.Unmarshal([]byte("{"+string(o.AppendFields(nil))+"}"), &p); err != nil {
		t.Fatal(err)
	}
	return &p
}

// Two sides talk over a line that loses, doubles and reorders; in the end each
// has heard all that the other said, once and in order, and both fall silent.
func TestAStreamBringsEverythingOnceAndInOrder(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		sides := [2]stream{newStream(11), newStream(22)}
		var heard [2][]string
		type flying struct {
			to int
			at time.Duration
			p  *parcel
		}
		var air []flying
		said, now, quiet := [2]int{}, time.Duration(0), 0
		for ; quiet < 3 && now < time.Hour; now += 20 * ms {
			quiet++
			for i := range sides {
				if now < 5*time.Second && random.IntN(3) == 0 {
					said[i]++
					sides[i].push(fmt.Appendf(nil, `%d`, said[i]), int64(said[i]))
				}
				for _, o := range sides[i].due(now) {
					for range random.IntN(3) { // lost, or once, or twice
						air = append(air, flying{1 - i, now + time.Duration(random.IntN(int(300*ms))), parcelOf(t, o)})
					}
				}
				if _, wanted := sides[i].next(now); wanted {
					quiet = 0
				}
			}
			for at := 0; at < len(air); at++ {
				if f := air[at]; f.at <= now {
					fresh, forgot := sides[f.to].hear(now, f.p)
					if forgot {
						t.Fatal("a side is said to have lost its memory")
					}
					for _, raw := range fresh {
						heard[f.to] = append(heard[f.to], string(raw))
					}
					air = slices.Delete(air, at, at+1)
					at--
				}
			}
			if len(air) > 0 {
				quiet = 0
			}
		}
		for i := range sides {
			for n := range said[1-i] {
				if n >= len(heard[i]) || heard[i][n] != fmt.Sprint(n+1) {
					t.Fatalf("seed %d: of %d said, side %d heard %v", seed, said[1-i], i, heard[i])
				}
			}
			if len(heard[i]) != said[1-i] || sides[1-i].reached != int64(said[1-i]) {
				t.Fatalf("seed %d: side %d heard %d of %d, acknowledged up to %d", seed, i, len(heard[i]), said[1-i], sides[1-i].reached)
			}
		}
		if quiet < 3 {
			t.Fatalf("seed %d: still talking after an hour", seed)
		}
	}
}

func TestASilentPeerCostsOneMessageARetry(t *testing.T) {
	s := newStream(1)
	for range 1000 {
		s.push([]byte(`"0123456789"`), 0)
	}
	if messages := len(s.due(0)); messages != burst {
		t.Errorf("%d messages at first, expected a burst of %d", messages, burst)
	}
	messages := 0
	for now := 20 * ms; now < 100*time.Second; now += 20 * ms {
		if n := len(s.due(now)); now > s.pace.retry {
			messages += n
		}
	}
	if messages > 101 {
		t.Errorf("%d messages to somebody who was silent for 100 s", messages)
	}
	if !s.silent(100*time.Second, time.Second) {
		t.Error("the peer does not count as silent")
	}
}

func TestALostMemoryIsNoticedAndWhatIsOldSaysNothing(t *testing.T) {
	a, b := newStream(1), newStream(2)
	a.push([]byte(`1`), 0)
	old := parcelOf(t, a.due(0)[0])
	b.hear(0, old)
	a.hear(0, parcelOf(t, b.due(time.Second)[0]))
	if len(a.queue) != 0 {
		t.Fatal("not acknowledged")
	}
	b = newStream(3)
	b.hails = true
	fresh, forgot := a.hear(2*time.Second, parcelOf(t, b.due(2 * time.Second)[0]))
	if !forgot || len(fresh) != 0 {
		t.Errorf("a new life of the peer: forgot %v, heard %s", forgot, fresh)
	}
	a.push([]byte(`2`), 0)
	anew := parcelOf(t, a.due(3 * time.Second)[0])
	if fresh, _ := b.hear(3*time.Second, anew); len(fresh) != 1 || string(fresh[0]) != "2" {
		t.Errorf("the new life heard %s", fresh)
	}
	if fresh, _ := b.hear(4*time.Second, old); len(fresh) != 0 {
		t.Errorf("what was said to nobody before is heard now: %s", fresh)
	}
	before := parcelOf(t, outgoing{life: 2, epoch: 1, first: 1, items: []item{{data: []byte(`9`)}}})
	if fresh, forgot := a.hear(5*time.Second, before); forgot || len(fresh) != 0 {
		t.Errorf("what a life that is over said was heard: %s", fresh)
	}
}

func TestASayingIsReadAsItWasWritten(t *testing.T) {
	for _, s := range []saying{
		{Type: sayEntry, Key: "a\"b\n<é>", Offset: 1 << 60, Value: wire.Raw(`{ "x": [1, "  "] }`)},
		{Type: sayAppend, ID: 7, Key: "", Value: wire.Raw(`null`), By: "n1-ff", Seq: 3},
		{Type: sayPromise, Offset: 5},
	} {
		data := s.encode()
		var got saying
		if err := shapeOfSaying.Unmarshal(data, &got); err != nil || !json.Valid(data) {
			t.Fatalf("%s: %v", data, err)
		}
		got.Value, s.Value = compact(got.Value), compact(s.Value)
		if fmt.Sprint(got) != fmt.Sprint(s) {
			t.Errorf("%s was read as %v", data, got)
		}
	}
}

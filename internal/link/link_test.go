package link

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"eddy/actor/node/wire"
)

const ms = time.Millisecond

func newLink(incarnation int64) *Link {
	return New(incarnation, Config{Retry: 500 * ms, RetryMax: time.Second, AckDelay: 100 * ms, Bytes: 40, QueueMax: 2000})
}

// read is a message as the other side reads it.
func read(t *testing.T, o Outgoing) *Message {
	t.Helper()
	var m Message
	if err := wire.Unmarshal([]byte("{"+string(o.AppendFields(nil))+"}"), &m); err != nil {
		t.Fatal(err)
	}
	return &m
}

// side is a user of a link: it keeps all that it ever said, and after a loss says all of it again, in a new part.
type side struct {
	*Link
	incarnation int64
	count       int
	part        int
	heard       map[int64][]said // by incarnation of the peer
}

// said is an item: which of its part it is.
type said struct{ part, n int }

func (s *side) say(n int) { s.Push(fmt.Appendf(nil, "[%d,%d,%d]", s.incarnation, s.part, n), int64(n)) }

func (s *side) hear(t *testing.T, now time.Duration, m *Message) Heard {
	t.Helper()
	h := s.Hear(now, m)
	if h.Lost {
		s.part++
		for n := range s.count {
			s.say(n + 1)
		}
	}
	for _, raw := range h.Items {
		var from int64
		var got said
		if _, err := fmt.Sscanf(string(raw), "[%d,%d,%d]", &from, &got.part, &got.n); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		s.heard[from] = append(s.heard[from], got)
	}
	return h
}

// run has two sides talk for five seconds over a network that loses, repeats and reorders, cuts them off from each other
// and kills them, and then until both are silent.
func run(t *testing.T, seed uint64, kills bool) [2]*side {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	start := func() *side {
		incarnation := 1 + random.Int64N(IncarnationMax)
		return &side{Link: newLink(incarnation), incarnation: incarnation, heard: map[int64][]said{}}
	}
	sides := [2]*side{start(), start()}
	type flying struct {
		to int
		at time.Duration
		m  *Message
	}
	var air []flying
	now, quiet, cut := time.Duration(0), 0, time.Duration(0)
	for ; quiet < 3 && now < time.Hour; now += 20 * ms {
		quiet++
		calm := now >= 5*time.Second
		if !calm && random.IntN(50) == 0 {
			cut = now + time.Duration(random.IntN(int(2*time.Second)))
		}
		for i := range sides {
			if kills && !calm && random.IntN(60) == 0 {
				sides[i] = start()
				sides[i].Greet()
			}
			if !calm && random.IntN(3) == 0 {
				sides[i].count++
				sides[i].say(sides[i].count)
			}
			for _, o := range sides[i].Due(now) {
				m := read(t, o)
				for range random.IntN(3) { // lost, or once, or twice
					if now >= cut {
						air = append(air, flying{1 - i, now + time.Duration(random.IntN(int(2*time.Second))), m})
					}
				}
			}
			if _, wanted := sides[i].Next(now); wanted {
				quiet = 0
			}
		}
		for at := 0; at < len(air); at++ {
			if f := air[at]; f.at <= now {
				h := sides[f.to].hear(t, now, f.m)
				if h.Lost && !kills {
					t.Fatalf("seed %d: a side is said to have lost what it was told", seed)
				}
				air = slices.Delete(air, at, at+1)
				at--
			}
		}
		if len(air) > 0 {
			quiet = 0
		}
	}
	if quiet < 3 {
		t.Fatalf("seed %d: still talking after an hour", seed)
	}
	return sides
}

// check is that of each incarnation everything came in order and once, part by part, and of the last one all.
func check(t *testing.T, seed uint64, sides [2]*side) {
	t.Helper()
	for i, s := range sides {
		other := sides[1-i]
		for from, items := range s.heard {
			last := said{part: -1}
			for _, it := range items {
				if it.part < last.part || it.part == last.part && it.n != last.n+1 || it.part > last.part && it.n != 1 {
					t.Fatalf("seed %d: side %d heard %v behind %v of incarnation %d", seed, i, it, last, from)
				}
				last = it
			}
		}
		if other.count == 0 {
			continue
		}
		all := s.heard[other.incarnation]
		if len(all) == 0 || all[len(all)-1] != (said{other.part, other.count}) {
			t.Fatalf("seed %d: side %d heard %v of the last incarnation, which said %d in part %d", seed, i, all, other.count, other.part)
		}
		if other.Reached() != int64(other.count) {
			t.Fatalf("seed %d: side %d is acknowledged up to %d of %d", seed, 1-i, other.Reached(), other.count)
		}
	}
}

func TestEverythingArrivesOnceAndInOrder(t *testing.T) {
	for seed := range uint64(200) {
		check(t, seed, run(t, seed, false))
	}
}

// Messages are under way for up to 2 s and nodes live for about 1 s, so that messages of the dead overtake and are overtaken.
func TestEverythingArrivesThoughBothSidesAreKilledAgainAndAgain(t *testing.T) {
	for seed := range uint64(200) {
		check(t, seed, run(t, seed, true))
	}
}

// A gap is told of after gapPatience, and what is missing is sent, once; nothing else is sent again before Retry.
func TestAGapIsFilledWithJustWhatIsMissing(t *testing.T) {
	a, b := newLink(1), newLink(5)
	meet(t, 0, a, b)
	a.Push([]byte(`0`), 0)
	b.Hear(0, read(t, a.Due(0)[0]))
	a.Hear(time.Second, read(t, b.Due(time.Second)[0]))
	now := 10 * time.Second
	var all []Outgoing
	for n := range 6 {
		a.Push(fmt.Appendf(nil, `"%d, a long one, in a message of its own"`, n), 0)
		all = append(all, a.Due(now)...)
	}
	heard := 0
	for i, o := range all {
		if i != 1 && i != 2 { // lost
			heard += len(b.Hear(now, read(t, o)).Items)
		}
	}
	if early := b.Due(now + gapPatience - 1); len(early) > 0 {
		t.Errorf("sent at once, for a gap: %+v", early)
	}
	told := b.Due(now + gapPatience)
	if len(told) != 1 {
		t.Fatalf("the gap is told of in %d messages", len(told))
	}
	a.Hear(now+gapPatience, read(t, told[0]))
	a.Hear(now+gapPatience, read(t, told[0])) // repeated by the network
	filled := a.Due(now + gapPatience)
	if len(filled) != 2 || len(a.Due(now+gapPatience)) > 0 {
		t.Fatalf("the gap of two messages is filled with %d", len(filled))
	}
	for _, o := range filled {
		heard += len(b.Hear(now+gapPatience, read(t, o)).Items)
	}
	if heard != 6 {
		t.Errorf("%d items were heard, expected 6", heard)
	}
	if at, wanted := b.Next(now + gapPatience); !wanted || at != now+gapPatience+b.config.AckDelay {
		t.Errorf("wants something at %v besides to acknowledge: %v", at, wanted)
	}
}

func TestASilentPeerCostsOneMessageARetry(t *testing.T) {
	l := newLink(1)
	const long = 10_000
	for range 1000 {
		l.Push(bytes.Repeat([]byte(`0`), long), 0)
	}
	if messages := len(l.Due(0)); messages != burstBytes/long+1 {
		t.Errorf("%d messages at first, expected a burst of %d", messages, burstBytes/long+1)
	}
	messages := 0
	for now := 20 * ms; now < 100*time.Second; now += 20 * ms {
		if n := len(l.Due(now)); now > l.config.Retry {
			messages += n
		}
	}
	if messages > 101 {
		t.Errorf("%d messages to a peer that was silent for 100 s", messages)
	}
	if !l.Silent(100*time.Second, time.Second) {
		t.Error("the peer does not count as silent")
	}
}

// meet has two links know each other.
func meet(t *testing.T, now time.Duration, a, b *Link) {
	t.Helper()
	a.Greet()
	b.Greet()
	for range 4 {
		for _, o := range a.Due(now) {
			b.Hear(now, read(t, o))
		}
		for _, o := range b.Due(now) {
			a.Hear(now, read(t, o))
		}
		now += 500 * ms
	}
	if a.peer.present != b.peer.own || b.peer.present != a.peer.own {
		t.Fatalf("they know each other as %d and %d", a.peer.present, b.peer.present)
	}
}

// The case that a memory of past incarnations cannot solve: the old incarnation was never heard of, and its one message
// comes behind those of its successor.
func TestAMessageOfAnIncarnationNeverHeardOfDoesNotReplaceItsSuccessor(t *testing.T) {
	old := newLink(9)
	old.Push([]byte(`"old"`), 0)
	late := read(t, old.Due(0)[0])

	a, b := newLink(1), newLink(5)
	meet(t, time.Second, a, b)
	if h := a.Hear(5*time.Second, late); h.Present || h.Lost || len(h.Items) != 0 {
		t.Fatalf("a late message was taken for a successor's: %+v", h)
	}
	for _, o := range a.Due(5 * time.Second) { // the challenge reaches the incarnation that lives
		b.Hear(5*time.Second, read(t, o))
	}
	for _, o := range b.Due(6 * time.Second) {
		a.Hear(6*time.Second, read(t, o))
	}
	b.Push([]byte(`"new"`), 0)
	if h := a.Hear(7*time.Second, read(t, b.Due(7 * time.Second)[0])); h.Lost || len(h.Items) != 1 {
		t.Errorf("after the late message the present incarnation is heard as %+v", h)
	}
}

func TestASuccessorIsHeardOnceItEchoesTheChallenge(t *testing.T) {
	a, b := newLink(1), newLink(5)
	meet(t, 0, a, b)
	a.Push([]byte(`"for 5"`), 0)
	now := 10 * time.Second
	before := read(t, a.Due(now)[0])

	c := newLink(3)
	c.Greet()
	c.Push([]byte(`"of 3"`), 0)
	if h := a.Hear(now, read(t, c.Due(now)[0])); h.Present || len(h.Items) != 0 {
		t.Fatalf("an incarnation that may be over was heard: %+v", h)
	}
	challenge := read(t, a.Due(now)[0])
	c.Hear(now, challenge)
	echoes := c.Due(now)
	h := a.Hear(now, read(t, echoes[len(echoes)-1]))
	if !h.Lost || len(h.Items) != 1 || string(h.Items[0]) != `"of 3"` {
		t.Fatalf("the successor was heard as %+v", h)
	}
	if a.Queued() != 0 {
		t.Error("what the incarnation before was to be told is kept for its successor")
	}
	if h := c.Hear(now, before); len(h.Items) != 0 {
		t.Errorf("what was said to the incarnation before was heard by its successor: %+v", h)
	}
	b.Push([]byte(`"of 5"`), 0)
	if h := a.Hear(now, read(t, b.Due(now)[0])); h.Present || len(h.Items) != 0 {
		t.Errorf("an incarnation that is over was heard: %+v", h)
	}
}

// A repeated echo, of a challenge that was met before, brings nobody back.
func TestAnEchoCountsOnce(t *testing.T) {
	a, b := newLink(1), newLink(5)
	meet(t, 0, a, b)
	c, d := newLink(3), newLink(4)
	replace := func(now time.Duration, next *Link) *Message {
		next.Greet()
		a.Hear(now, read(t, next.Due(now)[0]))
		out := a.Due(now)
		next.Hear(now, read(t, out[len(out)-1]))
		out = next.Due(now)
		echo := read(t, out[len(out)-1])
		if !a.Hear(now, echo).Lost {
			t.Fatal("the successor is not known")
		}
		return echo
	}
	echo := replace(10*time.Second, c)
	replace(20*time.Second, d)
	if h := a.Hear(30*time.Second, echo); h.Present || h.Lost || a.peer.present != 4 {
		t.Errorf("an old echo: %+v, and the present incarnation is %d", h, a.peer.present)
	}
}

func TestAQueueToADeadPeerIsBoundedAndWhatWasDroppedIsTold(t *testing.T) {
	a, b := newLink(1), newLink(5)
	meet(t, 0, a, b)
	for n := range 10_000 {
		a.Push([]byte(`1`), int64(n))
		if a.Queued() > a.config.QueueMax {
			t.Fatalf("%d items wait, bound %d", a.Queued(), a.config.QueueMax)
		}
	}
	messages := 0
	for now := 10 * time.Second; now < 110*time.Second; now += 20 * ms {
		messages += len(a.Due(now))
	}
	if messages == 0 || messages > 201 {
		t.Errorf("%d messages in 100 s to find out whether the peer is back", messages)
	}
	now := 200 * time.Second
	b.Hear(now, read(t, a.Due(now)[0]))
	h := a.Hear(now, read(t, b.Due(now + time.Second)[0]))
	if !h.Lost {
		t.Fatal("the user does not learn that items were dropped")
	}
	a.Push([]byte(`"state"`), 0)
	if h := b.Hear(now, read(t, a.Due(now + time.Second)[0])); len(h.Items) != 1 || h.Lost {
		t.Errorf("what was pushed after the loss was heard as %+v", h)
	}
}

func TestWhatIsKeptOfUnprovenIncarnationsIsBounded(t *testing.T) {
	a, b := newLink(1), newLink(5)
	meet(t, 0, a, b)
	for n := range int64(1000) {
		a.Hear(0, &Message{From: 100 + n%10, Epoch: 1, First: 1, Items: []wire.Raw{wire.Raw(`1`)}})
	}
	if len(a.peer.challenged) > challengedMax || len(a.replies) > repliesMax {
		t.Errorf("%d incarnations are challenged, in %d messages", len(a.peer.challenged), len(a.replies))
	}
	for _, c := range a.peer.challenged {
		if len(c.kept) > keptMax {
			t.Errorf("%d messages are kept", len(c.kept))
		}
	}
}

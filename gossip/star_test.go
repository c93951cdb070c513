package gossip

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// starCluster is a paced star in a world of its own, with a network that takes
// hop for every message and can be cut. Every node is read every few
// milliseconds, so that it is known when a value first showed where.
type starCluster struct {
	world  *actor.World
	config Config
	ids    []string
	nodes  []*node.Simulated
	cut    func(from, to int) bool                 // nil for a whole network
	delay  func(m sentStar) (longer time.Duration) // nil for hop for all
	sent   []sentStar
	shown  []map[int]time.Duration // by node and value
	given  []givenValue
	msgID  int
}

type sentStar struct {
	at       time.Duration
	from, to int
	body     starBody
}

type givenValue struct {
	value, to int
	at        time.Duration
}

const (
	hop       = 100 * time.Millisecond
	readEvery = 100 * time.Millisecond
)

func newStarCluster(t *testing.T, seed uint64, n int) *starCluster {
	t.Helper()
	config, err := Config{Dissemination: Paced}.filled()
	if err != nil {
		t.Fatal(err)
	}
	k := &starCluster{world: actor.NewWorld(seed), config: config}
	for i := range n {
		k.ids = append(k.ids, fmt.Sprintf("n%d", i))
		k.shown = append(k.shown, make(map[int]time.Duration))
	}
	quoted := `"` + strings.Join(k.ids, `","`) + `"`
	for i, id := range k.ids {
		k.nodes = append(k.nodes, node.Simulate(k.world, id, Broadcast(config), func(l node.Line) { k.carry(t, i, l) }, node.Options{}))
		k.ask(i, fmt.Sprintf(`"type":"init","node_id":"%s","node_ids":[%s]`, id, quoted))
		k.ask(i, `"type":"topology","topology":{}`)
		k.world.At(readEvery, func() { k.keepReading(i) })
	}
	return k
}

// ask has a client ask a node, now.
func (k *starCluster) ask(to int, body string) {
	k.msgID++
	k.nodes[to].Feed(fmt.Appendf(nil, `{"src":"c1","dest":"%s","body":{%s,"msg_id":%d}}`, k.ids[to], body, k.msgID))
}

func (k *starCluster) keepReading(i int) {
	k.ask(i, `"type":"read"`)
	k.world.At(k.world.Elapsed()+readEvery, func() { k.keepReading(i) })
}

// give has clients give the next values to these nodes in turn, one every so often.
func (k *starCluster) give(from, until, every time.Duration, to ...int) {
	for at, i := from, 0; at < until; at, i = at+every, i+1 {
		g := givenValue{value: len(k.given), to: to[i%len(to)], at: at}
		k.given = append(k.given, g)
		k.world.At(at, func() { k.ask(g.to, fmt.Sprintf(`"type":"broadcast","message":%d`, g.value)) })
	}
}

// carry takes what a node says where it belongs.
func (k *starCluster) carry(t *testing.T, from int, l node.Line) {
	var m struct {
		Body struct {
			Messages []int `json:"messages"`
			starBody
			Values []json.RawMessage `json:"values"`
		} `json:"body"`
	}
	if err := json.Unmarshal(l.Data, &m); err != nil {
		t.Errorf("n%d says %s: %v", from, l.Data, err)
		return
	}
	now := k.world.Elapsed()
	to := slices.Index(k.ids, l.Dest)
	if to < 0 {
		for _, value := range m.Body.Messages {
			if _, known := k.shown[from][value]; !known {
				k.shown[from][value] = now
			}
		}
		return
	}
	body := m.Body.starBody
	for _, v := range m.Body.Values {
		body.Values = append(body.Values, wire.Raw(v))
	}
	k.sent = append(k.sent, sentStar{now, from, to, body})
	if k.cut == nil || !k.cut(from, to) {
		line := slices.Clone(l.Data)
		takes := hop
		if k.delay != nil {
			takes += k.delay(k.sent[len(k.sent)-1])
		}
		k.world.At(now+takes, func() { k.nodes[to].Feed(line) })
	}
}

// divide cuts the nodes from first on from those before it, for that time.
func (k *starCluster) divide(first int, from, until time.Duration) {
	k.world.At(from, func() { k.cut = func(a, b int) bool { return (a < first) != (b < first) } })
	k.world.At(until, func() { k.cut = nil })
}

// sentSince counts the messages between nodes from a time on.
func (k *starCluster) sentSince(from time.Duration) int {
	n := 0
	for _, m := range k.sent {
		if m.at >= from {
			n++
		}
	}
	return n
}

// slowest is how long the values given in a time took, at most, to show on all
// of these nodes.
func (k *starCluster) slowest(from, until time.Duration, on ...int) (longest time.Duration, missing int) {
	for _, g := range k.given {
		if g.at < from || g.at >= until || !slices.Contains(on, g.to) {
			continue
		}
		for _, i := range on {
			at, shown := k.shown[i][g.value]
			if !shown {
				missing++
			}
			longest = max(longest, at-g.at)
		}
	}
	return longest, missing
}

// failover is the longest that a value may take while its side of a partition
// finds its hub: a window until it is sent, a doubt, the old hub is asked by the
// one that doubts and by the next hub, all are asked twice, the rest are called
// and ask once, and the next hub's window ends.
func (k *starCluster) failover() time.Duration {
	return (1+suspectWindows+1)*k.config.Interval + (1+1+roundsMax+1)*patienceMin + 5*hop + readEvery
}

func TestASideWithoutTheFirstHubWaitsForFailoverNotForThePartition(t *testing.T) {
	side := []int{3, 4, 5, 6}
	for _, lasts := range []time.Duration{15 * time.Second, 45 * time.Second} {
		for _, givers := range [][]int{side, {5}, {3}, {6, 4}} {
			k := newStarCluster(t, 1, 7)
			from, until := 5*time.Second, 5*time.Second+lasts
			k.divide(3, from, until)
			k.give(time.Second, until, 310*time.Millisecond, givers...)
			k.world.Run(until + 20*time.Second)
			longest, missing := k.slowest(from, until-k.failover(), side...)
			t.Logf("%v of partition, values given to %v: %v", lasts, givers, longest)
			if missing > 0 || longest > k.failover() {
				t.Errorf("%v of partition, values given to %v: %v on their side at the longest, want at most %v; %d never", lasts, givers, longest, k.failover(), missing)
			}
			if longest < 2*k.config.Interval {
				t.Errorf("%v at the longest: there was no fail-over to wait for", longest)
			}
			settled, _ := k.slowest(from+k.failover(), until-k.failover(), side...)
			if ordinary := 2*k.config.Interval + 2*hop + readEvery; settled > ordinary {
				t.Errorf("once there is a hub values take %v, want at most %v", settled, ordinary)
			}
			if longest, missing := k.slowest(0, until, 0, 1, 2, 3, 4, 5, 6); missing > 0 || longest == 0 {
				t.Errorf("after the partition %d values are missing somewhere", missing)
			}
		}
	}
}

func TestAHubThatHearsNothingOfALeafIsLeft(t *testing.T) {
	k := newStarCluster(t, 1, 5)
	k.world.At(5*time.Second, func() { k.cut = func(from, to int) bool { return to == 0 } }) // it still is heard
	k.give(time.Second, 30*time.Second, 150*time.Millisecond, 1, 2, 3, 4)
	k.world.Run(40 * time.Second)
	if longest, missing := k.slowest(5*time.Second, 30*time.Second, 1, 2, 3, 4); missing > 0 || longest > k.failover() {
		t.Errorf("%v at the longest, want at most %v; %d never", longest, k.failover(), missing)
	}
}

// twice lists what was sent to a node from a time on that had been sent to it.
func (k *starCluster) twice(from time.Duration) []string {
	var out []string
	seen := make(map[string]bool)
	for _, m := range k.sent {
		for _, v := range m.body.Values {
			what := fmt.Sprintf("%s to %s", v, k.ids[m.to])
			if seen[what] && m.at >= from {
				out = append(out, fmt.Sprintf("%v: %s", m.at, what))
			}
			seen[what] = true
		}
	}
	return out
}

func TestNothingIsSentTwiceOnceTheClusterIsSteady(t *testing.T) {
	k := newStarCluster(t, 1, 7)
	everyone := []int{0, 1, 2, 3, 4, 5, 6}
	k.give(0, 40*time.Second, 70*time.Millisecond, everyone...)
	k.divide(3, 5*time.Second, 15*time.Second)
	k.world.Run(50 * time.Second)
	steady := 22 * time.Second // looked back, met, settled
	if before := k.twice(0); len(before) == 0 {
		t.Error("the partition made nothing be sent twice: it was no test")
	}
	if again := k.twice(steady); len(again) > 0 {
		t.Errorf("sent twice after %v: %v", steady, again)
	}
	windows := int((40*time.Second - steady) / k.config.Interval)
	if n := k.sentSince(steady) - k.sentSince(40*time.Second); n > 2*6*(windows+1) {
		t.Errorf("%d messages in %d windows, want at most one each way a node and window", n, windows)
	}
	for _, m := range k.sent {
		if m.at >= steady && (m.body.Ask != 0 || m.body.Hub != 0) {
			t.Errorf("%v: n%d still asks n%d, or has not come back: %+v", m.at, m.from, m.to, m.body)
		}
	}
	if _, missing := k.slowest(0, 40*time.Second, everyone...); missing > 0 {
		t.Errorf("%d values are missing somewhere", missing)
	}
}

func TestNothingIsSentTwiceWithoutFaults(t *testing.T) {
	k := newStarCluster(t, 1, 7)
	k.give(0, 20*time.Second, 70*time.Millisecond, 0, 1, 2, 3, 4, 5, 6)
	k.world.Run(40 * time.Second)
	if again := k.twice(0); len(again) > 0 {
		t.Errorf("sent twice: %v", again)
	}
}

func TestSidesThatMeetSendJustWhatLacks(t *testing.T) {
	k := newStarCluster(t, 1, 7)
	k.give(0, time.Second, 100*time.Millisecond, 0, 1, 2, 3, 4, 5, 6)
	k.divide(3, 5*time.Second, 25*time.Second)
	k.give(8*time.Second, 18*time.Second, 100*time.Millisecond, 0, 1, 2, 3, 4, 5, 6)
	k.world.Run(40 * time.Second)
	lacked, sent := 0, 0
	for _, g := range k.given {
		if g.at >= 8*time.Second {
			if lacked += 3; g.to < 3 { // to each of the other side, which is 3 or 4 nodes
				lacked++
			}
		}
	}
	for _, m := range k.sent {
		if m.at >= 25*time.Second {
			sent += len(m.body.Values)
		}
	}
	if sent < lacked || sent > lacked*5/4 {
		t.Errorf("%d values lacked on the other side's nodes, %d were sent", lacked, sent)
	}
	if _, missing := k.slowest(0, 40*time.Second, 0, 1, 2, 3, 4, 5, 6); missing > 0 {
		t.Errorf("%d values are missing somewhere", missing)
	}
}

func TestAnIdlePacedStarSendsNothing(t *testing.T) {
	k := newStarCluster(t, 1, 7)
	k.world.Run(30 * time.Second)
	if n := len(k.sent); n > 0 {
		t.Errorf("%d messages before there is any value", n)
	}
	k.give(30*time.Second, 40*time.Second, 100*time.Millisecond, 0, 1, 2, 3, 4, 5, 6)
	k.world.Run(20 * time.Second)
	quiet := k.world.Elapsed()
	k.divide(3, quiet+10*time.Second, quiet+20*time.Second) // nobody notices
	k.world.Run(40 * time.Second)
	if n := k.sentSince(quiet); n > 0 {
		t.Errorf("%d messages in an idle cluster", n)
	}
	from := k.world.Elapsed()
	k.divide(3, from, from+15*time.Second)
	k.give(from, from+5*time.Second, 100*time.Millisecond, 4)
	k.world.Run(45 * time.Second)
	quiet = k.world.Elapsed()
	k.world.Run(60 * time.Second)
	if n := k.sentSince(quiet); n > 0 {
		t.Errorf("%d messages in an idle cluster that was divided before", n)
	}
	if _, missing := k.slowest(0, quiet, 0, 1, 2, 3, 4, 5, 6); missing > 0 {
		t.Errorf("%d values are missing somewhere", missing)
	}
}

package nemesis

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// rules is a network of which only the rule of its division is known.
type rules struct {
	cut   func(dest, src string) bool
	links int
}

func (*rules) Cut(dest, src string) { panic("a large cluster is cut pair by pair") }
func (r *rules) Heal()              { *r = rules{} }
func (r *rules) Divide(cut func(dest, src string) bool, links int) {
	r.cut, r.links = cut, links
}

func TestLargeClustersAreDividedInTheSameShapes(t *testing.T) {
	nodes := cluster(PairsNodesMax + 1)
	n := len(nodes)
	for shape, hears := range map[string][2]int{ // fewest and most others that a node hears
		One: {0, n - 2}, MinorityThird: {84, n - 86}, Majority: {n/2 - 1, n / 2}, OneWay: {n/2 - 1, n - 1}, MajoritiesRing: {128, 128},
	} {
		r := &rules{}
		p := NewPartition(nodes, r, rand.New(rand.NewPCG(3, 3)))
		value := done(t, p, Act{F: "start-partition", Value: quote(shape)})
		if !json.Valid(value) || len(value) > 10*n {
			t.Errorf("%s: %d bytes in the history: %.80s", shape, len(value), value)
		}
		var counts []int
		cut := 0
		for _, node := range nodes {
			hears := 0
			for _, src := range nodes {
				if r.cut(node, src) {
					cut++
				} else if node != src {
					hears++
				}
			}
			counts = append(counts, hears)
			if r.cut(node, "lin-kv") || r.cut("c1", node) || r.cut(node, node) {
				t.Fatalf("%s cuts %s from a service, a client or itself", shape, node)
			}
		}
		if got := [2]int{slices.Min(counts), slices.Max(counts)}; got != hears || cut != r.links {
			t.Errorf("%s: nodes hear %v others, want %v; %d links are cut and %d told", shape, got, hears, cut, r.links)
		}
		if done(t, p, Act{F: "stop-partition"}); r.cut != nil {
			t.Error("not healed")
		}
	}
}

func TestPartitionDrawsFromTheShapesAskedFor(t *testing.T) {
	p := NewPartition(cluster(4), cuts{}, rand.New(rand.NewPCG(1, 1)), OneWay)
	for range 20 {
		if a := p.Next(); a.F == "start-partition" && string(a.Value) != `"one-way"` {
			t.Fatalf("drew %s", a.Value)
		}
	}
}

func TestSpellTurnsItsFaultOnAndOff(t *testing.T) {
	var did []string
	s := &Spell{Fault: FaultLoss, Value: json.RawMessage("0.2"),
		Begin: func() { did = append(did, "on") }, End: func() { did = append(did, "off") }}
	for range 2 {
		for _, want := range []string{"start-loss 0.2", "stop-loss "} {
			a := s.Next()
			if got := a.F + " " + string(a.Value); got != want || string(done(t, s, a)) != string(a.Value) {
				t.Errorf("act %q, want %q", got, want)
			}
		}
	}
	done(t, s, s.Final()[0])
	if strings.Join(did, " ") != "on off on off off" {
		t.Errorf("did %v", did)
	}
	if s.Apply(Act{F: "stop-partition"}, nil) {
		t.Error("took another's act")
	}
}

func TestStrikeHitsWhatTheTargetSaysAndRelievesAll(t *testing.T) {
	nodes := cluster(7)
	down := map[string]bool{}
	s := &Strike{Hit: "kill", Relieve: "start", Nodes: nodes, Rand: rand.New(rand.NewPCG(1, 1)),
		Harm: func(node string) json.RawMessage { down[node] = true; return quote("killed") },
		Mend: func(done func(map[string]json.RawMessage)) {
			became := map[string]json.RawMessage{}
			for node := range down {
				became[node] = quote("started")
			}
			clear(down)
			done(became)
		}}
	for target, want := range map[string]int{TargetOne: 1, TargetMinorityThird: 2, TargetMinority: 3, TargetMajority: 4, TargetAll: 7} {
		value := string(done(t, s, Act{F: "kill", Value: quote(target)}))
		if len(down) != want || strings.Count(value, `:"killed"`) != want {
			t.Errorf("%s: %v are down, told %s", target, down, value)
		}
		if value := done(t, s, s.Final()[0]); strings.Count(string(value), `:"started"`) != want {
			t.Errorf("relieved %s", value)
		}
	}
	seen := map[string]bool{}
	for i := range 200 {
		a := s.Next()
		if want := []string{"kill", "start"}[i%2]; a.F != want {
			t.Fatalf("act %d is %s", i, a.F)
		}
		seen[string(a.Value)] = true
	}
	if len(seen) != len(Targets()) {
		t.Errorf("targets drawn: %v", seen)
	}
}

func TestFaultsOfAFixedTimeLastForIt(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	nothing := func() {}
	n := New(10*time.Second, rng, &Spell{Fault: FaultLoss, Lasting: 700 * time.Millisecond, Begin: nothing, End: nothing})
	now, began, longest := time.Duration(0), time.Duration(0), time.Duration(0)
	for i := range 100 {
		now, _ = n.Due(now)
		if n.Take(now); i%2 == 0 {
			longest, began = max(longest, now-began), now
		} else if now-began != 700*time.Millisecond {
			t.Fatalf("a fault lasted %v", now-began)
		}
	}
	if longest < 12*time.Second {
		t.Errorf("at most %v between faults of an interval of 10 s", longest)
	}
}

// Each package has a rhythm of its own: their acts interleave in many ways.
func TestFaultsHaveScheduleEach(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	nothing := func() {}
	n := New(time.Second, rng, &Spell{Fault: "a", Begin: nothing, End: nothing}, &Spell{Fault: "b", Begin: nothing, End: nothing})
	on := map[byte]bool{}
	states := map[[2]bool]int{}
	now := time.Duration(0)
	for range 400 {
		now, _ = n.Due(now)
		f := n.Take(now).F
		on[f[len(f)-1]] = strings.HasPrefix(f, "start")
		states[[2]bool{on['a'], on['b']}]++
	}
	for _, state := range [][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
		if states[state] < 40 {
			t.Errorf("faults on %v after %d of 400 acts", state, states[state])
		}
	}
}

// asked is a cluster whose members answer as they are told to.
type asked struct {
	Cluster
	nodes   []string
	rng     *rand.Rand
	answers func(node, request, about string) string
}

func (a asked) Nodes() []string  { return a.nodes }
func (a asked) Rand() *rand.Rand { return a.rng }
func (a asked) Ask(node, request, about string, done func(string)) {
	done(a.answers(node, request, about))
}

func TestMembershipAsksMembersAndRemembersWhoIsOut(t *testing.T) {
	out := map[string]bool{}
	c := asked{nodes: cluster(5), rng: rand.New(rand.NewPCG(1, 1))}
	c.answers = func(node, request, about string) string {
		if out[node] && len(out) < 5 {
			t.Errorf("%s of %s is asked of %s, which is no member", request, about, node)
		}
		if request == "remove_member" {
			out[about] = true
		} else {
			delete(out, about)
		}
		return request + "_ok"
	}
	o := MembershipOptions{}
	f := o.fault()
	p, err := f.Package(c)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		a := p.Next()
		if want := []string{"remove-members", "add-members"}[i%2]; a.F != want {
			t.Fatalf("act %d is %s, want %s", i, a.F, want)
		}
		value := string(done(t, p, a))
		if removing := a.F == "remove-members"; removing && (len(out) == 0 || len(out) > 2 || strings.Count(value, "removed") != len(out)) || !removing && len(out) > 0 {
			t.Errorf("act %d, %s %s: %v are out, told %s", i, a.F, a.Value, out, value)
		}
	}
}

func TestMembershipGivesUpOnAServiceThatKnowsNoSuchRequest(t *testing.T) {
	times := 0
	c := asked{nodes: cluster(3), rng: rand.New(rand.NewPCG(1, 1)), answers: func(string, string, string) string { times++; return NotSupported }}
	o := MembershipOptions{Targets: []string{TargetOne}}
	f := o.fault()
	p, err := f.Package(c)
	if err != nil {
		t.Fatal(err)
	}
	done(t, p, p.Next())
	if value := string(done(t, p, p.Final()[0])); times != 2 || !strings.Contains(value, NotSupported) {
		t.Errorf("asked %d times, told %s", times, value)
	}
}

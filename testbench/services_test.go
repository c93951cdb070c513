package testbench

import (
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
)

// timestamps makes nodes ask lin-tso for a timestamp at each echo, and counts what comes back and how long
// it took. The run ends with the last echo: what was asked just before is not answered any more.
type timestamps struct {
	asked, answered int
	roundTrip       time.Duration
	sent            map[string]time.Duration
}

func (s *timestamps) on(n *fakeNode, _ string, b body) bool {
	now := n.run.clock.Now()
	switch b.Type {
	case "echo":
		s.asked++
		s.sent[n.id] = now
		n.send("lin-tso", `"type":"ts","msg_id":1`)
	case "ts_ok":
		s.answered++
		s.roundTrip = now - s.sent[n.id]
	}
	return b.Type == "ts_ok"
}

func echoOptions() Options {
	o := smallOptions()
	o.Workload, o.LatencyMs, o.Rate = "echo", 100, 3
	return o
}

func TestServicesHaveLatencyAndCountAsServers(t *testing.T) {
	o, s := echoOptions(), &timestamps{sent: map[string]time.Duration{}}
	run := simulate(t, o, s.on)
	if s.asked < 10 || s.answered < s.asked-3 || s.roundTrip != 198*time.Millisecond {
		t.Errorf("%d asked, %d answered, the last after %v", s.asked, s.answered, s.roundTrip)
	}
	if got := run.Net.Servers; got.Sends != int64(s.asked+s.answered) {
		t.Errorf("%+v for %d requests and %d answers", got, s.asked, s.answered)
	}
}

func TestPartitionsNeverCutServicesOff(t *testing.T) {
	for _, nodes := range []int{3, 300} { // pair by pair, and by a rule
		o, s := echoOptions(), &timestamps{sent: map[string]time.Duration{}}
		o.NodeCount, o.Concurrency, o.TimeLimit, o.LatencyMs = nodes, "3", 10*time.Second, 0
		o.Nemesis, o.NemesisInterval = []string{"partition"}, time.Second
		run := simulate(t, o, s.on)
		if s.asked < 20 || s.answered < s.asked-1 || run.Net.Harm.LostInPartition != 0 {
			t.Errorf("%d nodes: %d asked, %d answered, %+v", nodes, s.asked, s.answered, run.Net.Harm)
		}
	}
}

func TestWeatherBefallsServicesToo(t *testing.T) {
	o, s := echoOptions(), &timestamps{sent: map[string]time.Duration{}}
	o.Loss = 1
	if simulate(t, o, s.on); s.answered != 0 {
		t.Errorf("%d answers where every message is lost", s.answered)
	}
	o, s = echoOptions(), &timestamps{sent: map[string]time.Duration{}}
	o.Nemesis, o.NemesisInterval, o.LatencyMs = []string{"duplicate"}, time.Second, 0
	o.Faults.Duplicate.Rate, o.Faults.Duplicate.Duration = 1, time.Hour
	if simulate(t, o, s.on); s.answered < 3*s.asked {
		t.Errorf("%d answers to %d requests though every message arrives twice", s.answered, s.asked)
	}
}

func TestRequestThatAServiceDoesNotKnowIsTold(t *testing.T) {
	o := echoOptions()
	out := simulate(t, o, func(n *fakeNode, _ string, b body) bool {
		if b.Type == "echo" {
			n.send("lin-kv", `"type":"delete","key":1,"msg_id":1`)
		}
		return false
	}).judge(t, o)
	all := strings.Join(out.Meta.Warnings, "\n")
	if !strings.Contains(all, `sent lin-kv something that it does not answer, a request of type "delete": expected read, write, cas`) {
		t.Errorf("warnings: %s", all)
	}
	if len(out.Results.Problems) != 0 {
		t.Errorf("%v: %+v; Maelstrom passes it over", checker.Valid, out.Results.Problems)
	}
}

package testbench

import (
	"fmt"
	"time"

	"eddy/testbench/network"
	"eddy/workload"
)

// traffic counts what nodes send, second by second, and finds clusters that send without end.
type traffic struct {
	seconds []second
	sent    int64 // between nodes, in all

	quietFrom time.Duration // since when no client asks anything, during recovery; 0: not yet
	quietTo   time.Duration
}

// second is what nodes sent each other and what clients asked for, within one second of the run.
type second struct {
	messages   int64
	operations int64
	types      map[string]int64 // of messages looked at
}

// trafficSampled is of how many messages one is looked at for its type.
const trafficSampled = 64

// A cluster is called runaway if it sent more than runawayPerOp messages an operation, and each of its nodes more
// than runawayPerSecond while no client had asked for anything for runawayQuiet; or if the messages an operation of
// the last quarter of the run are runawayGrowth times those of the first, more than runawayPerOp and ten for each node.
const (
	runawayPerOp     = 100
	runawayPerSecond = 500
	runawayQuiet     = time.Second
	runawayGrowth    = 4
	runawayOpsMin    = 8 // operations in a quarter for it to count
)

func (t *traffic) at(now time.Duration) *second {
	i := int(now / time.Second)
	for len(t.seconds) <= i {
		t.seconds = append(t.seconds, second{})
	}
	return &t.seconds[i]
}

// message counts one between nodes.
func (t *traffic) message(now time.Duration, body []byte) {
	s := t.at(now)
	s.messages++
	if t.sent%trafficSampled == 0 {
		if s.types == nil {
			s.types = make(map[string]int64)
		}
		s.types[workload.ParseReply(body).Type]++
	}
	t.sent++
}

// finding tells of a cluster that sends without end, in a clause; empty for any other.
func (t *traffic) finding(nodes int, started, stopped time.Duration) string {
	operations := int64(0)
	for _, s := range t.seconds {
		operations += s.operations
	}
	if operations == 0 || t.sent <= runawayPerOp*operations {
		return ""
	}
	if text := t.withoutEnd(nodes); text != "" {
		return text
	}
	return t.growing(nodes, started, stopped)
}

// withoutEnd tells of nodes that go on sending though no client asks for anything.
func (t *traffic) withoutEnd(nodes int) string {
	from, to := int((t.quietFrom+runawayQuiet)/time.Second)+1, int(t.quietTo/time.Second)
	if t.quietFrom == 0 || from >= to || to > len(t.seconds) {
		return ""
	}
	sum, kinds := int64(0), make(map[string]int64)
	for _, s := range t.seconds[from:to] {
		sum += s.messages
		for kind, n := range s.types {
			kinds[kind] += n
		}
	}
	rate := sum / int64(to-from)
	if rate <= int64(nodes)*runawayPerSecond {
		return ""
	}
	began := to
	for began > 0 && t.seconds[began-1].messages >= rate/2 {
		began--
	}
	return fmt.Sprintf("nodes send without end: %d messages a second though no client had asked for anything for %v, most of type %s; since second %d of the run it was never less than half of that",
		rate, runawayQuiet, commonest(kinds), began)
}

// growing tells of messages an operation that grow with time.
func (t *traffic) growing(nodes int, started, stopped time.Duration) string {
	first, last := int(started/time.Second), int(stopped/time.Second)
	quarter := (last - first) / 4
	if quarter < 1 || last > len(t.seconds) {
		return ""
	}
	perOp := func(seconds []second) (ratio float64, kinds map[string]int64) {
		messages, operations := int64(0), int64(0)
		kinds = make(map[string]int64)
		for _, s := range seconds {
			messages, operations = messages+s.messages, operations+s.operations
			for kind, n := range s.types {
				kinds[kind] += n
			}
		}
		if operations < runawayOpsMin {
			return 0, kinds
		}
		return float64(messages) / float64(operations), kinds
	}
	before, _ := perOp(t.seconds[first : first+quarter])
	after, kinds := perOp(t.seconds[last-quarter : last])
	if before == 0 || after < runawayGrowth*before || after < runawayPerOp || after < float64(10*nodes) {
		return ""
	}
	return fmt.Sprintf("messages an operation grow with time: %.0f in the first quarter of the run, %.0f in the last, most of type %s",
		before, after, commonest(kinds))
}

// commonest is the type of which there are most, in quotes; of equals the first by name.
func commonest(kinds map[string]int64) string {
	best := ""
	for kind, n := range kinds {
		if n > kinds[best] || n == kinds[best] && kind < best {
			best = kind
		}
	}
	return fmt.Sprintf("%q", best)
}

// watchedJournal hears of messages for the recorder, and counts them.
type watchedJournal struct {
	Recorder
	run *Conductor
}

func (w watchedJournal) Sent(at time.Duration, m *network.Message) {
	if !m.InvolvesClient() {
		w.run.traffic.message(at, m.Body)
	}
	w.Recorder.Sent(at, m)
}

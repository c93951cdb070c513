package analysis

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"eddy/testbench/history"
)

// TestCountsAreJepsens holds the analysis to what jepsen.tests.kafka itself, of Jepsen 0.3.7, counts in 175 random runs of any
// length, in which nobody polls what was not sent: there, and where a key was only polled empty, its checker fails.
func TestCountsAreJepsens(t *testing.T) {
	file, err := os.Open("testdata/jepsen.edn.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	runs, met := 0, map[string]int{}
	for lines.Scan() {
		raw, err := history.ReadResults(strings.NewReader(lines.Text()), "jepsen.edn")
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			History json.RawMessage
			Errors  map[string]int
			Lag     int64
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		h, err := history.Read(strings.NewReader(string(c.History)), "jepsen.edn")
		if err != nil {
			t.Fatal(err)
		}
		pairs, err := h.Pair()
		if err != nil {
			t.Fatal(err)
		}
		found, err := Analyze(h, pairs)
		if err != nil {
			t.Fatal(err)
		}
		runs++
		ours := map[string]int{}
		for kind, cases := range found.Cases {
			ours[kind] = len(cases)
		}
		for _, u := range found.Unseen {
			ours[Unseen] += len(u.Messages)
		}
		for kind, n := range c.Errors {
			met[kind]++
			switch {
			case kind == "strong-PL-2-cycle-exists": // says of G1c-realtime once more that it is there
				if ours[FutureRead] == 0 {
					t.Errorf("run %d: %s, and no %s", runs, kind, FutureRead)
				}
			case kind == FutureRead: // counted a tangle there
				if ours[kind] == 0 {
					t.Errorf("run %d: no %s", runs, kind)
				}
			case ours[kind] != n && (c.Errors[InconsistentOffsets] == 0 || !ofOrder[kind]):
				t.Errorf("run %d: %d %s, Jepsen counts %d", runs, ours[kind], kind, n)
			}
		}
		for kind := range ours {
			if c.Errors[kind] == 0 && (c.Errors[InconsistentOffsets] == 0 || !ofOrder[kind]) {
				t.Errorf("run %d: %d %s, which Jepsen does not find", runs, ours[kind], kind)
			}
		}
		if lag := found.Lag; lag != nil && lag.LagNs != c.Lag || lag == nil && c.Lag != 0 {
			t.Errorf("run %d: the worst lag is %+v, Jepsen's %d ns", runs, lag, c.Lag)
		}
	}
	if err := lines.Err(); err != nil || runs != 175 {
		t.Errorf("%d runs, %v", runs, err)
	}
	for _, kind := range []string{Duplicate, AbortedRead, FutureRead, InconsistentOffsets, InternalNonmonotonicPoll, InternalPollSkip, LostWrite, NonmonotonicPoll, NonmonotonicSend, PollSkip, Unseen} {
		if met[kind] == 0 {
			t.Errorf("no run shows %s", kind)
		}
	}
}

// ofOrder are the anomalies that go by the order of a key's messages. Of several messages at one offset Jepsen takes any for it.
var ofOrder = map[string]bool{InternalNonmonotonicPoll: true, InternalPollSkip: true, NonmonotonicPoll: true, NonmonotonicSend: true, PollSkip: true}

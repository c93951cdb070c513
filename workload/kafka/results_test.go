package kafka

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/kafka/analysis"
	"eddy/workload/workloadtest"
)

// TestCasesThatMaelstromListsAreFound holds the analysis to each single case of
// a recording, whichever of them Maelstrom chose to list.
func TestCasesThatMaelstromListsAreFound(t *testing.T) {
	listed := 0
	for _, r := range workloadtest.RecordingsOf(t, "kafka") {
		var theirs struct {
			Workload Results `json:"workload"`
		}
		if err := json.Unmarshal(r.Results, &theirs); err != nil {
			t.Fatal(err)
		}
		pairs, err := r.History.Pair()
		if err != nil {
			t.Fatal(err)
		}
		found, err := analysis.Analyze(r.History, pairs)
		if err != nil {
			t.Fatal(err)
		}
		for kind, anomaly := range theirs.Workload.Anomalies {
			ours := map[string]bool{}
			for _, raw := range kafkaErrors(r.History, kind, found.Cases[kind]) {
				ours[history.Canonical(raw)] = true
			}
			for _, raw := range anomaly.Errs {
				listed++
				if !ours[history.Canonical(raw)] {
					t.Errorf("%s: %s %s was not found", r.Name, kind, raw)
				}
			}
		}
	}
	if listed < 32 {
		t.Errorf("the recordings list %d cases, want 32 at least", listed)
	}
}

func checked(t *testing.T, o checker.Options, lines ...string) checker.Results {
	t.Helper()
	r, err := judge(workloadtest.RunOf(t, lines...), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func judge(h history.History, o checker.Options) (checker.Results, error) {
	w := New()
	return w.Check(h, o)
}

// ack is a send and its acknowledgement with an offset.
func ack(ms, process int, key string, offset, message int) []string {
	return []string{
		fmt.Sprintf(`%d %d invoke send [["send",%q,%d]]`, ms, process, key, message),
		fmt.Sprintf(`%d %d ok send [["send",%q,[%d,%d]]]`, ms+1, process, key, offset, message),
	}
}

// polls is a poll of one key that shows pairs of offset and message.
func polls(ms, process int, key, pairs string) []string {
	return []string{
		fmt.Sprintf(`%d %d invoke poll [["poll"]]`, ms, process),
		fmt.Sprintf(`%d %d ok poll [["poll",{%q:[%s]}]]`, ms+1, process, key, pairs),
	}
}

func assigns(ms, process int, keys string) []string {
	return []string{fmt.Sprintf(`%d %d invoke assign [%s]`, ms, process, keys), fmt.Sprintf(`%d %d ok assign [%s]`, ms+1, process, keys)}
}

func ended(ms, process int, how, f, value string) []string {
	return []string{fmt.Sprintf(`%d %d invoke %s %s`, ms, process, f, value), fmt.Sprintf(`%d %d %s %s %s`, ms+1, process, how, f, value)}
}

// three is three messages at offsets 0, 1 and 2 of the key a.
func three() []string {
	return slices.Concat(ack(0, 0, "a", 0, 1), ack(2, 0, "a", 1, 2), ack(4, 0, "a", 2, 3))
}

func kafkaOf(t *testing.T, parts ...[]string) (*Results, checker.Results) {
	t.Helper()
	r := checked(t, checker.Options{}, slices.Concat(parts...)...)
	return r.Workload.(*Results), r
}

// expectKafka checks which anomalies were found, all of them bad, and gives the
// first listed case of the first.
func expectKafka(t *testing.T, k *Results, anomalies ...string) map[string]json.RawMessage {
	t.Helper()
	if !slices.Equal(k.ErrorTypes, anomalies) || !slices.Equal(k.BadErrorTypes, anomalies) || k.Valid != checker.VerdictOf(len(anomalies) == 0) {
		t.Fatalf("found %v, of them bad %v, so %v; want %v", k.ErrorTypes, k.BadErrorTypes, k.Valid, anomalies)
	}
	if len(anomalies) == 0 || anomalies[0] == analysis.Unseen {
		return nil
	}
	return workloadtest.Fields(t, k.Anomalies[anomalies[0]].Errs[0])
}

// proved checks that some witness of a kind tells a story and points at these
// operations.
func proved(t *testing.T, r checker.Results, kind, story string, ops ...int) {
	t.Helper()
	for _, w := range r.Witnesses {
		var indices []int
		for _, e := range w.Events {
			indices = append(indices, e.Index)
			if e.Did == "" {
				t.Errorf("operation %d is named without what it did", e.Index)
			}
		}
		if w.Kind == kind && w.Note == story && slices.Equal(indices, ops) {
			return
		}
	}
	t.Errorf("no %s told as %q by operations %v: %+v", kind, story, ops, r.Witnesses)
}

func TestEverythingPolledInOrderIsValid(t *testing.T) {
	k, r := kafkaOf(t, three(),
		assigns(10, 1, `"a"`), polls(12, 1, "a", "[0,1],[1,2]"), polls(14, 1, "a", "[2,3]"),
		ended(20, 1, "info", "crash", "-"),
		assigns(30, 5, `"a"`), polls(32, 5, "a", "[0,1],[1,2],[2,3]"))
	expectKafka(t, k)
	if *k.Messages != (Messages{Keys: 1, Acknowledged: 3, Polled: 3}) || len(r.Witnesses) != 0 || r.Valid != checker.Valid {
		t.Errorf("%+v", r)
	}
}

// Offsets may have gaps: what counts is the order.
func TestGapsInOffsetsAreNoSkips(t *testing.T) {
	k, _ := kafkaOf(t, ack(0, 0, "a", 3, 1), ack(2, 0, "a", 90, 2), polls(4, 1, "a", "[3,1]"), polls(6, 1, "a", "[90,2]"))
	expectKafka(t, k)
}

func TestLostWriteIsNamedWithItsSendAndALaterPoll(t *testing.T) {
	k, r := kafkaOf(t, three(), polls(10, 1, "a", "[0,1]"), assigns(12, 1, ""), polls(14, 1, "a", "[2,3]"))
	e := expectKafka(t, k, "lost-write", "unseen")
	if string(e["value"]) != "2" || string(e["index"]) != "1" || string(e["max-read-index"]) != "2" {
		t.Errorf("%s", k.Anomalies["lost-write"].Errs)
	}
	proved(t, r, "lost-write", "key a: message 2 was acknowledged and never polled, but later messages of the key were", 3, 11)
}

func TestMessageAtTheEndThatIsNeverPolledIsUnseenNotLost(t *testing.T) {
	k, r := kafkaOf(t, three(), polls(10, 1, "a", "[0,1],[1,2]"))
	expectKafka(t, k, "unseen")
	if k.Unseen.Unseen["a"] != 1 || workloadtest.Texts(k.Unseen.Messages["a"]) != "3" || k.Unseen.TimeNs != int64(11*time.Millisecond) {
		t.Errorf("%+v", k.Unseen)
	}
	proved(t, r, "unseen", "key a: 1 message, acknowledged and never polled: 3", 5)
}

func TestInconsistentOffsetsNameBothMessages(t *testing.T) {
	k, r := kafkaOf(t, ack(0, 0, "a", 0, 1), ack(2, 1, "a", 0, 2), polls(4, 2, "a", "[0,1]"), polls(6, 3, "a", "[0,2]"))
	e := expectKafka(t, k, "inconsistent-offsets")
	if string(e["values"]) != "[1,2]" || string(e["offset"]) != "0" {
		t.Errorf("%s", e)
	}
	proved(t, r, "inconsistent-offsets", "key a: different messages have the offset 0: 1, 2", 1, 3)
}

func TestDuplicateNamesAllOffsets(t *testing.T) {
	k, r := kafkaOf(t, ack(0, 0, "a", 0, 1), ack(2, 0, "a", 1, 2), polls(4, 1, "a", "[0,1],[1,2],[5,1]"))
	// Its last place is what counts for the order, so that going from 1 to 2 goes back.
	e := expectKafka(t, k, "duplicate", "int-nonmonotonic-poll", "nonmonotonic-send")
	if string(e["offsets"]) != "[0,5]" || string(e["count"]) != "2" {
		t.Errorf("%s", e)
	}
	proved(t, r, "duplicate", "key a: message 1 stands at several offsets: 0, 5", 1, 5)
}

func TestPollThatGoesBackWithinItselfIsInternallyNonmonotonic(t *testing.T) {
	k, r := kafkaOf(t, three(), polls(10, 1, "a", "[1,2],[0,1],[2,3]"))
	e := expectKafka(t, k, "int-nonmonotonic-poll", "int-poll-skip")
	if string(e["values"]) != "[2,1]" || string(e["delta"]) != "-1" {
		t.Errorf("%s", e)
	}
	proved(t, r, "int-nonmonotonic-poll", "key a: one poll shows 2, then 1, which comes one place before it", 7)
	proved(t, r, "int-poll-skip", "key a: one poll goes from 1 to 3 and passes over 2", 7, 3)
}

func TestPollThatRepeatsAMessageIsInternallyNonmonotonic(t *testing.T) {
	k, r := kafkaOf(t, three(), polls(10, 1, "a", "[0,1],[0,1],[1,2],[2,3]"))
	if e := expectKafka(t, k, "int-nonmonotonic-poll"); string(e["delta"]) != "0" {
		t.Errorf("%s", e)
	}
	proved(t, r, "int-nonmonotonic-poll", "key a: one poll shows 1 twice", 7)
}

func TestPollThatPassesOverAMessageSkipsInternally(t *testing.T) {
	k, r := kafkaOf(t, three(), polls(10, 1, "a", "[0,1],[2,3]"), polls(12, 2, "a", "[0,1],[1,2]"))
	if e := expectKafka(t, k, "int-poll-skip"); string(e["skipped"]) != "[2]" || string(e["delta"]) != "2" {
		t.Errorf("%s", e)
	}
	proved(t, r, "int-poll-skip", "key a: one poll goes from 1 to 3 and passes over 2", 7, 3)
}

func TestNextPollThatPassesOverAMessageSkips(t *testing.T) {
	k, r := kafkaOf(t, three(), polls(10, 1, "a", "[0,1]"), polls(12, 1, "a", "[2,3]"), polls(14, 2, "a", "[0,1],[1,2],[2,3]"))
	if e := expectKafka(t, k, "poll-skip"); string(e["skipped"]) != "[2]" {
		t.Errorf("%s", e)
	}
	proved(t, r, "poll-skip", "key a: a process polled up to 1, then went on at 3 and passed over 2", 7, 9, 3)
}

func TestNextPollThatGoesBackIsNonmonotonic(t *testing.T) {
	k, r := kafkaOf(t, three(), polls(10, 1, "a", "[0,1],[1,2],[2,3]"), polls(12, 1, "a", "[1,2],[2,3]"))
	if e := expectKafka(t, k, "nonmonotonic-poll"); string(e["values"]) != "[3,2]" || string(e["delta"]) != "-1" {
		t.Errorf("%s", e)
	}
	proved(t, r, "nonmonotonic-poll", "key a: a process polled 3, then 2, which comes one place before it", 7, 9)
}

// A client that assigns a key anew, or loses it in between, starts where the
// nodes say; one that keeps it goes on.
func TestAssignForgetsOtherKeysAndKeepsItsOwn(t *testing.T) {
	again := func(keys string) []string {
		return slices.Concat(polls(10, 1, "a", "[0,1],[1,2],[2,3]"), assigns(12, 1, keys), polls(14, 1, "a", "[0,1]"))
	}
	k, _ := kafkaOf(t, three(), again(`"b"`))
	expectKafka(t, k)
	k, _ = kafkaOf(t, three(), again(`"b","a"`))
	expectKafka(t, k, "nonmonotonic-poll")
}

func TestAnotherProcessMayStartAnywhere(t *testing.T) {
	k, _ := kafkaOf(t, three(), polls(10, 1, "a", "[0,1],[1,2],[2,3]"), ended(12, 1, "info", "crash", "-"), polls(14, 9, "a", "[2,3]"))
	expectKafka(t, k)
}

func TestLaterSendOfAProcessWithTheLowerOffsetIsNonmonotonic(t *testing.T) {
	k, r := kafkaOf(t, ack(0, 0, "a", 5, 1), ack(2, 0, "a", 3, 2), polls(4, 1, "a", "[3,2],[5,1]"))
	if e := expectKafka(t, k, "nonmonotonic-send"); string(e["values"]) != "[1,2]" || string(e["delta"]) != "-1" {
		t.Errorf("%s", e)
	}
	proved(t, r, "nonmonotonic-send", "key a: a process sent 1, then 2, which comes one place before it", 1, 3)
}

func TestSendsOfSeveralProcessesHaveNoOrder(t *testing.T) {
	k, _ := kafkaOf(t, ack(0, 0, "a", 5, 1), ack(2, 1, "a", 3, 2), polls(4, 2, "a", "[3,2],[5,1]"))
	expectKafka(t, k)
}

func TestPolledMessageOfAFailedSendIsAnAbortedRead(t *testing.T) {
	k, r := kafkaOf(t, ended(0, 0, "fail", "send", `[["send","a",1]]`), polls(4, 1, "a", "[0,1]"))
	expectKafka(t, k, "G1a")
	proved(t, r, "G1a", "key a: message 1 was polled although its send had failed", 1, 3)
}

func TestPolledMessageOfAnUnknownSendIsFine(t *testing.T) {
	k, _ := kafkaOf(t, ended(0, 0, "info", "send", `[["send","a",1]]`), []string{`2 5 invoke send [["send","a",2]]`}, polls(4, 1, "a", "[0,1],[1,2]"))
	expectKafka(t, k)
	if len(k.InfoTxnCauses) != 1 || string(k.InfoTxnCauses[0]) != "null" {
		t.Errorf("causes %s", k.InfoTxnCauses)
	}
}

func TestUnacknowledgedMessagesNeedNotBePolled(t *testing.T) {
	k, _ := kafkaOf(t, ack(0, 0, "a", 0, 1), ended(2, 0, "info", "send", `[["send","a",2]]`), ended(4, 2, "fail", "send", `[["send","a",3]]`), ack(6, 3, "a", 3, 4), polls(8, 1, "a", "[0,1],[3,4]"))
	expectKafka(t, k)
}

func TestMessagePolledBeforeItsSendBeganIsAFutureRead(t *testing.T) {
	k, r := kafkaOf(t, polls(0, 1, "a", "[0,1]"), ack(4, 0, "a", 0, 1))
	expectKafka(t, k, "G1c-realtime")
	proved(t, r, "G1c-realtime", "key a: message 1 was polled before it was sent", 1, 2)
}

func TestMessageThatNobodySentToTheKeyIsUnsent(t *testing.T) {
	k, r := kafkaOf(t, ack(0, 0, "a", 0, 1), polls(2, 1, "a", "[0,1]"), polls(4, 1, "b", "[0,1]"))
	expectKafka(t, k, "unsent")
	proved(t, r, "unsent", "key b: message 1 was polled, but nobody sent it there", 5)
}

// The second poll begins at 20 ms; by 3 ms it was known that there is more than
// the first message, which is all that the process has polled.
func TestWorstRealtimeLagIsSinceTheNextMessageWasKnown(t *testing.T) {
	k, _ := kafkaOf(t, three(), assigns(6, 1, `"a"`), polls(10, 1, "a", "[0,1]"), polls(20, 1, "a", ""), polls(30, 1, "a", "[1,2],[2,3]"))
	if lag := k.WorstRealtimeLag; lag.LagS != 0.017 || lag.TimeS != 0.020 || *lag.Process != 1 || string(lag.Key) != `"a"` {
		t.Errorf("%+v", k.WorstRealtimeLag)
	}
	// Three polls: the first began 7 ms after more was known, and the last was not behind at all.
	if want := (checker.Quantiles{MinMs: 0, MedianMs: 7, P95Ms: 17, P99Ms: 17, MaxMs: 17}); k.RealtimeLags == nil || *k.RealtimeLags != want {
		t.Errorf("%+v", k.RealtimeLags)
	}
}

func TestOperationsThatAreNoSendsAndPollsAreRefused(t *testing.T) {
	for line, want := range map[string]string{
		`0 0 ok send [["send","a",1]]`:           "once it is acknowledged",
		`0 0 ok send [["send","a"]]`:             "expected [[\"send\", key, message]]",
		`0 0 ok send [["send","a",["x",1]]]`:     "once it is acknowledged",
		`0 0 ok poll [["poll"]]`:                 "once it is answered",
		`0 0 ok poll [["poll",{"a":[[0]]}]]`:     "once it is answered",
		`0 0 ok poll [["poll",{"a":[["x",1]]}]]`: "once it is answered",
		`0 0 ok poll [["send","a",1]]`:           "expected [[\"poll\"]]",
		`0 0 ok assign 7`:                        "expected a list of keys",
	} {
		f := strings.Fields(line)[3]
		_, err := judge(workloadtest.RunOf(t, "0 0 invoke "+f+" -", line), checker.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// longRun is a correct run: processes send to keys in turn, poll them, and at
// the end each polls all of them from the start.
func longRun(sends int) history.History {
	rng := rand.New(rand.NewPCG(5, 5))
	const keys, workers = 20, 8
	var h history.History
	add := func(kind history.Type, process int, f, value string) {
		h = append(h, history.Op{Index: len(h), Time: time.Duration(len(h)) * time.Millisecond, Type: kind, Process: process, F: f, Value: json.RawMessage(value)})
	}
	next := make([]int, keys)
	polled := make([][]int, workers)
	for i := range polled {
		polled[i] = make([]int, keys)
	}
	pollOf := func(process int, all []int) {
		var parts []string
		for _, k := range all {
			var pairs []string
			for o := polled[process][k]; o < next[k]; o++ {
				pairs = append(pairs, fmt.Sprintf("[%d,%d]", o, o+1))
			}
			polled[process][k] = next[k]
			parts = append(parts, fmt.Sprintf(`"%d":[%s]`, k, strings.Join(pairs, ",")))
		}
		add(history.Invoke, process, "poll", `[["poll"]]`)
		add(history.OK, process, "poll", `[["poll",{`+strings.Join(parts, ",")+`}]]`)
	}
	for i := range sends {
		k, process := rng.IntN(keys), i%workers
		add(history.Invoke, process, "send", fmt.Sprintf(`[["send","%d",%d]]`, k, next[k]+1))
		add(history.OK, process, "send", fmt.Sprintf(`[["send","%d",[%d,%d]]]`, k, next[k], next[k]+1))
		next[k]++
		pollOf(process, []int{rng.IntN(keys)})
	}
	var every []int
	for k := range keys {
		every = append(every, k)
	}
	for process := range workers {
		clear(polled[process])
		pollOf(process, every)
	}
	return h
}

func TestLongRunWithoutAnomaliesIsValid(t *testing.T) {
	r, err := judge(longRun(2000), checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The polls at the end start over without an assign, which is the only thing to find.
	if k := r.Workload.(*Results); !slices.Equal(k.ErrorTypes, []string{"nonmonotonic-poll"}) || k.Messages.Polled != 2000 {
		t.Errorf("%v, %+v", k.ErrorTypes, k.Messages)
	}
}

func BenchmarkKafka100kOperations(b *testing.B) {
	h := longRun(50_000)
	b.ResetTimer()
	for b.Loop() {
		if _, err := judge(h, checker.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

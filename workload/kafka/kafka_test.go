package kafka

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"eddy/testbench/history"
	"eddy/workload"
)

// conversation has a client perform an operation and checks what it asks for; the replies are given in turn.
func conversation(t *testing.T, c workload.Client, inv workload.Invocation, asked []string, replies []string) workload.Completion {
	t.Helper()
	step := c.Invoke(inv)
	for i, want := range asked {
		if step.Request == nil {
			t.Fatalf("%s ended after %d requests with %+v, want %d", inv.F, i, step.Done, len(asked))
		}
		if got := string(step.Request(7)); got != want {
			t.Errorf("%s asks %s, want %s", inv.F, got, want)
		}
		step = c.Answered(workload.ParseReply([]byte(replies[i])))
	}
	if step.Request != nil {
		t.Fatalf("%s asks for more: %s", inv.F, step.Request(7))
	}
	return step.Done
}

func kafkaClientOf(t *testing.T) workload.Client {
	t.Helper()
	w := New()
	return w.Client()
}

func opOf(f, value string) workload.Invocation {
	return workload.Invocation{F: f, Value: json.RawMessage(value)}
}

func TestSendShowsTheOffsetItGot(t *testing.T) {
	done := conversation(t, kafkaClientOf(t), opOf("send", `[["send","k1",5]]`),
		[]string{`{"type":"send","key":"k1","msg":5,"msg_id":7}`}, []string{`{"type":"send_ok","offset":1000,"in_reply_to":7}`})
	if done.Type != history.OK || string(done.Value) != `[["send","k1",[1000,5]]]` {
		t.Errorf("%v %s", done.Type, done.Value)
	}
}

func TestPollGoesOnFromWhereItWasAndCommits(t *testing.T) {
	c := kafkaClientOf(t)
	conversation(t, c, opOf("assign", `["a","b"]`),
		[]string{`{"type":"list_committed_offsets","keys":["a","b"],"msg_id":7}`}, []string{`{"type":"list_committed_offsets_ok","offsets":{"b":4},"in_reply_to":7}`})
	done := conversation(t, c, opOf("poll", `[["poll"]]`),
		[]string{`{"type":"poll","offsets":{"a":0,"b":4},"msg_id":7}`, `{"type":"commit_offsets","offsets":{"b":9},"msg_id":7}`},
		[]string{`{"type":"poll_ok","msgs":{"b":[[4,"x"],[9,"y"]],"a":[]},"in_reply_to":7}`, `{"type":"commit_offsets_ok","in_reply_to":7}`})
	if done.Type != history.OK || string(done.Value) != `[["poll",{"b":[[4,"x"],[9,"y"]],"a":[]}]]` {
		t.Errorf("%v %s", done.Type, done.Value)
	}
	// Nothing to commit where nothing was shown.
	conversation(t, c, opOf("poll", `[["poll"]]`), []string{`{"type":"poll","offsets":{"a":0,"b":10},"msg_id":7}`}, []string{`{"type":"poll_ok","msgs":{},"in_reply_to":7}`})
	// A key that the client has keeps its position, whatever is committed; another starts where that is.
	conversation(t, c, opOf("assign", `["b","c"]`),
		[]string{`{"type":"list_committed_offsets","keys":["b","c"],"msg_id":7}`}, []string{`{"type":"list_committed_offsets_ok","offsets":{"b":2,"c":3},"in_reply_to":7}`})
	conversation(t, c, opOf("poll", `[["poll"]]`), []string{`{"type":"poll","offsets":{"b":10,"c":3},"msg_id":7}`}, []string{`{"type":"poll_ok","msgs":{},"in_reply_to":7}`})
}

func TestFinalAssignStartsFromTheBeginningWithoutAsking(t *testing.T) {
	c := kafkaClientOf(t)
	inv := opOf("assign", `["a"]`)
	inv.Final = true
	if done := conversation(t, c, inv, nil, nil); done.Type != history.OK || string(done.Value) != `["a"]` {
		t.Errorf("%+v", done)
	}
	conversation(t, c, opOf("poll", `[["poll"]]`), []string{`{"type":"poll","offsets":{"a":0},"msg_id":7}`}, []string{`{"type":"poll_ok","msgs":{},"in_reply_to":7}`})
}

func TestCrashEndsUnknownWithoutAsking(t *testing.T) {
	if done := conversation(t, kafkaClientOf(t), opOf("crash", ""), nil, nil); done.Type != history.Info || done.Value != nil || done.Error != nil {
		t.Errorf("%+v", done)
	}
}

func TestNewClientHasNoKeys(t *testing.T) {
	conversation(t, kafkaClientOf(t), opOf("poll", `[["poll"]]`), []string{`{"type":"poll","offsets":{},"msg_id":7}`}, []string{`{"type":"poll_ok","msgs":{},"in_reply_to":7}`})
}

// What is not known to have failed is unknown, but an assign changes nothing.
func TestOutcomesOfUnansweredAndRefusedRequests(t *testing.T) {
	for _, c := range []struct {
		f, value         string
		timeout, refused history.Type
	}{
		{"send", `[["send","a",1]]`, history.Info, history.Fail},
		{"poll", `[["poll"]]`, history.Info, history.Fail},
		{"assign", `["a"]`, history.Fail, history.Fail},
	} {
		client := kafkaClientOf(t)
		client.Invoke(opOf(c.f, c.value))
		if done := client.TimedOut().Done; done.Type != c.timeout || string(done.Error) != `"net-timeout"` || string(done.Value) != c.value {
			t.Errorf("%s: %+v", c.f, done)
		}
		client.Invoke(opOf(c.f, c.value))
		if done := client.Answered(workload.ParseReply([]byte(`{"type":"error","code":11,"text":"no","in_reply_to":1}`))).Done; done.Type != c.refused || string(done.Error) != `["temporarily-unavailable","no"]` {
			t.Errorf("%s: %+v", c.f, done)
		}
	}
}

// Jepsen's client throws what a poll showed away where its offsets could not be committed.
func TestPollWhoseCommitIsNotAnsweredShowsNothing(t *testing.T) {
	c := kafkaClientOf(t)
	c.Invoke(opOf("poll", `[["poll"]]`))
	if step := c.Answered(workload.ParseReply([]byte(`{"type":"poll_ok","msgs":{"a":[[0,1]]},"in_reply_to":1}`))); step.Request == nil {
		t.Fatal("nothing is committed")
	}
	if done := c.TimedOut().Done; done.Type != history.Info || string(done.Value) != `[["poll"]]` {
		t.Errorf("%+v", done)
	}
}

func TestMalformedRepliesToKafkasRequests(t *testing.T) {
	for _, c := range []struct{ f, value, reply, fault string }{
		{"send", `[["send","a",1]]`, `{"type":"send_ok","in_reply_to":1}`, `"offset" is missing`},
		{"send", `[["send","a",1]]`, `{"type":"send_ok","offset":"0","in_reply_to":1}`, `"offset" is "0", not an integer of 64 bits`},
		{"send", `[["send","a",1]]`, `{"type":"send_ok","offset":9223372036854775807,"in_reply_to":1}`, `not an integer of 64 bits`},
		{"poll", `[["poll"]]`, `{"type":"poll_ok","msgs":[],"in_reply_to":1}`, `"msgs" is [], not an object of lists of pairs`},
		{"poll", `[["poll"]]`, `{"type":"poll_ok","msgs":{"a":7},"in_reply_to":1}`, `not an object of lists of pairs`},
		{"poll", `[["poll"]]`, `{"type":"poll_ok","msgs":{"a":[[0,1],[1]]},"in_reply_to":1}`, `not an object of lists of pairs`},
		{"poll", `[["poll"]]`, `{"type":"poll_ok","msgs":{"a":[[0,1],2]},"in_reply_to":1}`, `not an object of lists of pairs`},
		{"poll", `[["poll"]]`, `{"type":"poll_ok","msgs":{"a":[["x",1]]},"in_reply_to":1}`, `not an object of lists of pairs`},
		{"assign", `["a"]`, `{"type":"list_committed_offsets_ok","offsets":{"a":1.5},"in_reply_to":1}`, `not an object of integers`},
		{"assign", `["a"]`, `{"type":"list_committed_offsets_ok","offsets":{"a":null},"in_reply_to":1}`, `not an object of integers`},
	} {
		client := kafkaClientOf(t)
		client.Invoke(opOf(c.f, c.value))
		done := client.Answered(workload.ParseReply([]byte(c.reply))).Done
		if done.Type != history.Info || done.Malformed == nil || !strings.Contains(strings.Join(done.Malformed.Faults, "; "), c.fault) {
			t.Errorf("%s: %+v", c.reply, done)
		}
	}
}

// setting is that of a run of four workers whose clock stands at a place that a test moves.
func setting(now *time.Duration) workload.Setting {
	return workload.Setting{Options: workload.DefaultOptions(), Workers: 4, Now: func() time.Duration { return *now }}
}

func TestKafkaMixesAsJepsenDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	var now time.Duration
	w := New()
	g := w.NewGenerator(setting(&now), rng)
	count := map[string]int{}
	sent := map[string]int{}
	const ops = 64_000
	for range ops {
		now += 10 * time.Millisecond
		inv := g.Next(rng)
		count[inv.F]++
		if inv.F == "send" {
			key, message := sendOf(inv.Value)
			if sent[key]++; string(message) != strconv.Itoa(sent[key]) || sent[key] > 16 {
				t.Fatalf("message %s is number %d to key %s", message, sent[key], key)
			}
		}
	}
	if n := count["assign"]; n < 900 || n > 1100 {
		t.Errorf("%d assigns of %d operations, want one in 64", n, ops)
	}
	// One send in 17 finds its key used up, and is drawn anew.
	if ratio := float64(count["send"]) / float64(count["poll"]); ratio < 0.92 || ratio > 0.96 {
		t.Errorf("%d sends and %d polls, want 16 to 17", count["send"], count["poll"])
	}
	if n := count["crash"]; n < 70 || n > 100 {
		t.Errorf("%d crashes of 4 workers in 640 s, want one in 7.5 s", n)
	}
	if full := count["send"]/16 - len(sent); full > 0 || full < -10 {
		t.Errorf("%d keys for %d sends of 16 a key", len(sent), count["send"])
	}
}

func TestKeysInUseAreEachTwiceAsLikelyAsTheOneBefore(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	p := workload.NewKeyPool(workload.Options{KeyCount: 4, MaxWritesPerKey: 1 << 30})
	var drawn [4]int
	const draws = 15_000
	for range draws {
		key, _, _ := p.Draw(rng)
		drawn[key]++
	}
	for key, want := range [4]int{1000, 2000, 4000, 8000} {
		if d := drawn[key] - want; d < -250 || d > 250 {
			t.Errorf("key %d was drawn %d times of %d, want about %d", key, drawn[key], draws, want)
		}
	}
}

// With one key in use, that key is what every assign is about; what was sent and not polled comes with it one
// time in three.
func TestAssignsCatchUpWithWhatNobodyPolled(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	var now time.Duration
	s := setting(&now)
	s.Options.KeyCount, s.Options.MaxWritesPerKey = 1, 1<<30
	w := New()
	g := w.NewGenerator(s, rng).(*generator)
	g.Ended(opOf("send", ""), workload.Completion{Type: history.OK, Value: json.RawMessage(`[["send","77",[5,1]]]`)})
	g.Ended(opOf("send", ""), workload.Completion{Type: history.Info, Value: json.RawMessage(`[["send","78",1]]`)})
	count := func() (alone, more int) {
		for range 64_000 {
			switch inv := g.Next(rng); {
			case inv.F != "assign":
			case string(inv.Value) == `["0"]`:
				alone++
			case string(inv.Value) == `["77","0"]`:
				more++
			default:
				t.Fatalf("assign of %s", inv.Value)
			}
		}
		return alone, more
	}
	if alone, more := count(); more < 250 || more > 420 || alone < 550 {
		t.Errorf("%d assigns of the key alone, %d with what is unseen", alone, more)
	}
	g.Ended(opOf("poll", ""), workload.Completion{Type: history.OK, Value: json.RawMessage(`[["poll",{"77":[[4,"x"],[5,1]]}]]`)})
	if _, more := count(); more > 0 {
		t.Errorf("%d assigns of a key that was polled to its end", more)
	}
}

func TestFinalScriptCrashesAssignsAllAndPollsUntilAllIsSeen(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var now time.Duration
	w := New()
	g := w.NewGenerator(setting(&now), rng)
	for _, value := range []string{`[["send","10",[5,1]]]`, `[["send","9",[3,1]]]`} {
		g.(workload.Observer).Ended(opOf("send", ""), workload.Completion{Type: history.OK, Value: json.RawMessage(value)})
	}
	s := w.Final(g)
	var did []string
	for _, polled := range []string{"", "", `{"10":[[4,1]]}`, `{"9":[[3,1]]}`, `{"10":[[5,1]]}`, "never"} {
		inv, due, more := s.Next(now, rng)
		if !more {
			did = append(did, "done")
			break
		}
		now = due
		did = append(did, inv.F+" "+string(inv.Value))
		done := workload.Completion{Type: history.OK, Value: inv.Value}
		if inv.F == "poll" {
			done.Value = json.RawMessage(`[["poll",` + polled + `]]`)
		}
		s.(workload.Observer).Ended(inv, done)
	}
	want := []string{"crash ", `assign ["9","10"]`, `poll [["poll"]]`, `poll [["poll"]]`, `poll [["poll"]]`, "done"}
	if !slices.Equal(did, want) {
		t.Errorf("%q", did)
	}
	if now == 0 || now > 800*time.Millisecond {
		t.Errorf("three polls took %v, want 0.2 s between them on average", now)
	}
}

func TestFinalScriptAssignsAgainAfterItsClientIsReplaced(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var now time.Duration
	w := New()
	g := w.NewGenerator(setting(&now), rng)
	g.(workload.Observer).Ended(opOf("send", ""), workload.Completion{Type: history.OK, Value: json.RawMessage(`[["send","9",[3,1]]]`)})
	s := w.Final(g)
	var did []string
	for range 5 {
		inv, _, _ := s.Next(now, rng)
		did = append(did, inv.F)
		s.(workload.Observer).Ended(inv, workload.Completion{Type: history.Info, Value: inv.Value})
	}
	if want := []string{"crash", "assign", "poll", "assign", "poll"}; !slices.Equal(did, want) {
		t.Errorf("%q", did)
	}
}

func TestFinalPollsKeepTheirPaceWhateverTheAnswerIs(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var now time.Duration
	w := New()
	g := w.NewGenerator(setting(&now), rng)
	g.(workload.Observer).Ended(opOf("send", ""), workload.Completion{Type: history.OK, Value: json.RawMessage(`[["send","9",[3,1]]]`)})
	s := w.Final(g)
	polls := 0
	for now < 10*time.Second {
		inv, due, _ := s.Next(now, rng)
		now = max(now, due)
		if inv.F == "poll" {
			polls++
		}
		s.(workload.Observer).Ended(inv, workload.Completion{Type: history.Info, Value: inv.Value})
		if polls > 100 {
			break
		}
	}
	if polls < 25 || polls > 100 {
		t.Errorf("%d polls in %v that were all refused, want one in 0.2 s", polls, now)
	}
}

func TestRunWithoutMessagesHasNoFinalPolls(t *testing.T) {
	var now time.Duration
	rng := rand.New(rand.NewPCG(2, 2))
	w := New()
	if _, _, more := w.Final(w.NewGenerator(setting(&now), rng)).Next(0, rng); more {
		t.Error("there is something to do")
	}
}

// A commit that is refused makes the poll fail, whose messages the history then does not show: the next one polls them again.
func TestPollWhoseCommitIsRefusedIsMadeAgainFromTheSamePlace(t *testing.T) {
	c := kafkaClientOf(t)
	c.Invoke(workload.Invocation{F: "assign", Value: json.RawMessage(`["a"]`)})
	c.Answered(workload.ParseReply([]byte(`{"type":"list_committed_offsets_ok","offsets":{},"in_reply_to":1}`)))
	poll := func(commit, then string) {
		t.Helper()
		if body := string(c.Invoke(workload.Invocation{F: "poll"}).Request(2)); !strings.Contains(body, then) {
			t.Errorf("the poll is %s, want %s in it", body, then)
		}
		c.Answered(workload.ParseReply([]byte(`{"type":"poll_ok","msgs":{"a":[[4,1]]},"in_reply_to":2}`)))
		c.Answered(workload.ParseReply([]byte(commit)))
	}
	poll(`{"type":"error","code":11,"text":"full","in_reply_to":3}`, `"offsets":{"a":0}`)
	poll(`{"type":"commit_offsets_ok","in_reply_to":3}`, `"offsets":{"a":0}`)
	poll(`{"type":"commit_offsets_ok","in_reply_to":3}`, `"offsets":{"a":5}`)
}

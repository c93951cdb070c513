package builtin

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload"
	"eddy/workload/workloadtest"
)

func named(t *testing.T, name string) *workload.Workload {
	t.Helper()
	w, err := Workloads().Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// decode reads results of a workload, which may be one that nobody knows.
func decode(name string, text json.RawMessage) (checker.Results, error) {
	w, err := Workloads().Named(name)
	if err != nil {
		w = &workload.Workload{Name: name}
	}
	return w.Decode(text)
}

// checked judges a history of lines.
func checked(t *testing.T, name string, o checker.Options, lines ...string) checker.Results {
	t.Helper()
	r, err := Workloads().Check(name, workloadtest.RunOf(t, lines...), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRequestsAreMaelstroms(t *testing.T) {
	cases := []struct{ workload, f, value, want string }{
		{"echo", "echo", `"Please echo 7"`, `{"type":"echo","echo":"Please echo 7","msg_id":3}`},
		{"unique-ids", "generate", "", `{"type":"generate","msg_id":3}`},
		{"broadcast", "broadcast", "12", `{"type":"broadcast","message":12,"msg_id":3}`},
		{"broadcast", "read", "", `{"type":"read","msg_id":3}`},
		{"g-set", "add", "12", `{"type":"add","element":12,"msg_id":3}`},
		{"g-set", "read", "", `{"type":"read","msg_id":3}`},
	}
	for _, c := range cases {
		w := named(t, c.workload)
		if got := string(w.Request(workload.Invocation{F: c.f, Value: []byte(c.value)}, 3)); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.workload, c.f, got, c.want)
		}
	}
}

func TestRightRepliesEndOperationsOK(t *testing.T) {
	cases := []struct{ workload, f, value, reply, want string }{
		{"echo", "echo", `"hi"`, `{"type":"echo_ok","in_reply_to":1,"echo":{"a":1},"msg_id":4}`, `{"type":"echo_ok","in_reply_to":1,"echo":{"a":1},"msg_id":4}`},
		{"unique-ids", "generate", "", `{"type":"generate_ok","in_reply_to":1,"id":[1,"n0"]}`, `[1,"n0"]`},
		{"unique-ids", "generate", "", `{"type":"generate_ok","in_reply_to":1,"id":null}`, `null`},
		{"broadcast", "broadcast", "5", `{"type":"broadcast_ok","in_reply_to":1}`, `5`},
		{"broadcast", "read", "", `{"type":"read_ok","in_reply_to":1,"messages":[1, 2]}`, `[1, 2]`},
		{"broadcast", "read", "", `{"type":"read_ok","in_reply_to":1,"messages":null}`, `null`},
		{"g-set", "add", "5", `{"type":"add_ok","in_reply_to":1}`, `5`},
		{"g-set", "read", "", `{"type":"read_ok","in_reply_to":1,"value":[5]}`, `[5]`},
	}
	for _, c := range cases {
		w := named(t, c.workload)
		done := w.Complete(workload.Invocation{F: c.f, Value: []byte(c.value)}, workload.ParseReply([]byte(c.reply)))
		if done.Type != history.OK || string(done.Value) != c.want || done.Error != nil {
			t.Errorf("%s %s: ended %v with %s, %s", c.workload, c.f, done.Type, done.Value, done.Error)
		}
	}
}

// Maelstrom's g-set client lets every error through to Jepsen, which then knows nothing.
func TestGSetTakesEveryErrorForAnUnknownOutcome(t *testing.T) {
	w := named(t, "g-set")
	for _, f := range []string{"add", "read"} {
		refused := w.Complete(workload.Invocation{F: f}, workload.ParseReply([]byte(`{"type":"error","in_reply_to":1,"code":11,"text":"no"}`)))
		late := w.TimedOut(workload.Invocation{F: f})
		for _, done := range []workload.Completion{refused, late} {
			if done.Type != history.Info || !strings.HasPrefix(string(done.Error), `"indeterminate: `) {
				t.Errorf("%s ended %v with %s", f, done.Type, done.Error)
			}
		}
	}
}

func TestTimeoutsFailReadsOnlyWhereTheyAreIdempotent(t *testing.T) {
	for _, c := range []struct {
		workload, f string
		want        history.Type
	}{
		{"broadcast", "read", history.Fail}, {"broadcast", "broadcast", history.Info},
		{"echo", "echo", history.Info}, {"unique-ids", "generate", history.Info},
	} {
		w := named(t, c.workload)
		if done := w.TimedOut(workload.Invocation{F: c.f}); done.Type != c.want || string(done.Error) != `"net-timeout"` {
			t.Errorf("%s %s: %v, %s", c.workload, c.f, done.Type, done.Error)
		}
	}
}

func TestBroadcastMixesCountingBroadcastsAndReadsEvenly(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	w := named(t, "broadcast")
	g := w.NewGenerator(workload.Setting{}, rng)
	reads := 0
	for i := range 2000 {
		if inv := g.Next(rng); inv.F == "read" {
			reads++
		} else if want := i - reads; string(inv.Value) != strconv.Itoa(want) {
			t.Fatalf("broadcast of %s, want %d", inv.Value, want)
		}
	}
	if reads < 900 || reads > 1100 {
		t.Errorf("%d reads of 2000 operations", reads)
	}
}

func TestEchoAsksForOneOf128Texts(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	w := named(t, "echo")
	g := w.NewGenerator(workload.Setting{}, rng)
	form := regexp.MustCompile(`^"Please echo ([0-9]|[1-9][0-9]|1[01][0-9]|12[0-7])"$`)
	seen := map[string]bool{}
	for range 5000 {
		value := string(g.Next(rng).Value)
		if !form.MatchString(value) {
			t.Fatal(value)
		}
		seen[value] = true
	}
	if len(seen) != 128 {
		t.Errorf("%d different texts", len(seen))
	}
}

func TestUnknownWorkloadNamesTheKnown(t *testing.T) {
	if _, err := Workloads().Named("broadcats"); err == nil || !strings.Contains(err.Error(), `"broadcats"`) || !strings.Contains(err.Error(), strings.Join(Workloads().Names(), ", ")) {
		t.Error(err)
	}
}

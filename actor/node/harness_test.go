package node_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

const initLine = `{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2","n3"]}}`

// echoBody holds any JSON.
type echoBody struct {
	Echo wire.Raw `json:"echo" wire:"required"`
}

// numberBody holds an integer as the type that a service would count with.
type numberBody struct {
	N int64 `json:"n" wire:"required"`
}

type (
	echoRequest   = node.Request[echoBody, echoBody]
	numberRequest = node.Request[numberBody, numberBody]
	noneRequest   = node.Request[node.None, node.None]
)

// parrot answers, and does what the type of the message says.
func parrot(n *node.Node) error {
	to := actor.Spawn(n, "parrot", func(*actor.Context[any]) actor.Actor[any] {
		return actor.Func[any](func(c *actor.Context[any], m any) {
			switch r := m.(type) {
			case echoRequest:
				r.Reply(r.Body)
			case numberRequest:
				r.Reply(r.Body)
			case noneRequest:
				panic("told to")
			}
		})
	}, actor.Restarts(3, actor.DefaultRestartWindow))
	node.Handle(n, "echo", to, func(r echoRequest) any { return r })
	node.Handle(n, "number", to, func(r numberRequest) any { return r })
	node.Handle(n, "panic", to, func(r noneRequest) any { return r })
	return nil
}

// said is one line that a node wrote.
type said struct {
	Src  string                     `json:"src"`
	Dest string                     `json:"dest"`
	Body map[string]json.RawMessage `json:"body"`
}

// read reads the lines that a node wrote; each must be a whole message.
func read(t testing.TB, out []byte) []said {
	t.Helper()
	var all []said
	if len(out) > 0 && out[len(out)-1] != '\n' {
		t.Fatalf("the output ends inside a line: %q", tail(out))
	}
	for line := range bytes.Lines(out) {
		var s said
		if err := json.Unmarshal(line, &s); err != nil {
			t.Fatalf("%q is no message: %v", line, err)
		}
		if s.Src == "" || s.Dest == "" || s.Body == nil {
			t.Fatalf("%q lacks src, dest or body", line)
		}
		all = append(all, s)
	}
	return all
}

func tail(b []byte) []byte { return b[max(len(b)-200, 0):] }

func (s said) String() string {
	body, _ := json.Marshal(s.Body)
	return s.Src + "->" + s.Dest + " " + string(body)
}

// text is a field of the body as it was written, "" where it is not there.
func (s said) text(field string) string { return string(s.Body[field]) }

func (s said) typ() string { return strings.Trim(s.text("type"), `"`) }

// fields are the names of the body's fields, sorted.
func (s said) fields() []string {
	var names []string
	for name := range s.Body {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// answerTo is the answer to one request, nil if there is none; two are a fault.
func answerTo(t testing.TB, all []said, src string, id int) *said {
	t.Helper()
	var found *said
	for i, s := range all {
		if s.Dest == src && s.text("in_reply_to") == fmt.Sprint(id) {
			if found != nil {
				t.Fatalf("request %d of %s was answered twice: %v and %v", id, src, *found, s)
			}
			found = &all[i]
		}
	}
	return found
}

// wantError fails unless the answer to a request is an error of that code.
func wantError(t testing.TB, all []said, src string, id, code int) {
	t.Helper()
	a := answerTo(t, all, src, id)
	if a == nil || a.typ() != "error" || a.text("code") != fmt.Sprint(code) {
		t.Errorf("request %d of %s was answered %v, expected error %d", id, src, a, code)
	}
}

// wantEcho fails unless an echo was answered with that value.
func wantEcho(t testing.TB, all []said, src string, id int, value string) {
	t.Helper()
	a := answerTo(t, all, src, id)
	if a == nil || a.typ() != "echo_ok" || a.text("echo") != value {
		t.Errorf("request %d of %s was answered %v, expected the echo of %s", id, src, a, value)
	}
}

// request is a line of the client c1.
func request(id int, typ, fields string) string {
	return fmt.Sprintf(`{"src":"c1","dest":"n1","body":{"type":%q,"msg_id":%d%s}}`, typ, id, fields)
}

func echo(id int, value string) string { return request(id, "echo", `,"echo":`+value) }

// noneLeft waits until there are no more goroutines than there were, and fails
// when some stay.
func noneLeft(t testing.TB, before int) {
	t.Helper()
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
}

// logged is a log to look at afterwards.
func logged(level zapcore.Level) (*zap.Logger, *observer.ObservedLogs) {
	core, seen := observer.New(level)
	return zap.New(core), seen
}

// outcome is what a run of a whole node left.
type outcome struct {
	out []said
	raw []byte
	err error
	log *observer.ObservedLogs
}

// run runs a whole node on an input given in full.
func run(t testing.TB, service node.Service, o node.Options, input string) outcome {
	t.Helper()
	var out bytes.Buffer
	log, seen := logged(zapcore.DebugLevel)
	o.In, o.Out, o.Log = strings.NewReader(input), &out, log
	err := node.Run(service, o)
	return outcome{read(t, out.Bytes()), out.Bytes(), err, seen}
}

// runLines runs the parrot on lines behind an init, and fails unless the node lives
// to the end of them.
func runLines(t testing.TB, lines ...string) outcome {
	t.Helper()
	got := run(t, parrot, node.Options{}, initLine+"\n"+strings.Join(lines, "\n")+"\n")
	if got.err != nil {
		t.Fatalf("the node ended with %v", got.err)
	}
	return got
}

// warnings are the lines of the log that the default level shows.
func (o outcome) warnings() []string {
	var lines []string
	for _, e := range o.log.All() {
		if e.Level >= zapcore.WarnLevel {
			lines = append(lines, fmt.Sprint(e.Level, " ", e.Message, " ", e.ContextMap()))
		}
	}
	return lines
}

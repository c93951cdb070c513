package testbench

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
	"eddy/workload/builtin"
)

func smallOptions() Options {
	o := Defaults(builtin.Workloads())
	o.NodeCount, o.Rate, o.TimeLimit, o.Topology = 3, 20, 5*time.Second, "total"
	return o
}

// once makes a node do something wrong at its first read, before it answers.
func once(wrong func(n *fakeNode, src string, b body)) func(n *fakeNode, src string, b body) bool {
	done := false
	return func(n *fakeNode, src string, b body) bool {
		if b.Type == "read" && n.id == "n1" && !done {
			done = true
			wrong(n, src, b)
		}
		return false
	}
}

func TestLineAgainstTheProtocolIsAProblemAndDeafensTheNode(t *testing.T) {
	cases := []struct {
		name, line, text, expected string
	}{
		{"text for people", `received a read`, `not JSON: invalid character 'r'`, `stderr`},
		{"empty line", ``, `the line is empty`, `one JSON object a line`},
		{"half a line", `{"src":"n1","dest":`, `unexpected end`, `one JSON object a line`},
		{"list", `[1,2]`, `not an object`, `{"src"`},
		{"no dest", `{"src":"n1","body":{}}`, `"dest" is missing`, `"dest": "n2"`},
		{"no body", `{"src":"n1","dest":"n0"}`, `"body" is missing`, `"body"`},
		{"body as text", `{"src":"n1","dest":"n0","body":"hi"}`, `"body" is "hi" where an object belongs`, `"body": {...}`},
		{"field too many", `{"src":"n1","dest":"n0","body":{},"time":1}`, `"time" is not a field of a message`, `nothing else`},
		{"numeric dest", `{"src":"n1","dest":0,"body":{}}`, `"dest" is 0 where a string belongs`, `"dest"`},
		{"client that never was", `{"src":"n1","dest":"c999","body":{}}`, `client "c999", which does not exist`, `the request's "src" as its "dest"`},
		{"client of the setup", `{"src":"n1","dest":"c1","body":{}}`, `client c1, which had stopped waiting and is closed (clients wait 5s)`, `before the client's timeout`},
		{"node that never was", `{"src":"n1","dest":"n7","body":{}}`, `sent a message to "n7", which does not exist`, `(n0 to n2)`},
		{"service that is not offered", `{"src":"n1","dest":"lin-kw","body":{}}`, `"lin-kw", which does not exist`, `a service (lin-kv, lin-tso, lww-kv, seq-kv)`},
		{"source that never was", `{"src":"node1","dest":"n0","body":{}}`, `from "node1", which is not a node`, `"src": "n1"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := smallOptions()
			out := simulate(t, o, once(func(n *fakeNode, src string, b body) { n.run.FromNode("n1", []byte(c.line)) })).judge(t, o)
			if out.Results.Valid != checker.Invalid || len(out.Results.Problems) != 1 {
				t.Fatalf("verdict %v, problems %+v", out.Results.Valid, out.Results.Problems)
			}
			p := out.Results.Problems[0]
			if p.Node != "n1" || p.Line != c.line || !strings.Contains(p.Text, c.text) || !strings.Contains(p.Expected, c.expected) {
				t.Errorf("problem %+v", p)
			}
			if !strings.Contains(p.Text, "ignored, as Maelstrom does") || !strings.Contains(strings.Join(out.Meta.Warnings, " "), "lines of n1 were ignored") {
				t.Errorf("not told that the rest is ignored: %q, %q", p.Text, out.Meta.Warnings)
			}
			for _, op := range out.History {
				if op.F == "read" && op.Process%3 == 1 && op.Type == history.OK {
					t.Fatalf("n1 was heard after the line: operation %d", op.Index)
				}
			}
		})
	}
}

func TestMessageInTheNameOfAnotherNodeIsDeliveredAndTold(t *testing.T) {
	o := smallOptions()
	out := simulate(t, o, once(func(n *fakeNode, src string, b body) {
		n.run.FromNode("n1", []byte(`{"src":"n2","dest":"n0","body":{"type":"gossip"}}`))
	})).judge(t, o)
	if out.Results.Valid != checker.Valid || len(out.Meta.Warnings) != 1 || !strings.Contains(out.Meta.Warnings[0], "n1 sent a message in the name of n2") {
		t.Errorf("verdict %v, warnings %q", out.Results.Valid, out.Meta.Warnings)
	}
}

func TestLateAnswerToAClosedClientIsAProblem(t *testing.T) {
	o := smallOptions()
	o.TimeLimit = 12 * time.Second
	held := ""
	out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		if n.id == "n1" && b.Type == "broadcast" && held == "" {
			held = src
			n.run.clock.At(n.run.clock.Now()+7*time.Second, func() { n.reply(src, b, `"type":"broadcast_ok"`) })
			return true
		}
		return false
	}).judge(t, o)
	if len(out.Results.Problems) != 1 || !strings.Contains(out.Results.Problems[0].Text, "answered client "+held+", which had stopped waiting") {
		t.Errorf("problems %+v", out.Results.Problems)
	}
}

// A read that timed out has failed, so its client lives on and passes a late answer over.
func TestLateAnswerToALivingClientIsPassedOver(t *testing.T) {
	o := smallOptions()
	o.TimeLimit = 12 * time.Second
	held := false
	out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		if n.id == "n1" && b.Type == "read" && !held {
			held = true
			n.run.clock.At(n.run.clock.Now()+7*time.Second, func() { n.reply(src, b, `"type":"read_ok","messages":["late"]`) })
			return true
		}
		return false
	}).judge(t, o)
	if out.Results.Valid != checker.Valid || out.Results.Stats.FailCount != 1 {
		t.Errorf("verdict %v, %+v", out.Results.Valid, out.Results.Stats)
	}
}

func TestMalformedReplyMakesTheOutcomeUnknownAndIsExplained(t *testing.T) {
	cases := []struct{ fields, fault string }{
		{`"type":"read_ok","messages":[],"count":0`, `"count" does not belong`},
		{`"type":"read_ok","message":[]`, `"message" does not belong; "messages" is missing`},
		{`"type":"read_ok","messages":{}`, `"messages" is {}, not a list`},
		{`"type":"read","messages":[]`, `"type" is "read"`},
		{`"type":"read_ok","messages":[],"msg_id":"7"`, `"msg_id" is "7", not an integer`},
	}
	for _, c := range cases {
		t.Run(c.fields, func(t *testing.T) {
			o := smallOptions()
			answered := false
			out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
				if n.id == "n1" && b.Type == "read" && !answered {
					answered = true
					n.reply(src, b, c.fields)
					return true
				}
				return false
			}).judge(t, o)
			if out.Results.Stats.InfoCount != 1 || len(out.Meta.Warnings) != 1 || !strings.Contains(out.Meta.Warnings[0], c.fault) {
				t.Fatalf("%d unknown, warnings %q", out.Results.Stats.InfoCount, out.Meta.Warnings)
			}
			for _, op := range out.History {
				if op.Type == history.Info && !strings.HasPrefix(string(op.Error), `"indeterminate: malformed reply `) {
					t.Errorf("error in the history: %s", op.Error)
				}
			}
		})
	}
}

func TestErrorRepliesEndOperationsByTheirDefiniteness(t *testing.T) {
	cases := []struct {
		f, fields string
		want      history.Type
		err       string
	}{
		{"broadcast", `"type":"error","code":11,"text":"not yet"`, history.Fail, `["temporarily-unavailable","not yet"]`},
		{"broadcast", `"type":"error","code":13,"text":"oops"`, history.Info, `["crash","oops"]`},
		{"broadcast", `"type":"error","code":0`, history.Info, `["timeout",null]`},
		{"broadcast", `"type":"error","code":1000,"text":"own"`, history.Info, `["unknown","own"]`},
		{"read", `"type":"error","code":13,"text":"oops"`, history.Fail, `["crash","oops"]`},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.f, " ", c.fields), func(t *testing.T) {
			o := smallOptions()
			s := simulate(t, o, func(n *fakeNode, src string, b body) bool {
				if b.Type == c.f {
					n.reply(src, b, c.fields)
				}
				return b.Type == c.f
			})
			for _, op := range s.History {
				if op.F == c.f && op.Type != history.Invoke && (op.Type != c.want || string(op.Error) != c.err) {
					t.Fatalf("operation ended %v with %s", op.Type, op.Error)
				}
			}
		})
	}
}

func TestNodeThatDoesNotJoinIsNamed(t *testing.T) {
	silent := func(request string) func(n *fakeNode, src string, b body) bool {
		return func(n *fakeNode, src string, b body) bool { return b.Type == request && n.id != "n0" }
	}
	cases := []struct {
		name string
		on   func(n *fakeNode, src string, b body) bool
		want []string
	}{
		{"init unanswered", silent("init"), []string{"node n1 did not answer init within 10s", "And n2 the same", "must flush stdout", `"init_ok"`}},
		{"topology unanswered", silent("topology"), []string{"node n1 did not answer topology within 5s", `"topology_ok"`}},
		{"init refused", func(n *fakeNode, src string, b body) bool {
			n.reply(src, b, `"type":"error","code":14,"text":"no disk"`)
			return true
		}, []string{`node n0 answered init with error 14 (abort): "no disk"`}},
		{"wrong reply", func(n *fakeNode, src string, b body) bool {
			n.reply(src, b, `"type":"ok"`)
			return true
		}, []string{`node n0 answered init with {"type":"ok","in_reply_to":1}`}},
		{"init answered to a peer", func(n *fakeNode, src string, b body) bool {
			n.id = b.NodeID
			n.send("n1", `"type":"init_ok","in_reply_to":1`)
			return true
		}, []string{`node n0 sent its answer to init to "n1", which did not ask: expected the request's src as "dest"`}},
		{"init answered with an id as a string", func(n *fakeNode, src string, b body) bool {
			n.id = b.NodeID
			n.send(src, `"type":"init_ok","in_reply_to":"1"`)
			return true
		}, []string{`node n0 answered init with {"type":"init_ok","in_reply_to":"1"}, which is the reply to no request`, "And n1, n2 the same"}},
		{"text instead", func(n *fakeNode, src string, b body) bool {
			n.run.FromNode(n.id, []byte("hello"))
			return true
		}, []string{"node n0 did not answer init in a way that can be understood", "hello"}},
		{"exit", func(n *fakeNode, src string, b body) bool {
			if n.id == "n1" {
				n.run.Exited("n1", "exit status 3", []string{"no such flag: -x"})
			}
			return false
		}, []string{`node n1 exited with exit status 3 before it answered init`, "no such flag: -x"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := smallOptions()
			s := simulate(t, o, c.on)
			if s.Err == nil {
				t.Fatal("the run was made")
			}
			for _, want := range c.want {
				if !strings.Contains(s.Err.Error(), want) {
					t.Errorf("error %q lacks %q", s.Err, want)
				}
			}
			if out := Judge(o, s.Run, report.Meta{}); out.ExitStatus() != ExitCouldNot {
				t.Errorf("exit status %d", out.ExitStatus())
			}
		})
	}
}

func TestExitDuringTheRunIsAProblemAndTheRunGoesOn(t *testing.T) {
	o := smallOptions()
	out := simulate(t, o, once(func(n *fakeNode, src string, b body) {
		n.run.Exited("n1", "exit status 2", []string{"panic: index out of range"})
	})).judge(t, o)
	if len(out.Results.Problems) != 1 {
		t.Fatalf("problems %+v", out.Results.Problems)
	}
	if p := out.Results.Problems[0]; !strings.Contains(p.Text, "exit status 2") || !slices.Equal(p.Stderr, []string{"panic: index out of range"}) {
		t.Errorf("problem %+v", p)
	}
	if last := out.History[len(out.History)-1].Time; last < o.TimeLimit+o.Recovery {
		t.Errorf("the run ended at %v", last)
	}
}

func TestRepeatedProblemIsToldOnceWithItsCount(t *testing.T) {
	o := smallOptions()
	out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		if b.Type == "read" && n.id == "n1" {
			n.run.FromNode("n1", []byte(`{"src":"n2","dest":"n0","body":{"type":"gossip"}}`))
		}
		return false
	}).judge(t, o)
	if len(out.Meta.Warnings) != 1 || !strings.Contains(out.Meta.Warnings[0], "times more") {
		t.Errorf("warnings %q", out.Meta.Warnings)
	}
}

func TestMalformedRepliesOfOneKindAreToldOnceWhateverTheyHold(t *testing.T) {
	o := smallOptions()
	reads := 0
	out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		if b.Type != "read" || n.id != "n1" {
			return false
		}
		reads++
		if reads%4 == 0 {
			n.reply(src, b, `"type":"read_ok"`)
		} else {
			n.reply(src, b, fmt.Sprintf(`"type":"read_ok","messages":{"%d":1}`, reads))
		}
		return true
	})
	if told := starting(out.Warnings, "n1 gave a malformed reply to read"); reads < 8 || len(told) != 2 || !strings.Contains(told[0], "times more") {
		t.Errorf("%d reads, %q", reads, told)
	}
}

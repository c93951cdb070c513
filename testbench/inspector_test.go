package testbench

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/workload/builtin"
)

func lintOptions() Options {
	o := Defaults(builtin.Workloads())
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit = "echo", 2, 20, 2*time.Second
	return o
}

func TestReplyThatAnswersNoRequestIsToldWithItsLineOncePerKind(t *testing.T) {
	for _, c := range []struct {
		name, fields string
		want         string
	}{
		{"id as text", `"type":"echo_ok","in_reply_to":"%d"`, `answered c5 with "in_reply_to": "1", which is no integer and matches no request`},
		{"id as a fraction", `"type":"echo_ok","in_reply_to":%d.5`, `"in_reply_to": 1.5, which is no integer`},
		{"id of no request", `"type":"echo_ok","in_reply_to":7%d`, `"in_reply_to": 71, but c5 made no such request`},
		{"no id", `"type":"echo_ok","echo":%d`, `without in_reply_to, which answer nothing; the first went to c5`},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := lintOptions()
			out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
				if b.Type != "echo" || n.id != "n0" {
					return false
				}
				n.send(src, fmt.Sprintf(c.fields, b.MsgID))
				n.send(src, fmt.Sprintf(c.fields, b.MsgID))
				n.handle(src, b)
				return true
			})
			if len(starting(out.Warnings, "n0 ")) != 1 {
				t.Fatalf("warnings %q", out.Warnings)
			}
			told := starting(out.Warnings, "n0 ")[0]
			if !strings.Contains(told, c.want) || !strings.Contains(told, "times more") || !strings.Contains(told, `It was: {"src":"n0"`) {
				t.Errorf("%s", told)
			}
			if len(out.Problems) != 0 {
				t.Errorf("Maelstrom passes over such replies, yet they are problems: %+v", out.Problems)
			}
		})
	}
}

// starting gives the texts that start as asked.
func starting(texts []string, start string) []string {
	var found []string
	for _, text := range texts {
		if strings.HasPrefix(text, start) {
			found = append(found, text)
		}
	}
	return found
}

func TestSecondReplyAndReplyInThePlaceOfAnotherAreTold(t *testing.T) {
	out := simulate(t, lintOptions(), func(n *fakeNode, src string, b body) bool {
		if b.Type != "echo" {
			return false
		}
		n.handle(src, b)
		n.handle(src, b)
		if n.id == "n1" && b.MsgID > 4 {
			n.send("c5", `"type":"echo_ok","in_reply_to":1`)
		}
		return true
	})
	told := strings.Join(out.Warnings, "\n")
	for _, want := range []string{" answered request 1 of c", " a second time; the client took the first reply (at 0.000 s, and 25 times more), and n0 the same", "n1 answered a request that c5 made of n0, not of it"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is missing in %s", want, told)
		}
	}
}

func TestSecondReplyToInitIsCalledOne(t *testing.T) {
	o := lintOptions()
	out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		if b.Type == "echo" && n.id == "n1" {
			n.send("c1", `"type":"init_ok","in_reply_to":1`)
		}
		return false
	}).judge(t, o)
	if len(out.Results.Problems) != 1 || out.Results.Valid != checker.Invalid {
		t.Fatalf("verdict %v, problems %+v", out.Results.Valid, out.Results.Problems)
	}
	if text := out.Results.Problems[0].Text; !strings.Contains(text, `answered init a second time: c1 had its answer and left; the first answer was {"type":"init_ok","in_reply_to":1}`) || strings.Contains(text, "5s") {
		t.Errorf("%s", text)
	}
}

func TestErrorsThatNodesAnswerAreCountedWithTheirText(t *testing.T) {
	o := lintOptions()
	out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		if b.Type != "echo" || n.id != "n1" {
			return false
		}
		n.reply(src, b, `"type":"error","code":11,"text":"busy"`)
		return true
	}).judge(t, o)
	if len(out.Meta.Errors) != 1 || !strings.HasPrefix(out.Meta.Errors[0], "error 11 (temporarily-unavailable) ") || !strings.HasSuffix(out.Meta.Errors[0], `"busy"`) ||
		!strings.Contains(out.Meta.Errors[0], "times from n1, first at ") {
		t.Errorf("%q", out.Meta.Errors)
	}
	reason := out.Results.Workload.Reason()
	if !strings.Contains(reason, "were answered with an error") {
		t.Errorf("%s", reason)
	}
}

func TestBrokenFirstLineEndsTheWaitForInitAtOnce(t *testing.T) {
	run := simulate(t, lintOptions(), func(n *fakeNode, src string, b body) bool {
		if b.Type == "init" && n.id == "n1" {
			n.run.FromNode("n1", []byte("listening"))
		}
		return b.Type == "init" && n.id == "n1"
	})
	if run.Err == nil || !strings.Contains(run.Err.Error(), "listening") || run.Elapsed >= InitTimeout {
		t.Errorf("after %v: %v", run.Elapsed, run.Err)
	}
}

func TestMsgIDOfTwoMessagesIsToldAndOfCopiesIsNot(t *testing.T) {
	reuse := func(text func(i int) string) []string {
		sent := 0
		return simulate(t, lintOptions(), func(n *fakeNode, src string, b body) bool {
			if b.Type == "echo" && n.id == "n1" {
				sent++
				n.send("n0", text(sent))
				n.send("n0", text(sent))
			}
			return false
		}).Warnings
	}
	different := reuse(func(i int) string { return fmt.Sprintf(`"type":"x","msg_id":1,"value":%d`, i) })
	if told := starting(different, "n1 gave msg_id 1 to two different messages"); len(told) != 1 {
		t.Errorf("warnings %q", different)
	}
	if same := reuse(func(i int) string { return fmt.Sprintf(`"type":"x","msg_id":%d,"value":%d`, i, i) }); len(same) != 0 {
		t.Errorf("warnings %q", same)
	}
}

func TestReplyThatAnotherClientWaitsForMayHaveGoneToTheWrongClient(t *testing.T) {
	o := lintOptions()
	o.NodeCount, o.Concurrency = 1, "2"
	first, wronged, last := "", "", 0
	out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		if b.Type != "echo" || wronged != "" {
			return false
		}
		if first == "" {
			first = src
		}
		if src == first {
			last = b.MsgID
		}
		if src == first || b.MsgID >= last {
			return false
		}
		wronged, last = src, b.MsgID
		n.send(first, fmt.Sprintf(`"type":"echo_ok","in_reply_to":%d`, last))
		return true
	})
	told := strings.Join(out.Warnings, "\n")
	if !strings.Contains(told, fmt.Sprintf("; %s waits for a reply to its request %d, so this may be the one, sent to the wrong client", wronged, last)) {
		t.Errorf("%q %s", wronged, told)
	}
}

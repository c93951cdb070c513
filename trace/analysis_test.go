package trace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"eddy/trace"
)

// story is a small run by hand: client c1 gives n1 the value 7, which goes to n2 at
// the second try and never to n3, to which it was sent once.
var story = map[string]string{
	"n1": lines(
		`"time":1000,"event":"receive","actor":"stdin","type":"init","id":"c0/1","src":"c0","clock":1,"body":{"type":"init","msg_id":1}`,
		`"time":1000,"event":"spawn","actor":"gossip/link/n2"`,
		`"time":1000,"event":"spawn","actor":"gossip/link/n3"`,
		`"time":1100,"event":"receive","actor":"stdin","type":"broadcast","id":"c1/5","src":"c1","clock":2,"body":{"type":"broadcast","msg_id":5,"message":7}`,
		`"time":1100,"event":"state","actor":"gossip","cause":"c1/5","clock":3,"about":"learned","value":"7"`,
		`"time":1100,"event":"receive","actor":"gossip","type":"broadcast","id":"c1/5","depth":1,"took_ns":5,"clock":3`,
		`"time":1105,"event":"receive","actor":"gossip/link/n2","type":"gossip.offer","id":"n1:1","cause":"c1/5","from":"gossip","depth":2,"waited_ns":40,"took_ns":3,"clock":4`,
		`"time":1106,"event":"receive","actor":"gossip/link/n3","type":"gossip.offer","id":"n1:2","cause":"c1/5","from":"gossip","depth":1,"waited_ns":10,"took_ns":3,"clock":5`,
		`"time":1110,"event":"send","actor":"stdout","type":"gossip","id":"n1/1","cause":"n1:1","from":"gossip/link/n2","dest":"n2","clock":6,"body":{"type":"gossip","first":1,"values":[7]}`,
		`"time":1111,"event":"send","actor":"stdout","type":"gossip","id":"n1/2","cause":"n1:2","from":"gossip/link/n3","dest":"n3","clock":7,"body":{"type":"gossip","first":1,"values":[7]}`,
		`"time":2000,"event":"tick","actor":"gossip/link/n2","type":"gossip.alarm","id":"n1:3","cause":"n1:1","clock":8`,
		`"time":2000,"event":"retry","actor":"gossip/link/n2","cause":"n1:3","clock":8,"about":"sent","peer":"n2","first":1,"last":1`,
		`"time":2001,"event":"send","actor":"stdout","type":"gossip","id":"n1/3","cause":"n1:3","from":"gossip/link/n2","dest":"n2","clock":9,"body":{"type":"gossip","first":1,"values":[7]}`,
	),
	"n2": lines(
		`"time":1000,"event":"receive","actor":"stdin","type":"init","id":"c2/1","src":"c2","clock":1,"body":{"type":"init","msg_id":1}`,
		`"time":2100,"event":"receive","actor":"stdin","type":"gossip","id":"n1/3","src":"n1","clock":10,"body":{"type":"gossip","first":1,"values":[7],"eddy":"n1/3@9"}`,
		`"time":2100,"event":"state","actor":"gossip","cause":"n1/3","clock":11,"about":"learned","value":"7"`,
		`"time":2100,"event":"receive","actor":"gossip","type":"gossip","id":"n1/3","depth":1,"clock":11`,
	),
	"n3": lines(
		`"time":1000,"event":"receive","actor":"stdin","type":"init","id":"c3/1","src":"c3","clock":1,"body":{"type":"init","msg_id":1}`,
	),
}

const storyJournal = `{"time":0,"type":"send","id":0,"src":"c0","dest":"n1","body":{"type":"init","msg_id":1}}
{"time":0,"type":"recv","id":0,"src":"c0","dest":"n1"}
{"time":90,"type":"send","id":1,"src":"c1","dest":"n1","body":{"type":"broadcast","msg_id":5,"message":7}}
{"time":100,"type":"recv","id":1,"src":"c1","dest":"n1"}
{"time":110,"type":"send","id":2,"src":"n1","dest":"n2","body":{"type":"gossip","first":1,"values":[7],"eddy":"n1/1@6"}}
{"time":111,"type":"send","id":3,"src":"n1","dest":"n3","body":{"type":"gossip","first":1,"values":[7],"eddy":"n1/2@7"}}
{"time":150,"type":"lost","id":2,"src":"n1","dest":"n2","why":"loss"}
{"time":160,"type":"lost","id":3,"src":"n1","dest":"n3","why":"partition"}
{"time":1001,"type":"send","id":4,"src":"n1","dest":"n2","body":{"type":"gossip","first":1,"values":[7],"eddy":"n1/3@9"}}
{"time":1100,"type":"recv","id":4,"src":"n1","dest":"n2"}
`

// lines makes records of what follows the node in each.
func lines(records ...string) string { return strings.Join(records, "\n") }

// theStory is the run; the records are completed with their nodes.
func theStory(t *testing.T, journal string) *trace.Run {
	t.Helper()
	logs := make(map[string]string)
	for node, text := range story {
		var log strings.Builder
		for record := range strings.SplitSeq(text, "\n") {
			at, rest, _ := strings.Cut(record, ",")
			fmt.Fprintf(&log, "{%s,\"node\":%q,%s}\n", at, node, rest)
		}
		logs[node] = log.String()
	}
	return runOf(t, logs, journal)
}

func TestSummaryCountsAndPointsAtWhatStandsOut(t *testing.T) {
	s, err := trace.Summarise(theStory(t, storyJournal))
	if err != nil {
		t.Fatal(err)
	}
	if s.Records != 18 || len(s.Nodes) != 3 || s.Messages != 3 || s.Ops != 1 || s.Lost["loss"] != 1 || s.Lost["partition"] != 1 {
		t.Errorf("%d records, %d nodes, %d messages, %d ops, lost %v", s.Records, len(s.Nodes), s.Messages, s.Ops, s.Lost)
	}
	var links trace.ActorSummary
	for _, a := range s.Actors {
		if a.Path == "gossip/link/*" {
			links = a
		}
	}
	if links.Actors != 2 || links.Handled != 3 || links.Deepest != 2 || links.Retries != 1 || links.WaitMax != 40 {
		t.Errorf("the links are %+v", links)
	}
	if len(s.Retriers) != 1 || s.Retriers[0].Src != "n1" || s.Retriers[0].Dest != "n2" {
		t.Errorf("retriers: %+v", s.Retriers)
	}
	if s.Missed != 1 || len(s.Missing) != 1 || s.Missing[0].Value != "7" || strings.Join(s.Missing[0].Without, " ") != "n3" {
		t.Errorf("missing: %+v", s.Missing)
	}
	if len(s.Slowest) != 1 || s.Slowest[0].Took != 1000 || len(s.Slowest[0].Path) != 2 || s.Slowest[0].Path[0].Node != "n1" || s.Slowest[0].Path[1].Node != "n2" {
		t.Errorf("slowest: %+v", s.Slowest)
	}
	var text bytes.Buffer
	if err := s.WriteText(&text); err != nil || !strings.Contains(text.String(), "value 7 never reached n3") {
		t.Errorf("%v:\n%s", err, text.String())
	}
}

func TestValueIsFollowedAcrossNodesInTheOrderOfClocks(t *testing.T) {
	s, err := trace.Follow(theStory(t, storyJournal), "7")
	if err != nil {
		t.Fatal(err)
	}
	var ways []string
	for i, step := range s.Steps {
		ways = append(ways, strings.TrimSpace(step.Node+" "+step.ID+" "+step.Fate))
		if i > 0 && step.Clock < s.Steps[i-1].Clock {
			t.Errorf("step %d has the clock %d after %d", i, step.Clock, s.Steps[i-1].Clock)
		}
		if step.ID == "n1/3" && step.Actor == trace.Stdin && step.Flight != 99 {
			t.Errorf("n1/3 flew for %d", step.Flight)
		}
	}
	want := "n1 c1/5|n1|n1 c1/5|n1 n1/1 lost on the way|n1 n1/2 lost in a partition|n1 n1/3|n2 n1/3|n2|n2 n1/3"
	if got := strings.Join(ways, "|"); got != want {
		t.Errorf("followed %s\nexpected %s", got, want)
	}
	if s.Has != 2 || s.Nodes != 3 || len(s.Missing) != 1 || s.Missing[0].Kind != trace.NeverAgain || s.Missing[0].Src != "n1" || s.Missing[0].Dest != "n3" {
		t.Errorf("on %d of %d nodes, missing %+v", s.Has, s.Nodes, s.Missing)
	}
}

func TestMessageIsFollowedToItsCausesAndItsEffects(t *testing.T) {
	s, err := trace.Follow(theStory(t, storyJournal), "n1:1")
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]bool)
	for _, step := range s.Steps {
		ids[step.ID] = true
		if step.ID == "n1/1" && step.Fate != "lost on the way" {
			t.Errorf("n1/1 was %q", step.Fate)
		}
	}
	for id, related := range map[string]bool{"c1/5": true, "n1:1": true, "n1/1": true, "n1:2": false, "n1/2": false, "n1:3": false, "n1/3": false} {
		if ids[id] != related {
			t.Errorf("%s is followed: %v", id, ids[id])
		}
	}
}

func TestValueIsFollowedWithoutTheNetworksJournal(t *testing.T) {
	s, err := trace.Follow(theStory(t, ""), "7")
	if err != nil || s.Has != 2 || len(s.Missing) != 1 || s.Missing[0].Node != "n3" {
		t.Errorf("%+v, %v", s, err)
	}
}

// onLink is a run of two nodes in which n1 sends n2 the value 7, number 2, in vain, and
// says more of it.
func onLink(t *testing.T, ofN1, ofN2 string) *trace.Run {
	head := func(node, client string) string {
		return fmt.Sprintf(`{"time":1000,"event":"receive","node":%q,"actor":"stdin","type":"init","id":"%s/1","src":%q,"clock":1,"body":{}}`+"\n", node, client, client)
	}
	return runOf(t, map[string]string{
		"n1": head("n1", "c1") + `{"time":1100,"event":"spawn","node":"n1","actor":"gossip/link/n2"}
{"time":1100,"event":"state","node":"n1","actor":"gossip","cause":"c9/1","clock":3,"about":"learned","value":"7"}
{"time":1200,"event":"send","node":"n1","actor":"stdout","type":"gossip","id":"n1/1","dest":"n2","first":1,"last":2,"clock":6}
` + ofN1,
		"n2": head("n2", "c2") + ofN2,
	}, `{"time":0,"type":"send","id":0,"src":"c1","dest":"n1","body":{"type":"init","msg_id":1}}
{"time":0,"type":"recv","id":0,"src":"c1","dest":"n1"}
{"time":1,"type":"send","id":1,"src":"c2","dest":"n2","body":{"type":"init","msg_id":1}}
{"time":1,"type":"recv","id":1,"src":"c2","dest":"n2"}
{"time":200,"type":"send","id":2,"src":"n1","dest":"n2","body":{"type":"gossip","first":1,"values":[5,7],"eddy":"n1/1@6"}}
{"time":250,"type":"lost","id":2,"src":"n1","dest":"n2","why":"partition"}
`)
}

func record(at int, event, node, actor, fact string) string {
	return fmt.Sprintf(`{"time":%d,"event":%q,"node":%q,"actor":%q,"cause":"n9:1","clock":9,%s}`+"\n", at, event, node, actor, fact)
}

func TestLinkIsJudgedByWhatItsEndsSay(t *testing.T) {
	n1, n2 := "gossip/link/n2", "gossip/link/n1"
	for _, c := range []struct {
		name       string
		ofN1, ofN2 string
		want       trace.Kind
		words      string
	}{
		{"nothing more", "", "", trace.NeverAgain, "in n1/1 at 0.000 s, lost in a partition, and never again"},
		{"the sender takes it for acknowledged", record(1300, "state", "n1", n1, `"about":"acked","peer":"n2","last":2`), "", trace.TakenForAcked, "took everything up to number 2 for acknowledged"},
		{"an acknowledgement of less", record(1300, "state", "n1", n1, `"about":"acked","peer":"n2","last":1`), "", trace.NeverAgain, "never again"},
		{"the receiver acknowledges a gap", record(1400, "state", "n1", n1, `"about":"acked","peer":"n2","last":3`), record(1300, "state", "n2", n2, `"about":"has","peer":"n1","last":3`), trace.FalselyAcked, "n2 took everything up to number 3 for come"},
		{"a retry that begins behind it", record(1300, "retry", "n1", n1, `"about":"sent","peer":"n2","first":3,"last":4`), "", trace.LeftOut, "began at number 3 and left this one, number 2, out"},
		{"a retry before it that stayed without an answer", record(1150, "retry", "n1", n1, `"about":"sent","peer":"n2","first":1,"last":1`), "", trace.GaveUp, "given up by then"},
		{"talk of another link", record(1300, "state", "n1", "gossip/link/n3", `"about":"acked","peer":"n3","last":9`), "", trace.NeverAgain, "never again"},
		{"numbers of a time before n2 forgot", record(1120, "retry", "n1", n1, `"about":"sent","peer":"n2","first":1,"last":1`) + record(1150, "state", "n1", n1, `"about":"forgot","peer":"n2"`), "", trace.NeverAgain, "never again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := onLink(t, c.ofN1, c.ofN2)
			d, err := trace.Collect(run, "7")
			if err != nil {
				t.Fatal(err)
			}
			cause, err := trace.Explain(run, d, "n2")
			if err != nil || cause.Kind != c.want || !strings.Contains(cause.Text, c.words) || cause.Src != "n1" || cause.Dest != "n2" {
				t.Errorf("%q: %s (%v), expected %q", cause.Kind, cause.Text, err, c.want)
			}
		})
	}
}

func TestFiltersCombine(t *testing.T) {
	run := theStory(t, storyJournal)
	for _, c := range []struct {
		filter trace.Filter
		want   int
	}{
		{trace.Filter{Node: "n1"}, 13},
		{trace.Filter{Node: "n1,n2"}, 17},
		{trace.Filter{Actor: "gossip/link/*"}, 6},
		{trace.Filter{Actor: "gossip/link/*", Event: "receive"}, 2},
		{trace.Filter{Actor: "gossip", Event: "receive,state", Node: "n2"}, 2},
		{trace.Filter{Between: true, From: 1000, To: 1001}, 3},
		{trace.Filter{Between: true, From: 1000, To: 1001, Event: "retry"}, 1},
		{trace.Filter{Node: "n9"}, 0},
	} {
		var out bytes.Buffer
		if err := trace.List(&out, run, c.filter, 0, true); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "\n"); n != c.want {
			t.Errorf("%+v lets %d records through, expected %d", c.filter, n, c.want)
		}
		for line := range strings.Lines(out.String()) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s is no JSON", line)
			}
		}
	}
}

func TestDiffFindsTheFirstRecordThatDiffers(t *testing.T) {
	a, b := theStory(t, storyJournal), theStory(t, storyJournal)
	same, err := trace.Diff(a, b)
	if err != nil || !same.Same {
		t.Fatalf("%+v, %v", same, err)
	}
	changed, err := os.ReadFile(b.Logs[0])
	if err != nil {
		t.Fatal(err)
	}
	changed = bytes.Replace(changed, []byte(`"first":1,"last":1`), []byte(`"first":1,"last":2`), 1)
	if err := os.WriteFile(b.Logs[0], changed, 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := trace.Diff(a, b)
	if err != nil || p.Same || p.Node != "n1" || p.Records != 11 || p.At != 1000 || p.A[0].Text != "sent n2 1..1" || p.B[0].Text != "sent n2 1..2" || len(p.Before) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if err := os.WriteFile(b.Logs[0], changed[:bytes.Index(changed, []byte("\n"))+1], 0o644); err != nil {
		t.Fatal(err)
	}
	if p, err = trace.Diff(a, b); err != nil || p.Records != 1 || len(p.B) != 0 || len(p.A) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

// An official reader is OpenTelemetry's own, which its collector reads such files with.
func TestSpansLoadWithOpenTelemetrysReader(t *testing.T) {
	var file bytes.Buffer
	spans, err := trace.WriteOTLP(&file, theStory(t, storyJournal), trace.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	traces, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(bytes.TrimSpace(file.Bytes()))
	if err != nil || traces.SpanCount() != spans || spans == 0 {
		t.Fatalf("%d spans of %d, %v", traces.SpanCount(), spans, err)
	}
	type read struct {
		span    ptrace.Span
		service string
	}
	byID := make(map[string]read)
	named := make(map[string]read)
	for _, resource := range traces.ResourceSpans().All() {
		service, _ := resource.Resource().Attributes().Get("service.name")
		for _, span := range resource.ScopeSpans().At(0).Spans().All() {
			r := read{span, service.Str()}
			byID[span.SpanID().String()] = r
			named[service.Str()+" "+span.Name()] = r
		}
	}
	if len(byID) != spans {
		t.Errorf("%d spans have %d ids", spans, len(byID))
	}
	flight := named["n2 gossip from n1"]
	if flight.service == "" || flight.span.EndTimestamp()-flight.span.StartTimestamp() != 99 {
		t.Fatalf("the flight to n2 is %v", flight)
	}
	learned := named["n2 +value 7"]
	var way []string
	for at := learned; at.service != ""; at = byID[at.span.ParentSpanID().String()] {
		way = append(way, at.service+" "+at.span.Name())
		if at.span.TraceID() != learned.span.TraceID() {
			t.Errorf("%s is of another trace", at.span.Name())
		}
	}
	want := "n2 +value 7, n2 gossip gossip, n2 gossip from n1, n1 gossip to n2, n1 gossip/link/n2 gossip.alarm"
	if got := strings.Join(way, ", "); got != want {
		t.Errorf("the value came by %s\nexpected %s", got, want)
	}
}

func TestNoMoreIsKeptThanActorsLinksAndValuesNeed(t *testing.T) {
	var log strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&log, `{"time":%d,"event":"receive","node":"n1","actor":"gossip","type":"gossip","id":"n2/%d","depth":1,"waited_ns":%d,"clock":%d}`+"\n", 1000+i, i, i, i)
	}
	s, err := trace.Summarise(runOf(t, map[string]string{"n1": log.String()}, ""))
	if err != nil || s.Records != 20_000 || len(s.Actors) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	for _, q := range []struct{ got, want time.Duration }{{s.Actors[0].WaitP50, 10_000}, {s.Actors[0].WaitP99, 19_800}} {
		if q.got > q.want || q.got < q.want*87/100 {
			t.Errorf("a quantile of %v is told as %v", q.want, q.got)
		}
	}
}

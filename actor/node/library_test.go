package node_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zapcore"

	"eddy/actor"
	"eddy/actor/node"
)

// The tests of this file go with the faults of the Go library's Node, in the
// order of the design's table.

func TestLineOver64KiBIsALine(t *testing.T) {
	value := `"` + strings.Repeat("x", 64<<10) + `"`
	peer := func(line string) string { // who, unlike a client, does not give up on a slow machine
		return strings.Replace(line, `"c1"`, `"n2"`, 1)
	}
	got := runLines(t, peer(echo(2, value)), peer(echo(3, `1`)))
	wantEcho(t, got.out, "n2", 2, value)
	wantEcho(t, got.out, "n2", 3, `1`)
}

func TestLineOfTenMegabytesIsALine(t *testing.T) {
	value := `"` + strings.Repeat("é", 5<<20) + `"`
	got := runLines(t, echo(2, value), echo(3, `1`))
	wantEcho(t, got.out, "c1", 2, value)
	wantEcho(t, got.out, "c1", 3, `1`)
}

func TestLineOverTheLimitAloneIsRefused(t *testing.T) {
	long := strings.Repeat("x", 300<<10)
	for name, line := range map[string]string{
		"by one byte": echo(2, `"`+strings.Repeat("x", 128<<10-len(echo(2, `""`))+1)+`"`),
		"by much":     echo(2, `"`+long+`"`),
	} {
		got := run(t, parrot, node.Options{LineMax: 128 << 10}, initLine+"\n"+line+"\n"+echo(3, `1`)+"\n"+line)
		if got.err != nil {
			t.Fatalf("%s: the node ended with %v", name, got.err)
		}
		wantEcho(t, got.out, "c1", 3, `1`)
		refused := 0
		for _, s := range got.out {
			if s.typ() == "error" && s.text("code") == "12" && s.text("in_reply_to") == "2" && s.Dest == "c1" {
				refused++
			}
		}
		if refused != 2 {
			t.Errorf("%s: %d of 2 such lines were refused to their sender with error 12: %v", name, refused, got.out)
		}
		if w := got.warnings(); len(w) != 2 || !strings.Contains(w[0], "over the limit of 131072") {
			t.Errorf("%s: logged %q, expected one line for each that says what is wrong", name, w)
		}
	}
}

func TestLineOfTheLimitIsALine(t *testing.T) {
	value := `"` + strings.Repeat("x", 128<<10-len(echo(2, `""`))) + `"`
	got := run(t, parrot, node.Options{LineMax: 128 << 10}, initLine+"\n"+echo(2, value))
	wantEcho(t, got.out, "c1", 2, value)
}

func TestLineOverTheLimitIsRefusedToNobodyWhoDidNotAskInItsBeginning(t *testing.T) {
	long := strings.Repeat("x", 300<<10)
	// Of this one the first 64 KiB, which are kept, end behind three digits of the id.
	cut := `{"src":"c1","dest":"n1","body":{"type":"echo","echo":"","msg_id":`
	cut = strings.Replace(cut, `"",`, `"`+strings.Repeat("x", 64<<10-3-len(cut))+`",`, 1) + `1234567,"more":"` + long + `"}}`
	for name, line := range map[string]string{
		"no id":         `{"src":"c1","dest":"n1","body":{"type":"echo","echo":"` + long + `"}}`,
		"an answer":     `{"src":"n2","dest":"n1","body":{"type":"read_ok","msg_id":7,"in_reply_to":2,"value":"` + long + `"}}`,
		"sender late":   `{"body":{"type":"echo","msg_id":2,"echo":"` + long + `"},"src":"c1","dest":"n1"}`,
		"id late":       `{"src":"c1","dest":"n1","body":{"type":"echo","echo":"` + long + `","msg_id":2}}`,
		"id cut in two": cut,
		"not an object": long,
	} {
		got := run(t, parrot, node.Options{LineMax: 128 << 10}, initLine+"\n"+line+"\n")
		if got.err != nil || len(got.out) != 1 {
			t.Errorf("%s: the node said %v and ended with %v", name, got.out, got.err)
		}
	}
}

func TestUnknownTypeIsAnsweredWithError10ToWhoAsked(t *testing.T) {
	got := runLines(t, request(2, "txn", `,"txn":[]`), echo(3, `1`))
	wantError(t, got.out, "c1", 2, 10)
	wantEcho(t, got.out, "c1", 3, `1`)
	if text := answerTo(t, got.out, "c1", 2).text("text"); !strings.Contains(text, "txn") {
		t.Errorf("the error %s does not name the type", text)
	}
}

func TestUnknownTypeOfWhoDidNotAskIsMetWithSilence(t *testing.T) {
	got := runLines(t, `{"src":"n2","dest":"n1","body":{"type":"rumour"}}`, echo(3, `1`))
	wantEcho(t, got.out, "c1", 3, `1`)
	if len(got.out) != 2 {
		t.Errorf("the node said %v", got.out)
	}
}

func TestUnknownTypeIsLoggedOnceEach(t *testing.T) {
	var lines []string
	for i := range 300 {
		lines = append(lines, request(2+i, fmt.Sprint("unknown", i%3), ""))
	}
	if got := runLines(t, lines...); len(got.warnings()) != 3 {
		t.Errorf("3 types in 300 messages were logged in %d lines", len(got.warnings()))
	}
	lines = nil
	for i := range 1000 {
		lines = append(lines, request(2+i, fmt.Sprint("unknown", i), ""))
	}
	if got := runLines(t, lines...); len(got.warnings()) > 64 {
		t.Errorf("a flood of types was logged in %d lines", len(got.warnings()))
	}
}

func TestHugeUnknownTypeIsNeitherAnsweredNorLoggedWhole(t *testing.T) {
	got := runLines(t, request(2, strings.Repeat("x", 1<<20), ""))
	wantError(t, got.out, "c1", 2, 10)
	if len(got.raw) > 4096 || len(fmt.Sprint(got.warnings())) > 4096 {
		t.Errorf("%d bytes of output and %d of log for one bad message", len(got.raw), len(fmt.Sprint(got.warnings())))
	}
}

func TestRequestWithoutIDIsNotAnswered(t *testing.T) {
	got := runLines(t,
		`{"src":"c1","dest":"n1","body":{"type":"echo","echo":1}}`,
		`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":null,"echo":1}}`,
		`{"src":"c1","dest":"n1","body":{"type":"echo"}}`,
		`{"src":"c1","dest":"n1","body":{"type":"panic"}}`,
		`{"src":"","dest":"n1","body":{"type":"echo","msg_id":2,"echo":1}}`,
		`{"src":"","dest":"n1","body":{"type":"txn","msg_id":2}}`,
		strings.Replace(initLine, `"c0"`, `""`, 1),
		echo(3, `1`))
	wantEcho(t, got.out, "c1", 3, `1`)
	if len(got.out) != 2 {
		t.Errorf("the node said %v", got.out)
	}
}

func TestIDZeroIsAnID(t *testing.T) {
	wantEcho(t, runLines(t, echo(0, `1`)).out, "c1", 0, `1`)
}

func TestIntegersOver2To53AreNotRounded(t *testing.T) {
	for i, n := range []string{"9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808"} {
		got := runLines(t, request(2+i, "number", `,"n":`+n), echo(20+i, `{"deep":[`+n+`]}`))
		if a := answerTo(t, got.out, "c1", 2+i); a == nil || a.text("n") != n {
			t.Errorf("%s came back as %v", n, a)
		}
		wantEcho(t, got.out, "c1", 20+i, `{"deep":[`+n+`]}`)
	}
}

func TestIntegerThatDoesNotFitIsRefusedNotRounded(t *testing.T) {
	got := runLines(t, request(2, "number", `,"n":9223372036854775808`), request(3, "number", `,"n":1e3`))
	wantError(t, got.out, "c1", 2, 12)
	wantError(t, got.out, "c1", 3, 12)
}

func TestNumberOf400DigitsIsKept(t *testing.T) {
	long := "1" + strings.Repeat("234567890", 44) + "123"
	fraction := "-0." + strings.Repeat("9", 400) + "e-400"
	got := runLines(t, echo(2, long), echo(3, fraction), request(4, "number", `,"n":`+long))
	wantEcho(t, got.out, "c1", 2, long)
	wantEcho(t, got.out, "c1", 3, fraction)
	wantError(t, got.out, "c1", 4, 12)
}

func TestMsgIDComesBackExactly(t *testing.T) {
	got := runLines(t, `{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":9007199254740993,"echo":1}}`)
	if len(got.out) != 2 || got.out[1].text("in_reply_to") != "9007199254740993" {
		t.Errorf("the node said %v", got.out)
	}
}

func TestMessagesOfOneSenderArriveInOrder(t *testing.T) {
	const senders, each = 7, 3000
	var input strings.Builder
	input.WriteString(initLine + "\n")
	for i := range senders * each {
		fmt.Fprintf(&input, `{"src":"c%d","dest":"n1","body":{"type":"number","msg_id":%d,"n":%d}}`+"\n", i%senders, i+2, i/senders)
	}
	got := run(t, parrot, node.Options{}, input.String())
	next := map[string]int{}
	for _, s := range got.out[1:] {
		if s.text("n") != fmt.Sprint(next[s.Dest]) {
			t.Fatalf("%s: message %s came where %d was due", s.Dest, s.text("n"), next[s.Dest])
		}
		next[s.Dest]++
	}
	if len(got.out) != senders*each+1 {
		t.Errorf("%d answers to %d requests", len(got.out)-1, senders*each)
	}
}

func TestMessagesBeforeInitWait(t *testing.T) {
	got := run(t, parrot, node.Options{}, echo(7, `1`)+"\n"+echo(8, `2`)+"\n"+request(9, "txn", "")+"\n"+initLine+"\n"+echo(10, `3`)+"\n")
	if len(got.out) != 5 || got.out[0].typ() != "init_ok" {
		t.Fatalf("the node said %v", got.out)
	}
	wantEcho(t, got.out, "c1", 7, `1`)
	wantEcho(t, got.out, "c1", 8, `2`)
	wantError(t, got.out, "c1", 9, 10)
	wantEcho(t, got.out, "c1", 10, `3`)
	for _, s := range got.out {
		if s.Src != "n1" {
			t.Errorf("%v was sent by nobody", s)
		}
	}
	if i, j := position(got.out, 7), position(got.out, 10); i > j {
		t.Errorf("what waited was answered after what came later: %v", got.out)
	}
}

func position(all []said, id int) int {
	for i, s := range all {
		if s.text("in_reply_to") == fmt.Sprint(id) {
			return i
		}
	}
	return -1
}

func TestFloodBeforeInitIsBoundedAndSaysSo(t *testing.T) {
	var input strings.Builder
	for i := range 5000 {
		input.WriteString(echo(i, `1`) + "\n")
	}
	input.WriteString(strings.Replace(initLine, `"msg_id":1`, `"msg_id":9999`, 1) + "\n")
	got := run(t, parrot, node.Options{}, input.String())
	echoed, refused := 0, 0
	for _, s := range got.out {
		switch {
		case s.typ() == "echo_ok":
			echoed++
		case s.typ() == "error" && s.text("code") == "11" && s.Src == "n1":
			refused++
		}
	}
	if echoed != 4096 || refused != 5000-4096 {
		t.Errorf("%d answered and %d refused with error 11, of 5000", echoed, refused)
	}
	if w := got.warnings(); len(w) != 1 {
		t.Errorf("logged %q", w)
	}
}

func TestInitTwiceSayingTheSameIsAnsweredTwice(t *testing.T) {
	got := runLines(t, strings.Replace(initLine, `"msg_id":1`, `"msg_id":2`, 1), echo(3, `1`))
	if a := answerTo(t, got.out, "c0", 2); a == nil || a.typ() != "init_ok" {
		t.Errorf("the second init was answered %v", a)
	}
	wantEcho(t, got.out, "c1", 3, `1`)
	if w := got.warnings(); len(w) != 1 {
		t.Errorf("logged %q, expected one line", w)
	}
}

func TestInitTwiceSayingSomethingElseIsRefused(t *testing.T) {
	got := runLines(t,
		`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":2,"node_id":"n2","node_ids":["n1","n2","n3"]}}`,
		`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":3,"node_id":"n1","node_ids":["n1"]}}`,
		echo(4, `1`))
	wantError(t, got.out, "c0", 2, 12)
	wantError(t, got.out, "c0", 3, 12)
	wantEcho(t, got.out, "c1", 4, `1`)
	if a := answerTo(t, got.out, "c1", 4); a.Src != "n1" {
		t.Errorf("the node became %s", a.Src)
	}
}

func TestInitThatMakesNoSenseIsRefusedAndAGoodOneStillCounts(t *testing.T) {
	for _, fields := range []string{
		``, `,"node_id":"n1"`, `,"node_ids":["n1"]`, `,"node_id":"","node_ids":[""]`, `,"node_id":7,"node_ids":[7]`,
		`,"node_id":"n1","node_ids":[]`, `,"node_id":"n1","node_ids":["n2"]`, `,"node_id":"n1","node_ids":"n1"`,
		`,"node_id":"n1","node_ids":["n1","n1"]`, `,"node_id":"n1","node_ids":["n1",""]`, `,"node_id":null,"node_ids":null`,
		`,"node_id":"n1","node_ids":["n1",null]`, `,"node_id":"n1","node_ids":{"n1":1}`,
	} {
		bad := `{"src":"c0","dest":"n1","body":{"type":"init","msg_id":5` + fields + `}}`
		got := run(t, parrot, node.Options{}, bad+"\n"+initLine+"\n"+echo(2, `1`)+"\n"+strings.Replace(bad, `"msg_id":5`, `"msg_id":6`, 1)+"\n")
		if got.err != nil {
			t.Fatalf("init with %q ended the node: %v", fields, got.err)
		}
		wantError(t, got.out, "c0", 5, 12)
		wantError(t, got.out, "c0", 6, 12)
		wantEcho(t, got.out, "c1", 2, `1`)
		if w := got.warnings(); len(w) != 2 {
			t.Errorf("init with %q: logged %q, expected one line each", fields, w)
		}
	}
}

// TestRunEndsThoughACallTimedOut: the library's Run waits for ever on the answer
// that came late, see also the tests of rpc.
func TestRunEndsThoughACallIsNotAnswered(t *testing.T) {
	got := run(t, proxy, node.Options{}, initLine+"\n"+
		request(2, "get", `,"key":1`)+"\n"+
		`{"src":"lin-kv","dest":"n1","body":{"type":"read_ok","in_reply_to":77,"value":1}}`+"\n")
	if got.err != nil {
		t.Fatal(got.err)
	}
	wantError(t, got.out, "c1", 2, 0)
}

// proxy reads a key from lin-kv for its client.
func proxy(n *node.Node) error {
	type getBody struct {
		Key any `json:"key" wire:"required"`
	}
	type getOK struct {
		Value any `json:"value"`
	}
	type getRequest = node.Request[getBody, getOK]
	type got struct {
		request getRequest
		answer  actor.Answer[any]
	}
	to := actor.Spawn(n, "proxy", func(*actor.Context[any]) actor.Actor[any] {
		return actor.Func[any](func(c *actor.Context[any], m any) {
			switch m := m.(type) {
			case getRequest:
				node.Read(c, n.LinKV(), m.Body.Key, node.KVOptions{Within: time.Hour}, func(a actor.Answer[any]) any { return got{m, a} })
			case got:
				if m.answer.Err != nil {
					m.request.Fail(m.answer.Err)
					return
				}
				m.request.Reply(getOK{m.answer.Value})
			}
		})
	})
	node.Handle(n, "get", to, func(r getRequest) any { return r })
	return nil
}

func TestMalformedJSONIsAnsweredWithError12WhereThereIsSomeoneToTell(t *testing.T) {
	for _, c := range []struct {
		line string
		told bool
	}{
		{`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2,"echo":[1,2}}`, true},
		{`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2,"echo":tru}}`, true},
		{`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2,"echo":1}} trailing`, true},
		{`{"src":"c1","dest":"n1","body":{"type":7,"msg_id":2}}`, true},
		{`{"src":"c1","dest":"n1","body":{"msg_id":2}}`, true},
		{`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2}}`, true},
		{`{"src":"c1","body":{"type":"echo","msg_id":2,"echo":1}}`, true},
		{`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2.5,"echo":1}}`, false},
		{`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":"2","echo":1}}`, false},
		{`{"src":"c1","dest":"n1","body":[]}`, false},
		{`{"src":"n2","dest":"n1","body":{"type":"echo_ok","in_reply_to":1,"msg_id":2,"echo":tru}}`, false},
		{`{"dest":"n1","body":{"type":"echo","msg_id":2,"echo":1}}`, false},
		{`{"src":null,"dest":"n1","body":{"type":"echo","msg_id":2,"echo":1}}`, false},
		{`{]`, false}, {`{`, false}, {`null`, false}, {`[]`, false}, {`"`, false}, {`nonsense`, false}, {"", false}, {"\x00", false},
	} {
		got := runLines(t, c.line, echo(3, `1`))
		wantEcho(t, got.out, "c1", 3, `1`)
		if c.told {
			wantError(t, got.out, "c1", 2, 12)
		} else if len(got.out) != 2 {
			t.Errorf("%s: the node said %v", c.line, got.out)
		}
		if w := got.warnings(); len(w) != 1 {
			t.Errorf("%s: logged %q, expected one line", c.line, w)
		}
	}
}

func TestMalformedJSONBeforeInitIsAnsweredAsWhoWasCalled(t *testing.T) {
	got := run(t, parrot, node.Options{}, `{"src":"c1","dest":"n7","body":{"type":"echo","msg_id":2,"echo":[1,2}}`+"\n")
	wantError(t, got.out, "c1", 2, 12)
	if got.out[0].Src != "n7" {
		t.Errorf("the answer came from %s", got.out[0].Src)
	}
}

func TestNothingIsLoggedOnTheMessagePath(t *testing.T) {
	count := func(requests int) int {
		log, seen := logged(zapcore.DebugLevel)
		var input strings.Builder
		input.WriteString(initLine + "\n")
		for i := range requests {
			input.WriteString(echo(i+2, `1`) + "\n")
		}
		if err := node.Run(parrot, node.Options{In: strings.NewReader(input.String()), Out: io.Discard, Log: log}); err != nil {
			t.Fatal(err)
		}
		if shown := seen.FilterLevelExact(zapcore.WarnLevel).Len() + seen.FilterLevelExact(zapcore.ErrorLevel).Len(); shown > 0 {
			t.Errorf("the default level shows %v", seen.All())
		}
		return seen.Len()
	}
	if few, many := count(1), count(1000); few != many {
		t.Errorf("%d lines of log for 1 request, %d for 1000", few, many)
	}
}

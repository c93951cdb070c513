package node_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zapcore"

	"eddy/actor"
	"eddy/actor/node"
)

// The tests of this file go with the facts about Maelstrom that a node must
// respect, in the order of the design's list.

// slow answers each wait when it says.
func slow(n *node.Node) error {
	type waitBody struct {
		Ms int64 `json:"ms" wire:"required"`
	}
	type waitRequest = node.Request[waitBody, node.None]
	to := actor.Spawn(n, "slow", func(*actor.Context[any]) actor.Actor[any] {
		return actor.Func[any](func(c *actor.Context[any], m any) {
			switch m := m.(type) {
			case waitRequest:
				c.After(time.Duration(m.Body.Ms)*time.Millisecond, func() { m.Reply(node.None{}) })
			case func():
				m()
			}
		})
	})
	node.Handle(n, "wait", to, func(r waitRequest) any { return r })
	return nil
}

func waitLine(src string, id, ms int) string {
	return fmt.Sprintf(`{"src":%q,"dest":"n1","body":{"type":"wait","msg_id":%d,"ms":%d}}`, src, id, ms)
}

func TestClientIsNeverAnsweredAfterItsTimeout(t *testing.T) {
	log, seen := logged(zapcore.WarnLevel)
	w, n := alone(1, slow, node.Options{Log: log})
	for id, ms := range []int{1: 4800, 2: 5000, 3: 5001, 4: 60_000} {
		n.Feed([]byte(waitLine("c1", id, ms)))
	}
	w.Run(time.Hour)
	if answerTo(t, n.said, "c1", 1) == nil {
		t.Error("a client that still waits is not answered")
	}
	for id := 2; id <= 4; id++ {
		if a := answerTo(t, n.said, "c1", id); a != nil {
			t.Errorf("a client that has given up was answered %v", a)
		}
	}
	if seen.Len() != 3 {
		t.Errorf("3 answers were withheld, logged %v", seen.All())
	}
}

func TestOnlyClientsGiveUp(t *testing.T) {
	w, n := alone(1, slow, node.Options{})
	for i, src := range []string{"n2", "lin-kv", "xc1", "C1"} {
		n.Feed([]byte(waitLine(src, i, 60_000)))
	}
	w.Run(time.Hour)
	if len(n.said) != 5 {
		t.Errorf("of 4 who are no clients some were not answered: %v", n.said)
	}
}

func TestAServiceSaysHowLongItsClientsWait(t *testing.T) {
	w, n := alone(1, func(n *node.Node) error {
		n.AnswerWithin(time.Second) // as for lin-kv
		return slow(n)
	}, node.Options{})
	n.Feed([]byte(waitLine("c1", 2, 850)))
	n.Feed([]byte(waitLine("c1", 3, 1000)))
	w.Run(time.Hour)
	if answerTo(t, n.said, "c1", 2) == nil || answerTo(t, n.said, "c1", 3) != nil {
		t.Errorf("the node said %v", n.said)
	}
}

func TestPatienceOfAClientRunsWhileItsMessageWaitsForInit(t *testing.T) {
	w := actor.NewWorld(1)
	n := begin(w, "n1", slow, node.Options{})
	n.Feed([]byte(waitLine("c1", 2, 1000)))
	n.Feed([]byte(waitLine("c1", 3, 10)))
	w.Run(4500 * time.Millisecond)
	n.Feed([]byte(initLine))
	w.Run(time.Hour)
	if answerTo(t, n.said, "c1", 2) != nil || answerTo(t, n.said, "c1", 3) == nil {
		t.Errorf("the node said %v", n.said)
	}
}

func TestErrorsAreWithheldFromAClientThatHasGivenUpToo(t *testing.T) {
	w, n := alone(1, func(n *node.Node) error {
		to := actor.Spawn(n, "late", func(*actor.Context[any]) actor.Actor[any] {
			return actor.Func[any](func(c *actor.Context[any], m any) {
				switch m := m.(type) {
				case noneRequest:
					c.After(6*time.Second, func() { m.Fail(node.Errorf(20, "too late")) })
				case func():
					m()
				}
			})
		})
		node.Handle(n, "fail", to, func(r noneRequest) any { return r })
		return nil
	}, node.Options{})
	n.Feed([]byte(request(2, "fail", "")))
	w.Run(time.Hour)
	if len(n.said) != 1 {
		t.Errorf("the node said %v", n.said)
	}
}

// pieces keeps what each Write was given.
type pieces struct{ writes [][]byte }

func (p *pieces) Write(b []byte) (int, error) {
	p.writes = append(p.writes, bytes.Clone(b))
	return len(b), nil
}

func TestNoLineIsWrittenInTwoPieces(t *testing.T) {
	var input strings.Builder
	input.WriteString(initLine + "\n")
	for i := range 2000 {
		input.WriteString(echo(i+2, `"`+strings.Repeat("x", i*i%5000)+`"`) + "\n")
	}
	input.WriteString(echo(5000, `"`+strings.Repeat("x", 3<<20)+`"`) + "\n") // more than is gathered for one write
	input.WriteString(echo(5001, `1`) + "\n")
	out := &pieces{}
	if err := node.Run(parrot, node.Options{In: strings.NewReader(input.String()), Out: out}); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, w := range out.writes {
		if len(w) == 0 || w[len(w)-1] != '\n' {
			t.Fatalf("a write ends inside a line: %q", tail(w))
		}
		lines += len(read(t, w))
	}
	if lines != 2003 {
		t.Errorf("%d lines written, expected 2003", lines)
	}
}

func TestInitIsAnsweredThoughNoPeerIsUp(t *testing.T) {
	w := actor.NewWorld(1)
	n := begin(w, "n1", func(n *node.Node) error {
		actor.Spawn(n, "eager", func(c *actor.Context[any]) actor.Actor[any] {
			for _, peer := range n.IDs() {
				node.RPC(c, n, node.Call{Dest: peer, Type: "hello", Retry: node.DefaultRetry, Within: time.Hour}, func(a actor.Answer[node.None]) any { return a })
			}
			return actor.Func[any](func(*actor.Context[any], any) {})
		})
		return nil
	}, node.Options{})
	n.Feed([]byte(initLine))
	w.Run(0)
	if a := answerTo(t, n.said, "c0", 1); a == nil || a.typ() != "init_ok" {
		t.Errorf("at once the node said %v", n.said)
	}
}

func TestLogIsWrittenAsItGoes(t *testing.T) {
	from, to := io.Pipe()
	log, end := node.NewLog(to, zapcore.WarnLevel)
	log.Warn("here I am")
	line := make([]byte, 4096) // returns only because the log does not wait for its end
	n, err := from.Read(line)
	if err != nil || !strings.Contains(string(line[:n]), `"event":"here I am"`) {
		t.Errorf("the log wrote %q (%v)", line[:n], err)
	}
	end()
}

func TestLogThatIsNotReadHoldsUpNobodyAndCountsWhatItLost(t *testing.T) {
	block, entered := make(chan struct{}), make(chan struct{}, 1)
	var written bytes.Buffer
	log, end := node.NewLog(writerFunc(func(p []byte) (int, error) {
		select {
		case entered <- struct{}{}:
			<-block
		default:
		}
		return written.Write(p)
	}), zapcore.InfoLevel)
	log.Info("first")
	<-entered
	const burst = 10_000
	for range burst {
		log.Info("more")
	}
	close(block)
	end()
	lines := strings.Split(strings.TrimSpace(written.String()), "\n")
	last := lines[len(lines)-1]
	if lost := burst + 1 - (len(lines) - 1); !strings.Contains(last, `"event":"lines of this log were lost","count":`+fmt.Sprint(lost)) || lost == 0 {
		t.Errorf("%d lines were lost, the last one says %s", lost, last)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestKilledNodeSaysNoMoreAndItsSuccessorKnowsNothing(t *testing.T) {
	counting := func(n *node.Node) error {
		to := actor.Spawn(n, "count", func(*actor.Context[numberRequest]) actor.Actor[numberRequest] {
			sum := int64(0)
			return actor.Func[numberRequest](func(_ *actor.Context[numberRequest], r numberRequest) {
				sum += r.Body.N
				r.Reply(numberBody{sum})
			})
		})
		node.Handle(n, "number", to, func(r numberRequest) numberRequest { return r })
		return nil
	}
	w, first := alone(1, counting, node.Options{})
	first.Feed([]byte(request(2, "number", `,"n":5`)))
	w.Run(time.Second)
	first.Feed([]byte(request(3, "number", `,"n":5`)))
	first.Kill()
	first.Feed([]byte(request(4, "number", `,"n":5`)))
	second := begin(w, "n1", counting, node.Options{})
	second.Feed([]byte(initLine))
	second.Feed([]byte(request(5, "number", `,"n":1`)))
	w.Run(time.Hour)
	if a := answerTo(t, first.said, "c1", 2); a == nil || a.text("n") != "5" || len(first.said) != 2 {
		t.Errorf("the first life said %v", first.said)
	}
	if a := answerTo(t, second.said, "c1", 5); a == nil || a.text("n") != "1" {
		t.Errorf("the second life said %v", second.said)
	}
	if first.Err() != nil || second.Err() != nil {
		t.Errorf("a kill is no error of the node: %v, %v", first.Err(), second.Err())
	}
}

func TestClientIsNotAnsweredByANodeThatWasPausedTooLong(t *testing.T) {
	w, n := alone(1, slow, node.Options{})
	n.Feed([]byte(waitLine("c1", 2, 1000)))
	n.Feed([]byte(waitLine("n2", 3, 1000)))
	w.Run(500 * time.Millisecond)
	n.Pause()
	w.Run(10 * time.Second)
	if len(n.said) != 1 {
		t.Errorf("a paused node said %v", n.said)
	}
	n.Resume()
	w.Run(time.Second)
	if answerTo(t, n.said, "c1", 2) != nil || answerTo(t, n.said, "n2", 3) == nil {
		t.Errorf("after its pause the node said %v", n.said)
	}
}

func TestValuesAreAnyJSON(t *testing.T) {
	var lines []string
	values := anyJSON
	for i, v := range values {
		lines = append(lines, echo(2+i, v))
	}
	got := runLines(t, lines...)
	for i, v := range values {
		wantEcho(t, got.out, "c1", 2+i, v)
	}
}

// anyJSON are values of every kind, compact.
var anyJSON = []string{
	`null`, `true`, `false`, `0`, `-0`, `1.5`, `1e3`, `12345678901234567890`, `""`, `"\u0000"`, `"😀 \ud83d\ude00 \n \" \\"`, `"a\/b"`,
	`[]`, `{}`, `[1,"1",[null,[]],{"a":{"":[]}}]`, `{"b":1,"a":2,"type":"x","msg_id":9}`, `"` + strings.Repeat("x", 1000) + `"`,
}

func TestReplyHoldsExactlyTheDocumentedFields(t *testing.T) {
	got := runLines(t, echo(2, `1`), request(3, "nonsense", ""), request(4, "panic", ""))
	for id, want := range map[int][]string{
		1: {"in_reply_to", "type"},
		2: {"echo", "in_reply_to", "type"},
		3: {"code", "in_reply_to", "text", "type"},
		4: {"code", "in_reply_to", "text", "type"},
	} {
		src := "c1"
		if id == 1 {
			src = "c0"
		}
		if a := answerTo(t, got.out, src, id); a == nil || !slices.Equal(a.fields(), want) {
			t.Errorf("request %d was answered %v, expected the fields %v", id, a, want)
		}
	}
	for line := range bytes.Lines(got.raw) {
		if !bytes.HasPrefix(line, []byte(`{"src":"n1","dest":"c`)) {
			t.Errorf("%s has more than src, dest and body", line)
		}
	}
}

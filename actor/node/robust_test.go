package node_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/zap/zapcore"

	"eddy/actor"
	"eddy/actor/node"
)

func TestHalfALineThenEndIsAnsweredWithError12(t *testing.T) {
	got := runLines(t, echo(2, `1`), strings.TrimSuffix(`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":3,"echo":"half a l`, "\n"))
	wantEcho(t, got.out, "c1", 2, `1`)
	wantError(t, got.out, "c1", 3, 12)
	if w := got.warnings(); len(w) != 1 {
		t.Errorf("logged %q, expected one line", w)
	}
}

func TestLastLineNeedsNoLineFeed(t *testing.T) {
	got := run(t, parrot, node.Options{}, initLine+"\n"+echo(2, `1`))
	wantEcho(t, got.out, "c1", 2, `1`)
}

func TestLinesMayArriveInAnyPieces(t *testing.T) {
	input := initLine + "\r\n" + echo(2, `"é"`) + "\n" + echo(3, `1`)
	for name, from := range map[string]io.Reader{
		"byte by byte":     iotest.OneByteReader(strings.NewReader(input)),
		"halves":           iotest.HalfReader(strings.NewReader(input)),
		"end with data":    iotest.DataErrReader(strings.NewReader(input)),
		"nothing at times": &hesitant{from: strings.NewReader(input)},
	} {
		var out bytes.Buffer
		if err := node.Run(parrot, node.Options{In: from, Out: &out}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wantEcho(t, read(t, out.Bytes()), "c1", 2, `"é"`)
		wantEcho(t, read(t, out.Bytes()), "c1", 3, `1`)
	}
}

// hesitant reads nothing every other time.
type hesitant struct {
	from  io.Reader
	reads int
}

func (h *hesitant) Read(p []byte) (int, error) {
	if h.reads++; h.reads%2 == 0 {
		return 0, nil
	}
	return h.from.Read(p[:1])
}

func TestLastLineIsHeldToTheLimitThoughItComesWithTheEnd(t *testing.T) {
	var out bytes.Buffer
	log, _ := logged(zapcore.ErrorLevel)
	long := initLine + "\n" + echo(2, `"`+strings.Repeat("x", 200)+`"`)
	if err := node.Run(parrot, node.Options{In: iotest.DataErrReader(strings.NewReader(long)), Out: &out, LineMax: 150, Log: log}); err != nil {
		t.Fatal(err)
	}
	wantError(t, read(t, out.Bytes()), "c1", 2, 12)
}

func TestAnswerThatCallsItselfInitIsNoInit(t *testing.T) {
	got := run(t, parrot, node.Options{}, strings.Replace(initLine, `"msg_id":1`, `"in_reply_to":1`, 1)+"\n"+echo(2, `1`)+"\n")
	if len(got.out) != 0 {
		t.Errorf("the node said %v", got.out)
	}
}

func TestInputThatFailsEndsTheNodeWithItsErrorAfterWhatWasRead(t *testing.T) {
	var out bytes.Buffer
	broken := errors.New("the pipe is broken")
	from := io.MultiReader(strings.NewReader(initLine+"\n"+echo(2, `1`)+"\n"), iotest.ErrReader(broken))
	log, _ := logged(zapcore.WarnLevel)
	if err := node.Run(parrot, node.Options{In: from, Out: &out, Log: log}); !errors.Is(err, broken) {
		t.Errorf("Run returned %v", err)
	}
	wantEcho(t, read(t, out.Bytes()), "c1", 2, `1`)
}

// mute is a reader that brings neither bytes nor an error.
type mute struct{}

func (mute) Read([]byte) (int, error) { return 0, nil }

func TestInputThatNeverBringsAnythingIsAnError(t *testing.T) {
	log, _ := logged(zapcore.WarnLevel)
	if err := node.Run(parrot, node.Options{In: mute{}, Out: io.Discard, Log: log}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("Run returned %v", err)
	}
}

func TestInvalidUTF8IsAnsweredWithError12(t *testing.T) {
	got := runLines(t, echo(2, "\"\xff\xfe\""), echo(3, "\"\xc3\""), echo(4, `"\ud800"`), request(5, "\xff", ""), echo(6, `1`))
	wantError(t, got.out, "c1", 2, 12)
	wantError(t, got.out, "c1", 3, 12)
	wantEcho(t, got.out, "c1", 4, `"\ud800"`) // kept as it is spelled: JSON's grammar allows it
	wantEcho(t, got.out, "c1", 6, `1`)
	if w := got.warnings(); len(w) != 3 {
		t.Errorf("logged %q, expected one line each", w)
	}
}

func TestPanicInAHandlerIsAnsweredWithError13AndTheNodeGoesOn(t *testing.T) {
	got := runLines(t, echo(2, `1`), request(3, "panic", ""), echo(4, `2`), request(5, "panic", ""), echo(6, `3`))
	wantEcho(t, got.out, "c1", 2, `1`)
	wantError(t, got.out, "c1", 3, 13)
	wantEcho(t, got.out, "c1", 4, `2`)
	wantError(t, got.out, "c1", 5, 13)
	wantEcho(t, got.out, "c1", 6, `3`)
	w := got.warnings()
	if len(w) != 2 || !strings.Contains(w[0], "told to") || !strings.Contains(w[0], "harness_test.go") {
		t.Errorf("logged %q, expected one line each, with the stack", w)
	}
}

// picky decodes itself and panics at what it does not like.
type picky struct{}

func (*picky) UnmarshalJSON(b []byte) error {
	if string(b) == `"panic"` {
		panic("not that")
	}
	return nil
}

func TestPanicOverWhatARequestBringsIsAnsweredWithError13(t *testing.T) {
	type body struct {
		V picky `json:"v"`
	}
	type pickyRequest = node.Request[body, node.None]
	got := run(t, func(n *node.Node) error {
		to := actor.Spawn(n, "picky", func(*actor.Context[any]) actor.Actor[any] {
			return actor.Func[any](func(_ *actor.Context[any], m any) { m.(pickyRequest).Reply(node.None{}) })
		})
		node.Handle(n, "decode", to, func(r pickyRequest) any { return r })
		node.Handle(n, "wrap", to, func(r pickyRequest) any { panic("no wrapping") })
		return nil
	}, node.Options{}, initLine+"\n"+request(2, "decode", `,"v":"panic"`)+"\n"+request(3, "wrap", "")+"\n"+request(4, "decode", `,"v":1`)+"\n")
	wantError(t, got.out, "c1", 2, 13)
	wantError(t, got.out, "c1", 3, 13)
	if a := answerTo(t, got.out, "c1", 4); a == nil || a.typ() != "decode_ok" || got.err != nil {
		t.Errorf("the node said %v and ended with %v", got.out, got.err)
	}
}

func TestPanicIsACrashWhateverItWasCalledWith(t *testing.T) {
	for _, value := range []any{
		node.Errorf(20, "no such key"), actor.ErrStopped, actor.ErrFull, fmt.Errorf("wrapped: %w", actor.ErrTimeout), 7,
	} {
		got := run(t, func(n *node.Node) error {
			to := actor.Spawn(n, "doomed", func(*actor.Context[noneRequest]) actor.Actor[noneRequest] {
				return actor.Func[noneRequest](func(*actor.Context[noneRequest], noneRequest) { panic(value) })
			})
			node.Handle(n, "panic", to, func(r noneRequest) noneRequest { return r })
			return nil
		}, node.Options{}, initLine+"\n"+request(2, "panic", ""))
		wantError(t, got.out, "c1", 2, 13)
	}
}

func TestErrorsKeepTheirCodes(t *testing.T) {
	for code, cause := range map[int]error{
		0: fmt.Errorf("asked in vain: %w", actor.ErrTimeout), 11: actor.ErrFull, 13: errors.New("whatever"),
		20: fmt.Errorf("read: %w", node.Errorf(20, "no such key")), 1234: node.Errorf(1234, "my own"),
	} {
		got := run(t, func(n *node.Node) error {
			to := actor.Spawn(n, "failing", func(*actor.Context[noneRequest]) actor.Actor[noneRequest] {
				return actor.Func[noneRequest](func(_ *actor.Context[noneRequest], r noneRequest) { r.Fail(cause) })
			})
			node.Handle(n, "fail", to, func(r noneRequest) noneRequest { return r })
			return nil
		}, node.Options{}, initLine+"\n"+request(2, "fail", ""))
		wantError(t, got.out, "c1", 2, code)
	}
}

func TestOnlyDefiniteErrorsAreDefinite(t *testing.T) {
	definite := map[int]bool{1: true, 10: true, 11: true, 12: true, 14: true, 20: true, 21: true, 22: true, 30: true, 40: true}
	for code := range 1100 {
		if node.Definite(code) != definite[code] {
			t.Errorf("Definite(%d) is %v", code, node.Definite(code))
		}
	}
}

func TestActorBeyondItsRestartBudgetEndsRunWithAnError(t *testing.T) {
	in, feed := io.Pipe() // stays open: the node ends though there could be more
	var out bytes.Buffer
	log, seen := logged(zapcore.WarnLevel)
	go func() {
		_, _ = fmt.Fprintln(feed, initLine)
		for i := range 4 {
			_, _ = fmt.Fprintln(feed, request(2+i, "panic", ""))
		}
	}()
	err := node.Run(parrot, node.Options{In: in, Out: &out, Log: log})
	_ = feed.Close()
	var budget *actor.BudgetError
	if !errors.As(err, &budget) || budget.Path != "parrot" || !strings.Contains(err.Error(), "told to") {
		t.Errorf("Run returned %v, expected what failed and why", err)
	}
	for id := 2; id < 6; id++ {
		wantError(t, read(t, out.Bytes()), "c1", id, 13)
	}
	if last := seen.All()[seen.Len()-1]; last.Message != "the node ends" || last.Level != zapcore.ErrorLevel {
		t.Errorf("the last line of the log is %v", last)
	}
}

func TestServiceThatRefusesToStartRefusesTheInitAndEndsRun(t *testing.T) {
	unable := errors.New("no such topology: ring")
	got := run(t, func(*node.Node) error { return unable }, node.Options{}, initLine+"\n"+echo(2, `1`)+"\n")
	if !errors.Is(got.err, unable) || !strings.Contains(got.err.Error(), "n1") {
		t.Errorf("Run returned %v", got.err)
	}
	wantError(t, got.out, "c0", 1, 13)
}

func TestServiceThatPanicsRefusesTheInitAndEndsRun(t *testing.T) {
	got := run(t, func(*node.Node) error { panic("a mistake") }, node.Options{}, initLine+"\n")
	if got.err == nil || !strings.Contains(got.err.Error(), "a mistake") {
		t.Errorf("Run returned %v", got.err)
	}
	wantError(t, got.out, "c0", 1, 13)
	if w := fmt.Sprint(got.warnings()); !strings.Contains(w, "robust_test.go") {
		t.Errorf("the log does not say where: %s", w)
	}
}

func TestRoutesThatMakeNoSenseAreRefused(t *testing.T) {
	spawn := func(n *node.Node) actor.Ref[noneRequest] {
		return actor.Spawn(n, "a", func(*actor.Context[noneRequest]) actor.Actor[noneRequest] {
			return actor.Func[noneRequest](func(*actor.Context[noneRequest], noneRequest) {})
		})
	}
	same := func(r noneRequest) noneRequest { return r }
	for want, service := range map[string]func(n *node.Node){
		"there is one already": func(n *node.Node) { to := spawn(n); node.Handle(n, "x", to, same); node.Handle(n, "x", to, same) },
		"route init":           func(n *node.Node) { node.Handle(n, "init", spawn(n), same) },
		"leads to no actor":    func(n *node.Node) { node.Handle(n, "x", actor.Ref[noneRequest]{}, same) },
		"has no method Refuse": func(n *node.Node) {
			type message struct{ request noneRequest } // does not embed it
			to := actor.Spawn(n, "a", func(*actor.Context[message]) actor.Actor[message] {
				return actor.Func[message](func(*actor.Context[message], message) {})
			})
			node.Handle(n, "x", to, func(r noneRequest) message { return message{r} })
		},
		"cannot be decoded": func(n *node.Node) {
			type body struct {
				Embedded struct{} `json:",inline"`
				Field    int      `json:"field" wire:"required"`
			}
			type r = node.Request[body, node.None]
			to := actor.Spawn(n, "a", func(*actor.Context[r]) actor.Actor[r] {
				return actor.Func[r](func(*actor.Context[r], r) {})
			})
			node.Handle(n, "x", to, func(m r) r { return m })
		},
	} {
		got := run(t, func(n *node.Node) error { service(n); return nil }, node.Options{}, initLine+"\n")
		if got.err == nil || !strings.Contains(got.err.Error(), want) {
			t.Errorf("Run returned %v, expected %q", got.err, want)
		}
	}
}

// closing is an output that is closed after some writes.
type closing struct{ left int }

func (c *closing) Write(p []byte) (int, error) {
	if c.left--; c.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestClosedOutputEndsTheNodeWithAnError(t *testing.T) {
	in, feed := io.Pipe()
	fed := make(chan struct{})
	go func() { // without end
		defer close(fed)
		_, err := fmt.Fprintln(feed, initLine)
		for i := 2; err == nil; i++ {
			_, err = fmt.Fprintln(feed, echo(i, `1`))
		}
	}()
	log, _ := logged(zapcore.WarnLevel)
	err := node.Run(parrot, node.Options{In: in, Out: &closing{left: 3}, Log: log})
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Run returned %v", err)
	}
	_ = in.Close()
	<-fed
}

func TestReaderLeftBehindThrowsAwayWhatItReadsAndEnds(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	in, feed := io.Pipe()
	log, seen := logged(zapcore.DebugLevel)
	// It ends by a message that comes after init, not within it, where the reader has something to write itself.
	go func() { _, _ = fmt.Fprintln(feed, initLine+"\n"+request(2, "die", "")) }()
	err := node.Run(func(n *node.Node) error {
		to := actor.Spawn(n, "doomed", func(*actor.Context[noneRequest]) actor.Actor[noneRequest] {
			return actor.Func[noneRequest](func(*actor.Context[noneRequest], noneRequest) { panic("unable") })
		}, actor.Restarts(0, 0))
		node.Handle(n, "die", to, func(r noneRequest) noneRequest { return r })
		return nil
	}, node.Options{In: in, Out: io.Discard, Log: log})
	if err == nil {
		t.Error("the node lives")
	}
	before := seen.Len()
	_, _ = fmt.Fprintln(feed, "no JSON") // brings the reader back from the pipe
	noneLeft(t, goroutines)
	if seen.Len() != before {
		t.Errorf("after its end the node logged %v", seen.All()[before:])
	}
}

func TestActorThatHangsAtTheEndIsNamed(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	got := run(t, func(n *node.Node) error {
		to := actor.Spawn(n, "stuck", func(*actor.Context[noneRequest]) actor.Actor[noneRequest] {
			return actor.Func[noneRequest](func(*actor.Context[noneRequest], noneRequest) { <-hang })
		})
		node.Handle(n, "hang", to, func(r noneRequest) noneRequest { return r })
		return nil
	}, node.Options{DrainFor: 50 * time.Millisecond}, initLine+"\n"+request(2, "hang", ""))
	if got.err == nil || !strings.Contains(got.err.Error(), "stuck") {
		t.Errorf("Run returned %v", got.err)
	}
}

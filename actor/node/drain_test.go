package node_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// work is a request on its way through a chain of actors.
type work struct {
	request echoRequest
	reply   actor.Reply[wire.Raw]
	answer  actor.Answer[wire.Raw]
}

// Refuse: the request is the first actor's to answer.
func (w work) Refuse(cause error) { w.request.Fail(cause) }

// chain is a service of so many actors that ask one another; the last one takes
// its time.
func chain(length int, takes time.Duration) node.Service {
	return func(n *node.Node) error {
		var next actor.Ref[work]
		for i := range length {
			behind := next
			next = actor.Spawn(n, fmt.Sprint("link-", i), func(*actor.Context[work]) actor.Actor[work] {
				return actor.Func[work](func(c *actor.Context[work], w work) {
					switch {
					case w.answer.Err != nil:
						w.request.Fail(w.answer.Err)
					case w.answer.Value != nil && w.reply == (actor.Reply[wire.Raw]{}):
						w.request.Reply(echoBody{w.answer.Value})
					case w.answer.Value != nil:
						w.reply.Send(w.answer.Value)
					case behind.IsZero():
						w.answer.Value = w.request.Body.Echo
						c.After(takes, w)
					default:
						actor.Ask(c, behind, time.Minute, func(r actor.Reply[wire.Raw]) work { return work{request: w.request, reply: r} },
							func(a actor.Answer[wire.Raw]) work { return work{request: w.request, reply: w.reply, answer: a} })
					}
				})
			}, actor.Capacity(256))
		}
		node.Handle(n, "echo", next, func(r echoRequest) work { return work{request: r} })
		return nil
	}
}

func TestEndOfInputDrainsWhatWasRead(t *testing.T) {
	for name, service := range map[string]node.Service{
		"one actor":                 parrot,
		"a chain of two":            chain(2, 0),
		"a chain of seven":          chain(7, 0),
		"a chain that takes a time": chain(3, 20*time.Millisecond),
	} {
		const requests = 200
		var input strings.Builder
		input.WriteString(initLine + "\n")
		for i := range requests {
			input.WriteString(echo(i+2, `1`) + "\n")
		}
		got := run(t, service, node.Options{}, input.String())
		if got.err != nil {
			t.Errorf("%s: the node ended with %v", name, got.err)
		}
		for i := range requests {
			wantEcho(t, got.out, "c1", i+2, `1`)
		}
		if w := got.warnings(); len(w) > 0 {
			t.Errorf("%s: logged %q", name, w)
		}
	}
}

func TestEndOfInputIsNotHeldUpByActorsThatNeverRest(t *testing.T) {
	got := run(t, func(n *node.Node) error {
		actor.Spawn(n, "restless", func(c *actor.Context[int]) actor.Actor[int] {
			return actor.Func[int](func(c *actor.Context[int], _ int) { c.Self().Send(1) })
		}).Send(1)
		return parrot(n)
	}, node.Options{DrainFor: 300 * time.Millisecond}, initLine+"\n"+echo(2, `1`)+"\n")
	wantEcho(t, got.out, "c1", 2, `1`) // and the test ends
}

func TestCallMadeAfterTheEndOfInputIsSentAndFails(t *testing.T) {
	got := run(t, func(n *node.Node) error {
		to := actor.Spawn(n, "caller", func(*actor.Context[any]) actor.Actor[any] {
			return actor.Func[any](func(c *actor.Context[any], m any) {
				switch m := m.(type) {
				case noneRequest:
					c.After(20*time.Millisecond, func() { // when the input is long at its end
						node.Write(c, n.SeqKV(), "k", 1, node.KVOptions{Within: time.Hour}, func(err error) any { return func() { m.Fail(err) } })
					})
					actor.Ask(c, c.Self(), time.Hour, func(r actor.Reply[int]) any { return r }, func(actor.Answer[int]) any { return nil })
				case actor.Reply[int]:
					c.After(60*time.Millisecond, func() { m.Send(1) })
				case func():
					m()
				}
			})
		})
		node.Handle(n, "late", to, func(r noneRequest) any { return r })
		return nil
	}, node.Options{}, initLine+"\n"+request(2, "late", "")+"\n")
	wantError(t, got.out, "c1", 2, 0)
	if len(got.out) != 3 || got.out[1].Dest != "seq-kv" {
		t.Errorf("the node said %v", got.out)
	}
}

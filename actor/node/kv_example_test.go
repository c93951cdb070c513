package node_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// play runs one node, n1, in virtual time, hands it the bodies of a client's requests one after the other, and prints its
// answers. Maelstrom's services are played by a map and a count.
func play(service node.Service, requests ...string) {
	world := actor.NewWorld(1)
	store, stamps := map[string]string{}, 0
	var n1 *node.Simulated
	n1 = node.Simulate(world, "n1", service, func(l node.Line) {
		var asked struct {
			Body struct {
				Type           string
				MsgID          int64 `json:"msg_id"`
				Key            json.RawMessage
				Value          json.RawMessage
				From, To       json.RawMessage
				CreateIfAbsent bool `json:"create_if_not_exists"`
			}
		}
		if err := json.Unmarshal(l.Data, &asked); err != nil {
			panic(err)
		}
		body := asked.Body
		reply := func(text string) {
			n1.Feed(fmt.Appendf(nil, `{"src":%q,"dest":"n1","body":{"in_reply_to":%d,%s}}`, l.Dest, body.MsgID, text))
		}
		value, known := store[string(body.Key)]
		switch {
		case strings.HasPrefix(l.Dest, "c"):
			if !strings.Contains(string(l.Data), "init_ok") {
				fmt.Printf("%s", l.Data)
			}
		case body.Type == "ts":
			stamps++
			reply(fmt.Sprintf(`"type":"ts_ok","ts":%d`, stamps))
		case body.Type == "write":
			store[string(body.Key)] = string(body.Value)
			reply(`"type":"write_ok"`)
		case !known && !body.CreateIfAbsent:
			reply(`"type":"error","code":20,"text":"key does not exist"`)
		case body.Type == "read":
			reply(`"type":"read_ok","value":` + value)
		case known && value != string(body.From):
			reply(`"type":"error","code":22,"text":"the value is another"`)
		default:
			store[string(body.Key)] = string(body.To)
			reply(`"type":"cas_ok"`)
		}
	}, node.Options{})
	n1.Feed([]byte(`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`))
	for _, body := range requests {
		n1.Feed(fmt.Appendf(nil, `{"src":"c1","dest":"n1","body":%s}`, body))
		world.Run(2 * time.Second)
	}
}

// What the actors below are sent: requests, and functions that go on when a service has answered.
type (
	message any
	then    func()
	empty   = node.Request[node.None, node.None]
	number  = node.Request[node.None, numbered]
)

type numbered struct {
	Number int64 `json:"number"`
}

// does is a service with one actor, which does one thing with each request of a type.
func does[Q, R any](typ string, do func(c *actor.Context[message], n *node.Node, r node.Request[Q, R])) node.Service {
	return func(n *node.Node) error {
		to := actor.Spawn(n, "actor", func(*actor.Context[message]) actor.Actor[message] {
			return actor.Func[message](func(c *actor.Context[message], m message) {
				switch m := m.(type) {
				case node.Request[Q, R]:
					do(c, n, m)
				case then:
					m()
				}
			})
		})
		node.Handle(n, typ, to, func(r node.Request[Q, R]) message { return r })
		return nil
	}
}

// Fields of a request are decoded before it reaches the actor. A request that lacks one is answered by the node.
func ExampleHandle() {
	type sum struct {
		A int64 `json:"a" wire:"required"`
		B int64 `json:"b" wire:"required"`
	}
	service := func(n *node.Node) error {
		to := actor.Spawn(n, "adder", func(*actor.Context[node.Request[sum, numbered]]) actor.Actor[node.Request[sum, numbered]] {
			return actor.Func[node.Request[sum, numbered]](func(_ *actor.Context[node.Request[sum, numbered]], r node.Request[sum, numbered]) {
				r.Reply(numbered{r.Body.A + r.Body.B})
			})
		})
		node.Handle(n, "sum", to, func(r node.Request[sum, numbered]) node.Request[sum, numbered] { return r })
		return nil
	}
	play(service, `{"type":"sum","msg_id":1,"a":40,"b":2}`, `{"type":"sum","msg_id":2,"a":40}`)
	// Output:
	// {"src":"n1","dest":"c1","body":{"type":"sum_ok","in_reply_to":1,"number":42}}
	// {"src":"n1","dest":"c1","body":{"type":"error","in_reply_to":2,"code":12,"text":"sum: field \"b\" is missing, expected an integer that fits 64 bits, written without a fraction or an exponent"}}
}

// A request to another node, or to a service: lww-kv here, which does not know the key.
func ExampleRPC() {
	play(does("forward", func(c *actor.Context[message], n *node.Node, r empty) {
		call := node.Call{Dest: "lww-kv", Type: "read", Fields: map[string]string{"key": "x"}, Within: 500 * time.Millisecond}
		node.RPC(c, n, call, func(a actor.Answer[node.None]) message {
			return then(func() { r.Fail(a.Err) })
		})
	}), `{"type":"forward","msg_id":1}`)
	// Output: {"src":"n1","dest":"c1","body":{"type":"error","in_reply_to":1,"code":20,"text":"key does not exist"}}
}

func ExampleWrite() {
	play(does("remember", func(c *actor.Context[message], n *node.Node, r empty) {
		node.Write(c, n.LinKV(), "answer", 42, node.KVOptions{}, func(err error) message {
			return then(func() { r.Reply(node.None{}) })
		})
	}), `{"type":"remember","msg_id":1}`)
	// Output: {"src":"n1","dest":"c1","body":{"type":"remember_ok","in_reply_to":1}}
}

// A key that is not there is an error of the protocol, with code 20.
func ExampleRead() {
	play(does("recall", func(c *actor.Context[message], n *node.Node, r number) {
		node.Read(c, n.LinKV(), "answer", node.KVOptions{}, func(a actor.Answer[int64]) message {
			return then(func() {
				if a.Err != nil {
					r.Fail(a.Err) // keeps its code
					return
				}
				r.Reply(numbered{a.Value})
			})
		})
	}), `{"type":"recall","msg_id":1}`)
	// Output: {"src":"n1","dest":"c1","body":{"type":"error","in_reply_to":1,"code":20,"text":"key does not exist"}}
}

// seq-kv may answer a Read from the past; ReadFresh writes first, which brings it up to the present.
func ExampleReadFresh() {
	play(does("latest", func(c *actor.Context[message], n *node.Node, r number) {
		node.Write(c, n.SeqKV(), "answer", 42, node.KVOptions{}, func(error) message {
			return then(func() {
				node.ReadFresh(c, n.SeqKV(), "answer", node.KVOptions{}, func(a actor.Answer[int64]) message {
					return then(func() { r.Reply(numbered{a.Value}) })
				})
			})
		})
	}), `{"type":"latest","msg_id":1}`)
	// Output: {"src":"n1","dest":"c1","body":{"type":"latest_ok","in_reply_to":1,"number":42}}
}

// Freshen once, then read as many keys as you like.
func ExampleFreshen() {
	play(does("refresh", func(c *actor.Context[message], n *node.Node, r empty) {
		node.Freshen(c, n.SeqKV(), node.KVOptions{}, func(err error) message {
			return then(func() { r.Reply(node.None{}) })
		})
	}), `{"type":"refresh","msg_id":1}`)
	// Output: {"src":"n1","dest":"c1","body":{"type":"refresh_ok","in_reply_to":1}}
}

// The first request creates the key, the second finds another value than it expects.
func ExampleCompareAndSet() {
	play(does("lead", func(c *actor.Context[message], n *node.Node, r empty) {
		node.CompareAndSet(c, n.LinKV(), "leader", "nobody", n.ID(), true, node.KVOptions{}, func(err error) message {
			return then(func() {
				if err != nil {
					r.Fail(err)
					return
				}
				r.Reply(node.None{})
			})
		})
	}), `{"type":"lead","msg_id":1}`, `{"type":"lead","msg_id":2}`)
	// Output:
	// {"src":"n1","dest":"c1","body":{"type":"lead_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"type":"error","in_reply_to":2,"code":22,"text":"the value is another"}}
}

func ExampleTimestamp() {
	play(does("stamp", func(c *actor.Context[message], n *node.Node, r number) {
		node.Timestamp(c, n, node.KVOptions{}, func(a actor.Answer[int64]) message {
			return then(func() { r.Reply(numbered{a.Value}) })
		})
	}), `{"type":"stamp","msg_id":1}`, `{"type":"stamp","msg_id":2}`)
	// Output:
	// {"src":"n1","dest":"c1","body":{"type":"stamp_ok","in_reply_to":1,"number":1}}
	// {"src":"n1","dest":"c1","body":{"type":"stamp_ok","in_reply_to":2,"number":2}}
}

// Errors of the protocol have a code. Codes from 1000 on are free.
func ExampleErrorf() {
	err := error(node.Errorf(1000, "no tickets on %s", "Monday"))
	var of *node.Error
	fmt.Println(errors.As(err, &of), of.Code, of.Text)
	// Output: true 1000 no tickets on Monday
}

// A timeout leaves open what happened; precondition-failed does not.
func ExampleDefinite() {
	const timeout, preconditionFailed = 0, 22
	fmt.Println(node.Definite(timeout), node.Definite(preconditionFailed))
	// Output: false true
}

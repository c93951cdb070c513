// Package requests_test shows a node that asks others before it answers. What
// docs/node.md quotes stands here, and is run by go test.
package requests_test

import (
	"encoding/json"
	"fmt"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// What the library is sent.
type (
	message any

	// Requests of one shape are told apart by structs that embed them.
	count  struct{ node.Request[node.None, books] } // how many books has this node?
	total  struct{ node.Request[node.None, books] } // how many have all nodes?
	lookup struct{ node.Request[shelf, found] }     // what does lin-kv hold under a key?

	counted struct { // one node's answer to total's question
		asked *sum
		actor.Answer[books]
	}
	lookedUp struct { // lin-kv's answer
		request lookup
		actor.Answer[wire.Raw]
	}
)

type books struct {
	Books int64 `json:"books" wire:"required"`
}

type shelf struct {
	Key wire.Raw `json:"key" wire:"required"`
}

type found struct {
	Value wire.Raw `json:"value"`
}

// sum is a total under way.
type sum struct {
	request total
	missing int
	books   int64
}

// library is the actor. It never waits: questions go out, answers come in.
type library struct {
	node  *node.Node
	books int64
}

func (l *library) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case count:
		m.Reply(books{l.books})
	case total:
		asked := &sum{request: m, missing: len(l.node.IDs())}
		for _, id := range l.node.IDs() {
			call := node.Call{Dest: id, Type: "count", Within: 3 * time.Second, Retry: node.DefaultRetry}
			node.RPC(c, l.node, call, func(a actor.Answer[books]) message { return counted{asked, a} })
		}
	case counted:
		m.asked.add(m.Answer)
	case lookup:
		node.Read(c, l.node.LinKV(), m.Body.Key, node.KVOptions{}, func(a actor.Answer[wire.Raw]) message { return lookedUp{m, a} })
	case lookedUp:
		if m.Err != nil {
			m.request.Fail(m.Err) // an error of lin-kv keeps its code
			return
		}
		m.request.Reply(found{m.Value})
	}
}

// add takes in one answer, and answers the client with the last one.
func (s *sum) add(a actor.Answer[books]) {
	if s.missing == 0 {
		return // has failed already
	}
	if a.Err != nil {
		s.missing = 0
		s.request.Fail(a.Err)
		return
	}
	s.books += a.Value.Books
	if s.missing--; s.missing == 0 {
		s.request.Reply(books{s.books})
	}
}

func serve(n *node.Node) error {
	to := actor.Spawn(n, "library", func(*actor.Context[message]) actor.Actor[message] {
		return &library{node: n, books: int64(100 * len(n.ID()))}
	})
	node.Handle(n, "count", to, func(r node.Request[node.None, books]) message { return count{r} })
	node.Handle(n, "total", to, func(r node.Request[node.None, books]) message { return total{r} })
	node.Handle(n, "lookup", to, func(r node.Request[shelf, found]) message { return lookup{r} })
	return nil
}

// Two nodes in virtual time; the network takes 10 ms, and lin-kv knows one key.
func Example() {
	world := actor.NewWorld(1)
	nodes := map[string]*node.Simulated{}
	carry := func(l node.Line) {
		switch to, isNode := nodes[l.Dest]; {
		case isNode:
			world.At(world.Elapsed()+10*time.Millisecond, func() { to.Feed(l.Data) })
		case l.Dest == "lin-kv":
			nodes["n1"].Feed(linKV(l.Data))
		default:
			fmt.Printf("%v %s", world.Elapsed(), l.Data)
		}
	}
	for _, id := range []string{"n1", "n22"} {
		nodes[id] = node.Simulate(world, id, serve, carry, node.Options{})
		nodes[id].Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","node_id":%q,"node_ids":["n1","n22"]}}`, id, id))
	}
	for _, body := range []string{
		`{"type":"total","msg_id":1}`,
		`{"type":"lookup","msg_id":2,"key":["any","JSON"]}`,
		`{"type":"lookup","msg_id":3,"key":"nothing"}`,
		`{"type":"lookup","msg_id":4}`,
		`{"type":"lend","msg_id":5}`,
	} {
		nodes["n1"].Feed(fmt.Appendf(nil, `{"src":"c1","dest":"n1","body":%s}`, body))
	}
	world.Run(time.Second)
	// Output:
	// 0s {"src":"n1","dest":"c1","body":{"type":"error","in_reply_to":4,"code":12,"text":"lookup: field \"key\" is missing, expected a JSON value"}}
	// 0s {"src":"n1","dest":"c1","body":{"type":"error","in_reply_to":5,"code":10,"text":"this node knows no message of type \"lend\""}}
	// 0s {"src":"n1","dest":"c1","body":{"type":"lookup_ok","in_reply_to":2,"value":{"title":"Middlemarch"}}}
	// 0s {"src":"n1","dest":"c1","body":{"type":"error","in_reply_to":3,"code":20,"text":"key does not exist"}}
	// 20ms {"src":"n1","dest":"c1","body":{"type":"total_ok","in_reply_to":1,"books":500}}
}

// linKV answers one request of n1's.
func linKV(line []byte) []byte {
	var asked struct {
		Body struct {
			MsgID int64           `json:"msg_id"`
			Key   json.RawMessage `json:"key"`
		} `json:"body"`
	}
	if err := json.Unmarshal(line, &asked); err != nil {
		panic(err)
	}
	answer := `"type":"error","code":20,"text":"key does not exist"`
	if string(asked.Body.Key) == `["any","JSON"]` {
		answer = `"type":"read_ok","value":{"title":"Middlemarch"}`
	}
	return fmt.Appendf(nil, `{"src":"lin-kv","dest":"n1","body":{"in_reply_to":%d,%s}}`, asked.Body.MsgID, answer)
}

// A broadcast node in Go with Maelstrom's own library: it keeps sending a value to a peer until that acknowledges it.
//
//	broadcast                    correct
//	broadcast -wrong forget      acknowledges every tenth value and does not keep it
//	broadcast -wrong nobody      sends each value to a node n99, too, which there is not
//	broadcast -wrong invented    shows a value -1 that nobody broadcast
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"slices"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

type body struct {
	Type    string `json:"type"`
	Message int    `json:"message"`
}

type server struct {
	node  *maelstrom.Node
	wrong string

	do     chan func() // what is to be done with values, by the goroutine that owns them
	values []int
}

// own does what handlers ask for, one after the other.
func (s *server) own() {
	for do := range s.do {
		do()
	}
}

// learn keeps a value and reports whether it is new.
func (s *server) learn(value int) bool {
	fresh := make(chan bool)
	s.do <- func() {
		known := slices.Contains(s.values, value)
		if !known {
			s.values = append(s.values, value)
		}
		fresh <- !known
	}
	return <-fresh
}

func (s *server) read() []int {
	all := make(chan []int)
	s.do <- func() { all <- slices.Clone(s.values) }
	return <-all
}

// spread sends a value to all peers but the one it came from, each until it acknowledges it.
func (s *server) spread(value int, source string) {
	peers := s.node.NodeIDs()
	if s.wrong == "nobody" {
		peers = append(slices.Clone(peers), "n99")
	}
	for _, peer := range peers {
		if peer != s.node.ID() && peer != source {
			go s.insist(peer, value)
		}
	}
}

func (s *server) insist(peer string, value int) {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		_, err := s.node.SyncRPC(ctx, peer, body{"gossip", value})
		cancel()
		if err == nil {
			return
		}
	}
}

// take handles a value from a client or a peer.
func (s *server) take(reply string) maelstrom.HandlerFunc {
	return func(msg maelstrom.Message) error {
		var b body
		if err := json.Unmarshal(msg.Body, &b); err != nil {
			return err
		}
		forgets := s.wrong == "forget" && reply == "broadcast_ok" && b.Message%10 == 3
		if !forgets && s.learn(b.Message) {
			s.spread(b.Message, msg.Src)
		}
		return s.node.Reply(msg, map[string]any{"type": reply})
	}
}

func main() {
	wrong := flag.String("wrong", "", "forget, nobody or invented: what to do wrong")
	flag.Parse()
	s := &server{node: maelstrom.NewNode(), wrong: *wrong, do: make(chan func())}
	go s.own()
	s.node.Handle("topology", func(msg maelstrom.Message) error {
		return s.node.Reply(msg, map[string]any{"type": "topology_ok"})
	})
	s.node.Handle("broadcast", s.take("broadcast_ok"))
	s.node.Handle("gossip", s.take("gossip_ok"))
	s.node.Handle("read", func(msg maelstrom.Message) error {
		values := s.read()
		if s.wrong == "invented" {
			values = append(values, -1)
		}
		return s.node.Reply(msg, map[string]any{"type": "read_ok", "messages": values})
	})
	if err := s.node.Run(); err != nil {
		log.Fatal(err)
	}
}

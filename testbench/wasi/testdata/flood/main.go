// Command flood is a node of the workload broadcast as people write it: a map behind a mutex, a goroutine
// for each value and neighbour that sends it until it is acknowledged, sleeping in between. With -once it
// sends each value once and loses what the network loses.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"math/rand"
	"sync"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

type store struct {
	mutex      sync.Mutex
	values     map[int]bool
	neighbours []string
}

// add reports whether the value is new, and to whom it should go.
func (s *store) add(value int) (bool, []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.values[value] {
		return false, nil
	}
	s.values[value] = true
	return true, s.neighbours
}

func (s *store) all() []int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	all := make([]int, 0, len(s.values))
	for value := range s.values {
		all = append(all, value)
	}
	return all
}

func main() {
	once := flag.Bool("once", false, "send each value once")
	flag.Parse()
	n := maelstrom.NewNode()
	s := &store{values: make(map[int]bool)}
	send := func(to string, value int) {
		body := map[string]any{"type": "broadcast", "message": value}
		if *once {
			_ = n.RPC(to, body, func(maelstrom.Message) error { return nil })
			return
		}
		for {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			_, err := n.SyncRPC(ctx, to, body)
			cancel()
			if err == nil {
				return
			}
			time.Sleep(100*time.Millisecond + time.Duration(rand.Intn(50))*time.Millisecond)
		}
	}
	n.Handle("topology", func(m maelstrom.Message) error {
		var body struct {
			Topology map[string][]string `json:"topology"`
		}
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		s.mutex.Lock()
		s.neighbours = body.Topology[n.ID()]
		s.mutex.Unlock()
		return n.Reply(m, map[string]any{"type": "topology_ok"})
	})
	n.Handle("broadcast", func(m maelstrom.Message) error {
		var body struct {
			Message int `json:"message"`
		}
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		if fresh, neighbours := s.add(body.Message); fresh {
			for _, neighbour := range neighbours {
				if neighbour != m.Src {
					go send(neighbour, body.Message)
				}
			}
		}
		return n.Reply(m, map[string]any{"type": "broadcast_ok"})
	})
	n.Handle("read", func(m maelstrom.Message) error {
		return n.Reply(m, map[string]any{"type": "read_ok", "messages": s.all()})
	})
	if err := n.Run(); err != nil {
		log.Fatal(err)
	}
}

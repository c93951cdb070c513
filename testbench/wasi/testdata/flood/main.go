// Command flood is a node of the workload broadcast as people write it: a map behind a mutex, a goroutine
// for each value and neighbour that sends it until it is acknowledged, sleeping in between. With -once it
// sends each value once and loses what the network loses. With -keep it writes values to a file and finds
// them there after a kill: with sync it has synced a value before it acknowledges it, with write it has not.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

type store struct {
	mutex      sync.Mutex
	values     map[int]bool
	neighbours []string
	file       *os.File // nil for no file
	sync       bool
}

const path = "/values"

// restore reads what an earlier incarnation has kept; a last line that was cut off does not count.
func (s *store) restore() error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	for _, line := range strings.Fields(string(whole)) {
		value, err := strconv.Atoi(line)
		if err != nil {
			return err
		}
		s.values[value] = true
	}
	if s.file, err = os.Create(path + ".new"); err != nil {
		return err
	}
	if _, err := s.file.Write(whole); err != nil {
		return err
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// keep writes a value to the file, where there is one.
func (s *store) keep(value int) {
	if s.file == nil {
		return
	}
	_, err := fmt.Fprintln(s.file, value)
	if err == nil && s.sync {
		err = s.file.Sync()
	}
	if err != nil {
		log.Fatal(err)
	}
}

// add reports whether the value is new, and to whom it should go.
func (s *store) add(value int) (bool, []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.values[value] {
		return false, nil
	}
	s.values[value] = true
	s.keep(value)
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
	kept := flag.String("keep", "", "sync or write: keep values in a file")
	flag.Parse()
	n := maelstrom.NewNode()
	s := &store{values: make(map[int]bool)}
	if *kept != "" {
		s.sync = *kept == "sync"
		if err := s.restore(); err != nil {
			log.Fatal(err)
		}
	}
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

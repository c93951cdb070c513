// Command node is a node for tests of the bench: a flood broadcast that is correct, and with an argument
// one that is wrong in a certain way. It is written without any library, as a user's might be.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

type message struct {
	Src  string         `json:"src"`
	Dest string         `json:"dest"`
	Body map[string]any `json:"body"`
}

type node struct {
	mode       string
	id         string
	ids        []string
	neighbours []string
	seen       map[string]bool
	values     []any
	msgID      int
	handled    int
}

func main() {
	n := &node{seen: map[string]bool{}, values: []any{}}
	if len(os.Args) > 1 {
		n.mode = os.Args[1]
	}
	n.begin()
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			fmt.Fprintln(os.Stderr, "cannot read:", err)
			os.Exit(3)
		}
		n.handle(m)
	}
}

// begin does what a mode does before anything is read.
func (n *node) begin() {
	switch n.mode {
	case "exit-at-once":
		fmt.Fprintln(os.Stderr, "config file not found")
		os.Exit(7)
	case "silent":
		time.Sleep(time.Hour)
	case "flood-stderr":
		go func() {
			for i := 0; ; i++ {
				fmt.Fprintln(os.Stderr, i, strings.Repeat("x", 200))
			}
		}()
	case "child":
		spawnChild()
	}
}

func (n *node) handle(m message) {
	n.handled++
	if n.misbehave(m) {
		return
	}
	switch m.Body["type"] {
	case "init":
		n.id = m.Body["node_id"].(string)
		for _, id := range m.Body["node_ids"].([]any) {
			n.ids = append(n.ids, id.(string))
		}
		n.reply(m, map[string]any{"type": "init_ok"})
	case "topology":
		for _, id := range m.Body["topology"].(map[string]any)[n.id].([]any) {
			n.neighbours = append(n.neighbours, id.(string))
		}
		n.reply(m, map[string]any{"type": "topology_ok"})
	case "broadcast", "add":
		n.take(m.Src, m.Body["message"], m.Body["element"])
		n.reply(m, map[string]any{"type": m.Body["type"].(string) + "_ok"})
	case "sync":
		n.take(m.Src, m.Body["state"].(map[string]any)["seen"].([]any)...)
	case "flood":
		n.take(m.Src, m.Body["message"], nil)
	case "read":
		field := map[bool]string{true: "messages", false: "value"}[len(n.neighbours) > 0 || len(n.ids) == 1]
		n.reply(m, map[string]any{"type": "read_ok", field: n.values})
	case "echo":
		n.reply(m, map[string]any{"type": "echo_ok", "echo": m.Body["echo"]})
	case "generate":
		n.reply(m, map[string]any{"type": "generate_ok", "id": fmt.Sprint(n.id, "-", n.msgID)})
	}
}

// take keeps a value and passes a new one on to all neighbours but its sender.
func (n *node) take(from string, values ...any) {
	for _, v := range values {
		key := fmt.Sprint(v)
		if v == nil || n.seen[key] {
			continue
		}
		n.seen[key] = true
		n.values = append(n.values, v)
		peers := n.neighbours
		if len(peers) == 0 {
			peers = n.ids
		}
		for _, peer := range peers {
			if peer != from && peer != n.id && n.mode != "keeps-to-itself" {
				if n.mode == "gossips-lists" {
					n.send(peer, map[string]any{"type": "sync", "state": map[string]any{"seen": []any{v}}})
					continue
				}
				n.send(peer, map[string]any{"type": "flood", "message": v})
			}
		}
	}
}

// misbehave does what a mode does instead of the right thing, and tells whether it did.
func (n *node) misbehave(m message) bool {
	first := len(n.ids) > 0 && n.id == n.ids[0]
	kind, _ := m.Body["type"].(string)
	client := kind == "broadcast" || kind == "read"
	switch {
	case n.mode == "mute-topology" && kind == "topology":
		return true
	case n.mode == "stuck-later" && first && n.handled > 200:
		time.Sleep(time.Hour)
	case !client || !first && n.mode != "half-line":
		return false
	}
	switch n.mode {
	case "garbage":
		fmt.Println("got", kind)
	case "exits":
		if n.handled > 5 {
			fmt.Fprintln(os.Stderr, "panic: index out of range")
			fmt.Fprintln(os.Stderr, "goroutine 1 [running]")
			os.Exit(2)
		}
	case "unknown-client":
		n.send("c999", map[string]any{"type": "broadcast_ok", "in_reply_to": 1})
	case "unknown-node":
		n.send("n77", map[string]any{"type": "flood", "message": 1})
	case "late":
		time.Sleep(600 * time.Millisecond)
	case "extra-field":
		if kind == "read" {
			n.reply(m, map[string]any{"type": "read_ok", "messages": n.values, "count": len(n.values)})
			return true
		}
	case "half-line":
		fmt.Print(`{"src": "`, n.id)
		os.Exit(0)
	case "close-stdout":
		os.Stdout.Close()
	case "other-name":
		n.sendAs(n.ids[1], m.Src, map[string]any{"type": "gossip"})
	}
	return false
}

func (n *node) reply(m message, body map[string]any) {
	body["in_reply_to"] = m.Body["msg_id"]
	n.send(m.Src, body)
}

func (n *node) send(dest string, body map[string]any) {
	n.msgID++
	body["msg_id"] = n.msgID
	n.sendAs(n.id, dest, body)
}

func (n *node) sendAs(src, dest string, body map[string]any) {
	line, err := json.Marshal(map[string]any{"src": src, "dest": dest, "body": body})
	if err != nil {
		panic(err)
	}
	if n.mode != "no-newline" {
		line = append(line, '\n')
	}
	os.Stdout.Write(line)
}

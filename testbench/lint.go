package testbench

import (
	"encoding/json"
	"fmt"
	"hash/crc64"
	"slices"
	"strconv"
	"time"

	"eddy/testbench/network"
	"eddy/workload"
)

// Kinds of findings about replies.
const (
	kindReplyID     = "reply id"
	kindSecondReply = "second reply"
	kindStrayReply  = "stray reply"
	kindReusedID    = "reused msg_id"
)

// lintReply looks at a message from a node to a client that is there, and warns of what answers no request.
// Maelstrom passes over such messages: the client goes on waiting.
func (c *Conductor) lintReply(n *node, cl *client, line []byte, body []byte) {
	r := workload.ParseReply(body)
	raw := fieldOf(body, "in_reply_to")
	f := finding{line: line, warning: true, passedOver: true,
		expected: `"in_reply_to": the integer that the request had as "msg_id", and one reply to each request`}
	switch {
	case raw == nil:
		f.kind, f.what = kindReplyID, fmt.Sprintf("sent clients messages without in_reply_to, which answer nothing; the first went to %s", cl.id)
		f.about = "no in_reply_to"
	case !r.Answers:
		f.kind, f.about = kindReplyID, "not an integer"
		f.what = fmt.Sprintf("answered %s with \"in_reply_to\": %s, which is no integer and matches no request", cl.id, network.Abbreviate(raw, 40))
	case r.InReplyTo < 1 || r.InReplyTo > cl.lastID:
		f.kind, f.about = kindStrayReply, "no such request"
		f.what = fmt.Sprintf("answered %s with \"in_reply_to\": %d, but %s made no such request (its last has msg_id %d)", cl.id, r.InReplyTo, cl.id, cl.lastID) + c.meantFor(n, cl, r.InReplyTo)
	case cl.asked != n.id:
		f.kind, f.about = kindStrayReply, "request of another node"
		f.what = fmt.Sprintf("answered a request that %s made of %s, not of it", cl.id, cl.asked)
	case !slices.Contains(cl.open, r.InReplyTo):
		f.kind, f.about = kindSecondReply, "second reply"
		f.what = fmt.Sprintf("answered request %d of %s a second time; the client took the first reply", r.InReplyTo, cl.id) + c.meantFor(n, cl, r.InReplyTo)
	default:
		cl.open = slices.DeleteFunc(cl.open, func(id int64) bool { return id == r.InReplyTo })
		c.countError(n, r)
		return
	}
	c.find(n, f)
}

// meantFor names another client that waits for a reply of the node with the same id, as a clause; empty if there is none.
func (c *Conductor) meantFor(n *node, got *client, id int64) string {
	var other *client
	for _, cl := range c.clients {
		open := cl != got && cl.waiting && cl.asked == n.id && cl.lastID == id && slices.Contains(cl.open, id)
		if open && (other == nil || len(cl.id) < len(other.id) || len(cl.id) == len(other.id) && cl.id < other.id) {
			other = cl
		}
	}
	if other == nil {
		return ""
	}
	return fmt.Sprintf("; %s waits for a reply to its request %d, so this may be the one, sent to the wrong client", other.id, id)
}

// errorsAnswered counts the replies of type error with one code.
type errorsAnswered struct {
	code    string
	name    string
	text    string // of the first
	count   int
	byNode  map[string]int
	nodes   []string // in the order in which they first answered so
	firstAt time.Duration
}

// errorCodesMax bounds how many different codes are told apart; a program may make them up.
const errorCodesMax = 32

func (c *Conductor) countError(n *node, r workload.Reply) {
	if r.Type != "error" {
		return
	}
	e := workload.ParseError(r)
	code := network.Abbreviate(e.Code, 20)
	var known *errorsAnswered
	for _, each := range c.errors {
		if each.code == code {
			known = each
		}
	}
	if known == nil {
		if len(c.errors) == errorCodesMax {
			return
		}
		known = &errorsAnswered{code: code, name: e.Name(), text: network.Abbreviate(e.Text, 80),
			byNode: make(map[string]int), firstAt: c.clock.Now()}
		c.errors = append(c.errors, known)
	}
	known.count++
	if known.byNode[n.id]++; known.byNode[n.id] == 1 {
		known.nodes = append(known.nodes, n.id)
	}
}

// errorRows tells which errors nodes answered clients with: the code, how often, from which nodes, and the text
// of the first.
func (c *Conductor) errorRows() []string {
	var rows []string
	for _, e := range c.errors {
		code := "an error without a code"
		if e.code != "" {
			code = fmt.Sprintf("error %s (%s)", e.code, e.name)
		}
		times := "once"
		if e.count > 1 {
			times = fmt.Sprintf("%d times", e.count)
		}
		from := fmt.Sprintf("%d nodes", len(e.nodes))
		if len(e.nodes) <= 3 {
			from = ""
			for i, node := range e.nodes {
				if i > 0 {
					from += ", "
				}
				from += node
				if len(e.nodes) > 1 {
					from += " " + strconv.Itoa(e.byNode[node])
				}
			}
		}
		row := fmt.Sprintf("%s %s from %s, first at %.3f s", code, times, from, e.firstAt.Seconds())
		if e.text != "" {
			row += ": " + e.text
		}
		rows = append(rows, row)
	}
	return rows
}

// lintInitReply ends the wait for init where a node has answered it in a way that does not reach who asked: nothing better
// will come.
func (c *Conductor) lintInitReply(n *node, reply network.Parsed) {
	kind, _ := network.Text(fieldOf(reply.Body, "type"))
	if kind != workload.InitReply.Type {
		return
	}
	const expected = `expected the request's src as "dest" and its msg_id, 1, as "in_reply_to"`
	switch r := workload.ParseReply(reply.Body); {
	case reply.Dest != n.initAsker:
		c.failNode(n, fmt.Sprintf("sent its answer to init to %q, which did not ask: %s", reply.Dest, expected))
	case !r.Answers || r.InReplyTo != 1:
		c.failNode(n, fmt.Sprintf("answered init with %s, which is the reply to no request: %s", network.Abbreviate(reply.Body, 200), expected))
	}
}

// fieldOf gives the raw value of a body's field; nil if it has none.
func fieldOf(body []byte, name string) []byte {
	var found []byte
	network.Fields(body, func(field string, value []byte) {
		if field == name {
			found = value
		}
	})
	return found
}

// setupRequest tells which request of the setup a client's number belongs to: the first clients of a run ask
// for init, as many after them for the topology, one of each for a node.
func (c *Conductor) setupRequest(client string) (request string, n *node) {
	number, err := strconv.Atoi(client[1:])
	switch {
	case err != nil:
		return "", nil
	case number < len(c.nodes):
		return "init", c.nodes[number]
	case number < 2*len(c.nodes) && c.workload.Topology:
		return "topology", c.nodes[number-len(c.nodes)]
	}
	return "", nil
}

// repeatedSetup tells of a second reply to a request of the setup, whose client has had its answer and left.
func (c *Conductor) repeatedSetup(n *node, line []byte, client string, body []byte) (finding, bool) {
	request, of := c.setupRequest(client)
	if of != n || !n.ready || fieldOf(body, "in_reply_to") == nil {
		return finding{}, false
	}
	f := finding{kind: kindSecondReply, line: line,
		what:     fmt.Sprintf("answered %s a second time: %s had its answer and left", request, client),
		expected: "one reply to each request; the official libraries answer init themselves, after the node's own handler"}
	if request == "init" && n.initReply != nil {
		f.what += "; the first answer was " + network.Abbreviate(n.initReply, 100)
	}
	return f, true
}

// Unfinished takes note of bytes that a node has printed without an end of line: how many wait, and how they
// begin. None waiting says that the line has been ended.
func (c *Conductor) Unfinished(id string, waiting int, start []byte) {
	n := c.byID[id]
	if n == nil || n.life == dead || c.phase == phaseOver {
		return
	}
	n.unfinished, n.unfinishedStart, n.unfinishedAt = waiting, start, c.clock.Now()
	if waiting == 0 || n.ready {
		return
	}
	at := n.unfinishedAt
	c.clock.At(at+unfinishedPatience, func() {
		if c.phase == phaseInit && !n.ready && n.unfinished == waiting && n.unfinishedAt == at && json.Valid(start) {
			c.failNode(n, "did not answer init: "+n.unfinishedText())
		}
	})
}

// unfinishedPatience is how long a whole message may wait for its line end before that is taken to be forgotten.
const unfinishedPatience = 2 * time.Second

// unfinishedBytesMax bounds how much of an unfinished line is kept.
const unfinishedBytesMax = 4096

// UnfinishedBytesMax is how much of the start of an unfinished line [Conductor.Unfinished] has use for.
const UnfinishedBytesMax = unfinishedBytesMax

func (n *node) unfinishedText() string {
	return fmt.Sprintf("%d bytes without an end of line are waiting: %s: expected a line feed after each message, and stdout flushed after it",
		n.unfinished, network.Abbreviate(n.unfinishedStart, findingLineBytesMax))
}

// lintUnfinished warns, at the end of a run, of nodes whose output waits for an end of line.
func (c *Conductor) lintUnfinished() {
	for _, n := range c.nodes {
		if n.unfinished > 0 && n.ready && n.life == alive && c.clock.Now()-n.unfinishedAt > unfinishedPatience {
			c.find(n, finding{kind: kindMalformedLine, warning: true, what: "printed a line and never ended it: " + n.unfinishedText()})
		}
	}
}

// numbered is the msg_ids that a node has used of late, each with a digest of the body it was in.
type numbered struct {
	used  map[string]uint64
	order []string
	told  bool
}

// numberedMax bounds how far back a msg_id that is used again is noticed.
const numberedMax = 1024

// lintNumber warns of a node that gives two different messages one msg_id: a reply to it could answer either. The
// same body to several nodes, or again, is no such case.
func (c *Conductor) lintNumber(n *node, line []byte, body []byte) {
	if n.numbered.told {
		return
	}
	raw := fieldOf(body, "msg_id")
	if raw == nil {
		return
	}
	id, digest := string(raw), crc64.Checksum(body, crcTable)
	before, used := n.numbered.used[id]
	switch {
	case used && before != digest:
		n.numbered.told = true
		c.find(n, finding{kind: kindReusedID, about: "reused", line: line, warning: true,
			what:     fmt.Sprintf("gave msg_id %s to two different messages, so that a reply to it could answer either; Maelstrom does not mind", network.Abbreviate(raw, 40)),
			expected: "another msg_id for each message of a node that wants a reply, or none"})
	case !used:
		if n.numbered.used == nil {
			n.numbered.used = make(map[string]uint64)
		}
		n.numbered.used[id] = digest
		if n.numbered.order = append(n.numbered.order, id); len(n.numbered.order) > numberedMax {
			delete(n.numbered.used, n.numbered.order[0])
			n.numbered.order = n.numbered.order[1:]
		}
	}
}

var crcTable = crc64.MakeTable(crc64.ECMA)

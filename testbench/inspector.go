package testbench

import (
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

// inspector looks at what nodes print, and keeps what no node should have done.
type inspector struct {
	clock    Clock
	clients  *clients
	findings findings
	errors   []*errorsAnswered // that clients got, in the order in which their codes came up
}

func (i *inspector) find(n *node, f finding) {
	f.node = n.id
	i.findings.add(i.clock.Now(), f)
}

// reply looks at a message from a node to a client that is there, and warns of what answers no request.
// Maelstrom passes over such messages: the client goes on waiting.
func (i *inspector) reply(n *node, cl *client, line []byte, body []byte) {
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
		f.what = fmt.Sprintf("answered %s with \"in_reply_to\": %d, but %s made no such request (its last has msg_id %d)", cl.id, r.InReplyTo, cl.id, cl.lastID) + i.meantFor(n, cl, r.InReplyTo)
	case cl.asked != n.id:
		f.kind, f.about = kindStrayReply, "request of another node"
		f.what = fmt.Sprintf("answered a request that %s made of %s, not of it", cl.id, cl.asked)
	case !slices.Contains(cl.open, r.InReplyTo):
		f.kind, f.about = kindSecondReply, "second reply"
		f.what = fmt.Sprintf("answered request %d of %s a second time; the client took the first reply", r.InReplyTo, cl.id) + i.meantFor(n, cl, r.InReplyTo)
	default:
		cl.open = slices.DeleteFunc(cl.open, func(id int64) bool { return id == r.InReplyTo })
		i.countError(n, r)
		return
	}
	i.find(n, f)
}

// meantFor names another client that waits for a reply of the node with the same id, as a clause; empty if there is none.
func (i *inspector) meantFor(n *node, got *client, id int64) string {
	if other := i.clients.waiting(n.id, id, got); other != nil {
		return fmt.Sprintf("; %s waits for a reply to its request %d, so this may be the one, sent to the wrong client", other.id, id)
	}
	return ""
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

func (i *inspector) countError(n *node, r workload.Reply) {
	if r.Type != "error" {
		return
	}
	e := workload.ParseError(r)
	code := network.Abbreviate(e.Code, 20)
	var known *errorsAnswered
	for _, each := range i.errors {
		if each.code == code {
			known = each
		}
	}
	if known == nil {
		if len(i.errors) == errorCodesMax {
			return
		}
		known = &errorsAnswered{code: code, name: e.Name(), text: network.Abbreviate(e.Text, 80),
			byNode: make(map[string]int), firstAt: i.clock.Now()}
		i.errors = append(i.errors, known)
	}
	known.count++
	if known.byNode[n.id]++; known.byNode[n.id] == 1 {
		known.nodes = append(known.nodes, n.id)
	}
}

// errorRows tells which errors nodes answered clients with: the code, how often, from which nodes, and the text
// of the first.
func (i *inspector) errorRows() []string {
	var rows []string
	for _, e := range i.errors {
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

// repeatedSetup tells of a second reply to a request of the setup, whose client has had its answer and left.
func repeatedSetup(n *node, line []byte, client string, body []byte) (finding, bool) {
	request := ""
	switch client {
	case n.initAsker:
		request = "init"
	case n.topologyAsker:
		request = "topology"
	}
	if request == "" || !n.ready || fieldOf(body, "in_reply_to") == nil {
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

// unfinishedPatience is how long a whole message may wait for its line end before that is taken to be forgotten.
const unfinishedPatience = 2 * time.Second

// unfinishedBytesMax bounds how much of an unfinished line is kept.
const unfinishedBytesMax = 4096

// UnfinishedBytesMax is how much of the start of an unfinished line [Conductor.Unfinished] has use for.
const UnfinishedBytesMax = unfinishedBytesMax

func (o *output) unfinishedText() string {
	return fmt.Sprintf("%d bytes without an end of line are waiting: %s: expected a line feed after each message, and stdout flushed after it",
		o.unfinished, network.Abbreviate(o.unfinishedStart, findingLineBytesMax))
}

// unfinished warns, at the end of a run, of a node whose output waits for an end of line.
func (i *inspector) unfinished(n *node) {
	if n.output.unfinished > 0 && n.ready && n.life == alive && i.clock.Now()-n.output.unfinishedAt > unfinishedPatience {
		i.find(n, finding{kind: kindMalformedLine, warning: true, what: "printed a line and never ended it: " + n.output.unfinishedText()})
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

// number warns of a node that gives two different messages one msg_id: a reply to it could answer either. The
// same body to several nodes, or again, is no such case.
func (i *inspector) number(n *node, line []byte, body []byte) {
	numbered := &n.output.numbered
	if numbered.told {
		return
	}
	raw := fieldOf(body, "msg_id")
	if raw == nil {
		return
	}
	id, digest := string(raw), crc64.Checksum(body, crcTable)
	before, used := numbered.used[id]
	switch {
	case used && before != digest:
		numbered.told = true
		i.find(n, finding{kind: kindReusedID, about: "reused", line: line, warning: true,
			what:     fmt.Sprintf("gave msg_id %s to two different messages, so that a reply to it could answer either; Maelstrom does not mind", network.Abbreviate(raw, 40)),
			expected: "another msg_id for each message of a node that wants a reply, or none"})
	case !used:
		if numbered.used == nil {
			numbered.used = make(map[string]uint64)
		}
		numbered.used[id] = digest
		if numbered.order = append(numbered.order, id); len(numbered.order) > numberedMax {
			delete(numbered.used, numbered.order[0])
			numbered.order = numbered.order[1:]
		}
	}
}

var crcTable = crc64.MakeTable(crc64.ECMA)

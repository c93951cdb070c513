package testbench

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"eddy/testbench/network"
	"eddy/workload"
)

// clients are the clients of a run, c0, c1 and so on: endpoints of its network.
type clients struct {
	network *network.Network
	clock   Clock
	opened  int
	open    map[string]*client
}

// add gives the network its next client.
func (all *clients) add() *client {
	cl := &client{of: all, id: "c" + strconv.Itoa(all.opened)}
	all.opened++
	all.open[cl.id] = cl
	all.network.Add(cl.id, cl.receive)
	all.network.Listen(cl.id, false)
	return cl
}

// had tells whether the id is, or was, one of a client of this run.
func (all *clients) had(id string) bool {
	number, err := strconv.Atoi(strings.TrimPrefix(id, "c"))
	return err == nil && number >= 0 && number < all.opened && id == "c"+strconv.Itoa(number)
}

// waiting gives the client, other than one, that waits for a node's reply to its request of this id; nil if there is none,
// of several the one opened first.
func (all *clients) waiting(node string, id int64, but *client) *client {
	var found *client
	for _, cl := range all.open {
		waits := cl != but && cl.waiting && cl.asked == node && cl.lastID == id && slices.Contains(cl.open, id)
		if waits && (found == nil || len(cl.id) < len(found.id) || len(cl.id) == len(found.id) && cl.id < found.id) {
			found = cl
		}
	}
	return found
}

// client is one client of the network: it asks one thing at a time and waits for the answer. While it
// waits for nothing, what reaches it stays in its queue; an answer to an earlier question is passed
// over.
type client struct {
	of     *clients
	id     string
	lastID int64  // msg_id of the last request, which is the one waited for
	asked  string // the node that is asked, of one client always the same

	open []int64 // the msg_ids of requests that no reply has been sent to, of late ones, too

	waiting  bool
	closed   bool
	deadline time.Duration
	timer    bool // a callback to expire is on its way
	done     func(r workload.Reply, answered bool)
}

// close takes the client out of the network. An answer that comes later has nowhere to go.
func (cl *client) close() {
	cl.closed, cl.waiting = true, false
	cl.of.network.Remove(cl.id)
	delete(cl.of.open, cl.id)
}

// ask sends a request to a node; done is called once, with the reply, or with answered false when the
// timeout is over.
func (cl *client) ask(node string, body func(msgID int64) []byte, timeout time.Duration, done func(r workload.Reply, answered bool)) {
	cl.lastID++
	cl.open = append(cl.open, cl.lastID)
	cl.asked = node
	cl.waiting, cl.done = true, done
	cl.deadline = cl.of.clock.Now() + timeout
	if err := cl.of.network.Send(cl.id, node, body(cl.lastID)); err != nil {
		panic("testbench: " + err.Error()) // nodes stay in the network for the whole run
	}
	cl.of.network.Listen(cl.id, true)
	if !cl.timer {
		cl.timer = true
		cl.of.clock.At(cl.deadline, cl.expire)
	}
}

func (cl *client) receive(m *network.Message, _ time.Duration) {
	r := workload.ParseReply(m.Body)
	if cl.waiting && r.Answers && r.InReplyTo == cl.lastID {
		cl.finish(r, true)
	}
}

// expire ends the wait if its deadline has come. One callback serves all requests of a client: where a
// later request waits by then, it goes on to that one's deadline.
func (cl *client) expire() {
	cl.timer = false
	switch {
	case !cl.waiting:
	case cl.of.clock.Now() < cl.deadline:
		cl.timer = true
		cl.of.clock.At(cl.deadline, cl.expire)
	default:
		cl.finish(workload.Reply{}, false)
	}
}

func (cl *client) finish(r workload.Reply, answered bool) {
	cl.waiting = false
	cl.of.network.Listen(cl.id, false)
	done := cl.done
	cl.done = nil
	done(r, answered)
}

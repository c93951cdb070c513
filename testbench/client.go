package testbench

import (
	"strconv"
	"time"

	"eddy/testbench/network"
	"eddy/workload"
)

// client is one client of the network: it asks one thing at a time and waits for the answer. While it
// waits for nothing, what reaches it stays in its queue; an answer to an earlier question is passed
// over.
type client struct {
	run    *Conductor
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

// openClient adds the next client, c0, c1 and so on, to the network.
func (c *Conductor) openClient() *client {
	cl := &client{run: c, id: "c" + strconv.Itoa(c.clientsOpened)}
	c.clientsOpened++
	c.clients[cl.id] = cl
	c.network.Add(cl.id, cl.receive)
	c.network.Listen(cl.id, false)
	return cl
}

// close takes the client out of the network. An answer that comes later has nowhere to go.
func (cl *client) close() {
	cl.closed, cl.waiting = true, false
	cl.run.network.Remove(cl.id)
	delete(cl.run.clients, cl.id)
}

// ask sends a request to a node; done is called once, with the reply, or with answered false when the
// timeout is over.
func (cl *client) ask(node string, body func(msgID int64) []byte, timeout time.Duration, done func(r workload.Reply, answered bool)) {
	cl.lastID++
	cl.open = append(cl.open, cl.lastID)
	cl.asked = node
	cl.waiting, cl.done = true, done
	cl.deadline = cl.run.clock.Now() + timeout
	if err := cl.run.network.Send(cl.id, node, body(cl.lastID)); err != nil {
		panic("testbench: " + err.Error()) // nodes stay in the network for the whole run
	}
	cl.run.network.Listen(cl.id, true)
	if !cl.timer {
		cl.timer = true
		cl.run.clock.At(cl.deadline, cl.expire)
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
	case cl.run.clock.Now() < cl.deadline:
		cl.timer = true
		cl.run.clock.At(cl.deadline, cl.expire)
	default:
		cl.finish(workload.Reply{}, false)
	}
}

func (cl *client) finish(r workload.Reply, answered bool) {
	cl.waiting = false
	cl.run.network.Listen(cl.id, false)
	done := cl.done
	cl.done = nil
	done(r, answered)
}

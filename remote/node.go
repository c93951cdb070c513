package remote

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"github.com/nats-io/nats.go"

	"eddy/actor/node/wire"
	"eddy/testbench/network"
	"eddy/testbench/service"
)

// Node is a node of a cluster whose messages travel over NATS. What runs there reads and writes the lines of Maelstrom's
// protocol, and does not know what carries them.
type Node struct {
	Cluster string
	Service string // the same on all of them
	ID      string
	Nodes   []string // ids of all nodes of the cluster, this one included, in the same order everywhere
	// Setup are the bodies of its first requests, init before the others. Each is sent once the one before is answered.
	Setup [][]byte
	// Run is the node. It ends at the end of its input.
	Run func(in io.Reader, out io.Writer) error
	// Say gets sentences for people. It is called on the goroutine of Serve.
	Say func(string)
}

// Carried is what went through a node.
type Carried struct {
	Heard, Sent int // messages of nodes and clients to it, and from it
	Asked       int // requests of it to the services
	Refused     int // messages to it that were none
	Lost        int // messages of it that could not be carried
}

// The subjects of a cluster. A message is a body; who it is from and to is in its subject, so that a server's
// permissions can keep each node to its own name.
const (
	// rollCallMark is in the place of a sender: a node that starts asks who is there.
	rollCallMark = "?"
	// nodeSubjects is for clients, eddy.CLUSTER.NODE; below it is what nodes send, eddy.CLUSTER.NODE.SENDER.
	nodeSubjects = "eddy.%s.%s"
)

func nodeSubject(cluster, id string) string { return fmt.Sprintf(nodeSubjects, cluster, id) }

// nameForm is that of clusters and nodes: a part of a subject.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// reservedNames are clusters that would get what Eddy itself sends.
var reservedNames = []string{"work", "result", "notice", "inbox", "bench"}

// CheckCluster says what is wrong with the name of a cluster.
func CheckCluster(name string) error {
	switch {
	case !nameForm.MatchString(name):
		return fmt.Errorf("%q is no name of a cluster: expected up to 64 letters, digits, - and _", name)
	case slices.Contains(reservedNames, name):
		return fmt.Errorf("%q is no name for a cluster, since Eddy's own subjects begin so: choose another", name)
	}
	return nil
}

// Validate says what is wrong with a node.
func (n *Node) Validate() error {
	if err := CheckCluster(n.Cluster); err != nil {
		return err
	}
	for i, id := range n.Nodes {
		switch {
		case !nameForm.MatchString(id):
			return fmt.Errorf("%q is no id of a node: expected up to 64 letters, digits, - and _", id)
		case network.IsClient(id):
			return fmt.Errorf("%q is no id of a node: those of clients begin with c", id)
		case service.Is(id):
			return fmt.Errorf("%q is no id of a node: it is a service's", id)
		case slices.Contains(n.Nodes[:i], id):
			return fmt.Errorf("%s is twice among the nodes %s: name each once", id, strings.Join(n.Nodes, ","))
		}
	}
	if len(n.Nodes) == 0 {
		return fmt.Errorf("node %q needs the nodes of its cluster: list all of them, this one too, the same everywhere", n.ID)
	}
	if !slices.Contains(n.Nodes, n.ID) {
		return fmt.Errorf("node %q is not among the nodes %s: list all of them, this one too, the same everywhere", n.ID, strings.Join(n.Nodes, ","))
	}
	return nil
}

const (
	rollCallWithin = time.Second
	heardMax       = 1 << 16 // messages that wait for a node; NATS drops what comes beyond them
	inputMax       = 1024    // lines that wait at its input
	callersMax     = 4096    // requests of clients under way
	callerPatience = 10 * time.Second
	askedMax       = 1024 // requests that wait for the services
	askedAtOnce    = 64
)

// Serve is the way of a node's messages until the context is done, or the node has ended. What it was asked before is
// answered first.
func (c *Conn) Serve(ctx context.Context, n Node) (Carried, error) {
	if err := n.Validate(); err != nil {
		return Carried{}, err
	}
	if err := c.callRoll(ctx, &n); err != nil || ctx.Err() != nil {
		return Carried{}, err
	}
	s := &seat{Conn: c, Node: n, heard: make(chan *nats.Msg, heardMax), input: make(chan []byte, inputMax), printed: make(chan [][]byte),
		asked: make(chan wire.Message, askedMax), stop: make(chan struct{}), ended: make(chan error, 1), fed: make(chan struct{}),
		told: map[string]bool{}, incarnation: rand.Text()[:8]}
	for _, subject := range []string{nodeSubject(n.Cluster, n.ID), nodeSubject(n.Cluster, n.ID) + ".*"} {
		subscription, err := c.nc.ChanSubscribe(subject, s.heard)
		if err != nil {
			return Carried{}, c.explain(err)
		}
		defer func() { _ = subscription.Unsubscribe() }()
	}
	err := s.own(ctx)
	return s.carried, err
}

// rollCall is who a node is, told by one that starts and by those that are there.
type rollCall struct {
	ID      string   `json:"id"`
	Service string   `json:"service"`
	Nodes   []string `json:"nodes"`
}

// callRoll asks the nodes that are there whether this one may join them. What is not there does not answer.
func (c *Conn) callRoll(ctx context.Context, n *Node) error {
	text, err := json.Marshal(rollCall{n.ID, n.Service, n.Nodes})
	if err != nil {
		return err
	}
	for _, id := range n.Nodes {
		attempt, cancel := context.WithTimeout(ctx, rollCallWithin)
		m, err := c.nc.RequestWithContext(attempt, nodeSubject(n.Cluster, id)+"."+rollCallMark, text)
		cancel()
		var there rollCall
		switch {
		case err != nil || json.Unmarshal(m.Data, &there) != nil:
		case id == n.ID:
			return fmt.Errorf("%s of the cluster %s is there already: give this node another id, or end the other one", id, n.Cluster)
		case there.Service != n.Service:
			return fmt.Errorf("%s of the cluster %s serves %s, and this one %s: give this one another --cluster", id, n.Cluster, there.Service, n.Service)
		case !slices.Equal(there.Nodes, n.Nodes):
			return fmt.Errorf("%s of the cluster %s has the nodes %s, and this one %s: give all of them the same --nodes",
				id, n.Cluster, strings.Join(there.Nodes, ","), strings.Join(n.Nodes, ","))
		}
	}
	return nil
}

// seat is a node's place at NATS. One goroutine owns it; it waits for nothing but the next thing to do, so that a
// node which does not read cannot keep what it writes from leaving.
type seat struct {
	*Conn
	Node
	heard   chan *nats.Msg
	waiting [][]byte    // lines for the node; while there are some nothing is heard
	input   chan []byte // what the services reply comes here, too
	printed chan [][]byte
	asked   chan wire.Message
	stop    chan struct{} // closed when the node's input ends
	fed     chan struct{} // closed when it has ended
	ended   chan error

	decoder     wire.Decoder
	incarnation string
	callers     []*caller // the first is number 1; 0 asks for the setup
	idle        []*caller
	setup       int // requests that have been answered
	told        map[string]bool
	carried     Carried
}

// caller is what the node takes for a client: one request under way at a time. Who asks over NATS is given one that
// is idle.
type caller struct {
	id     string
	msgID  int64
	until  time.Time
	reply  string   // subject; empty between requests
	asking wire.Raw // the msg_id of who asks; nil if there was none
}

func (s *seat) own(ctx context.Context) error {
	reading, in := io.Pipe()
	go func() { s.ended <- s.Run(reading, printer{s}); _ = reading.Close() }()
	go s.feed(in)
	go s.serveStore(ctx)
	if len(s.Setup) > 0 {
		s.put(s.setupClient(), s.Setup[0])
	}
	look := time.NewTicker(time.Second)
	defer look.Stop()
	ending := ctx.Done()
	for {
		hear, input, next := s.heard, chan<- []byte(nil), []byte(nil)
		if len(s.waiting) > 0 {
			hear, input, next = nil, s.input, s.waiting[0]
		}
		if ending == nil {
			hear, input = nil, nil
		}
		select {
		case m := <-hear:
			s.hear(m)
		case input <- next:
			s.waiting = s.waiting[1:]
		case lines := <-s.printed:
			for _, line := range lines {
				s.carry(line)
			}
		case text := <-s.news:
			s.Say(text)
		case <-look.C:
			s.forget(time.Now())
		case <-ending:
			ending = nil
			close(s.stop)
		case err := <-s.ended:
			if ending != nil {
				close(s.stop)
				err = errors.Join(err, fmt.Errorf("node %s has ended", s.ID))
			}
			<-s.fed
			return err
		}
	}
}

// printer takes what the node prints.
type printer struct{ *seat }

// Write takes whole lines, as package node writes them.
func (p printer) Write(text []byte) (int, error) {
	p.printed <- slices.Collect(bytes.Lines(bytes.Clone(text))) // its owner is there until the node has ended
	return len(text), nil
}

// feed writes lines into the node until its input is to end, all that are there at once.
func (s *seat) feed(in *io.PipeWriter) {
	defer close(s.fed)
	defer in.Close()
	var batch []byte
	for {
		select {
		case line := <-s.input:
			batch = append(batch, line...)
		case <-s.stop:
			return
		}
		for more := true; more && len(batch) < 64<<10; {
			select {
			case line := <-s.input:
				batch = append(batch, line...)
			default:
				more = false
			}
		}
		if _, err := in.Write(batch); err != nil {
			return // the node has ended
		}
		batch = batch[:0]
	}
}

// put has a line wait for the node.
func (s *seat) put(src string, body []byte) {
	s.waiting = append(s.waiting, network.Line(&network.Message{Src: src, Dest: s.ID, Body: body}))
}

// hear takes a message of NATS. What no node and no client of this cluster sends is refused and counted.
func (s *seat) hear(m *nats.Msg) {
	sender, fromNode := strings.CutPrefix(m.Subject, nodeSubject(s.Cluster, s.ID)+".")
	if fromNode && sender == rollCallMark {
		s.answerRoll(m)
		return
	}
	body, form, err := parseBody(m.Data)
	switch {
	case err != nil:
		s.refuse(m, maelstrom.MalformedRequest, err.Error())
	case fromNode && !slices.Contains(s.Nodes, sender):
		s.refuse(m, maelstrom.MalformedRequest, fmt.Sprintf("%s is no node of the cluster %s", sender, s.Cluster))
	case fromNode:
		s.carried.Heard++
		s.put(sender, body)
	case form.Type == "init":
		s.refuse(m, maelstrom.NotSupported, "a node is told once who it is, by its own machine")
	default:
		s.open(m, body, form)
	}
}

// bodyForm is what is looked at in the body of a message.
type bodyForm struct {
	Type  string   `json:"type" wire:"required"`
	MsgID wire.Raw `json:"msg_id"`
}

// parseBody takes a message apart: one JSON object, on one line.
func parseBody(text []byte) (body []byte, form bodyForm, err error) {
	if err := wire.Unmarshal(text, &form); err != nil {
		return nil, form, err
	}
	if slices.Contains(text, '\n') || slices.Contains(text, '\r') {
		text, err = wire.AppendCompact(nil, text)
	}
	return text, form, err
}

func (s *seat) answerRoll(m *nats.Msg) {
	var asks rollCall
	if json.Unmarshal(m.Data, &asks) != nil || asks.Service != s.Service || !slices.Equal(asks.Nodes, s.Nodes) {
		s.refuse(&nats.Msg{Subject: m.Subject}, 0, "it is of a node whose cluster has another service or other nodes")
	}
	text, _ := json.Marshal(rollCall{s.ID, s.Service, s.Nodes}) // nothing in it fails
	s.publish(m.Reply, text)
}

// refuse counts a message that is none, and tells who asks.
func (s *seat) refuse(m *nats.Msg, code int, why string) {
	s.carried.Refused++
	s.sayOnce("refused", fmt.Sprintf("A message to %s is refused: %s. Those that follow are counted.", m.Subject, why))
	s.replyError(m.Reply, nil, code, why)
}

func (s *seat) sayOnce(key, text string) {
	if !s.told[key] {
		s.told[key] = true
		s.Say(text)
	}
}

// open gives a request to the node in the name of a client that has no other under way.
func (s *seat) open(m *nats.Msg, body []byte, form bodyForm) {
	if m.Reply == "" || !replySubject(m.Reply) {
		s.refuse(&nats.Msg{Subject: m.Subject}, 0, fmt.Sprintf("it asks for a reply to %q: clients await theirs below %s or _INBOX", m.Reply, inboxPrefix))
		return
	}
	cl := s.caller()
	if cl == nil {
		s.replyError(m.Reply, form.MsgID, maelstrom.TemporarilyUnavailable, fmt.Sprintf("%d requests are under way already", callersMax))
		return
	}
	s.carried.Heard++
	cl.msgID++
	cl.reply, cl.asking, cl.until = m.Reply, slices.Clone(form.MsgID), time.Now().Add(callerPatience)
	s.put(cl.id, withField(body, "msg_id", fmt.Appendf(nil, "%d", cl.msgID)))
}

// replySubject tells the inboxes of NATS clients from subjects that a node must not be made to write to.
func replySubject(subject string) bool {
	return (strings.HasPrefix(subject, inboxPrefix+".") || strings.HasPrefix(subject, nats.InboxPrefix)) && !strings.ContainsAny(subject, "*> ")
}

// caller gives one that is idle; nil where too many are not.
func (s *seat) caller() *caller {
	if last := len(s.idle) - 1; last >= 0 {
		cl := s.idle[last]
		s.idle = s.idle[:last]
		return cl
	}
	if len(s.callers) == callersMax {
		return nil
	}
	cl := &caller{id: s.callerID(len(s.callers) + 1)}
	s.callers = append(s.callers, cl)
	return cl
}

// forget takes back clients whose requests the node answers no more.
func (s *seat) forget(now time.Time) {
	for _, cl := range s.callers {
		if cl.reply != "" && now.After(cl.until) {
			s.free(cl)
		}
	}
}

func (s *seat) free(cl *caller) {
	cl.reply = ""
	s.idle = append(s.idle, cl)
}

// callerID is unlike that of another node's clients, and of another incarnation's: a service may know them by it.
func (s *seat) callerID(number int) string { return fmt.Sprintf("c%s-%d", s.incarnation, number) }

// byID gives a client; nil where it has no request under way.
func (s *seat) byID(id string) *caller {
	text, own := strings.CutPrefix(id, s.callerID(0)[:len(s.incarnation)+2])
	number, err := strconv.Atoi(text)
	if !own || err != nil || number < 1 || number > len(s.callers) || s.callers[number-1].reply == "" {
		return nil
	}
	return s.callers[number-1]
}

// setupClient is who sends the first requests.
func (s *seat) setupClient() string { return s.callerID(0) }

// carry carries a line of the node to where it is for.
func (s *seat) carry(line []byte) {
	m, err := s.decoder.Decode(line)
	switch {
	case err != nil:
		s.lose("line", fmt.Sprintf("The node printed what is no message: %v.", err))
	case m.Src != s.ID:
		s.lose("src", fmt.Sprintf("The node printed a message of %q, and is %s.", m.Src, s.ID))
	case len(m.Body) > int(s.nc.MaxPayload()):
		s.lose("long", fmt.Sprintf("A message of %d bytes to %s is lost: the server takes %d (its max_payload).", len(m.Body), m.Dest, s.nc.MaxPayload()))
	case slices.Contains(s.Nodes, m.Dest):
		s.carried.Sent++
		s.publish(nodeSubject(s.Cluster, m.Dest)+"."+s.ID, m.Body)
	case service.Is(m.Dest):
		s.ask(m)
	case m.Dest == s.setupClient():
		s.goOn(m)
	case network.IsClient(m.Dest):
		s.answer(m)
	default:
		s.lose("dest", fmt.Sprintf("A message to %q is lost: it is no node, client or service.", m.Dest))
	}
}

func (s *seat) publish(subject string, body []byte) {
	if subject == "" {
		return
	}
	if err := s.nc.Publish(subject, body); err != nil { // too much waits for the server to come back
		s.lose("away", fmt.Sprintf("Messages are lost while %s is away: %v.", s.url, err))
	}
}

// lose counts a message that is not carried.
func (s *seat) lose(key, why string) {
	s.carried.Lost++
	s.sayOnce(key, why+" Those that follow are counted.")
}

// ask hands a request to the services. One that finds too many waiting was not carried out.
func (s *seat) ask(m wire.Message) {
	s.carried.Asked++
	select {
	case s.asked <- m:
	default:
		if line := errorLine(m, maelstrom.TemporarilyUnavailable, "too many requests wait for the services"); line != nil {
			s.waiting = append(s.waiting, line)
		}
	}
}

// goOn sends the next request of the setup.
func (s *seat) goOn(m wire.Message) {
	if m.Type == "error" {
		s.Say(fmt.Sprintf("Node %s answers request %d of its setup with %s.", s.ID, s.setup+1, m.Body))
		return
	}
	if s.setup++; s.setup < len(s.Setup) {
		s.put(s.setupClient(), s.Setup[s.setup])
		return
	}
	s.sayOnce("ready", fmt.Sprintf("Node %s of the cluster %s is ready, on %s.", s.ID, s.Cluster, s.url))
}

// answer gives a reply to who asks. One that has given up gets none.
func (s *seat) answer(m wire.Message) {
	cl := s.byID(m.Dest)
	if cl == nil || !m.HasInReplyTo || m.InReplyTo != cl.msgID {
		return
	}
	s.carried.Sent++
	s.publish(cl.reply, withField(m.Body, "in_reply_to", cl.asking))
	s.free(cl)
}

func (s *seat) replyError(to string, asking wire.Raw, code int, text string) {
	if to == "" || !replySubject(to) {
		return
	}
	body := fmt.Appendf(nil, `{"type":"error","code":%d,"text":%s}`, code, network.AppendString(nil, text))
	s.publish(to, withField(body, "in_reply_to", asking))
}

// withField is a body with one field set to a value, or without it for nil.
func withField(body []byte, field string, value []byte) []byte {
	to := make([]byte, 0, len(body)+len(field)+len(value)+8)
	to = append(to, '{')
	add := func(name string, value []byte) {
		if len(to) > 1 {
			to = append(to, ',')
		}
		to = append(append(network.AppendString(to, name), ':'), value...)
	}
	network.Fields(body, func(name string, value []byte) {
		if name != field {
			add(name, value)
		}
	})
	if value != nil {
		add(field, value)
	}
	return append(to, '}')
}

package network

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Clock is the time of a run and the means to be called back later in it.
type Clock interface {
	// Now is the time since the start of the run.
	Now() time.Duration
	// At runs f on the owner's goroutine at time t, or as soon as the owner is free if t has passed,
	// never before At returns. Callbacks of equal t run in the order of the calls.
	At(t time.Duration, f func())
}

// Message is one message in the network.
type Message struct {
	ID        int64         // assigned by the network, 0, 1, 2 ... in the order of sending
	Src, Dest string        // ids of endpoints
	Body      []byte        // one JSON object; nobody changes it once it is sent
	Due       time.Duration // when it may be delivered, since the start of the run
}

// InvolvesClient tells whether the message comes from or goes to a client.
func (m *Message) InvolvesClient() bool { return IsClient(m.Src) || IsClient(m.Dest) }

// IsClient tells whether an id names a client: to Maelstrom it does exactly if it starts with c.
func IsClient(id string) bool { return len(id) > 0 && id[0] == 'c' }

// Receiver takes messages at an endpoint, and must not block. planned is when the message was to be
// handed over: not when it is due, if it had to wait for another one before it.
type Receiver func(m *Message, planned time.Duration)

// Journal hears of everything that happens to messages, on the owner's goroutine.
type Journal interface {
	Sent(at time.Duration, m *Message)
	Received(at time.Duration, m *Message)
	// Lost hears of a message, or of one copy of it, that will not be delivered; why is [LostInPartition],
	// [LostOnTheWay] or [LostWithNode].
	Lost(at time.Duration, m *Message, why string)
}

// Config describes a network. The zero value delivers at once and loses nothing.
type Config struct {
	Latency       Latency
	Loss          float64 // probability between 0 and 1 that a message between servers is lost
	IdealDelivery bool    // deliver each message when it is due, not one after the other
	Preemptions   []Preemption
	// Befallen hears of each message to which something happens on its way, and which of its link it is at that moment,
	// counted from 1; nil for nobody.
	Befallen func(at time.Duration, m *Message, which int, f Fate)
}

// UnknownEndpointError says that a message named an endpoint that is not there.
type UnknownEndpointError struct {
	Field string // "src" or "dest"
	ID    string
}

// Error names the field and the id.
func (e *UnknownEndpointError) Error() string {
	return fmt.Sprintf("%s %q is not a node, client or service of this run", e.Field, e.ID)
}

// Network carries messages between endpoints. Its methods must be called by one goroutine at a time.
type Network struct {
	config    Config
	clock     Clock
	rng       *rand.Rand
	journal   Journal
	endpoints map[string]*endpoint
	nextID    int64
	stats     Stats
	cuts      int                         // pairs of receiver and source that are cut now
	division  func(dest, src string) bool // what is cut besides them; nil for nothing
	weather   Weather
	orders    []order // fates given by hand
	apart     *apart  // nil: all chance comes from one source
	changes   int     // of what is cut
}

// New makes a network without endpoints. A nil journal hears nothing.
func New(config Config, clock Clock, rng *rand.Rand, journal Journal) *Network {
	if journal == nil {
		journal = deafJournal{}
	}
	return &Network{config: config, clock: clock, rng: rng, journal: journal, endpoints: make(map[string]*endpoint)}
}

// Add registers an endpoint; receive is called for each message that reaches it.
// Adding an id twice is a mistake of the caller, and panics.
func (n *Network) Add(id string, receive Receiver) {
	if n.endpoints[id] != nil {
		panic(fmt.Sprintf("network: endpoint %q added twice", id))
	}
	n.endpoints[id] = newEndpoint(n, id, receive)
}

// Remove takes an endpoint out of the network, with whatever was on its way to it. Removing an id that
// is not there does nothing.
func (n *Network) Remove(id string) {
	if e := n.endpoints[id]; e != nil {
		e.removed = true
		e.queue = nil
		delete(n.endpoints, id)
	}
}

// Has tells whether an endpoint of that id is there.
func (n *Network) Has(id string) bool { return n.endpoints[id] != nil }

// Listen says whether an endpoint takes messages. One that does not keeps them in its queue, unseen by
// the journal, as a client does that waits for nothing. Endpoints listen until told otherwise.
func (n *Network) Listen(id string, listens bool) {
	e := n.endpoints[id]
	if e == nil || e.listens == listens {
		return
	}
	e.listens = listens
	e.arm()
}

// Send puts a message into the network. src and dest are compared as bytes and not kept; the body is
// kept as it is. The error is an [UnknownEndpointError]; nothing was sent then and nothing counted.
func (n *Network) Send(src, dest string, body []byte) error {
	from, ok := n.endpoints[src]
	if !ok {
		return &UnknownEndpointError{Field: "src", ID: src}
	}
	to, ok := n.endpoints[dest]
	if !ok {
		return &UnknownEndpointError{Field: "dest", ID: dest}
	}
	now := n.clock.Now()
	m := Message{ID: n.nextID, Src: from.id, Dest: to.id, Body: body, Due: now}
	n.nextID++
	client := from.client || to.client
	var befalls Fate
	if !client {
		befalls = n.travel(&m, to)
	}
	n.stats.sent(client)
	n.journal.Sent(now, &m)
	if befalls.Lost {
		n.lose(&m, LostOnTheWay)
		return nil
	}
	to.queue.push(m)
	if befalls.Twice {
		m.Due = now + befalls.Again
		to.queue.push(m)
	}
	to.arm()
	return nil
}

// lose tells of a message that will not be delivered.
func (n *Network) lose(m *Message, why string) {
	n.stats.lost(why)
	n.journal.Lost(n.clock.Now(), m, why)
}

// Cut makes dest drop what comes from src, in that direction only, until [Network.Heal]. Ids of
// clients are ignored: no partition reaches them.
func (n *Network) Cut(dest, src string) {
	to := n.endpoints[dest]
	if to == nil || to.client || IsClient(src) {
		return
	}
	if to.cut == nil {
		to.cut = make(map[string]bool)
	}
	if !to.cut[src] {
		to.cut[src] = true
		n.cuts++
		n.changes++
	}
}

// Divide cuts many links at once, until [Network.Heal]: those for which cut says so, links of them. It
// stands for as many calls of [Network.Cut] where there are too many pairs to list. It is asked about
// nodes only.
func (n *Network) Divide(cut func(dest, src string) bool, links int) {
	n.division = cut
	n.cuts += links
	n.changes++
}

// Heal ends every partition.
func (n *Network) Heal() {
	for _, e := range n.endpoints {
		e.cut = nil
	}
	n.division, n.cuts = nil, 0
	n.changes++
}

// Cuts is how many directed links are cut now.
func (n *Network) Cuts() int { return n.cuts }

// IsCut tells whether dest drops what comes from src.
func (n *Network) IsCut(dest, src string) bool {
	to := n.endpoints[dest]
	return to != nil && (to.cut[src] || n.division != nil && n.division(dest, src))
}

// Changes counts the changes of what is cut.
func (n *Network) Changes() int { return n.changes }

// Stats is what was counted until now.
func (n *Network) Stats() Stats { return n.stats }

type deafJournal struct{}

func (deafJournal) Sent(time.Duration, *Message)         {}
func (deafJournal) Received(time.Duration, *Message)     {}
func (deafJournal) Lost(time.Duration, *Message, string) {}

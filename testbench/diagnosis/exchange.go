package diagnosis

import (
	"fmt"
	"strings"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/network"
	"eddy/testbench/report"
	"eddy/trace"
)

// exchange is a client's request and what a node replied, as the network's journal has them.
type exchange struct {
	name    string // of the request
	node    string
	request string
	sent    time.Duration
	reply   string // empty if there was none
	id      string // the request's msg_id, where the reply has it as something else than the integer
	replied time.Duration
}

// exchangeBytesMax is how much of a body is shown.
const exchangeBytesMax = 160

// String is the exchange in a sentence.
func (x *exchange) String() string {
	text := fmt.Sprintf("%s was asked %s at %s", x.node, x.request, report.Seconds(x.sent))
	if x.reply == "" {
		return text + " and did not reply."
	}
	text += fmt.Sprintf(" and replied %s at %s", x.reply, report.Seconds(x.replied))
	if x.id != "" {
		return text + fmt.Sprintf(", which answers nothing: in_reply_to is not the integer %s.", x.id)
	}
	return text + "."
}

// wanted is an operation whose exchange is looked for: the last request of its client before it ended, of those of
// its own type if there are any. A poll of kafka is followed by a commit, for example, of which there is nothing to tell.
type wanted struct {
	node       string
	f          string
	began, end time.Duration
}

// exchangeSlack is how much later than its operation a request may be recorded.
const exchangeSlack = 2 * time.Millisecond

// exchangesOf finds the requests of operations in the files of a run, in the order asked for; none where there is no
// journal, as under Maelstrom.
func exchangesOf(run *trace.Run, all []wanted) ([]exchange, error) {
	found := make([]exchange, len(all))
	clients := make([]string, len(all)) // whose request it is
	ids := make([]string, len(all))
	own := make([]bool, len(all)) // whether the request found is of the operation's type
	err := run.EachMessage(func(m *trace.Message) error {
		if m.Kind != trace.MessageSent {
			return nil
		}
		for i, w := range all {
			switch {
			case network.IsClient(m.Src) && m.Dest == w.node && m.At >= w.began && m.At <= w.end && (clients[i] == "" && m.At <= w.began+exchangeSlack || clients[i] == m.Src):
				ownType := typeOf(m.Body) == w.f
				if own[i] && !ownType {
					continue
				}
				clients[i], own[i] = m.Src, ownType
				ids[i] = string(trace.Field(m.Body, "msg_id"))
				found[i] = exchange{name: m.Name(), node: w.node, request: network.Abbreviate(m.Body, exchangeBytesMax), sent: m.At}
			case m.Src == w.node && m.Dest == clients[i] && clients[i] != "" && found[i].reply == "" && answers(m.Body, ids[i]):
				if string(trace.Field(m.Body, "in_reply_to")) != ids[i] {
					found[i].id = ids[i]
				}
				found[i].reply, found[i].replied = network.Abbreviate(trace.WithoutMark(m.Body), exchangeBytesMax), m.At
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var known []exchange
	for _, x := range found {
		if x.name != "" {
			known = append(known, x)
		}
	}
	return known, nil
}

// typeOf is a body's type; empty if it has none.
func typeOf(body []byte) string {
	text, _ := network.Text(trace.Field(body, "type"))
	return text
}

// answers tells whether a body is meant as the reply to a request, even if it has the id as a string or a float.
func answers(body []byte, id string) bool {
	to := strings.Trim(string(trace.Field(body, "in_reply_to")), `"`)
	whole, _, _ := strings.Cut(to, ".")
	return whole == id
}

// operation gives the invocation at a place of the history, or the one that ended there, to be looked for.
func operation(h history.History, pairs history.Pairing, index int, nodeOf func(int) string) (w wanted, ok bool) {
	if index < 0 || index >= len(h) || h[index].Process == history.Nemesis || nodeOf == nil {
		return wanted{}, false
	}
	begin, end := index, index
	if other, paired := pairs.Of(index); paired {
		begin, end = min(index, other), max(index, other)
	}
	w = wanted{node: nodeOf(h[begin].Process), f: h[begin].F, began: h[begin].Time, end: h[end].Time}
	if begin == end {
		w.end = h[len(h)-1].Time
	}
	return w, true
}

// toldOf are the events of a witness that prove it, the most telling last; no more than exchangesMax.
func toldOf(w *checker.Witness) []checker.Event {
	var all []checker.Event
	for _, e := range []*checker.Event{w.Invoked, w.Known} {
		if e != nil {
			all = append(all, *e)
		}
	}
	if len(w.Events) > 0 {
		all = w.Events
	}
	return all[max(0, len(all)-exchangesMax):]
}

const exchangesMax = 2

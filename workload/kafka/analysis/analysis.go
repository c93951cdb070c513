package analysis

import (
	"encoding/json"

	"eddy/testbench/history"
)

// The anomalies. Names are Jepsen's but for Unsent.
const (
	// Duplicate: one message stands at several offsets of a key.
	Duplicate = "duplicate"
	// AbortedRead: a poll shows a message whose send certainly failed.
	AbortedRead = "G1a"
	// FutureRead: a poll that was over before the message's send began shows it.
	FutureRead = "G1c-realtime"
	// InconsistentOffsets: several messages were seen at one offset of a key.
	InconsistentOffsets = "inconsistent-offsets"
	// InternalNonmonotonicPoll: within one poll a key goes backwards, or stands still.
	InternalNonmonotonicPoll = "int-nonmonotonic-poll"
	// InternalPollSkip: within one poll a key passes over messages that exist.
	InternalPollSkip = "int-poll-skip"
	// LostWrite: an acknowledged message was never polled, though a later one of its key was.
	LostWrite = "lost-write"
	// NonmonotonicPoll: a process polls a key from at or before where its last poll of it ended.
	NonmonotonicPoll = "nonmonotonic-poll"
	// NonmonotonicSend: a process's later send to a key got the lower offset.
	NonmonotonicSend = "nonmonotonic-send"
	// PollSkip: between two polls of a process a key passes over messages that exist.
	PollSkip = "poll-skip"
	// Unseen: an acknowledged message was never polled.
	Unseen = "unseen"
	// Unsent: a poll shows a message that nobody sent to that key.
	Unsent = "unsent"
)

// Case is one occurrence of an anomaly. Which fields are set depends on the
// anomaly; what belongs together is told at each.
type Case struct {
	Key    string
	Value  json.RawMessage   // the message it is about
	Values []json.RawMessage // the messages at one offset; or the last and the next one of a poll or send
	Delta  int               // how far the next one stands from the last in the key's order, gaps not counted
	// Skipped are the messages passed over, in order.
	Skipped []json.RawMessage
	Offset  int64   // InconsistentOffsets: where
	Offsets []int64 // Duplicate: where, in order
	Index   int     // the offset's or message's place in the key's order, from 0
	// MaxReadIndex is the place up to which the key was polled by anyone.
	MaxReadIndex int
	// Ops are the positions in the history of the operations that prove it, to be read in this order. The
	// first one or two are the offenders; others show that what they contradict exists.
	Ops []int
}

// UnseenMessages are messages that were acknowledged and never polled.
type UnseenMessages struct {
	Key      string
	Messages []json.RawMessage // in order
	Ops      []int             // the positions in the history of the sends of the first few
}

// Lag is by how much a poll was behind: for how long at least, when the poll
// began, the message that its process had polled last had not been the last of
// its key.
type Lag struct {
	TimeNs  int64 // when the poll began
	Process int
	Key     string
	LagNs   int64
	Final   bool // of a poll after recovery, which reads all again from the beginning
}

// Analysis is what a history shows.
type Analysis struct {
	Cases   map[string][]Case // by anomaly; Unseen is not among them
	Unseen  []UnseenMessages
	EndNs   int64        // time of the last send or poll that succeeded
	Lag     *Lag         // the worst; nil if no poll told of a key
	Lags    []Lag        // the worst of each poll whose process had any key
	Unknown []history.Op // the sends and polls of which nobody knows how they ended
	Sent    int          // acknowledged messages
	Polled  int          // of these, those that a poll showed
	Entries int          // messages in all polls together
	Keys    int
}

// Analyze finds the anomalies of a history. An error means that it is no
// history of logs.
func Analyze(h history.History, pairs history.Pairing) (*Analysis, error) {
	r := &reader{logs: map[string]*log{}}
	if err := r.read(h, pairs); err != nil {
		return nil, err
	}
	a := &analyzer{history: h, pairs: pairs, ops: r.ops, logs: r.all, found: &Analysis{Cases: map[string][]Case{}}}
	a.gather()
	for _, l := range a.logs {
		l.order()
		if len(l.facts) > 0 {
			a.found.Keys++
		}
		a.offsets(l)
		a.lost(l)
		a.strangers(l)
		a.unseen(l)
	}
	a.aborted()
	a.internalPolls()
	a.processes()
	a.lag()
	return a.found, nil
}

// analyzer is an analysis under way.
type analyzer struct {
	history history.History
	pairs   history.Pairing
	ops     []operation
	logs    []*log
	found   *Analysis
}

func (a *analyzer) add(anomaly string, c Case) {
	a.found.Cases[anomaly] = append(a.found.Cases[anomaly], c)
}

// at gives the positions in the history of operations.
func (a *analyzer) at(ops ...int32) []int {
	var all []int
	for _, op := range ops {
		if op != none {
			all = append(all, int(a.ops[op].at))
		}
	}
	return all
}

// gather collects what is known of each message: who sent it, who showed it
// first, at which offsets it was seen.
func (a *analyzer) gather() {
	for i := range a.ops {
		o := &a.ops[i]
		switch o.f {
		case "send":
			o.sent.log.facts[o.sent.value].writer = int32(i)
			if o.ended == history.OK && o.sent.placed {
				o.sent.log.place(o.sent.offset, o.sent.value)
			}
		case "poll":
			for _, p := range o.polls {
				a.found.Entries += len(p.values)
				for j, v := range p.values {
					p.log.place(p.offsets[j], v)
					if f := &p.log.facts[v]; f.reader == none && o.ended == history.OK {
						f.reader = int32(i)
					}
				}
			}
		default:
			continue
		}
		switch o.ended {
		case history.OK:
			a.found.EndNs = int64(a.history[o.at].Time)
		case history.Info:
			if op := a.history[o.at]; op.Type == history.Info {
				a.found.Unknown = append(a.found.Unknown, op)
			}
		}
	}
}

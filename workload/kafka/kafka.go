// Package kafka is the workload kafka: logs that clients send to, poll and commit offsets of.
package kafka

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/network"
	"eddy/testbench/report"
	"eddy/workload"
)

// New is the workload: it sends messages to logs, polls them, and now and then assigns other logs to a client or crashes it. At
// the end every worker polls all logs from their beginning until it has seen what any operation told of.
func New() workload.Workload {
	return workload.Workload{
		Name: "kafka",
		Judge: checker.Judge{
			Fs: []string{"assign", "crash", "poll", "send"},
			// A crash stands for a client's own, and debug-topic-partitions, of Maelstrom's histories, looks at the system.
			MayFail: []string{"crash", "debug-topic-partitions"},
			Check:   check,
			Empty:   func() checker.Workload { return &Results{} },
		},
		Challenges: []workload.Challenge{
			{Number: "5a", Flags: []string{"node-count=1", "concurrency=2n", "time-limit=20", "rate=1000"}, Targets: []report.Target{report.NotOK(500)}},
			{Number: "5b", Flags: []string{"node-count=2", "concurrency=2n", "time-limit=20", "rate=1000"}, Targets: []report.Target{report.NotOK(500)}},
			{Number: "5c", Flags: []string{"node-count=2", "concurrency=2n", "time-limit=20", "rate=1000"}, Targets: []report.Target{report.NotOK(500), report.ServerMessagesPerOp(0.1)}},
		},
		Final:        finalPolls,
		FinalLimit:   10 * time.Second,
		Uses:         []string{"key-count", "max-writes-per-key"},
		NewGenerator: newGenerator,
		NewClient:    newClient,
		Calls: []workload.Call{
			{F: "assign", Reply: workload.Schema{Type: "list_committed_offsets_ok", Field: "offsets", Kind: offsetsKind}, Idempotent: true},
			{F: "poll", Reply: workload.Schema{Type: "poll_ok", Field: "msgs", Kind: messagesKind}},
			{F: "send", Reply: workload.Schema{Type: "send_ok", Field: "offset", Kind: offsetKind}},
		},
	}
}

// What a node answers about logs.
var (
	offsetKind   = &workload.Kind{Form: "an integer", Not: "an integer of 64 bits", Admits: isOffset}
	offsetsKind  = &workload.Kind{Form: "{key: offset, ...}", Not: "an object of integers of 64 bits", Admits: isOffsets}
	messagesKind = &workload.Kind{Form: "{key: [[offset, message], ...], ...}", Not: "an object of lists of pairs of an integer of 64 bits and a message", Admits: isMessages}
)

var commitReply = workload.Schema{Type: "commit_offsets_ok"}

// kafkaClient polls from positions that it keeps: one for each key that is assigned to it.
type client struct {
	workload  *workload.Workload
	positions offsets // the offset to poll next

	inv        workload.Invocation
	committing bool            // a poll was answered, and its offsets are on their way to the node
	polled     json.RawMessage // what it showed
	behind     offsets         // where that leaves the positions, once the poll has succeeded
}

func newClient(w *workload.Workload) workload.Client { return &client{workload: w} }

// Invoke begins an operation. A crash ends at once, of unknown outcome, so that another process takes over;
// an assign that starts from the beginning asks nobody.
func (c *client) Invoke(inv workload.Invocation) workload.Step {
	c.inv, c.committing = inv, false
	switch {
	case inv.F == "crash":
		return workload.Step{Done: workload.Completion{Type: history.Info}}
	case inv.F == "assign" && inv.Final:
		c.positions = offsets{}
		eachKey(inv.Value, func(key string) { c.positions.set(key, 0) })
		return workload.Step{Done: workload.Completion{Type: history.OK, Value: inv.Value}}
	case inv.F == "assign":
		return workload.Ask(append([]byte(`{"type":"list_committed_offsets","keys":`), inv.Value...))
	case inv.F == "poll":
		return workload.Ask(c.positions.appendTo([]byte(`{"type":"poll","offsets":`)))
	}
	key, message := sendOf(inv.Value)
	body := append(network.AppendString([]byte(`{"type":"send","key":`), key), `,"msg":`...)
	return workload.Ask(append(body, message...))
}

// Answered goes on with a reply: a poll that showed anything commits how far it got.
func (c *client) Answered(r workload.Reply) workload.Step {
	call := c.workload.Call(c.inv.F)
	if r.Type == "error" {
		return workload.Step{Done: c.workload.Failed(c.inv, call, workload.ParseError(r))}
	}
	want := call.Reply
	if c.committing {
		want = commitReply
	}
	field, err := want.Take(r)
	if err != nil {
		return workload.Step{Done: workload.Malformed(c.inv, err.(*workload.MalformedError))}
	}
	switch {
	case c.committing:
		return c.showPolled()
	case c.inv.F == "assign":
		c.assign(field)
		return workload.Step{Done: workload.Completion{Type: history.OK, Value: c.inv.Value}}
	case c.inv.F == "poll":
		return c.advance(field)
	}
	key, message := sendOf(c.inv.Value)
	return workload.Step{Done: workload.Completion{Type: history.OK, Value: sendValue(key, append(append(append(append([]byte("["), field...), ','), message...), ']'))}}
}

// TimedOut ends the operation, whichever of its requests was not answered.
func (c *client) TimedOut() workload.Step { return workload.Step{Done: c.workload.TimedOut(c.inv)} }

// assign takes over keys: one that the client had goes on where it was, others begin at the committed offset
// or, where there is none, at 0.
func (c *client) assign(committed json.RawMessage) {
	var stored, next offsets
	network.Fields(committed, func(key string, value []byte) { stored.set(key, parseOffset(value)) })
	eachKey(c.inv.Value, func(key string) {
		at, known := c.positions.get(key)
		if !known {
			at, _ = stored.get(key)
		}
		next.set(key, at)
	})
	c.positions = next
}

// advance commits how far a poll got. The positions move when the whole operation succeeds: one whose commit is refused
// shows nothing to the history, and what it was shown is to be polled again.
func (c *client) advance(messages json.RawMessage) workload.Step {
	c.polled, c.behind = messages, offsets{}
	var highest offsets
	eachPolled(messages, func(key string, offset int64, any bool) {
		next := int64(0)
		if any {
			next = offset + 1
			highest.raise(key, max(0, offset))
		}
		c.behind.raise(key, next)
	})
	if len(highest.keys) == 0 {
		return c.showPolled()
	}
	c.committing = true
	return workload.Ask(highest.appendTo([]byte(`{"type":"commit_offsets","offsets":`)))
}

func (c *client) showPolled() workload.Step {
	for _, key := range c.behind.keys {
		at, _ := c.behind.get(key)
		c.positions.raise(key, at)
	}
	value := append(append([]byte(`[["poll",`), c.polled...), "]]"...)
	return workload.Step{Done: workload.Completion{Type: history.OK, Value: value}}
}

// sendValue is the value of a send: its message, or once it is acknowledged the pair of offset and message.
func sendValue(key string, message []byte) json.RawMessage {
	value := append(network.AppendString([]byte(`[["send",`), key), ',')
	return append(append(value, message...), "]]"...)
}

// sendOf takes the value of a send apart.
func sendOf(value json.RawMessage) (key string, message json.RawMessage) {
	n := 0
	history.EachElement(value, func(op json.RawMessage) bool {
		history.EachElement(op, func(part json.RawMessage) bool {
			switch n++; n {
			case 2:
				key, _ = network.Text(part)
			case 3:
				message = part
			}
			return true
		})
		return true
	})
	return key, message
}

func eachKey(list json.RawMessage, f func(key string)) {
	history.EachElement(list, func(raw json.RawMessage) bool {
		key, _ := network.Text(raw)
		f(key)
		return true
	})
}

// eachPolled calls f for each key of a poll's messages with the highest offset shown of it; any is false if
// there is none.
func eachPolled(messages json.RawMessage, f func(key string, offset int64, any bool)) {
	network.Fields(messages, func(key string, pairs []byte) {
		highest, any := int64(-1), false
		history.EachElement(pairs, func(pair json.RawMessage) bool {
			history.EachElement(pair, func(offset json.RawMessage) bool {
				highest, any = max(highest, parseOffset(offset)), true
				return false
			})
			return true
		})
		f(key, highest, any)
	})
}

func parseOffset(text []byte) int64 {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		panic("workload: an offset that was not checked: " + err.Error())
	}
	return n
}

// isOffset tells whether a value is an integer of 64 bits after which another may come.
func isOffset(value []byte) bool {
	n, err := strconv.ParseInt(string(value), 10, 64)
	return err == nil && n < math.MaxInt64
}

func isOffsets(value []byte) bool {
	good := true
	return network.Fields(value, func(_ string, offset []byte) { good = good && isOffset(offset) }) && good
}

func isMessages(value []byte) bool {
	good := true
	pair := func(raw json.RawMessage) bool {
		n := 0
		isPair := raw[0] == '[' && history.EachElement(raw, func(part json.RawMessage) bool {
			n++
			good = good && (n > 1 || isOffset(part))
			return good
		})
		good = good && isPair && n == 2
		return good
	}
	isObject := network.Fields(value, func(_ string, pairs []byte) {
		good = good && workload.IsList(pairs)
		if good && pairs[0] == '[' {
			history.EachElement(pairs, pair)
		}
	})
	return isObject && good
}

package testbench

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"eddy/testbench/network"
	"eddy/testbench/service"
	"eddy/workload"
)

// FromNode takes a line that a node printed, without its line end; the memory passes to the run.
func (c *Conductor) FromNode(id string, line []byte) {
	n := c.fleet.byID[id]
	if n == nil || n.life == dead || c.phase == phaseOver {
		return
	}
	n.output.printed = true
	if n.output.deaf {
		n.output.ignored++
		return
	}
	parsed, err := network.ParseLine(line)
	if err != nil {
		c.deafen(n, finding{kind: kindMalformedLine, line: line, expected: network.LineForm,
			what: "printed a line to stdout that is not a message: " + err.Error()})
		return
	}
	if parsed.Src != id && c.fleet.byID[parsed.Src] != nil {
		c.inspector.find(n, finding{kind: kindForeignSource, line: line, warning: true, expected: sourceForm(n),
			what: fmt.Sprintf("sent a message in the name of %s; it is delivered, as Maelstrom does", parsed.Src)})
	}
	if network.IsClient(parsed.Dest) {
		c.silence.spoke(n)
	}
	c.inspector.number(n, line, parsed.Body)
	cl := c.clients.open[parsed.Dest]
	if cl != nil {
		c.inspector.reply(n, cl, line, parsed.Body)
	}
	if c.phase == phaseInit && !n.ready {
		c.lookAtInitReply(n, parsed)
	}
	var unknown *network.UnknownEndpointError
	if err := c.network.Send(parsed.Src, parsed.Dest, parsed.Body); errors.As(err, &unknown) {
		if unknown.Field == "dest" && c.clients.had(unknown.ID) && c.options.holdsUp() {
			c.inspector.find(n, finding{kind: kindUnknownAddress, warning: true,
				what: "answered a client that had stopped waiting; faults that hold nodes up are part of this run, so the answer is passed over"})
			return
		}
		if f, second := repeatedSetup(n, line, unknown.ID, parsed.Body); second && unknown.Field == "dest" {
			c.deafen(n, f)
			return
		}
		c.deafen(n, c.unknownAddress(n, line, unknown))
	}
}

// LineTooLong takes note that a node printed a line of more than limit bytes, which starts with start.
func (c *Conductor) LineTooLong(id string, start []byte, limit int) {
	if n := c.fleet.byID[id]; n != nil && !n.output.deaf && c.phase != phaseOver {
		c.deafen(n, finding{kind: kindMalformedLine, line: start, expected: network.LineForm,
			what: fmt.Sprintf("printed a line to stdout of more than %d MiB", limit>>20)})
	}
}

// deafen notes a problem after which Maelstrom stops reading the node's stdout for the rest of the test,
// and does the same.
func (c *Conductor) deafen(n *node, f finding) {
	n.output.deaf = true
	f.what += "; whatever it prints from now on is ignored, as Maelstrom does"
	c.inspector.find(n, f)
	if c.phase == phaseInit && !n.ready {
		c.failNode(n, "did not answer init in a way that can be understood: "+c.inspector.findings.last(n.id))
	}
}

func (c *Conductor) unknownAddress(n *node, line []byte, e *network.UnknownEndpointError) finding {
	f := finding{kind: kindUnknownAddress, line: line}
	switch {
	case e.Field == "src":
		f.what = fmt.Sprintf("sent a message from %q, which is not a node of this run", e.ID)
		f.expected = sourceForm(n)
	case network.IsClient(e.ID):
		f.what = fmt.Sprintf("sent a message to client %q, which does not exist", e.ID)
		if c.clients.had(e.ID) {
			f.what = fmt.Sprintf("answered client %s, which had stopped waiting and is closed (clients wait %v)", e.ID, c.clientTimeout())
		}
		f.expected = `one answer to each request, with the request's "src" as its "dest", before the client's timeout`
	default:
		f.what = fmt.Sprintf("sent a message to %q, which does not exist", e.ID)
		f.expected = fmt.Sprintf(`as "dest" one of the node_ids it got with init (%s to %s), a service (%s) or the "src" of a request`,
			c.fleet.nodes[0].id, c.fleet.nodes[len(c.fleet.nodes)-1].id, strings.Join(service.Names(), ", "))
	}
	return f
}

func sourceForm(n *node) string {
	return fmt.Sprintf(`"src": %q, the node_id it got with init`, n.id)
}

// Warn notes something that the engine has found about a node: a clause such as "does not read its
// stdin", and what would be right. The same about one node is counted, not listed again.
func (c *Conductor) Warn(id, kind, what, expected string) {
	if n := c.fleet.byID[id]; n != nil && n.life != dead && c.phase != phaseOver {
		c.inspector.find(n, finding{kind: kind, what: what, expected: expected, warning: true})
	}
}

// ClosedOutput takes note that a node has closed its stdout, or all that shared it have, and runs on: nothing can come
// from it any more.
func (c *Conductor) ClosedOutput(id string) {
	n := c.fleet.byID[id]
	if n == nil || n.exited || n.output.deaf || n.life == dead || c.phase == phaseOver {
		return
	}
	n.output.deaf = true
	c.inspector.find(n, finding{kind: kindClosedOutput, about: "closed", expected: "a node that keeps stdout open for its messages",
		what: "closed its stdout and goes on running: it can answer nothing any more"})
}

// Lost hears that a node is gone by no doing of its own, such as with its machine: the run cannot be made.
func (c *Conductor) Lost(id string, err error) {
	if c.phase != phaseOver {
		c.fail(fmt.Errorf("node %s is lost: %w", id, err))
	}
}

// Exited takes note that a node's process has ended by itself: how, in words such as "exit status 1",
// and the last lines it wrote to stderr.
func (c *Conductor) Exited(id, status string, lastStderr []string) {
	n := c.fleet.byID[id]
	if n == nil || n.exited || n.life == dead || c.phase == phaseOver {
		return
	}
	n.exited = true
	c.fleet.changes++
	what := fmt.Sprintf("exited during the run with %s", status)
	if !n.ready {
		what = fmt.Sprintf("exited with %s before it answered init", status)
	}
	if len(lastStderr) == 0 {
		what += "; it wrote nothing to stderr"
	}
	f := finding{kind: kindExit, what: what, stderr: lastStderr,
		expected: "a node that runs until the bench ends it, whatever requests it gets"}
	f.about = what
	if len(lastStderr) > 0 {
		f.about += lastStderr[len(lastStderr)-1]
	}
	c.inspector.find(n, f)
	if !n.ready && n.life == alive {
		if len(lastStderr) > 0 {
			what += "; the last it wrote to stderr:\n  " + strings.Join(lastStderr, "\n  ")
		}
		c.failNode(n, what)
	}
}

// Unfinished takes note of bytes that a node has printed without an end of line: how many wait, and how they
// begin. None waiting says that the line has been ended.
func (c *Conductor) Unfinished(id string, waiting int, start []byte) {
	n := c.fleet.byID[id]
	if n == nil || n.life == dead || c.phase == phaseOver {
		return
	}
	out := &n.output
	out.unfinished, out.unfinishedStart, out.unfinishedAt = waiting, start, c.clock.Now()
	if waiting == 0 || n.ready {
		return
	}
	at := out.unfinishedAt
	c.clock.At(at+unfinishedPatience, func() {
		if c.phase == phaseInit && !n.ready && out.unfinished == waiting && out.unfinishedAt == at && json.Valid(start) {
			c.failNode(n, "did not answer init: "+out.unfinishedText())
		}
	})
}

// lookAtInitReply ends the wait for init where a node has answered it in a way that does not reach who asked: nothing
// better will come.
func (c *Conductor) lookAtInitReply(n *node, reply network.Parsed) {
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

package play

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap/zapcore"

	"eddy/actor/node"
	"eddy/internal/suggest"
	"eddy/testbench/virtual"
)

// moment is a run that stands at a moment, to be looked at.
type moment struct {
	key     string
	at      time.Duration // up to here all has happened
	session *virtual.Session
	logs    map[string][]LogLine // the last of each node
}

// logLinesShown is how many lines of a node's log are shown.
const logLinesShown = 50

// momentsKept is how many runs stand ready: people go to and fro.
const momentsKept = 3

// stand gives the run of a request at a moment. It is the same however it came there: by steps from a moment before, or
// from the beginning.
func (b *Bench) stand(r *Request, at time.Duration) (*moment, error) {
	key := cacheKey(r.arguments())
	best := -1
	for i, m := range b.moments {
		if m.key == key && m.at <= at && (best < 0 || m.at > b.moments[best].at) {
			best = i
		}
	}
	if best >= 0 {
		m := b.moments[best]
		copy(b.moments[1:best+1], b.moments[:best])
		b.moments[0] = m
		m.to(at)
		return m, nil
	}
	s, err := b.simulation(r)
	if err != nil {
		return nil, err
	}
	m, err := s.begin(key)
	if err != nil {
		return nil, err
	}
	if len(b.moments) == momentsKept {
		b.moments[momentsKept-1].session.Close()
		b.moments = b.moments[:momentsKept-1]
	}
	b.moments = slices.Insert(b.moments, 0, m)
	m.to(at)
	return m, nil
}

func (s Simulation) begin(key string) (*moment, error) {
	m := &moment{key: key, logs: make(map[string][]LogLine)}
	config := s.Config(virtual.LogsTo(m.log, zapcore.InfoLevel), node.TraceOptions{})
	var err error
	m.session, err = virtual.Begin(s.Options, config)
	return m, err
}

func (m *moment) to(at time.Duration) {
	m.session.To(at)
	m.at = at
}

// log takes lines of a node's log. What is no line of Eddy's is shown as it is.
func (m *moment) log(id string, lines []byte) {
	for text := range bytes.Lines(lines) {
		line := LogLine{Text: string(bytes.TrimSpace(text))}
		if m.session != nil { // else the run is just beginning
			line.At = int64(m.session.Now())
		}
		var fields map[string]any
		if json.Unmarshal(text, &fields) == nil {
			line.Level, _ = fields["level"].(string)
			line.Text = logText(fields)
		}
		all := append(m.logs[id], line)
		m.logs[id] = all[max(0, len(all)-logLinesShown):]
	}
}

// logText is a line of a log in words: what happened, and the particulars.
func logText(fields map[string]any) string {
	event, _ := fields["event"].(string)
	text := event
	for _, name := range sortedKeys(fields) {
		switch name {
		case "event", "level", "time", "node":
		default:
			text += fmt.Sprintf("  %s %v", name, fields[name])
		}
	}
	return text
}

// look answers with a node at a moment.
func (b *Bench) look(r *Request) (any, error) {
	if r.At == nil || *r.At < 0 {
		return nil, fmt.Errorf("a look needs a moment: give at, in ns from the begin of the run")
	}
	at := time.Duration(*r.At)
	m, err := b.stand(r, at)
	if err != nil {
		return nil, err
	}
	nodes := m.session.Nodes()
	i := slices.Index(nodes, r.Node)
	if i < 0 {
		return nil, fmt.Errorf("there is no node %q%s", r.Node, suggest.Among(r.Node, nodes))
	}
	shown := Look{At: *r.At, State: m.session.Conductor().NodeState(i), ClockAhead: int64(m.session.Ahead(i)), Actors: []ActorView{}, Log: append([]LogLine{}, m.logs[r.Node]...)}
	stats, made := m.session.Stats(i)
	shown.Program = !made
	for _, a := range stats {
		shown.Actors = append(shown.Actors, ActorView{Name: a.Path, Mailbox: a.Waiting, Handled: a.Received, View: a.View})
	}
	return shown, nil
}

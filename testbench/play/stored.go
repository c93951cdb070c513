package play

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"eddy/internal/suggest"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/trace"
)

// Stored is a run of which there are files only: its nodes were processes, so that it cannot be made again. It can be
// looked at, and that is all.
type Stored struct {
	name string
	dir  string
	reel *reel
}

// OpenStored reads the files of a run, which is called by a name in the page's address.
func OpenStored(name, dir string, o testbench.Options, results checker.Results) (*Stored, error) {
	run, err := trace.Open(dir)
	if err != nil {
		return nil, err
	}
	h, err := run.Ops()
	if err != nil {
		return nil, err
	}
	if run.Messages == "" {
		return nil, fmt.Errorf("%s has no messages.jsonl, so that there is nothing to be seen on its way: a run of Maelstrom has none", dir)
	}
	made := &reel{Simulation: Simulation{Options: o}, bodies: make(map[int64][]byte), trace: run}
	made.outcome.History, made.outcome.Results = h, results
	c := newCamera(made)
	var end time.Duration
	err = run.EachMessage(func(m *trace.Message) error {
		end = m.At
		sent := &network.Message{ID: m.ID, Src: m.Src, Dest: m.Dest, Body: bytes.Clone(m.Body)}
		switch _, known := c.flying[m.ID]; {
		case m.Kind == trace.MessageSent && len(c.film.Messages) >= runMessagesMax:
			return fmt.Errorf("%s has more than %d messages, which is more than can be played", dir, runMessagesMax)
		case m.Kind == trace.MessageSent:
			c.Sent(m.At, sent)
		case !known: // one of which only some were recorded
		case m.Kind == trace.MessageReceived:
			c.Received(m.At, sent)
		case m.Kind == trace.MessageLost:
			c.Lost(m.At, sent, m.Why)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(h) > 0 {
		end = max(end, h[len(h)-1].Time)
	}
	c.acts(h)
	c.finish(testbench.Run{History: h, Elapsed: end})
	made.film.Idle, made.film.Verdict = []string{}, verdictOf(&made.outcome)
	return &Stored{name: name, dir: dir, reel: made}, nil
}

// Start is the run as the page opens it.
func (s *Stored) Start() Start {
	return Start{Scene: Scene{Version: Version, Workload: s.reel.Options.Workload, Run: s.name}, At: int64(wrongFrom(s.reel.outcome.Results))}
}

// acts notes what the nemesis did to nodes and links. Each act is in the history twice: as it was asked for, and as it was
// done.
func (c *camera) acts(h history.History) {
	asked := true
	for _, op := range h {
		if op.Process != history.Nemesis {
			continue
		}
		if asked = !asked; !asked {
			continue
		}
		begun, _, begins := nemesis.Begins(op.F)
		ended, ends := nemesis.Ends(op.F)
		switch {
		case begins && begun == nemesis.FaultKill:
			c.became(op, testbench.NodeDown)
		case begins && begun == nemesis.FaultPause:
			c.became(op, testbench.NodePaused)
		case ends && (ended == nemesis.FaultKill || ended == nemesis.FaultPause):
			c.became(op, testbench.NodeRunning)
		case begins && begun == nemesis.FaultPartition:
			c.isolated(op)
		case ends && ended == nemesis.FaultPartition:
			c.mended(op.Time)
		}
	}
}

// became takes an act on nodes, whose value says by node what became of it.
func (c *camera) became(op history.Op, state string) {
	var fates map[string]json.RawMessage
	if json.Unmarshal(op.Value, &fates) != nil {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(fates)) {
		if i := slices.Index(c.film.Nodes, id); i >= 0 {
			c.film.States = append(c.film.States, State{At: int64(op.Time), Node: i, State: state})
		}
	}
}

// isolated takes a partition, whose value says by receiver from which nodes nothing comes.
func (c *camera) isolated(op history.Op) {
	var value [2]json.RawMessage
	var from map[string][]string
	if json.Unmarshal(op.Value, &value) != nil || json.Unmarshal(value[1], &from) != nil {
		return
	}
	for _, to := range slices.Sorted(maps.Keys(from)) {
		for _, src := range from[to] {
			link := [2]int{slices.Index(c.film.Nodes, src), slices.Index(c.film.Nodes, to)}
			if link[0] >= 0 && link[1] >= 0 && !c.cut[link] && len(c.film.Cuts) < cutsMax {
				c.cut[link] = true
				c.film.Cuts = append(c.film.Cuts, [4]int64{int64(op.Time), int64(link[0]), int64(link[1]), 1})
			}
		}
	}
}

func (c *camera) mended(at time.Duration) {
	all := slices.SortedFunc(maps.Keys(c.cut), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	for _, link := range all {
		c.film.Cuts = append(c.film.Cuts, [4]int64{int64(at), int64(link[0]), int64(link[1]), 0})
	}
	clear(c.cut)
}

var errOnlyShown = errors.New("this run is of processes, and cannot be made again: it can be looked at, but not changed, ended at another moment or searched; make one with eddy sim to do that")

// stored answers a request about the stored run that was opened.
func (b *Bench) stored(r *Request) (any, error) {
	switch s := b.Stored; {
	case s == nil || r.Scene.Run != s.name:
		return nil, fmt.Errorf("the run %q was not given to this eddy play: end it, and begin it again with that run", r.Scene.Run)
	case r.Deeds != "":
		return nil, errOnlyShown
	case r.Do == DoFilm:
		return s.reel.part(r), nil
	case r.Do == DoMessage:
		return s.reel.letter(r.ID)
	case r.Do == DoVerdict && r.At == nil && r.Lesson == "":
		return s.reel.film.Verdict, nil
	case r.Do == DoLook && r.At != nil:
		return s.look(r.Node, *r.At)
	}
	return nil, errOnlyShown
}

// logLineMax is the longest line of a log that is shown.
const logLineMax = 8 << 20

// look is what is known of a node at a moment: its state, and what it had logged.
func (s *Stored) look(node string, at int64) (any, error) {
	i := slices.Index(s.reel.film.Nodes, node)
	if i < 0 {
		return nil, fmt.Errorf("there is no node %q%s", node, suggest.Among(node, s.reel.film.Nodes))
	}
	shown := Look{At: at, State: testbench.NodeRunning, Actors: []ActorView{}, Log: []LogLine{}, Program: true}
	for _, state := range s.reel.film.States {
		if state.Node == i && state.At <= at {
			shown.State = state.State
		}
	}
	file, err := os.Open(filepath.Join(s.dir, testbench.LogDir, node+".log"))
	if err != nil {
		return shown, nil // a node without a log has said nothing
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, logLineMax)
	for lines.Scan() { // up to a line that is longer
		var fields map[string]any
		if json.Unmarshal(lines.Bytes(), &fields) != nil || fields["level"] == nil {
			continue
		}
		when, _ := fields["time"].(float64)
		level, _ := fields["level"].(string)
		if line := (LogLine{At: int64(when) - s.reel.trace.Began(), Level: level, Text: logText(fields)}); line.At <= at {
			shown.Log = append(shown.Log, line)
		}
	}
	shown.Log = shown.Log[max(0, len(shown.Log)-logLinesShown):]
	return shown, nil
}

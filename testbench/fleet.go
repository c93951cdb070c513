package testbench

import (
	"encoding/json"
	"time"

	"eddy/testbench/nemesis"
	"eddy/testbench/network"
)

// fleet is the nodes of a run, and what the nemesis has made of them.
type fleet struct {
	nodes   []*node
	byID    map[string]*node
	network *network.Network
	changes int // of what [Conductor.NodeState] says
}

// node is what the bench knows of one node.
type node struct {
	id     string
	port   Node
	ready  bool // init is answered
	exited bool // by itself
	life   life
	kills  int
	paused bool

	initAsker, topologyAsker string // the clients that ask for it
	initReply                []byte // the body of that answer

	output     output
	unanswered unanswered
}

// life is whether a node is there, as far as it is the nemesis's doing.
type life int

const (
	alive  life = iota
	dead        // killed
	rising      // started anew, and has not answered init yet
)

// output is what the bench knows of what a node prints.
type output struct {
	printed bool // anything at all
	deaf    bool // it is ignored from now on
	ignored int  // lines since

	unfinished      int // bytes without an end of line
	unfinishedStart []byte
	unfinishedAt    time.Duration

	numbered numbered
}

// What became of a node, as the history shows it.
var (
	wasKilled  = json.RawMessage(`"killed"`)
	wasStarted = json.RawMessage(`"started"`)
	wasMute    = json.RawMessage(`"started, but init is not answered"`)
	wasPaused  = json.RawMessage(`"paused"`)
	wasResumed = json.RawMessage(`"resumed"`)
)

func (f *fleet) add(name string, port Node) {
	n := &node{id: name, port: port}
	f.nodes = append(f.nodes, n)
	f.byID[name] = n
	f.network.Add(name, func(m *network.Message, planned time.Duration) {
		if !n.exited {
			n.port.Deliver(network.Line(m), planned)
		}
	})
}

// kill ends a node that is there. From now on messages to it are lost, those on their way too.
func (f *fleet) kill(id string) (fate json.RawMessage) {
	n := f.byID[id]
	if n.life == dead {
		return nil
	}
	n.life, n.ready, n.paused = dead, false, false
	n.kills++
	f.changes++
	f.network.Down(id)
	n.port.(nemesis.Mortal).Kill()
	return wasKilled
}

// rose takes note that a killed node was started, and lets one client alone reach it.
func (f *fleet) rose(n *node, client string) {
	n.life, n.exited, n.output.deaf = rising, false, false
	f.changes++
	f.network.Admit(n.id, client)
}

// joined takes note that a node that was started again has answered init: all reach it.
func (f *fleet) joined(n *node) {
	n.life, n.ready, n.unanswered = alive, true, unanswered{}
	f.changes++
	n.output.numbered = numbered{}
	f.network.Up(n.id)
}

// pause makes a node that runs stand still.
func (f *fleet) pause(id string) (fate json.RawMessage) {
	n := f.byID[id]
	if n.life != alive || n.paused || n.exited {
		return nil
	}
	n.paused = true
	f.changes++
	n.port.(nemesis.Pausable).Pause()
	return wasPaused
}

// resume ends a node's pause.
func (f *fleet) resume(n *node) (fate json.RawMessage) {
	if !n.paused {
		return nil
	}
	n.paused = false
	f.changes++
	n.port.(nemesis.Pausable).Resume()
	return wasResumed
}

// resumeAll ends all pauses.
func (f *fleet) resumeAll() (became map[string]json.RawMessage) {
	became = make(map[string]json.RawMessage)
	for _, n := range f.nodes {
		if fate := f.resume(n); fate != nil {
			became[n.id] = fate
		}
	}
	return became
}

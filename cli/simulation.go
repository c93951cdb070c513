package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"eddy/actor"
	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
)

// simulation is a run in virtual time, to be made as often as wanted: each time
// in a world of its own, so that several may be under way at once.
type simulation struct {
	options  testbench.Options
	nodes    cmdline.Nodes
	guests   *guests  // programs in place of nodes; nil for eddy's own
	nodeArgs []string // what nodes were made of
	meta     report.Meta
}

// with gives the same simulation with other options.
func (s simulation) with(o testbench.Options) simulation {
	s.options = o
	s.meta.NodeOf = o.NodeOf()
	return s
}

// Simulated runs are short and make much garbage: letting the heap grow to five
// times what is in use saves them a sixth of their time. Clusters of many nodes
// need the memory for themselves.
const (
	gcPercent      = 400
	gcRoomyNodes   = 1000
	gcPercentOfEnv = "GOGC" // the reader's own choice comes first
)

// collectLess has garbage collected less often than usual, where that is cheap.
func collectLess(o *testbench.Options) {
	if _, chosen := os.LookupEnv(gcPercentOfEnv); !chosen && len(o.Nodes()) <= gcRoomyNodes {
		debug.SetGCPercent(gcPercent)
	}
}

// checkDisks refuses bad disks for nodes that have none.
func (s simulation) checkDisks() error {
	if s.guests != nil && slices.Contains(s.options.Nemesis, nemesis.FaultDisk) {
		return fmt.Errorf("--nemesis %s with --bin: only the disks of eddy's own nodes can be harmed", nemesis.FaultDisk)
	}
	if s.guests != nil {
		return nil
	}
	return s.nodes.CheckDisks(&s.options)
}

// seeded gives the same simulation with another seed.
func (s simulation) seeded(seed uint64) simulation {
	o := s.options
	o.Seed = seed
	return s.with(o)
}

// command is the command line that makes this very run.
func (s simulation) command() string { return simCommandLine(s.options, s.nodeArgs) }

// run makes the run and keeps nothing but the outcome.
func (s simulation) run() testbench.Outcome { return virtual.Run(s.options, s.config(nil)) }

// config is that of an engine whose nodes log to logs, or nowhere.
func (s simulation) config(logs *virtual.Logs) virtual.Config {
	if s.guests != nil {
		return s.guestConfig(logs)
	}
	return s.nodes.Config(s.meta, logs)
}

// watch is how a single run is followed while it is made.
type watch struct {
	attend func(*testbench.Conductor)
	world  func(*actor.World) // called with the new world; nil for nothing
}

// record makes the run and leaves its files in a directory of store.
func (s simulation) record(store string, w watch) testbench.Outcome {
	out := testbench.Outcome{Options: s.options, Meta: s.meta}
	dir, err := testbench.NewRunDir(store, s.options.Workload, time.Now())
	if err == nil {
		err = testbench.PointLatest(store, dir)
	}
	if err != nil {
		out.Err = err
		return out
	}
	s.meta.Again = slices.Insert(cmdline.Arguments(s.options, s.nodeArgs), 1, "--seed", fmt.Sprint(s.options.Seed))
	c, logs := s.watched(w, filepath.Join(dir, testbench.LogDir))
	defer logs.Close()
	return virtual.Record(dir, s.options, c, s.netLog)
}

// show makes the run without files.
func (s simulation) show(w watch) testbench.Outcome {
	c, logs := s.watched(w, "")
	defer logs.Close()
	c.Recorder = s.netLog(virtual.Nobody)
	return virtual.Run(s.options, c)
}

// watched is the configuration of a run that is followed, and its logs.
func (s simulation) watched(w watch, logDir string) (virtual.Config, *virtual.Logs) {
	logs := virtual.LogsIn(logDir, s.options.LogStderr, s.nodes.LogLevel)
	c := s.config(logs)
	c.Attend, c.World = w.attend, w.world
	return c, logs
}

// netLog puts what --log-net-send and --log-net-recv show in front of a recorder.
func (s simulation) netLog(to testbench.Recorder) testbench.Recorder {
	if !s.options.LogNetSend && !s.options.LogNetRecv {
		return to
	}
	return netLog{Recorder: to, send: s.options.LogNetSend, recv: s.options.LogNetRecv}
}

type netLog struct {
	testbench.Recorder
	send, recv bool
}

func (n netLog) Sent(at time.Duration, m *network.Message) {
	n.Recorder.Sent(at, m)
	if n.send {
		fmt.Fprintf(os.Stderr, "send %s", network.Line(m))
	}
}

func (n netLog) Received(at time.Duration, m *network.Message) {
	n.Recorder.Received(at, m)
	if n.recv {
		fmt.Fprintf(os.Stderr, "recv %s", network.Line(m))
	}
}

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/testbench"
	"eddy/testbench/network"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
)

// simulation is a run in virtual time, to be made as often as wanted: each time
// in a world of its own, so that several may be under way at once.
type simulation struct {
	options  testbench.Options
	nodes    nodes
	nodeArgs []string // what nodes were made of
	meta     report.Meta
}

// with gives the same simulation with other options.
func (s simulation) with(o testbench.Options) simulation {
	s.options = o
	s.meta.NodeOf = nodeOf(&o)
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
func (s simulation) config(logs func(id string) *zap.Logger) virtual.Config {
	roster := &node.Roster{}
	return virtual.Config{Meta: s.meta, Start: func(w *actor.World, id string, out func([]byte)) virtual.Process {
		options := node.Options{LineMax: s.nodes.lineMax, Roster: roster}
		if logs != nil {
			options.Log = logs(id)
		}
		return node.Simulate(w, id, s.nodes.service, func(l node.Line) { out(bytes.TrimSuffix(l.Data, []byte("\n"))) }, options)
	}}
}

// watch is how a single run is followed while it is made.
type watch struct {
	attend func(*testbench.Conductor)
	trace  string // file for the world's trace; empty for none
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
	return s.traced(w, s.config(s.logsIn(filepath.Join(dir, testbench.LogDir))), func(c virtual.Config) testbench.Outcome {
		return virtual.Record(dir, s.options, c, s.netLog)
	})
}

// show makes the run without files, but for the trace.
func (s simulation) show(w watch) testbench.Outcome {
	return s.traced(w, s.config(s.logsIn("")), func(c virtual.Config) testbench.Outcome {
		c.Recorder = s.netLog(virtual.Nobody)
		return virtual.Run(s.options, c)
	})
}

// traced makes a run with the trace that is wanted.
func (s simulation) traced(w watch, c virtual.Config, run func(virtual.Config) testbench.Outcome) testbench.Outcome {
	c.Attend = w.attend
	if w.trace == "" {
		return run(c)
	}
	file, err := os.Create(w.trace)
	if err != nil {
		return testbench.Outcome{Options: s.options, Meta: s.meta, Err: fmt.Errorf("trace the run: %w", err)}
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	c.World = func(world *actor.World) { world.Trace(buffered) }
	out := run(c)
	err = buffered.Flush()
	if failed := file.Close(); err == nil {
		err = failed
	}
	if err != nil {
		out.Meta.Warnings = append(out.Meta.Warnings, "The trace is not complete: "+err.Error()+".")
	}
	return out
}

// logsIn makes the log of each node: a file in dir, and stderr where
// --log-stderr asks for it. A log has the world's time and is written by the
// world's goroutine, so it is as reproducible as the rest.
func (s simulation) logsIn(dir string) func(id string) *zap.Logger {
	if dir == "" && !s.options.LogStderr {
		return nil
	}
	config := zap.NewProductionEncoderConfig()
	config.TimeKey, config.EncodeTime, config.MessageKey = "time", zapcore.EpochNanosTimeEncoder, "event"
	begun := make(map[string]bool)
	return func(id string) *zap.Logger {
		sink := nodeLog{stderr: s.options.LogStderr, id: id}
		if dir != "" {
			sink.path = filepath.Join(dir, id+".log")
		}
		if dir != "" && !begun[id] { // a node that was killed goes on with the log of its former life
			_ = os.WriteFile(sink.path, nil, 0o644) // one that cannot be written stops no run
			begun[id] = true
		}
		return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(config), sink, s.nodes.logLevel))
	}
}

// nodeLog appends to a node's log. The file is opened for each line, since there
// may be more nodes than a process may have files, and few lines.
type nodeLog struct {
	path   string
	stderr bool
	id     string
}

func (l nodeLog) Write(line []byte) (int, error) {
	if l.stderr {
		fmt.Fprintf(os.Stderr, "%s: %s", l.id, line)
	}
	if l.path == "" {
		return len(line), nil
	}
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return file.Write(line)
}

func (nodeLog) Sync() error { return nil }

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

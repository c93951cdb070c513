// Package virtual is the engine that runs a test in one process and virtual
// time: the conductor and the nodes live in one World, and a seed fixes every
// latency, every operation and which actor goes next.
//
// It conducts the very run that the other engines conduct, and knows its nodes
// only by the way to make one. Nothing of real time enters: the same options,
// seed and binary give the same history, byte for byte.
package virtual

import (
	"time"

	"eddy/actor"
	"eddy/testbench"
	"eddy/testbench/network"
	"eddy/testbench/report"
)

// Process is a node in the world, as its engine sees it.
type Process interface {
	// Feed hands the node a line, without its line feed.
	Feed(line []byte)
	// Err is why the node ended by itself; nil while it runs.
	Err() error

	// What follows is for the nemesis. All of it may be called between steps of the world, and at any time in
	// the life of the node.

	// Kill ends the node at once; it prints nothing more.
	Kill()
	// Pause makes it stand still until Resume, with what it is fed meanwhile waiting.
	Pause()
	Resume()
	// SetClock sets its time of day ahead of the world's, or behind it.
	SetClock(ahead time.Duration)
}

// Bench is what a process may tell of itself.
type Bench interface {
	// Exited tells that the process has ended by itself: how, in words such as "exit status 1", and the last
	// lines that it wrote to its standard error.
	Exited(status string, lastStderr []string)
	// Warn tells something that the report should say about the node, and what would be right.
	Warn(kind, what, expected string)
	// LineTooLong tells that the process printed a line of more than limit bytes, and how it starts.
	LineTooLong(start []byte, limit int)
}

// A process that keeps something on a disk, which --nemesis disk can harm, is a [testbench.Disked].

// Attached is a process that tells of itself, and holds what must be freed when the run is over.
type Attached interface {
	Process
	Attach(Bench)
	Close()
}

// Start makes a node that hands each line it prints, without its line feed, to
// out, in the world's goroutine. It is called again for each life of the node.
type Start func(w *actor.World, id string, out func(line []byte)) Process

// Config is what the engine needs beyond the options of the test.
type Config struct {
	Start    Start
	Meta     report.Meta
	Recorder testbench.Recorder // keeps what happens as it happens; nil for nobody
	World    func(*actor.World) // called with the new world before anything is in it; nil for nothing
	// Befallen hears of what happens to messages on their way, and Unsynced of nodes that are killed while what they have
	// written is not synced. Nil for nobody.
	Befallen func(at time.Duration, m *network.Message, which int, f network.Fate)
	Unsynced func(at time.Duration, node string)
	// Always is called after every step of the world, and gives the name of what must always hold and does not, and
	// how. That breaks the run off, as invalid. Nil for nothing.
	Always func() (invariant string, broken error)
	// PrintedMax is how many bytes nodes may print; with more the run is interrupted. 0: no bound.
	PrintedMax int64
	// Attend is called every few thousand steps of the world, to show how the run stands or to interrupt it.
	Attend func(*testbench.Conductor)
}

// engineName is what reports call this engine.
const engineName = "simulator"

// Run makes a run and judges it. What goes wrong is in the outcome's Err.
func Run(options testbench.Options, config Config) testbench.Outcome {
	meta := config.Meta
	meta.Workload, meta.Engine = options.Workload, engineName
	if err := options.Validate(); err != nil {
		return failed(options, config, err)
	}
	run, err := conduct(options, config)
	if err != nil {
		return failed(options, config, err)
	}
	return testbench.Judge(options, run, meta)
}

// conduct steps the world until the run is over.
func conduct(options testbench.Options, config Config) (testbench.Run, error) {
	s, err := Begin(options, config)
	if err != nil {
		return testbench.Run{}, err
	}
	defer s.Close()
	for s.Step() {
	}
	return s.Run()
}

// clock is a world's time as the conductor knows it.
type clock struct{ world *actor.World }

func (c clock) Now() time.Duration           { return c.world.Elapsed() }
func (c clock) At(t time.Duration, f func()) { c.world.At(t, f) }

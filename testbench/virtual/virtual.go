// Package virtual is the engine that runs a test in one process and virtual
// time: the conductor and the nodes live in one World, and a seed fixes every
// latency, every operation and which actor goes next.
//
// It conducts the very run that the other engines conduct, and knows its nodes
// only by the way to make one. Nothing of real time enters: the same options,
// seed and binary give the same history, byte for byte.
package virtual

import (
	"errors"
	"fmt"
	"time"

	"eddy/actor"
	"eddy/testbench"
	"eddy/testbench/checker"
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
	// Always is called after every step of the world, and gives the name of what must always hold and does not, and
	// how. That breaks the run off, as invalid. Nil for nothing.
	Always func() (invariant string, broken error)
	// Attend is called every few thousand steps of the world, to show how the run stands or to interrupt it.
	Attend func(*testbench.Conductor)
}

// invariantKind begins the kind of problem that Always finds.
const invariantKind = "invariant "

// attendEvery is how many steps lie between two calls of Attend: some milliseconds of real time.
const attendEvery = 4096

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
	world := actor.NewWorld(options.Seed)
	if config.World != nil {
		config.World(world)
	}
	if config.Recorder == nil {
		config.Recorder = Nobody
	}
	over := false
	nodes := make([]*host, len(options.Nodes()))
	ports := make([]testbench.Node, len(nodes))
	for i, id := range options.Nodes() {
		nodes[i] = &host{id: id, world: world, start: config.Start}
		ports[i] = nodes[i]
	}
	conductor, err := testbench.New(options, testbench.Environment{
		Clock: clock{world}, Rand: world.Rand(), Nodes: ports, Recorder: config.Recorder,
		Ended: func() { over = true },
	})
	if err != nil {
		return testbench.Run{}, err
	}
	for _, n := range nodes {
		n.conductor = conductor
		n.begin()
	}
	conductor.Start()
	steps, moment, since := 0, time.Duration(-1), 0
	var invariant string
	var broken error
	defer func() {
		for _, n := range nodes {
			n.close()
		}
	}()
	world.RunWhile(func() bool {
		if steps++; steps%attendEvery == 0 {
			if now := world.Elapsed(); now != moment {
				moment, since = now, steps
			}
			if config.Attend != nil {
				config.Attend(conductor)
			}
		}
		if config.Always != nil {
			invariant, broken = config.Always()
		}
		return !over && broken == nil && steps-since <= momentStepsMax
	})
	switch {
	case broken != nil:
		run := conductor.Run()
		text := fmt.Sprintf("at %.3f s: %v", world.Elapsed().Seconds(), broken)
		run.Problems = append([]checker.Problem{{Kind: invariantKind + invariant, Text: text}}, run.Problems...)
		return run, nil
	case over:
		return conductor.Run(), nil
	case steps-since > momentStepsMax:
		return testbench.Run{}, fmt.Errorf("virtual time stands still at %v: the nodes have done %d things at that moment and do not stop, such as two that answer each other's every message at once", moment, steps-since)
	}
	return testbench.Run{}, errors.New("the simulation came to a standstill before the run was over")
}

// momentStepsMax is how many steps may happen at one moment of virtual time.
// Handling takes none, so nodes that answer each other without a delay would go
// on for ever. The start of 100,000 nodes takes a tenth of it.
var momentStepsMax = 20_000_000 // fewer in a test

// clock is a world's time as the conductor knows it.
type clock struct{ world *actor.World }

func (c clock) Now() time.Duration           { return c.world.Elapsed() }
func (c clock) At(t time.Duration, f func()) { c.world.At(t, f) }

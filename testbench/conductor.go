package testbench

import (
	"fmt"
	"math/rand/v2"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/workload"
)

// Clock is the time of a run and the means to be called back later in it.
type Clock = network.Clock

// Node is the way to a node, wherever it lives.
type Node interface {
	// Deliver hands the node one line, its line end included, which was planned to be there at a time
	// of the run. It must not block; the line belongs to the node from then on.
	Deliver(line []byte, planned time.Duration)
}

// Recorder keeps what happens, as it happens.
type Recorder interface {
	network.Journal
	Op(op history.Op)
}

// noRecorder keeps nothing.
type noRecorder struct{}

func (noRecorder) Op(history.Op)                                {}
func (noRecorder) Sent(time.Duration, *network.Message)         {}
func (noRecorder) Received(time.Duration, *network.Message)     {}
func (noRecorder) Lost(time.Duration, *network.Message, string) {}

// Environment is what an engine lends to a run.
type Environment struct {
	Clock    Clock
	Rand     *rand.Rand // all chance of the run
	Nodes    []Node     // in the order of Options.Nodes
	Recorder Recorder   // nil keeps nothing but the history
	Ended    func()     // called once, when the run is over and [Conductor.Run] may be read
	// Befallen hears of what happens to messages on their way; see [network.Config]. Nil for nobody.
	Befallen func(at time.Duration, m *network.Message, which int, f network.Fate)
}

// InitTimeout is how long a node may take to answer init.
const InitTimeout = 10 * time.Second

// Conductor is one run: the network, the clients, the nemesis, and what they do when. It has one owner;
// every method must be called on the goroutine that runs the callbacks of its clock.
type Conductor struct {
	options  Options
	workload *workload.Workload
	clock    Clock
	chance   chance
	recorder Recorder
	ended    func()

	network *network.Network
	fleet   fleet
	nemesis *nemesis.Nemesis
	threads *threads
	workers []worker
	phase   phase
	main    mainPhase
	final   finalPhase
	pace    pace

	clients     *clients
	inspector   inspector
	unready     int // nodes that have not answered the request of the setup yet
	history     history.History
	tally       tally
	failures    failures
	interrupted bool
	silence     silence
	hand        hand
	traffic     traffic
	silent      bool // ended since no node answered any more
}

// phase is the part of the run that is under way.
type phase int

const (
	phaseIdle phase = iota
	phaseInit
	phaseTopology
	phaseMain
	phaseHeal
	phaseRecovery
	phaseFinal
	phaseOver
)

// String names the phase for the status line.
func (p phase) String() string {
	return [...]string{"starting", "starting nodes", "sending the topology", "running", "ending faults",
		"waiting for recovery", "reading finally", "over"}[p]
}

// New makes a run of valid options; [Conductor.Start] begins it.
func New(options Options, env Environment) (*Conductor, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	w, err := options.Workloads.Named(options.Workload)
	if err != nil {
		return nil, err
	}
	if env.Recorder == nil {
		env.Recorder = noRecorder{}
	}
	c := &Conductor{
		options: options, workload: w,
		clock: env.Clock, chance: newChance(&options, env.Rand), recorder: env.Recorder, ended: env.Ended,
		threads: newThreads(options.Workers(), options.Apart),
	}
	c.network = network.New(network.Config{
		Latency:       network.Latency{MeanMs: options.LatencyMs, Distribution: options.LatencyDist},
		Loss:          options.Loss,
		IdealDelivery: options.IdealDelivery,
		Preemptions:   options.preemptions(),
		Befallen:      env.Befallen,
	}, env.Clock, env.Rand, watchedJournal{env.Recorder, c})
	c.fleet = fleet{byID: make(map[string]*node), network: c.network}
	c.clients = &clients{network: c.network, clock: env.Clock, open: make(map[string]*client)}
	c.inspector = inspector{clock: env.Clock, clients: c.clients}
	c.silence = silence{clock: env.Clock, timeout: c.clientTimeout(), lossy: options.Loss > 0}
	c.chance.reseed(options.Seed, c.network)
	names := options.Nodes()
	if len(env.Nodes) != len(names) {
		return nil, fmt.Errorf("the engine has %d nodes where the options ask for %d", len(env.Nodes), len(names))
	}
	for i, name := range names {
		c.fleet.add(name, env.Nodes[i])
	}
	c.addServices()
	for i := range c.threads.workers {
		c.workers = append(c.workers, worker{thread: i, process: i, node: names[i%len(names)]})
	}
	packages, err := c.packages()
	if err != nil {
		return nil, err
	}
	c.nemesis = nemesis.New(options.NemesisInterval, c.chance.faults, packages...)
	return c, nil
}

// Start begins the run: the nodes are there and get their first message.
func (c *Conductor) Start() {
	c.sendInit()
	for _, d := range c.options.Deeds {
		c.clock.At(d.At, func() { c.perform(d) })
	}
}

// Interrupt ends the run now; operations under way stay open.
func (c *Conductor) Interrupt() {
	c.interrupted = true
	c.end()
}

// fail ends the run as one that could not be made. Failures of the same moment are collected.
func (c *Conductor) fail(err error) { c.failAs(failure{what: err.Error()}) }

// failNode is fail on account of a node, which did what a clause says: of what several nodes did the same, one is told.
func (c *Conductor) failNode(n *node, what string) { c.failAs(failure{node: n.id, what: what}) }

func (c *Conductor) failAs(f failure) {
	if len(c.failures) == 0 {
		c.clock.At(c.clock.Now(), c.end)
	}
	c.failures.add(f)
}

func (c *Conductor) end() {
	if c.phase == phaseOver {
		return
	}
	if c.phase == phaseMain {
		c.pace.stop(c.clock.Now())
	}
	c.phase = phaseOver
	c.ended()
}

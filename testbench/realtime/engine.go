package realtime

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"eddy/testbench"
	"eddy/testbench/child"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/testbench/report"
)

// Config is what an engine needs beyond the options of the test.
type Config struct {
	Meta       report.Meta      // what the caller says of the run: its flags and targets
	Store      string           // directory for the files of runs; empty means testbench.DefaultStore
	Progress   io.Writer        // where the run is seen; nil for nowhere
	Terminal   bool             // whether Progress is a terminal
	Interrupts <-chan os.Signal // the first ends the run in order, the second calls Abort; nil for none
	Abort      func()           // ends the program at once; nil means os.Exit with status 2
	Host       Host             // where nodes run; nil for this machine
}

// Host starts nodes on other machines, of which each has the program already.
type Host interface {
	String() string // where, for reports
	Start(id string) (Process, error)
}

// Run makes a run with processes and judges it. What goes wrong is in the outcome: Err tells why there
// was no run, the warnings of Meta what else to know. No process is left when it returns.
func Run(options testbench.Options, config Config) testbench.Outcome {
	meta := config.Meta
	meta.Workload, meta.Engine = options.Workload, "built-in bench"
	if config.Host != nil {
		meta.Engine = config.Host.String()
	}
	out, err := run(options, config, meta)
	if err != nil {
		return testbench.Outcome{Options: options, Meta: out.Meta, Err: err}
	}
	return out
}

// run gives an outcome of which, if there is an error, only Meta counts.
func run(options testbench.Options, config Config, meta report.Meta) (testbench.Outcome, error) {
	out := testbench.Outcome{Meta: meta}
	if err := options.Validate(); err != nil {
		return out, err
	}
	if err := refuse(options, config.Host != nil); err != nil {
		return out, err
	}
	bin := options.Bin
	if config.Host == nil {
		var err error
		if bin, err = FindProgram(bin); err != nil {
			return out, err
		}
	}
	if config.Store == "" {
		config.Store = testbench.DefaultStore
	}
	var err error
	meta.Dir, err = testbench.NewRunDir(config.Store, options.Workload, time.Now())
	if err != nil {
		return out, err
	}
	out.Meta = meta
	if err := testbench.PointLatest(config.Store, meta.Dir); err != nil {
		return out, err
	}
	recording, err := testbench.NewRecording(meta.Dir, options.StoreBytesMax)
	if err != nil {
		return out, err
	}
	e := &engine{options: options, config: config, dir: meta.Dir, loop: newLoop(), recording: recording,
		console: newConsole(config.Progress, config.Terminal)}
	measured, err := e.run(bin)
	if e.watch != nil {
		defer e.watch.end() // judging may take its time, and can be broken off, too
	}
	e.console.close()
	if err != nil {
		return out, errors.Join(err, recording.Close())
	}
	out = testbench.Judge(options, measured, meta)
	out.Keep(recording)
	return out, nil
}

// refuse tells of faults that cannot be done to processes.
func refuse(options testbench.Options, elsewhere bool) error {
	switch {
	case slices.Contains(options.Nemesis, nemesis.FaultSkew):
		return fmt.Errorf("--nemesis %s: the nodes of the built-in bench are processes, which share the clock of this machine; eddy sim gives each a clock of its own", nemesis.FaultSkew)
	case slices.Contains(options.Nemesis, nemesis.FaultDisk):
		return fmt.Errorf("--nemesis %s: the nodes of the built-in bench have the disks of this machine; eddy sim gives each a disk of its own", nemesis.FaultDisk)
	case slices.Contains(options.Nemesis, nemesis.FaultPause) && !child.CanPause && !elsewhere:
		return fmt.Errorf("--nemesis %s: processes cannot be paused on this operating system", nemesis.FaultPause)
	}
	return nil
}

// engine is one run under way.
type engine struct {
	options   testbench.Options
	config    Config
	dir       string
	loop      *loop
	console   *console
	recording *testbench.Recording
	conductor *testbench.Conductor
	processes []*process // all that were ever made
	starting  int        // that are being started in the place of killed ones
	releases  []func()   // let go of the threads that started those
	watch     *watch
}

// run starts the nodes, conducts the run and ends the nodes. The error says why it could not begin.
func (e *engine) run(bin string) (testbench.Run, error) {
	if err := e.prepare(bin); err != nil {
		return testbench.Run{}, err
	}
	release := func() {}
	var err error
	if e.config.Host == nil {
		release, err = start(e.processes)
	}
	defer func() {
		release()
		for _, release := range e.releases {
			release()
		}
	}()
	if err != nil {
		e.stop()
		return testbench.Run{}, err
	}
	e.watch = watchInterrupts(e.config, e.processes, func() { e.loop.events <- e.conductor.Interrupt })
	for _, p := range e.processes {
		e.attend(p)
	}
	e.conductor.Start()
	e.tick(e.console.every(), func() { e.console.update(e.conductor.Status()) })
	e.tick(time.Second, e.recording.Flush)
	logs := newLogBound(e.options.StoreBytesMax, e.options.Args, e.options.Env)
	boundLogs := func() {
		for _, p := range e.processes {
			logs.apply(p.id, p.logPath)
		}
	}
	e.tick(time.Second, boundLogs)
	e.loop.run()
	measured := e.conductor.Run()
	for _, p := range e.processes {
		measured.Usage.PeakBytes = max(measured.Usage.PeakBytes, p.peakBytes())
	}
	late := e.stop()
	boundLogs()
	for _, p := range e.processes {
		measured.Usage.CPU += p.CPU()
	}
	measured.Delivery = late.Figures()
	measured.Warnings = append(measured.Warnings, e.warnings(measured.Delivery)...)
	measured.Warnings = append(measured.Warnings, logs.warnings()...)
	return measured, nil
}

// newProcess makes the process of a node. One on this machine does not run yet.
func (e *engine) newProcess(id, bin, log string) (*process, error) {
	if e.config.Host != nil {
		return e.place(id, log)
	}
	return newProcess(id, bin, e.options, log)
}

// prepare makes the processes and the conductor.
func (e *engine) prepare(bin string) error {
	var ports []testbench.Node
	for _, id := range e.options.Nodes() {
		log := filepath.Join(e.dir, testbench.LogDir, id+".log")
		p, err := e.newProcess(id, bin, log)
		if err != nil {
			e.stop()
			return err
		}
		e.processes = append(e.processes, p)
		ports = append(ports, &seat{engine: e, id: id, bin: bin, logPath: log, process: p})
	}
	var err error
	e.conductor, err = testbench.New(e.options, testbench.Environment{
		Clock:    e.loop,
		Rand:     rand.New(rand.NewPCG(e.options.Seed, 0)),
		Nodes:    ports,
		Recorder: e.recorder(),
		Ended:    e.loop.stop,
	})
	return err
}

func (e *engine) recorder() testbench.Recorder {
	if e.options.LogNetSend || e.options.LogNetRecv {
		return &netLog{Recording: e.recording, console: e.console, send: e.options.LogNetSend, recv: e.options.LogNetRecv}
	}
	return e.recording
}

// tick calls f again and again while the loop runs.
func (e *engine) tick(every time.Duration, f func()) {
	f()
	e.loop.At(e.loop.Now()+every, func() { e.tick(every, f) })
}

// attend puts the goroutines at the pipes of a process that has been started.
func (e *engine) attend(p *process) {
	p.input = newInput(e.loop, p.Stdin())
	p.input.stalls = func(waiting int, since time.Duration) {
		if p.paused {
			return
		}
		e.conductor.Warn(p.id, "stalled stdin", fmt.Sprintf("has read nothing from stdin for %v, with %d lines waiting", since.Round(10*time.Millisecond), waiting),
			"a node that goes on reading stdin while it works on requests")
	}
	p.input.drops = func() {
		e.conductor.Warn(p.id, "stalled stdin", fmt.Sprintf("does not read stdin: messages to it are lost, since more than %d MiB wait already", waitingBytesMax>>20),
			"a node that goes on reading stdin while it works on requests")
	}
	outputDone := make(chan struct{})
	pending := &unfinished{from: p.Stdout(), tell: func(waiting int, start []byte) {
		e.tell(p, func() { e.conductor.Unfinished(p.id, waiting, start) })
	}}
	reader := &lineReader{source: bufio.NewReaderSize(pending, 64<<10), limit: LineBytesMax}
	reader.pass = func(lines [][]byte) {
		e.tell(p, func() {
			for _, line := range lines {
				e.conductor.FromNode(p.id, line)
			}
		})
	}
	reader.tooLong = func(start []byte) {
		e.tell(p, func() { e.conductor.LineTooLong(p.id, start, LineBytesMax) })
	}
	go func() {
		reader.read()
		select {
		case <-p.exited:
		case <-time.After(exitGrace):
			e.tell(p, func() { e.conductor.ClosedOutput(p.id) })
		}
		<-p.stderrDone
		close(outputDone)
	}()
	go func() {
		defer close(p.stderrDone)
		if from := p.Stderr(); from != nil {
			copyStderr(from, p.log, func(line string) {
				if e.options.LogStderr {
					e.console.line(p.id + ": " + line)
				}
			})
			closeAll(p.log)
		}
	}()
	go p.wait(outputDone, func(status string, lost error) {
		e.tell(p, func() {
			if lost != nil {
				e.conductor.Lost(p.id, lost)
				return
			}
			e.conductor.Exited(p.id, status, lastLines(p.logPath))
		})
		e.loop.events <- func() {
			if p.killed {
				p.Release() // a run with many kills would run out of files
			}
		}
	})
}

// tell has the loop do something on account of a process, unless that has been killed by then. Any goroutine
// but the loop's may call it.
func (e *engine) tell(p *process, f func()) {
	e.loop.events <- func() {
		if !p.killed {
			f()
		}
	}
}

// stopTimeout is how long killed processes and the goroutines at their pipes may take to end.
const stopTimeout = 5 * time.Second

// stop kills all processes, waits for them, and gives how late messages were handed over.
func (e *engine) stop() testbench.Lateness {
	var late testbench.Lateness
	for e.starting > 0 { // one that starts now would outlive the run
		(<-e.loop.events)()
	}
	for _, p := range e.processes {
		p.kill()
		if p.input != nil {
			p.input.end()
		}
	}
	deadline := time.After(stopTimeout)
	for _, p := range e.processes {
		switch {
		case p.input != nil:
			e.join(p, deadline, &late)
		default: // another one failed to start
			_, _ = p.Wait() // it was killed: that it failed is no news
		}
		p.Release()
	}
	return late
}

// join waits for a process and its goroutines. Events that still come are taken and dropped: the run is
// over.
func (e *engine) join(p *process, deadline <-chan time.Time, late *testbench.Lateness) {
	ended, stderrDone, result := p.ended, p.stderrDone, p.input.result
	for ended != nil || stderrDone != nil || result != nil {
		select {
		case <-e.loop.events:
		case <-stderrDone:
			stderrDone = nil
		case <-ended:
			ended = nil
			p.hangUp() // whoever else may hold the other ends
		case part := <-result:
			result = nil
			late.Merge(&part)
		case <-deadline:
			return
		}
	}
}

// warnings says where the bench was late with messages, and what it could not show.
func (e *engine) warnings(delivery testbench.Figures) []string {
	var warnings []string
	if delivery.Excessive() {
		warnings = append(warnings, fmt.Sprintf("The bench handed messages to nodes later than they were due (%v): the machine is too slow or too busy for this cluster, and latencies are too high by as much.", delivery))
	}
	if e.console.dropped > 0 {
		warnings = append(warnings, fmt.Sprintf("%d lines of --log-net-send and --log-net-recv are not shown: they came faster than they could be written. All messages are in %s.", e.console.dropped, testbench.MessagesFile))
	}
	return warnings
}

// netLog shows messages as they are sent and received, and records them.
type netLog struct {
	*testbench.Recording
	console    *console
	send, recv bool
}

func (n *netLog) Sent(at time.Duration, m *network.Message) {
	n.Recording.Sent(at, m)
	n.show(n.send, "send", m)
}

func (n *netLog) Received(at time.Duration, m *network.Message) {
	n.Recording.Received(at, m)
	n.show(n.recv, "recv", m)
}

func (n *netLog) show(asked bool, what string, m *network.Message) {
	if asked {
		line := network.Line(m)
		n.console.tryLine(what + " " + string(line[:len(line)-1]))
	}
}

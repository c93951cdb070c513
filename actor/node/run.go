package node

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"eddy/actor"
)

// Options of a node; the zero value is an ordinary one.
type Options struct {
	LineMax  int           // bytes of a line; default LineMaxDefault
	DrainFor time.Duration // bound on each part of the end: finishing, stopping, writing; default 5 s
	In       io.Reader     // default standard input
	Out      io.Writer     // default standard output
	Log      *zap.Logger   // default: warnings and errors to standard error
	Trace    TraceOptions  // what is recorded of messages; the zero value does what [TraceVariable] asks for
	Disk     Disk          // for services that save something; nil leaves it to them
	Reader   *Reader       // shared by the nodes of a World; default one for each
}

// Run is a whole node: it reads messages until the end of its input, then
// handles what is under way, and returns. It returns an error where the node
// could not go on: its service refused to start, an actor failed beyond its
// restart budgets, an actor hung at the end, or the output was closed.
//
// After an error a read of the input may still be under way; what it brings is
// thrown away.
func Run(service Service, o Options) error {
	o, closeLog := o.filled()
	defer closeLog()
	recording := actor.WithObserver(recorder{o.Log})
	live := actor.Live()
	// The output is a system of its own that ends after the services: what they
	// answer while they drain must still go out.
	tracer := newTracer(o.Trace)
	sys, output := actor.NewSystem("node", live, recording, tracer.option()), actor.NewSystem("output", live, recording)
	in := newIngress(sys, o.Log, spawnWriter(output, o.Out, tracer), service, o.Reader, tracer)
	in.node.disk = o.Disk
	read, stop := make(chan error, 1), make(chan struct{})
	defer close(stop)
	go func() { read <- in.readAll(newLineReader(o.In, o.LineMax), stop) }()
	var err error
	select {
	case err = <-read:
		in.node.finish(o.DrainFor)
	case <-sys.Done():
	case <-output.Done():
	}
	err = errors.Join(err, sys.Stop(o.DrainFor), output.Stop(o.DrainFor))
	if err != nil {
		o.Log.Error("the node ends", zap.Error(err))
	}
	return err
}

func (o Options) filled() (Options, func()) {
	closeLog := func() {}
	asked := TraceOptions{}
	if o.Trace.Mode == "" && o.Trace.To == nil {
		asked = traceAskedFor()
	}
	switch {
	case asked.On():
		log, records, end := NewTracedLog(os.Stderr, zapcore.WarnLevel)
		o.Trace, closeLog = asked, end
		if o.Trace.To = records; o.Log == nil {
			o.Log = log
		}
	case o.Log == nil:
		o.Log, closeLog = defaultLog()
	}
	if o.Reader == nil {
		o.Reader = &Reader{}
	} else {
		o.Reader.decoder.Repeats = true
	}
	if o.LineMax <= 0 {
		o.LineMax = LineMaxDefault
	}
	if o.DrainFor <= 0 {
		o.DrainFor = 5 * time.Second
	}
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	return o, closeLog
}

// readAll feeds every line to the node, until the end of the input or of the node.
func (in *ingress) readAll(r *lineReader, stop <-chan struct{}) error {
	for {
		line, err := r.next()
		select {
		case <-stop:
			return nil
		default:
		}
		switch {
		case err == nil:
			if err := in.feed(line); err != nil {
				return err
			}
		case errors.Is(err, io.EOF):
			return nil
		default:
			long := new(tooLong)
			if !errors.As(err, &long) {
				return fmt.Errorf("node: read standard input: %w", err)
			}
			in.refuseLong(long)
		}
	}
}

// refuseLong refuses a line over the limit, to its sender if its beginning says
// who that is.
func (in *ingress) refuseLong(long *tooLong) {
	m, _ := in.reader.decoder.Decode(long.begin)
	in.refuseLine(m, long)
}

// finish lets the actors come to an end with what the last messages set off
// among them, before any of them is told to stop. It counts, round after round,
// until a round finds what the one before found, nobody with a message waiting
// and nobody waiting for an answer. Answers from other nodes cannot come any more.
func (n *Node) finish(within time.Duration) {
	pause, handled, told := 10*time.Microsecond, uint64(0), false
	for until := n.Elapsed() + within; n.Elapsed() < until; {
		told = told || n.rpc.Send(rpcMessage{kind: rpcInputEnd}) != actor.Rejected
		before, open := handled, 0
		handled = 0
		for _, s := range n.Stats() {
			handled += s.Received
			open += s.Waiting + s.Asking
		}
		if told && open == 0 && handled == before {
			return
		}
		time.Sleep(pause)
		pause = min(2*pause, pauseMax)
	}
}

// pauseMax bounds the pause between two rounds of finish.
const pauseMax = 10 * time.Millisecond

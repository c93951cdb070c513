package node

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"go.uber.org/zap"

	"eddy/actor"
)

// Options of a node; the zero value is an ordinary one.
type Options struct {
	LineMax  int           // bytes of a line; default LineMaxDefault
	DrainFor time.Duration // bound on the stop after the end of the input; default 5 s
	In       io.Reader     // default standard input
	Out      io.Writer     // default standard output
	Log      *zap.Logger   // default: warnings and errors to standard error
}

// Run is a whole node: it reads messages until the end of its input, then
// handles what is under way, and returns. It returns an error where the node
// could not go on: its service refused to start, an actor failed beyond its
// restart budgets, an actor hung at the end, or the output was closed.
func Run(service Service, o Options) error {
	o, closeLog := o.filled()
	defer closeLog()
	recording := actor.WithRecorder(recorder{o.Log})
	live := actor.Live()
	// The output is a system of its own that ends after the services: what they
	// answer while they drain must still go out.
	sys, output := actor.NewSystem("node", live, recording), actor.NewSystem("output", live, recording)
	in := newIngress(sys, o.Log, spawnWriter(output, o.Out), service)
	read := make(chan error, 1)
	go func() { read <- in.readAll(newLineReader(o.In, o.LineMax)) }()
	var err error
	select {
	case err = <-read:
	case <-sys.Done(): // the reader is left behind, waiting for input
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
	if o.Log == nil {
		o.Log, closeLog = defaultLog()
	}
	if o.LineMax == 0 {
		o.LineMax = LineMaxDefault
	}
	if o.DrainFor == 0 {
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

// readAll feeds every line to the node.
func (in *ingress) readAll(r *lineReader) error {
	for {
		line, err := r.next()
		var long *tooLong
		switch {
		case errors.As(err, &long):
			in.refuseLong(long)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("node: read standard input: %w", err)
		default:
			if err := in.feed(line); err != nil {
				return err
			}
		}
	}
}

// refuseLong refuses a line over the limit, to its sender if its beginning says
// who that is.
func (in *ingress) refuseLong(long *tooLong) {
	m, _ := in.decoder.Decode(long.begin)
	in.node.log.Warn("line refused", zap.Error(long), zap.String("src", m.Src))
	in.refuse(&m, Errorf(maelstrom.MalformedRequest, "%v", long))
}

package cmdline

import (
	"fmt"

	"github.com/spf13/pflag"

	"eddy/actor/node"
)

// Trace is the flags of what nodes record.
type Trace struct {
	Mode   string
	body   int
	sample int
}

// DeclareTrace declares them, for a node or for a run of nodes.
func DeclareTrace(flags *pflag.FlagSet) *Trace {
	t := &Trace{}
	flags.StringVar(&t.Mode, "trace", string(node.TraceOff), "off, messages (what crosses a node's edge) or full (every message of every actor): records on stderr, for eddy trace")
	flags.IntVar(&t.body, "trace-body", node.TraceBodyMaxDefault, "bytes of a message's body that a record holds")
	flags.IntVar(&t.sample, "trace-sample", 1, "trace one in so many of the messages that clients send and of ticks, with all that they cause")
	return t
}

// Options are what the flags ask for.
func (t *Trace) Options() (node.TraceOptions, error) {
	o := node.TraceOptions{Mode: node.TraceMode(t.Mode), BodyMax: t.body, Sample: t.sample}
	if t.body < 1 {
		return o, fmt.Errorf("--trace-body %d: must be at least 1", t.body)
	}
	if t.sample < 1 {
		return o, fmt.Errorf("--trace-sample %d: must be at least 1", t.sample)
	}
	return o, o.Check()
}

// Arguments are the flags that were given, for a node to be given too.
func (t *Trace) Arguments(flags *pflag.FlagSet) []string {
	var args []string
	for _, name := range []string{"trace", "trace-body", "trace-sample"} {
		if f := flags.Lookup(name); f != nil && f.Changed {
			args = append(args, "--"+name+"="+f.Value.String())
		}
	}
	return args
}

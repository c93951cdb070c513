package cmdline

import (
	"fmt"

	"github.com/spf13/pflag"
	"go.uber.org/zap/zapcore"

	"eddy/actor/node"
	"eddy/cli/service"
)

// Nodes are what the flags after the -- make of a cluster's nodes.
type Nodes struct {
	Service  node.Service
	LogLevel zapcore.Level
	LineMax  int
	Trace    node.TraceOptions
	OnDisk   bool // they keep something there
}

// Strategy is the flags of `eddy serve` for a service, and the functions that make something of them once they are
// parsed.
type Strategy struct {
	Set     *pflag.FlagSet
	name    string
	build   service.Build
	level   *string
	lineMax *int
	trace   *Trace
}

// DeclareStrategy declares the flags of a service.
func DeclareStrategy(s service.Service) Strategy {
	f := Strategy{name: s.Workload.Name, Set: NewFlagSet("serve " + s.Workload.Name)}
	f.Set.Usage = func() {}
	f.build = s.Flags(f.Set)
	f.level, f.lineMax, f.trace = DeclareNode(f.Set)
	return f
}

// Parse takes the flags as they were given.
func (f Strategy) Parse(args []string) (Nodes, error) {
	if err := f.Set.Parse(args); err != nil {
		return Nodes{}, fmt.Errorf("strategy flags of %s: %w", f.name, ExplainUnknown(err, f.Set))
	}
	if f.Set.NArg() > 0 {
		return Nodes{}, fmt.Errorf("strategy flags of %s: %q is no flag", f.name, f.Set.Arg(0))
	}
	service, err := f.build()
	if err != nil {
		return Nodes{}, err
	}
	trace, err := f.trace.Options()
	if err != nil {
		return Nodes{}, err
	}
	level, err := ParseNode(*f.level, *f.lineMax)
	data := f.Set.Lookup("data")
	return Nodes{Service: service, LogLevel: level, LineMax: *f.lineMax, Trace: trace, OnDisk: data != nil && data.Value.String() != ""}, err
}

// DeclareNode declares the flags that every service has.
func DeclareNode(flags *pflag.FlagSet) (level *string, lineMax *int, trace *Trace) {
	return flags.String("log-level", "warn", "debug, info, warn or error: what goes to stderr"),
		flags.Int("line-max", node.LineMaxDefault, "bytes of the longest line that is read"),
		DeclareTrace(flags)
}

// ParseNode checks the flags that every service has.
func ParseNode(level string, lineMax int) (zapcore.Level, error) {
	at, err := zapcore.ParseLevel(level)
	if err != nil {
		return at, fmt.Errorf("--log-level %s: there is no such; choose one of debug, info, warn, error", level)
	}
	if lineMax < 1 {
		return at, fmt.Errorf("--line-max %d: must be at least 1", lineMax)
	}
	return at, nil
}

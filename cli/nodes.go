package cli

import (
	"fmt"

	"github.com/spf13/pflag"
	"go.uber.org/zap/zapcore"

	"eddy/actor/node"
	"eddy/cli/service"
)

// nodes are what the flags after the -- make of a cluster's nodes.
type nodes struct {
	service  node.Service
	logLevel zapcore.Level
	lineMax  int
	trace    node.TraceOptions
	onDisk   bool // they keep something there
}

// strategyFlags are the flags of `eddy serve` for a workload, and the functions
// that make something of them once they are parsed.
type strategyFlags struct {
	set     *pflag.FlagSet
	name    string
	build   service.Build
	level   *string
	lineMax *int
	trace   *traceFlags
}

func (p *program) declareStrategy(workload string) (strategyFlags, error) {
	s, err := p.service(workload)
	if err != nil {
		return strategyFlags{}, fmt.Errorf("%w, or give a program with --bin", err)
	}
	f := strategyFlags{name: s.Workload.Name, set: newFlagSet("serve " + s.Workload.Name)}
	f.set.Usage = func() {}
	f.build = s.Flags(f.set)
	f.level, f.lineMax, f.trace = declareNode(f.set)
	return f, nil
}

// parse takes the flags as they were given.
func (f strategyFlags) parse(args []string) (nodes, error) {
	if err := f.set.Parse(args); err != nil {
		return nodes{}, fmt.Errorf("strategy flags of %s: %w", f.name, explainUnknown(err, f.set))
	}
	if f.set.NArg() > 0 {
		return nodes{}, fmt.Errorf("strategy flags of %s: %q is no flag", f.name, f.set.Arg(0))
	}
	service, err := f.build()
	if err != nil {
		return nodes{}, err
	}
	trace, err := f.trace.options()
	if err != nil {
		return nodes{}, err
	}
	level, err := parseNode(*f.level, *f.lineMax)
	data := f.set.Lookup("data")
	return nodes{service: service, logLevel: level, lineMax: *f.lineMax, trace: trace, onDisk: data != nil && data.Value.String() != ""}, err
}

// parseNodes makes the nodes of a workload, or says which flag is wrong.
func (p *program) parseNodes(workload string, args []string) (nodes, error) {
	f, err := p.declareStrategy(workload)
	if err != nil {
		return nodes{}, err
	}
	return f.parse(args)
}

// parseNode checks the flags that every service has.
func parseNode(level string, lineMax int) (zapcore.Level, error) {
	at, err := zapcore.ParseLevel(level)
	if err != nil {
		return at, fmt.Errorf("--log-level %s: there is no such; choose one of debug, info, warn, error", level)
	}
	if lineMax < 1 {
		return at, fmt.Errorf("--line-max %d: must be at least 1", lineMax)
	}
	return at, nil
}

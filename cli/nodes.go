package cli

import (
	"fmt"

	"eddy/cli/cmdline"
)

// declareStrategy declares the flags of `eddy serve` for a workload.
func (p *program) declareStrategy(workload string) (cmdline.Strategy, error) {
	s, err := p.service(workload)
	if err != nil {
		return cmdline.Strategy{}, fmt.Errorf("%w, or give a program with --bin", err)
	}
	return cmdline.DeclareStrategy(s), nil
}

// parseNodes makes the nodes of a workload, or says which flag is wrong.
func (p *program) parseNodes(workload string, args []string) (cmdline.Nodes, error) {
	f, err := p.declareStrategy(workload)
	if err != nil {
		return cmdline.Nodes{}, err
	}
	return f.Parse(args)
}

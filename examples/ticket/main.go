// Command ticket is a program of its own on Eddy: a workload and a service that Eddy does not have, with all
// of its commands. docs/module.md goes through it.
package main

import (
	"errors"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli"
	"eddy/cli/service"
)

func main() {
	cli.Main(service.Service{
		Workload: newWorkload(),
		Short:    "Gives out numbers that only grow",
		Flags:    flags,
	})
}

// flags declares what eddy serve has after the name of the service.
func flags(set *pflag.FlagSet) service.Build {
	ahead := set.Int("ahead", 0, "numbers that a node reserves before anyone asks for them; above 0 they do not grow in the order of time")
	return func() (node.Service, error) {
		if *ahead < 0 {
			return nil, errors.New("--ahead is negative: it must be 0 or above")
		}
		return tickets{ahead: *ahead}.serve, nil
	}
}

package builtin

import (
	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli/service"
	"eddy/uniqueids"
	workload "eddy/workload/uniqueids"
)

// UniqueIDs generates ids that no other node generates.
func UniqueIDs() service.Service {
	return service.Service{Workload: workload.New(), Short: "Generates ids that no other node generates", Flags: uniqueIDFlags}
}

func uniqueIDFlags(flags *pflag.FlagSet) service.Build {
	strategy := flags.String("strategy", string(uniqueids.Counter), "counter or snowflake")
	return func() (node.Service, error) {
		s := uniqueids.Strategy(*strategy)
		return uniqueids.Service(s), s.Check()
	}
}

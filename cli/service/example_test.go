package service_test

import (
	"fmt"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli/service"
	"eddy/echo"
	workload "eddy/workload/echo"
)

// A service without flags of its own.
func ExampleFixed() {
	s := service.Service{Workload: workload.New(), Short: "Answers with what it is sent", Flags: service.Fixed(echo.Service)}
	build := s.Flags(pflag.NewFlagSet("echo", pflag.ContinueOnError))
	_, err := build()
	fmt.Println(s.Workload.Name, err)
	// Output: echo <nil>
}

// A flag whose absence stands for a default: a 0 that is given is a mistake.
func ExampleNonZero() {
	flags := pflag.NewFlagSet("echo", pflag.ContinueOnError)
	declare := func(set *pflag.FlagSet) service.Build {
		set.Int("size", 0, "default: as large as needed")
		return func() (node.Service, error) { return echo.Service, service.NonZero(set, "size") }
	}
	build := declare(flags)
	_, err := build()
	fmt.Println(err)
	if err := flags.Parse([]string{"--size", "0"}); err != nil {
		panic(err)
	}
	_, err = build()
	fmt.Println(err)
	// Output:
	// <nil>
	// --size 0: must be above 0; leave it out for the default
}

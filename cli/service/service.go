// Package service is what a command knows of a service: the workload that judges it and the
// flags that configure it. Package cli makes commands of such values; package builtin holds
// those that come with Eddy.
package service

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/workload"
)

// Service is something that a node can be, and the workload that tests it. Its name is the workload's.
type Service struct {
	Workload workload.Workload
	Short    string // a line for lists, such as "Answers with what it is sent"
	Long     string // what help says of the flags; none is needed
	// Flags declares the flags that configure the service. The function it returns is
	// called once they are parsed, and builds the service or says which value makes no
	// sense. It may be called without any flag given: the defaults must make sense. Nil
	// for a workload that is there to judge other programs, given with --bin.
	Flags func(*pflag.FlagSet) Build
	// Best are the flags for challenges of the workload that the defaults do not serve best,
	// by the number of the challenge.
	Best map[string]Strategy
	// Bugs are deliberate bugs that the service can be made with, each by a flag of its own value: --bug, which help does
	// not show. They show what a search finds (eddy hunt), and whether a workload notices (eddy mutate). Hunt are the flags of a run
	// under which they are looked for, which know none of them.
	Bugs []Bug
	Hunt []string
	// Record shows a record of the service's journal in words; nil if its records are JSON.
	Record func(record []byte) string
}

// Bug is a deliberate bug of a service.
type Bug struct {
	Name   string
	Breaks string   // what goes wrong, in a clause such as "a lease is held for too long"
	Flags  []string // of the service: a configuration in which it is made
	Run    []string // of the run, in place of those of Hunt: faults without which it does no harm
}

// Build makes the service of flags that were parsed.
type Build func() (node.Service, error)

// Strategy is a configuration of a service as it is given on the command line.
type Strategy struct {
	Flags []string
	// Processes are the flags where nodes are processes, under Maelstrom or on the built-in bench, if they differ: hops
	// take longer there, and vary. Nil for Flags.
	Processes []string
}

// Fixed is for a service without flags of its own.
func Fixed(s node.Service) func(*pflag.FlagSet) Build {
	return func(*pflag.FlagSet) Build {
		return func() (node.Service, error) { return s, nil }
	}
}

// NonZero refuses a 0 that was given for a flag whose absence stands for a default.
func NonZero(flags *pflag.FlagSet, names ...string) error {
	for _, name := range names {
		flag := flags.Lookup(name)
		if !flag.Changed {
			continue
		}
		if value := flag.Value.String(); value == "0" || value == time.Duration(0).String() {
			return fmt.Errorf("--%s %s: must be above 0; leave it out for the default", name, value)
		}
	}
	return nil
}

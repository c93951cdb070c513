package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/internal/suggest"
	"eddy/testbench"
	"eddy/workload"
)

// challenge is one of a workload's, and the strategy of ours that serves it best.
type challenge struct {
	workload.Challenge
	workload string
	strategy []string
	// processes is the strategy where nodes are processes, where not the same: hops
	// take longer there, and vary.
	processes []string
}

// strategyOn is the strategy on an engine, whose nodes are processes or not.
func (c challenge) strategyOn(processes bool) []string {
	if processes && c.processes != nil {
		return c.processes
	}
	return c.strategy
}

func (p *program) challenge(number string) (challenge, error) {
	i := slices.IndexFunc(p.challenges, func(c challenge) bool { return c.Number == number })
	if i < 0 {
		return challenge{}, fmt.Errorf("--challenge %s: there is no such%s", number, suggest.Among(number, p.challengeNumbers()))
	}
	return p.challenges[i], nil
}

func (p *program) challengeNumbers() []string {
	var numbers []string
	for _, c := range p.challenges {
		numbers = append(numbers, c.Number)
	}
	return numbers
}

// apply sets the challenge's flags, and that it is judged strictly, but for those given on the command line.
func (c challenge) apply(flags *pflag.FlagSet) error {
	for _, flag := range append([]string{"strict=true"}, c.Flags...) {
		name, value, _ := strings.Cut(flag, "=")
		if flags.Changed(name) {
			continue
		}
		if err := flags.Set(name, value); err != nil {
			return fmt.Errorf("challenge %s: --%s %s: %w", c.Number, name, value, err)
		}
	}
	return nil
}

// neutral are the flags of a test that do not change what a challenge asks for.
var neutral = []string{"seed", "strict", "bin", "log-stderr", "log-net-send", "log-net-recv", "store-max"}

// applyChallenge sets the challenge's flags, and says which of those given ask for something else than it does.
func (p *program) applyChallenge(c challenge, flags *pflag.FlagSet) (unofficial []string, err error) {
	o, official := testbench.Defaults(p.workloads), pflag.NewFlagSet("official", pflag.ContinueOnError)
	cmdline.Declare(official, &o)
	if err := c.apply(official); err != nil {
		return nil, err
	}
	flags.Visit(func(f *pflag.Flag) {
		if other := official.Lookup(f.Name); other != nil && !slices.Contains(neutral, f.Name) && other.Value.String() != f.Value.String() {
			unofficial = append(unofficial, "--"+f.Name+" "+strings.Trim(f.Value.String(), "[]"))
		}
	})
	return unofficial, c.apply(flags)
}

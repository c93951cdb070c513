package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/workload"
)

// challenge is one of a workload's, and the strategy of ours that serves it best.
type challenge struct {
	workload.Challenge
	workload string
	strategy []string
	// maelstrom is the strategy under Maelstrom, where not the same: hops take
	// longer there, and vary.
	maelstrom []string
}

// strategyOn is the strategy on an engine.
func (c challenge) strategyOn(maelstrom bool) []string {
	if maelstrom && c.maelstrom != nil {
		return c.maelstrom
	}
	return c.strategy
}

func (p *program) challenge(number string) (challenge, error) {
	i := slices.IndexFunc(p.challenges, func(c challenge) bool { return c.Number == number })
	if i < 0 {
		return challenge{}, fmt.Errorf("--challenge %s: there is no such; choose one of %s", number, strings.Join(p.challengeNumbers(), ", "))
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

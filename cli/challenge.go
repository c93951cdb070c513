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

// strategies are ours for the challenges that the default does not serve best.
var strategies = map[string]struct{ anywhere, maelstrom []string }{
	"3d": {[]string{"--strategy", "paced"}, []string{"--strategy", "paced", "--interval", "350ms"}},
	"3e": {[]string{"--strategy", "paced", "--interval", "1700ms"}, []string{"--strategy", "paced", "--interval", "1600ms"}},
	"5a": {[]string{"--strategy", "local"}, nil},
}

// challenges are those of all workloads, by number.
var challenges = func() []challenge {
	var all []challenge
	for _, w := range workloads {
		for _, c := range w.Challenges {
			best := strategies[c.Number]
			all = append(all, challenge{Challenge: c, workload: w.Name, strategy: best.anywhere, maelstrom: best.maelstrom})
		}
	}
	slices.SortFunc(all, func(a, b challenge) int { return strings.Compare(a.Number, b.Number) })
	return all
}()

func findChallenge(number string) (challenge, error) {
	i := slices.IndexFunc(challenges, func(c challenge) bool { return c.Number == number })
	if i < 0 {
		return challenge{}, fmt.Errorf("--challenge %s: there is no such; choose one of %s", number, strings.Join(challengeNumbers(), ", "))
	}
	return challenges[i], nil
}

func challengeNumbers() []string {
	var numbers []string
	for _, c := range challenges {
		numbers = append(numbers, c.Number)
	}
	return numbers
}

// apply sets the challenge's flags, but for those given on the command line.
func (c challenge) apply(flags *pflag.FlagSet) error {
	for _, flag := range c.Flags {
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

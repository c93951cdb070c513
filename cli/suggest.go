package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/internal/suggest"
)

// unknownFlag explains a flag that a command does not have: it may be one of the nodes', which
// come after --, or a slip.
func (p *program) unknownFlag(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) || missing.GetSpecifiedShortnames() != "" {
		return explainInvalid(err)
	}
	name := missing.GetSpecifiedName()
	if s, err := p.service(cmd.Flags().Arg(0)); err == nil {
		flags := newFlagSet(s.Workload.Name)
		s.Flags(flags)
		if flags.Lookup(name) != nil {
			return fmt.Errorf("--%s is a flag of the nodes, not of %s: put it after --, as in %s %s -- --%s", name, cmd.Name(), cmd.CommandPath(), s.Workload.Name, name)
		}
	}
	return explainUnknown(err, cmd.Flags())
}

// explainUnknown adds to the error of an unknown flag the one that was probably meant.
func explainUnknown(err error, flags *pflag.FlagSet) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) || missing.GetSpecifiedShortnames() != "" {
		return explainInvalid(err)
	}
	if near := suggest.Nearest(missing.GetSpecifiedName(), flagNames(flags)); near != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return err
}

// expected is what flags of a type take, where their own error would be that of a parser.
var expected = map[string]string{
	"int":      "a whole number, such as 5",
	"int64":    "a whole number, such as 5",
	"uint64":   "a whole number that is not negative, such as 5",
	"float64":  "a number, such as 0.5",
	"bool":     "true or false",
	"duration": "a time with its unit, such as 5s or 200ms",
}

// explainInvalid says what a flag takes whose value makes no sense.
func explainInvalid(err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return err
	}
	flag := invalid.GetFlag()
	value := invalid.GetValue()
	if value == "" {
		value = `""`
	}
	if takes, known := expected[flag.Value.Type()]; known {
		return fmt.Errorf("--%s %s: expected %s", flag.Name, value, takes)
	}
	return fmt.Errorf("--%s: %w", flag.Name, invalid.Unwrap())
}

package cmdline

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"eddy/internal/suggest"
)

// ExplainUnknown adds to the error of an unknown flag the one that was probably meant.
func ExplainUnknown(err error, flags *pflag.FlagSet) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) || missing.GetSpecifiedShortnames() != "" {
		return ExplainInvalid(err)
	}
	if near := suggest.Nearest(missing.GetSpecifiedName(), FlagNames(flags)); near != "" {
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

// ExplainInvalid says what a flag takes whose value makes no sense.
func ExplainInvalid(err error) error {
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

// FlagNames are those of a set, in order.
func FlagNames(set *pflag.FlagSet) []string {
	var names []string
	set.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// NewFlagSet is a set that prints nothing by itself.
func NewFlagSet(name string) *pflag.FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

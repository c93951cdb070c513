package cli

import (
	"fmt"
	"slices"
	"strings"

	"eddy/testbench/sweep"
)

// configurations collects --config: whole sets of strategy flags, the values of
// one axis, for comparisons that are no grid.
type configurations struct{ to *[]axis }

const (
	configurationAxis = "configuration"
	// defaultConfiguration stands for no flags at all.
	defaultConfiguration = "(default)"
)

func (c configurations) String() string { return "" }
func (c configurations) Type() string   { return "'strategy flags'" }

func (c configurations) Set(text string) error {
	value := strings.Join(strings.Fields(text), " ")
	if value == "" {
		value = defaultConfiguration
	}
	i := slices.IndexFunc(*c.to, axis.ofConfigurations)
	if i < 0 {
		i = len(*c.to)
		*c.to = append(*c.to, axis{Axis: sweep.Axis{Flag: configurationAxis}})
	}
	if slices.Contains((*c.to)[i].Values, value) {
		return fmt.Errorf("%q is there twice", value)
	}
	(*c.to)[i].Values = append((*c.to)[i].Values, value)
	return nil
}

func (a axis) ofConfigurations() bool { return a.Flag == configurationAxis }

// arguments are the strategy flags that a value of the axis stands for.
func (a axis) arguments(value string) []string {
	switch {
	case !a.ofConfigurations():
		return []string{"--" + a.Flag + "=" + value}
	case value == defaultConfiguration:
		return nil
	}
	return strings.Fields(value)
}

package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
)

// unknownFlag explains a flag that a command does not have: it may be one of the nodes', which
// come after --, or a slip.
func (p *program) unknownFlag(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) || missing.GetSpecifiedShortnames() != "" {
		return cmdline.ExplainInvalid(err)
	}
	name := missing.GetSpecifiedName()
	if s, err := p.service(cmd.Flags().Arg(0)); err == nil {
		flags := cmdline.NewFlagSet(s.Workload.Name)
		s.Flags(flags)
		if flags.Lookup(name) != nil {
			return fmt.Errorf("--%s is a flag of the nodes, not of %s: put it after --, as in %s %s -- --%s", name, cmd.Name(), cmd.CommandPath(), s.Workload.Name, name)
		}
	}
	return cmdline.ExplainUnknown(err, cmd.Flags())
}

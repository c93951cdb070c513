package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// suggest ends a sentence about a name that is unknown: with the one that was probably
// meant, where one is near, and with those there are.
func suggest(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("; did you mean %s? There are %s", near, strings.Join(known, ", "))
	}
	return "; choose one of " + strings.Join(known, ", ")
}

// unknownFlag explains a flag that a command does not have: it may be one of the nodes', which
// come after --, or a slip.
func (p *program) unknownFlag(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) || missing.GetSpecifiedShortnames() != "" {
		return err
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
		return err
	}
	if near := nearest(missing.GetSpecifiedName(), flagNames(flags)); near != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return err
}

// nearest is the known name that takes the fewest edits to become, if they are few for its length.
func nearest(name string, known []string) string {
	best, distance := "", 0
	for _, k := range known {
		if d := edits(name, k); d <= (len(k)+2)/3 && (best == "" || d < distance) {
			best, distance = k, d
		}
	}
	return best
}

// edits is the least number of insertions, deletions, replacements and swaps of
// neighbours that make b of a (the optimal string alignment distance).
func edits(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

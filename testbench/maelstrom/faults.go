package maelstrom

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"eddy/testbench"
	"eddy/testbench/nemesis"
)

// everyVersion are the faults that every version of Maelstrom injects; later are those that versions from July 2026 on
// inject as well, which send init again to a node that was killed.
var (
	everyVersion = []string{nemesis.FaultPartition}
	later        = []string{nemesis.FaultKill, nemesis.FaultPause}
)

// helpTimeout is how long Maelstrom may take to print its help: a JVM starts for it.
const helpTimeout = time.Minute

// nemesisHelp is what the help says of --nemesis, up to the next option.
var nemesisHelp = regexp.MustCompile(`(?s)--nemesis FAULTS(.*?)(?:\n\s*-|$)`)

// checkFaults refuses the faults that this version of Maelstrom does not inject. It is asked only where there are others
// than all versions know.
func checkFaults(program string, o testbench.Options) error {
	beyond := func(fault string) bool { return !slices.Contains(everyVersion, fault) }
	if !slices.ContainsFunc(o.Nemesis, beyond) {
		return nil
	}
	for _, fault := range o.Nemesis {
		if beyond(fault) && !slices.Contains(later, fault) {
			return fmt.Errorf("the Maelstrom engine cannot do what is asked: --nemesis %s: no version of Maelstrom injects it; the built-in bench and the simulator do", fault)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), helpTimeout)
	defer cancel()
	text, err := exec.CommandContext(ctx, program, "test", "--help").Output()
	if err != nil {
		return fmt.Errorf("maelstrom was asked for its help, to learn which faults it injects, and failed: %w", err)
	}
	found := nemesisHelp.FindSubmatch(text)
	for _, fault := range o.Nemesis {
		if beyond(fault) && (found == nil || !strings.Contains(string(found[1]), fault)) {
			return fmt.Errorf("the Maelstrom engine cannot do what is asked: --nemesis %s: this version of Maelstrom does not inject it, by its own help; versions from July 2026 on do, and the built-in bench and the simulator", fault)
		}
	}
	return nil
}

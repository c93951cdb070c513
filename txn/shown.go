package txn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shownRegisters is how many registers are shown.
const shownRegisters = 20

// View is the clock and the registers: see actor.Viewer.
func (s *store) View() string {
	lines := []string{fmt.Sprintf("clock %d, %d registers", s.clock, len(s.registers.byKey))}
	for _, name := range slices.Sorted(maps.Keys(s.registers.byKey)) {
		if len(lines) > shownRegisters {
			return strings.Join(append(lines, "…"), "\n")
		}
		r := s.registers.byKey[name]
		lines = append(lines, fmt.Sprintf("%s = %s, written at %d", r.key, r.value, r.stamp.time))
	}
	return strings.Join(lines, "\n")
}

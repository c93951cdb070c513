package kv

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.etcd.io/raft/v3"
)

// shownValues is how many values are shown.
const shownValues = 20

// View is the replica's part in Raft and the values: see actor.Viewer.
func (r *replica) View() string {
	led := "nobody"
	if r.lead != raft.None {
		led = r.nameOf(r.lead)
	}
	lines := []string{fmt.Sprintf("%s in term %d, led by %s, applied up to %d", strings.TrimPrefix(r.role.String(), "State"), r.term, led, r.applied)}
	if r.store == nil {
		return lines[0]
	}
	for _, key := range slices.Sorted(maps.Keys(r.store.values)) {
		if len(lines) > shownValues {
			return strings.Join(append(lines, "…"), "\n")
		}
		lines = append(lines, fmt.Sprintf("%s = %s", key, r.store.values[key]))
	}
	return strings.Join(lines, "\n")
}

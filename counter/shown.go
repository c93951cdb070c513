package counter

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// What actors show of their state: see actor.Viewer.

// String is what a shard counts.
func (s shard) String() string { return new(big.Int).Sub(orZero(s.up), orZero(s.down)).String() }

func (l *storeCounter) View() string {
	text := fmt.Sprintf("own shard %v stored, %v to be stored", l.stored, l.pending)
	if l.writing {
		text += ", being written"
	}
	return text
}

func (r *crdtCounter) View() string {
	sum, lines := new(big.Int), []string(nil)
	for _, of := range slices.Sorted(maps.Keys(r.shards)) {
		s := r.shards[of]
		sum.Add(sum, new(big.Int).Sub(orZero(s.up), orZero(s.down)))
		lines = append(lines, fmt.Sprintf("shard of %s: %v", of, s))
	}
	return strings.Join(append([]string{"sum " + sum.String()}, lines...), "\n")
}

package play

import (
	"maps"
	"slices"
	"strings"
)

// cacheKey tells one command line from another.
func cacheKey(args []string) string { return strings.Join(args, "\x00") }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

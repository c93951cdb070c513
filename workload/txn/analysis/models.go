package analysis

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// model is a consistency model: the models that it includes, and the anomalies
// that it forbids beyond theirs.
type model struct {
	includes []string
	forbids  []string
}

// models are those of https://jepsen.io/consistency, with what Elle has each
// forbid. Those without anomalies of their own are here because others are
// defined by them.
var models = map[string]model{
	"read-uncommitted": {nil, []string{"G0", "duplicate-elements", "cyclic-versions"}},
	"read-committed":   {[]string{"read-uncommitted"}, []string{"G1"}},
	"cursor-stability": {[]string{"read-committed"}, []string{"G1", "G-cursor", "lost-update"}},
	"monotonic-view":   {[]string{"read-committed"}, []string{"G1", "G-monotonic"}},
	"consistent-view":  {[]string{"cursor-stability", "monotonic-view"}, []string{"G1", "G-single"}},

	"monotonic-snapshot-read": {[]string{"read-committed"}, []string{"G1", "G-MSR"}},
	"forward-consistent-view": {[]string{"consistent-view"}, []string{"G1", "G-SIb"}},
	"monotonic-atomic-view":   {[]string{"read-committed"}, nil},
	"read-atomic":             {[]string{"monotonic-atomic-view"}, []string{"internal", "G1a", "future-read"}},
	"causal-cerone":           {[]string{"read-atomic"}, []string{"internal", "G1a"}},
	"prefix":                  {[]string{"causal-cerone"}, []string{"internal", "G1a"}},
	"update-atomic":           {[]string{"read-atomic"}, []string{"lost-update"}},

	"parallel-snapshot-isolation": {[]string{"causal-cerone", "update-atomic"}, []string{"internal", "G1a"}},
	"snapshot-isolation": {
		[]string{"forward-consistent-view", "monotonic-atomic-view", "monotonic-snapshot-read", "parallel-snapshot-isolation", "prefix"},
		[]string{"internal", "G1", "G-SI", "G-nonadjacent"},
	},
	"repeatable-read":      {[]string{"cursor-stability", "monotonic-atomic-view"}, []string{"G1", "G2-item", "lost-update"}},
	"update-serializable":  {[]string{"forward-consistent-view"}, []string{"G1", "G-update"}},
	"view-serializable":    {},
	"serializable":         {[]string{"repeatable-read", "snapshot-isolation", "update-serializable", "view-serializable"}, []string{"G1", "G2", "internal"}},
	"1SR":                  {},
	"session-serializable": {[]string{"1SR"}, nil},

	"strong-session-read-uncommitted":   {[]string{"read-uncommitted"}, []string{"G0-process"}},
	"strong-session-read-committed":     {[]string{"read-committed", "strong-session-read-uncommitted"}, []string{"G1c-process"}},
	"strong-session-snapshot-isolation": {[]string{"snapshot-isolation", "strong-session-read-committed"}, []string{"internal", "G1-process", "G-nonadjacent-process"}},
	"strong-session-serializable":       {[]string{"serializable", "strong-session-snapshot-isolation"}, []string{"G1-process", "G2-process"}},

	"strong-read-uncommitted":   {[]string{"strong-session-read-uncommitted"}, []string{"G0-realtime"}},
	"strong-read-committed":     {[]string{"strong-session-read-committed", "strong-read-uncommitted"}, []string{"G1c-realtime"}},
	"strong-snapshot-isolation": {[]string{"strong-session-snapshot-isolation", "strong-read-committed"}, []string{"internal", "G1-realtime", "G-nonadjacent-realtime"}},
	"strong-serializable": {
		[]string{"linearizable", "serializable", "session-serializable", "strong-session-serializable", "strong-snapshot-isolation"},
		[]string{"G1", "G1c-realtime", "G2-realtime"},
	},

	"linearizable":        {[]string{"sequential"}, nil},
	"sequential":          {[]string{"causal"}, nil},
	"causal":              {[]string{"PRAM", "writes-follow-reads"}, nil},
	"PRAM":                {[]string{"monotonic-reads", "monotonic-writes", "read-your-writes"}, nil},
	"monotonic-reads":     {},
	"monotonic-writes":    {},
	"read-your-writes":    {},
	"writes-follow-reads": {},
}

// otherNames of the models; Maelstrom writes strong-serializable where it reads
// strict-serializable.
var otherNames = map[string]string{
	"strict-serializable": "strong-serializable", "conflict-serializable": "serializable",
	"PL-1": "read-uncommitted", "PL-2": "read-committed", "PL-CS": "cursor-stability", "PL-2L": "monotonic-view",
	"PL-2+": "consistent-view", "PL-FCV": "forward-consistent-view", "PL-MSR": "monotonic-snapshot-read",
	"PL-SI": "snapshot-isolation", "PL-2.99": "repeatable-read", "PL-3U": "update-serializable", "PL-3": "serializable",
	"PL-SS":               "strong-serializable",
	"strong-session-PL-1": "strong-session-read-uncommitted", "strong-session-PL-2": "strong-session-read-committed",
	"strong-PL-1": "strong-read-uncommitted", "strong-PL-2": "strong-read-committed",
}

// DefaultModel is what a history is held to when nothing else is asked for, as
// in Maelstrom.
const DefaultModel = "strict-serializable"

// Models lists the names of the consistency models that [Check] knows, sorted.
func Models() []string {
	return slices.Sorted(maps.Keys(union(models, otherNames)))
}

func union(a map[string]model, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for name := range a {
		all[name] = true
	}
	for name := range b {
		all[name] = true
	}
	return all
}

// ParseModels gives the models of those names, or the default if there are
// none. The error lists the names there are.
func ParseModels(names []string) ([]string, error) {
	if len(names) == 0 {
		names = []string{DefaultModel}
	}
	var all []string
	for _, name := range names {
		name = strings.TrimSpace(name)
		if other, ok := otherNames[name]; ok {
			name = other
		}
		if _, known := models[name]; !known {
			return nil, fmt.Errorf("consistency model %q is not known: expected some of %s", name, strings.Join(Models(), ", "))
		}
		all = append(all, name)
	}
	return all, nil
}

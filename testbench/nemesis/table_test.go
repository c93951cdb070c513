package nemesis

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEachFaultHasFlagsOfItsOwnAndDefaultsThatMakeSense(t *testing.T) {
	o := Defaults()
	seen := map[string]bool{}
	for _, f := range o.All() {
		for _, s := range f.Settings {
			if seen[s.Flag] || s.Help == "" || !strings.HasPrefix(s.Flag, f.Name) {
				t.Errorf("%s: flag %q, help %q", f.Name, s.Flag, s.Help)
			}
			seen[s.Flag] = true
			s.Check(func(value any, allowed string) {
				t.Errorf("--%s %v is the default, but expected is %s", s.Flag, value, allowed)
			})
		}
		if !seen[f.Name+"-duration"] {
			t.Errorf("%s lasts as long as it likes", f.Name)
		}
		fault, end, begins := Begins(f.begins())
		if ended, ends := Ends(end); !begins || !ends || fault != f.Name || ended != f.Name {
			t.Errorf("%s begins %q as %s and ends %q as %s", f.Name, f.begins(), fault, end, ended)
		}
	}
}

func TestSettingsRefuseWhatMakesNoSense(t *testing.T) {
	o := Defaults()
	o.Loss.Rate, o.Duplicate.Rate, o.Reorder.Delay, o.Latency.Factor = 0, 1.5, 0, 1
	o.Kill.Targets, o.Skew.Max, o.Pause.Duration = []string{"one", "nobody"}, 0, -time.Second
	o.Partition.Shapes = []string{"ring"}
	var refused []string
	for _, f := range o.All() {
		for _, s := range f.Settings {
			s.Check(func(any, string) { refused = append(refused, s.Flag) })
		}
	}
	want := []string{"partition-shapes", "loss-rate", "duplicate-rate", "reorder-delay", "latency-factor", "kill-targets", "pause-duration", "skew-max"}
	if !slices.Equal(refused, want) {
		t.Errorf("refused %v, want %v", refused, want)
	}
}

func TestPicturesNameFaultsAndWhomTheyConcern(t *testing.T) {
	for _, c := range []struct{ fault, value, label, nodes string }{
		{"kill", `{"n2":"killed","n1":"killed"}`, "killed", "n1 n2"},
		{"pause", `{"n3":"paused"}`, "paused", "n3"},
		{"loss", `0.2`, "loss 0.2", ""},
		{"partition", `["isolated",{"n1":["n2","n3"],"n2":["n1"],"n3":["n1"]}]`, "partition: cut off n1", ""},
		{"flood", `7`, "flood 7", ""}, // of a history that somebody else made
	} {
		label, nodes := Label(c.fault, json.RawMessage(c.value))
		if label != c.label || strings.Join(nodes, " ") != c.nodes {
			t.Errorf("%s %s: %q of %v", c.fault, c.value, label, nodes)
		}
	}
}

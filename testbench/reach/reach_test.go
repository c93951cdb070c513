package reach_test

import (
	"encoding/json"
	"testing"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/reach"
)

// acts are those of the nemesis, a second apart: what is not empty is what a partition does, the others end it.
func acts(values ...string) history.History {
	var h history.History
	for i, value := range values {
		op := history.Op{Index: i, Time: time.Duration(i+1) * time.Second, Process: history.Nemesis, Type: history.Info}
		if op.F = "stop-partition"; value != "" {
			op.F, op.Value = "start-partition", json.RawMessage(value)
		}
		h = append(h, op)
	}
	return h
}

const (
	whole = ""
	asked = `"one"`
	// n0 alone, of three; and n2.
	without0 = `["isolated",{"n0":["n1","n2"],"n1":["n0"],"n2":["n0"]}]`
	without2 = `["isolated",{"n2":["n0","n1"],"n0":["n2"],"n1":["n2"]}]`
	deaf0    = `["isolated",{"n0":["n1","n2"],"n1":[],"n2":[]}]`                   // and is heard
	chain    = `["isolated",{"n0":["n2"],"n1":[],"n2":["n0"]}]`                    // n0 to n1 to n2
	away     = `["isolated",{"n0":["n1","n2"],"n1":["n0","n2"],"n2":["n0","n1"]}]` // each alone
)

func TestEverywhereIsTheEndOfTheCutThatKeepsAValueFromANode(t *testing.T) {
	for _, c := range []struct {
		name string
		h    history.History
		node string
		from time.Duration
		want time.Duration // 0: never
	}{
		{"before any cut", acts(without0, whole), "n0", 500 * time.Millisecond, 500 * time.Millisecond},
		{"cut off", acts(without0, whole), "n0", 1500 * time.Millisecond, 2 * time.Second},
		{"cut off, asked for first", acts(asked, without0, whole), "n0", 2500 * time.Millisecond, 3 * time.Second},
		{"on the other side", acts(without0, whole), "n1", 1500 * time.Millisecond, 2 * time.Second},
		{"after the cut", acts(without0, whole), "n1", 2500 * time.Millisecond, 2500 * time.Millisecond},
		{"for ever", acts(without0), "n1", 1500 * time.Millisecond, 0},
		{"to each in turn", acts(without0, without2), "n1", 1500 * time.Millisecond, 2 * time.Second},
		{"heard, though deaf", acts(deaf0, whole), "n0", 1500 * time.Millisecond, 1500 * time.Millisecond},
		{"deaf", acts(deaf0, whole), "n1", 1500 * time.Millisecond, 2 * time.Second},
		{"by another node", acts(chain, whole), "n0", 1500 * time.Millisecond, 1500 * time.Millisecond},
		{"one cut after another", acts(away, without2, away, without0), "n0", 1500 * time.Millisecond, 4 * time.Second},
		{"unknown node", acts(without0, whole), "n7", 500 * time.Millisecond, 0},
	} {
		at, ok := reach.Of(c.h).Everywhere(c.node, c.from)
		if c.want == 0 && ok || c.want > 0 && (!ok || at != c.want) {
			t.Errorf("%s: %v, %v; want %v", c.name, at, ok, c.want)
		}
	}
}

func TestHistoryWithoutPartitionsHasNoCuts(t *testing.T) {
	for _, h := range []history.History{nil, acts(whole), acts(asked), acts(`["isolated",{"apart":["n1"]}]`)} {
		if reach.Of(h) != nil {
			t.Errorf("%v has cuts", h)
		}
	}
}

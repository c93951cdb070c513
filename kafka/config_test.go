package kafka

import (
	"strings"
	"testing"
	"time"
)

func TestStrategiesThatMakeNoSenseAreRefusedByTheNamesOfTheirFlags(t *testing.T) {
	for _, c := range []struct {
		config Config
		reason string
	}{
		{Config{Strategy: "raft"}, "--strategy raft: there is no such; choose one of local, cas, owner, fallback, leaderless"},
		{Config{Acks: "2"}, "--acks 2: there is no such"},
		{Config{Strategy: Owner, Acks: AcksAll}, "--acks all with --strategy owner"},
		{Config{Strategy: CAS, Window: time.Second}, "--window 1s with --strategy cas"},
		{Config{Strategy: Local, Retry: time.Second}, "--retry 1s with --strategy local"},
		{Config{Strategy: CAS, Patience: time.Second}, "--patience 1s with --strategy cas"},
		{Config{Strategy: Owner, Refresh: time.Second}, "--refresh 1s with --strategy owner"},
		{Config{ChunkBytes: 100}, "--chunk-bytes 100 with --strategy leaderless"},
		{Config{Idle: -time.Second}, "--idle -1s: a duration cannot be negative"},
		{Config{PollCount: -1}, "--poll-count -1: must be at least 1"},
	} {
		if err := c.config.Check(); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%+v: %v, expected %q", c.config, err, c.reason)
		}
	}
	for _, name := range Strategies() {
		if err := (Config{Strategy: Strategy(name)}).Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package serial

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"eddy/kv"
)

// Strategy is how transactions come into one order.
type Strategy string

// The strategies.
const (
	Raft   Strategy = "raft"   // through a replicated log
	Chunks Strategy = "chunks" // by moving the root of a tree in a store
)

// Config is a strategy and its parameters. What is 0 has a default.
type Config struct {
	Strategy Strategy

	// Raft is the configuration of the log. Its Latency and ClientTimeout count for both strategies; ClientTimeout is
	// 5 s by default.
	Raft kv.Config

	Retry       time.Duration // chunks: until a request to a store is sent again that had no answer
	Pause       time.Duration // chunks: from a commit to the next attempt, times the other nodes that have committed since the one before, at least once
	ChunkBytes  int           // chunks: size of a leaf that is not split yet
	ShelfChunks int           // chunks: how many are kept at hand

	// Bug makes the service wrong, for tests of the tests. No flag sets it.
	Bug Bug
}

func (c Config) filled() Config {
	if c.Strategy == "" {
		c.Strategy = Raft
	}
	setTime := func(field *time.Duration, value time.Duration) {
		if *field == 0 {
			*field = value
		}
	}
	setTime(&c.Raft.Latency, 10*time.Millisecond)
	setTime(&c.Raft.ClientTimeout, 5*time.Second)
	setTime(&c.Retry, retryLatencies*c.Raft.Latency)
	setTime(&c.Pause, pauseLatencies*c.Raft.Latency)
	if c.ChunkBytes == 0 {
		c.ChunkBytes = 4096
	}
	if c.ShelfChunks == 0 {
		c.ShelfChunks = 4096
	}
	return c
}

// Check reports, by the names of the flags, why the configuration makes no sense.
func (c Config) Check() error {
	c = c.filled()
	var faults []error
	check := func(ok bool, flag string, value any, expected string) {
		if !ok {
			faults = append(faults, fmt.Errorf("--%s %v: expected %s", flag, value, expected))
		}
	}
	check(slices.Contains([]Strategy{Raft, Chunks}, c.Strategy), "strategy", c.Strategy, "raft or chunks")
	check(c.Retry > 0, "retry", c.Retry, "a positive time, such as 100ms")
	check(c.Pause > 0, "pause", c.Pause, "a positive time, such as 80ms")
	check(c.ChunkBytes >= 1, "chunk-bytes", c.ChunkBytes, "at least 1")
	check(c.ShelfChunks >= shelfMin, "shelf", c.ShelfChunks, fmt.Sprintf("at least %d", shelfMin))
	if c.Strategy == Chunks && c.Raft.Data != "" {
		faults = append(faults, fmt.Errorf("--data %s with --strategy chunks: the lists are in lin-kv, and nothing is left to keep", c.Raft.Data))
	}
	if err := c.Raft.Check(); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

const (
	// retryLatencies leaves a request its way there and back, and what varies of them.
	retryLatencies = 10
	// pauseLatencies lets a node go first that was overtaken: it has to hear of that, to look at the root, to load and to
	// write a chunk and to move the root, nine latencies in all.
	pauseLatencies = 8
	// shelfMin keeps a slip of the finger from reading every chunk again and again.
	shelfMin = 16
	// attemptLatencies is what an attempt takes, from the root to the news of what became of it.
	attemptLatencies = 12
	// answerMargin is what is left of a client's patience for the answer's way to it.
	answerMargin = 150 * time.Millisecond
	// patience is how long a store may be silent before its request begins anew.
	patience = time.Second
	// waitingMax bounds the transactions that wait at a time, batchMax those that one commit takes.
	waitingMax, batchMax = 10_000, 1000
)

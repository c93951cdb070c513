package workload

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// Options are the flags that shape what clients do. Names and meanings are Maelstrom's.
type Options struct {
	KeyCount        int // keys in use at a time; 0 leaves it to the workload
	MinTxnLength    int // fewest operations in one transaction; Maelstrom has no flag for it
	MaxTxnLength    int // most operations in one transaction
	MaxWritesPerKey int // writes to a key before another takes its place
}

// DefaultOptions are those for which no flag is given.
func DefaultOptions() Options { return Options{MinTxnLength: 1, MaxTxnLength: 4, MaxWritesPerKey: 16} }

// Limits that keep a slip of the finger from filling the machine.
const (
	KeyCountMax  = 100_000
	TxnLengthMax = 10_000
)

// Setting is what a generator knows of the run it makes operations for.
type Setting struct {
	Options Options
	Workers int
	Nodes   int
	Now     func() time.Duration // time of the run
}

// Generator gives the operations of a run, without end.
type Generator interface {
	Next(rng *rand.Rand) Invocation
}

// Placer is a generator that decides which worker does what: its Place is called in place of Next.
type Placer interface {
	// Place gives the next operation and the worker, a free one, that performs it. At least one is free.
	Place(pool Pool, rng *rand.Rand) (worker int, inv Invocation)
}

// Pool is the workers of a run as they are now.
type Pool interface {
	// Free gives the free worker whose turn it is, of those from one number up to before another.
	Free(from, to int) (worker int, any bool)
	// Process gives the number of the process that a worker is.
	Process(worker int) int
}

// Observer is a generator or a script whose operations depend on how earlier ones ended.
type Observer interface {
	Ended(inv Invocation, done Completion)
}

// Script gives the operations of one worker at the end of a run. It may be an [Observer] of that worker.
type Script interface {
	// Next gives the operation after the last, and the time of the run from which it is due; more is false
	// when there is none. It is called when the worker is free.
	Next(now time.Duration, rng *rand.Rand) (inv Invocation, due time.Duration, more bool)
}

// Once has every worker do one thing at the end.
func Once(inv Invocation) func(Generator) Script {
	return func(Generator) Script { return &single{inv: inv} }
}

type single struct {
	inv  Invocation
	done bool
}

func (s *single) Next(now time.Duration, _ *rand.Rand) (Invocation, time.Duration, bool) {
	more := !s.done
	s.done = true
	return s.inv, now, more
}

// mix gives operations of several generators, drawn evenly.
type mix struct {
	of   []Generator
	next int
}

// Mix gives operations of several generators, drawn evenly.
func Mix(rng *rand.Rand, of ...Generator) Generator {
	return &mix{of: of, next: rng.IntN(len(of))}
}

func (m *mix) Next(rng *rand.Rand) Invocation {
	inv := m.of[m.next].Next(rng)
	m.next = rng.IntN(len(m.of))
	return inv
}

// Counting gives the same operation with the values 0, 1, 2 and so on.
type Counting struct {
	F    string
	next int64
}

func (c *Counting) Next(*rand.Rand) Invocation {
	inv := Invocation{F: c.F, Value: strconv.AppendInt(nil, c.next, 10)}
	c.next++
	return inv
}

// Repeating gives the same operation again and again.
type Repeating Invocation

func (r Repeating) Next(*rand.Rand) Invocation { return Invocation(r) }

// Always has every run use the same generator, which keeps nothing.
func Always(g Generator) func(Setting, *rand.Rand) Generator {
	return func(Setting, *rand.Rand) Generator { return g }
}

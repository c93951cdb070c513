package checker

import (
	"fmt"
	"slices"
	"strconv"

	"eddy/testbench/history"
)

// Stats counts how the clients' operations ended, together and by what they did.
type Stats struct {
	Counts
	ByF map[string]Counts `json:"by-f"`
}

// Counts is a number of completed operations. Those still open at the end of
// the history are not in it. Operations of one kind are valid if any was OK.
type Counts struct {
	Valid     Verdict `json:"valid?"`
	Count     int     `json:"count"`
	OKCount   int     `json:"ok-count"`
	FailCount int     `json:"fail-count"`
	InfoCount int     `json:"info-count"`
}

func (c *Counts) add(t history.Type) {
	c.Count++
	switch t {
	case history.OK:
		c.OKCount++
	case history.Fail:
		c.FailCount++
	case history.Info:
		c.InfoCount++
	}
}

// CheckStats counts the operations of a history. It is Maelstrom's statistics rule that of every kind of
// operation at least one must succeed, but for those of mayFail.
func CheckStats(h history.History, mayFail []string) Stats {
	s := Stats{ByF: map[string]Counts{}}
	for _, op := range h {
		if op.Process == history.Nemesis || op.Type == history.Invoke {
			continue
		}
		s.add(op.Type)
		counts := s.ByF[op.F]
		counts.add(op.Type)
		s.ByF[op.F] = counts
	}
	s.Valid = Valid
	for f, counts := range s.ByF {
		counts.Valid = VerdictOf(counts.OKCount > 0)
		s.ByF[f] = counts
		if !slices.Contains(mayFail, f) {
			s.Valid = Merge(s.Valid, counts.Valid)
		}
	}
	return s
}

// AvailabilityGoal is the share of operations that must succeed. The zero value
// asks for nothing.
type AvailabilityGoal struct {
	Total   bool    // every one
	AtLeast float64 // this fraction, from 0 to 1
}

// ParseAvailability reads the goal as Maelstrom's flag takes it: total, a
// number from 0 to 1, or nothing at all.
func ParseAvailability(text string) (AvailabilityGoal, error) {
	switch text {
	case "":
		return AvailabilityGoal{}, nil
	case "total":
		return AvailabilityGoal{Total: true}, nil
	}
	fraction, err := strconv.ParseFloat(text, 64)
	if err != nil || !(fraction >= 0 && fraction <= 1) {
		return AvailabilityGoal{}, fmt.Errorf("availability is %q: expected total or a number from 0 to 1", text)
	}
	return AvailabilityGoal{AtLeast: fraction}, nil
}

// Availability is the share of invoked operations that succeeded. It is of
// single precision because Maelstrom's is, and comparing a goal with it must
// fall out the same way.
type Availability struct {
	Valid      Verdict `json:"valid?"`
	OKFraction float32 `json:"ok-fraction"`
}

func checkAvailability(h history.History, goal AvailabilityGoal) Availability {
	oks, invocations := 0, 0
	for _, op := range h {
		switch op.Type {
		case history.OK:
			oks++
		case history.Invoke:
			invocations++
		}
	}
	a := Availability{Valid: Valid, OKFraction: 1}
	if invocations > 0 {
		a.OKFraction = float32(float64(oks) / float64(invocations))
	}
	if goal.Total {
		a.Valid = VerdictOf(a.OKFraction == 1)
	} else {
		a.Valid = VerdictOf(goal.AtLeast <= float64(a.OKFraction))
	}
	return a
}

// NetStats is what a journal of messages counts.
type NetStats struct {
	All     NetCounts // every message
	Clients NetCounts // those to or from a client
	Servers NetCounts // those between nodes, services included
}

// NetCounts counts the ends of messages and the messages. A lost message was
// sent and not received; a duplicated one was received twice.
type NetCounts struct {
	Sends    int
	Receives int
	Messages int // distinct
}

// Net is the network's part of the results.
type Net struct {
	All     NetFigures `json:"all"`
	Clients NetFigures `json:"clients"`
	Servers NetFigures `json:"servers"`
	Valid   Verdict    `json:"valid?"`
}

// NetFigures is one row of Net. MsgsPerOp is distinct messages divided by the
// operations that clients invoked, in single precision as Maelstrom's is; it is
// absent where no operation was invoked, and for clients.
type NetFigures struct {
	SendCount int      `json:"send-count"`
	RecvCount int      `json:"recv-count"`
	MsgCount  int      `json:"msg-count"`
	MsgsPerOp *float32 `json:"msgs-per-op,omitempty"`
}

func checkNet(h history.History, stats *NetStats) *Net {
	if stats == nil {
		return nil
	}
	ops := 0
	for _, op := range h {
		if op.Type == history.Invoke && op.Process != history.Nemesis {
			ops++
		}
	}
	return &Net{
		All:     figuresOf(stats.All).perOp(ops),
		Clients: figuresOf(stats.Clients),
		Servers: figuresOf(stats.Servers).perOp(ops),
		Valid:   Valid,
	}
}

func figuresOf(c NetCounts) NetFigures {
	return NetFigures{SendCount: c.Sends, RecvCount: c.Receives, MsgCount: c.Messages}
}

func (f NetFigures) perOp(ops int) NetFigures {
	if ops > 0 {
		ratio := float32(float64(f.MsgCount) / float64(ops))
		f.MsgsPerOp = &ratio
	}
	return f
}

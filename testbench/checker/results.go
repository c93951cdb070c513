package checker

import (
	"encoding/json"
	"io"
	"time"

	"eddy/testbench/history"
)

// Results is everything concluded from a run. As JSON it has the keys of
// Maelstrom's results, less those of its plots, and some of Eddy's own that
// are absent when empty: latencies, problems, witnesses, unjudged,
// stricter-than-maelstrom, and repeated within workload.
type Results struct {
	Valid        Verdict      `json:"valid?"`
	Stats        Stats        `json:"stats"`
	Availability Availability `json:"availability"`
	Latencies    Latencies    `json:"latencies,omitempty"`
	Net          *Net         `json:"net,omitempty"`
	Workload     Workload     `json:"workload"`
	Problems     []Problem    `json:"problems,omitempty"`
	Witnesses    []Witness    `json:"witnesses,omitempty"`

	// Unjudged says why a run that nothing speaks against proves nothing; empty where it proves something.
	Unjudged string `json:"unjudged,omitempty"`

	// Stricter is what was found that Maelstrom's checker does not look for, a clause each, where it did not decide.
	Stricter []string `json:"stricter-than-maelstrom,omitempty"`

	// Cause says what went wrong first in a run that is not valid, in a sentence; empty where that is not known.
	Cause string `json:"cause,omitempty"`

	MayFail []string `json:"-"` // what clients do that promises nothing; see [Judge]
}

// Workload is the part of the results that depends on the workload, and what people are told of it. The report
// and its pictures ask for more, of those that have it: see package report.
type Workload interface {
	Verdict() Verdict
	// Praise says what was found good in a valid run: "9 values added, none lost".
	Praise() string
	// Reason says what was found wanting in one that is not valid.
	Reason() string
	// Failure says in a few words in which way an invalid run fails; runs of the same words fail in the same way.
	Failure() string
	// Title is the heading of the witnesses, and of how many failures they are; 0 if that is not counted.
	Title() (heading string, failures int)
}

// Picture draws something for people, to be kept in a file of that name.
type Picture struct {
	Name string
	Draw func(io.Writer) error
}

// Drawn is a [Workload] with pictures of its own, such as of a history that is not linearizable.
type Drawn interface{ Pictures() []Picture }

// Naming is a [Workload] that names all the values that its failures are about, such as the lost ones.
type Naming interface{ Concerned() []json.RawMessage }

// Settling is a [Workload] that measures how long values take until every node shows them.
type Settling interface {
	// Settled gives the quantiles of stable latencies, nil if there was none.
	Settled() *Quantiles
}

// Exceeding is a [Workload] that measures how much longer that took than the partitions of the run made it.
type Exceeding interface {
	// Excess gives the quantiles, nil where there were no partitions.
	Excess() *Quantiles
}

// Problem is a violation of the protocol by a node: something that a run can
// survive, but a correct node does not do.
type Problem struct {
	Node     string   `json:"node"`
	Kind     string   `json:"kind"`           // a word or two, such as "malformed line"
	Line     string   `json:"line,omitempty"` // what the node wrote
	Expected string   `json:"expected,omitempty"`
	Text     string   `json:"text"`             // a sentence for someone who has not read the protocol
	Others   []string `json:"others,omitempty"` // nodes that did the same
	Stderr   []string `json:"stderr,omitempty"` // the last lines that a node wrote before it ended

	First time.Duration `json:"-"` // when it was done first
}

// Witness is one concrete failure, with the operations that prove it.
type Witness struct {
	Kind       string          `json:"kind"` // one of those below, or of kafka and transactions the name of an anomaly
	Value      json.RawMessage `json:"value"`
	Got        json.RawMessage `json:"got,omitempty"`         // WrongEcho: what came back
	Invoked    *Event          `json:"invoked,omitempty"`     // Lost, WrongEcho: the operation's start
	Known      *Event          `json:"known,omitempty"`       // Lost: its acknowledgement, or the first read that shows the value
	LastSeen   *Event          `json:"last-seen,omitempty"`   // Lost: the last read that shows it, absent if none does
	LastMissed *Event          `json:"last-missed,omitempty"` // Lost: the last read that misses it
	Events     []Event         `json:"events,omitempty"`      // Duplicated: the completions that hold the value; NotLinearizable: in an order that explains all but the last; kafka: what proves it
	Count      int             `json:"count,omitempty"`       // AddsOf: how many adds
	Because    []string        `json:"because,omitempty"`     // transactions: why Events, told of as T1, T2 and so on, are an anomaly
	Note       string          `json:"note,omitempty"`        // WrongSum: a clause for people; kafka: the claim in a sentence
}

// The kinds of witnesses.
const (
	Lost       = "lost"
	Duplicated = "duplicated"
	WrongEcho  = "wrong-echo"
	WrongSum   = "wrong-sum"    // Value was read at Known, and is no sum of what was added
	AddsOf     = "adds"         // Value is the sum of the Count adds that a process was acknowledged, Events the first and the last
	AddInDoubt = "add-in-doubt" // Value may have been added or not; Known is where its add ended

	NotLinearizable = "not-linearizable" // Value is the key, Got what the first impossible answer says

	Diverged   = "diverged"   // Value is the key, Events are reads after recovery that show it differently
	Unreadable = "unreadable" // a read after recovery, Known, failed; Count is how many did
)

// witnessesMax bounds how many failures are told in detail, and how many
// operations each.
const WitnessesMax = 8

// Event points at one operation of the history. Reads are named by their
// invocation.
type Event struct {
	Index   int           `json:"index"`
	Process int           `json:"process"`
	Time    time.Duration `json:"time"` // since the start of the run
	F       string        `json:"f"`
	Final   bool          `json:"final?,omitempty"`

	// Of NotLinearizable only, but for Did, which kafka's have too, and Did and Answered of transactions.
	Did      string        `json:"did,omitempty"`      // the operation in words, such as "cas 3 to 1"
	Answered time.Duration `json:"answered,omitempty"` // when; 0 if it was not by then
	Then     string        `json:"then,omitempty"`     // what the key holds afterwards, in that order
}

// EventOf points at an operation.
func EventOf(op history.Op) *Event {
	return &Event{Index: op.Index, Process: op.Process, Time: op.Time, F: op.F, Final: op.Final}
}

// Unparsed holds the results of a workload whose inner shape this package does
// not know.
type Unparsed struct {
	Valid Verdict
	JSON  json.RawMessage
}

// Verdict is the one found under valid?.
func (u *Unparsed) Verdict() Verdict { return u.Valid }

// Praise has nothing to say.
func (u *Unparsed) Praise() string { return "nothing was found wrong" }

// Reason repeats the verdict.
func (u *Unparsed) Reason() string { return ReasonUnknown(u.Valid) }

// Failure does not know the way.
func (u *Unparsed) Failure() string { return "not what the workload promises" }

// Title is that of failures of any kind.
func (u *Unparsed) Title() (string, int) { return "Failures", 0 }

// ReasonUnknown is the reason where the results tell none.
func ReasonUnknown(v Verdict) string { return "the workload's checker says " + v.String() }

// MarshalJSON gives the results as they were.
func (u *Unparsed) MarshalJSON() ([]byte, error) { return u.JSON, nil }

// UnmarshalJSON keeps the results as they are.
func (u *Unparsed) UnmarshalJSON(data []byte) error {
	var judged struct {
		Valid Verdict `json:"valid?"`
	}
	if err := json.Unmarshal(data, &judged); err != nil {
		return err
	}
	u.Valid, u.JSON = judged.Valid, append(json.RawMessage(nil), data...)
	return nil
}

// LostFirst is the lost value, of those that are told of, that was acknowledged first; nil where none was lost.
func (r *Results) LostFirst() *Witness {
	var first *Witness
	for i := range r.Witnesses {
		w := &r.Witnesses[i]
		if w.Kind == Lost && w.Known != nil && (first == nil || w.Known.Time < first.Known.Time) {
			first = w
		}
	}
	return first
}

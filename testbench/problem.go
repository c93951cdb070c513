package testbench

import (
	"fmt"
	"strings"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/network"
)

// Kinds of problems and warnings about nodes.
const (
	kindMalformedLine  = "malformed line"
	kindUnknownAddress = "unknown address"
	kindExit           = "exit"
	kindClosedOutput   = "closed stdout"
	kindForeignSource  = "foreign source"
	kindMalformedReply = "malformed reply"
	kindUnserved       = "unknown request"
)

// KindAlteredReply is the kind of problem that a node's answer repeats another request than it was asked.
const KindAlteredReply = "altered reply"

// finding is something that a node did and should not have done. Those that Maelstrom would pass over
// are warnings, the others are problems, which make a run invalid.
type finding struct {
	kind       string
	about      string // what tells it from others of its kind about the node; empty: what does
	node       string
	what       string // a clause about the node: "printed ..."
	line       []byte
	expected   string
	warning    bool
	passedOver bool     // Maelstrom does not tell of it either
	stderr     []string // the last lines that the node wrote before it ended
	others     []string // nodes of which the same is found

	first time.Duration
	count int
}

// Bounds on what is told: bytes of a node's line, and different findings. What comes after is counted.
const (
	findingLineBytesMax = 300
	findingsMax         = 1000
)

// findings collects what nodes did. What a node does again and again is one entry that counts.
type findings struct {
	list    []*finding
	byKey   map[string]*finding
	omitted int
}

func (l *findings) add(now time.Duration, f finding) {
	key := f.node + " " + f.key()
	if known := l.byKey[key]; known != nil {
		known.count++
		return
	}
	if len(l.list) == findingsMax {
		l.omitted++
		return
	}
	if l.byKey == nil {
		l.byKey = make(map[string]*finding)
	}
	f.first, f.count = now, 1
	l.byKey[key] = &f
	l.list = append(l.list, &f)
}

// key is the same for what counts as the same, of whichever node.
func (f *finding) key() string {
	if f.about != "" {
		return f.kind + " " + f.about
	}
	return f.kind + " " + f.what
}

// together gives the findings, those that are the same of several nodes as one, the first.
func (l *findings) together() []*finding {
	var all []*finding
	first := make(map[string]*finding)
	for _, f := range l.list {
		if same := first[f.key()]; same != nil && same.warning == f.warning {
			same.others = append(same.others, f.node)
			continue
		}
		each := *f
		first[f.key()] = &each
		all = append(all, &each)
	}
	return all
}

// text is the finding as a sentence whose subject, the node, has been named.
func (f *finding) text() string {
	text := fmt.Sprintf("%s (at %.3f s", f.what, f.first.Seconds())
	if f.count > 1 {
		text += ", and " + again(f.count-1)
	}
	text += ")"
	if len(f.others) > 0 {
		text += ", and " + others(f.others) + " the same"
	}
	return text + "."
}

// othersShown is how many nodes are named of which the same is found.
const othersShown = 4

func others(nodes []string) string {
	if len(nodes) > othersShown {
		return fmt.Sprintf("%d other nodes", len(nodes))
	}
	return strings.Join(nodes, ", ")
}

func again(times int) string {
	if times == 1 {
		return "once more"
	}
	return fmt.Sprintf("%d times more", times)
}

func (f *finding) shownLine() string { return network.Abbreviate(f.line, findingLineBytesMax) }

// problems gives the findings that make the run invalid.
func (l *findings) problems() []checker.Problem {
	var problems []checker.Problem
	for _, f := range l.together() {
		if !f.warning {
			problems = append(problems, checker.Problem{
				Node: f.node, Kind: f.kind, Line: f.shownLine(), Expected: f.expected, Text: f.text(), Others: f.others, Stderr: f.stderr, First: f.first,
			})
		}
	}
	return problems
}

// warnings gives the others, each as text.
func (l *findings) warnings() []string {
	var warnings []string
	for _, f := range l.together() {
		if f.warning {
			warnings = append(warnings, f.paragraph(f.node))
		}
	}
	if l.omitted > 0 {
		warnings = append(warnings, fmt.Sprintf("%d further problems are not listed.", l.omitted))
	}
	return warnings
}

// paragraph is all that there is to say of a finding, with the node under that name as its subject.
func (f *finding) paragraph(subject string) string {
	text := subject + " " + f.text()
	if f.passedOver {
		text += " Maelstrom passes over it."
	}
	if len(f.stderr) > 0 {
		text += " The last it wrote to stderr:\n  " + strings.Join(f.stderr, "\n  ")
	}
	if len(f.line) > 0 {
		text += " It was: " + f.shownLine()
	}
	if f.expected != "" {
		text += " Expected: " + f.expected
	}
	return text
}

// last gives the most recent finding about a node, which it calls "it"; empty if there is none.
func (l *findings) last(node string) string {
	for i := len(l.list) - 1; i >= 0; i-- {
		if l.list[i].node == node {
			return l.list[i].paragraph("it")
		}
	}
	return ""
}

package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"eddy/testbench"
	"eddy/testbench/virtual"
)

// decisionsNamed is how many decisions of a run are named in its sentence.
const decisionsNamed = 3

// decisionsText says which deeds make the run fail; nothing where it was not shrunk to deeds.
func (s simulation) decisionsText() string {
	o := s.options
	if !o.Apart || len(o.Nemesis) > 0 || o.Loss > 0 || o.Preempt > 0 {
		return ""
	}
	if len(o.Deeds) == 0 {
		return " without any fault"
	}
	unsynced := make(map[string]bool) // nodes that were killed, and when, while what they had written was not synced
	c := s.config(nil)
	c.Unsynced = func(at time.Duration, node string) { unsynced[fmt.Sprint(node, at)] = true }
	virtual.Run(o, c)
	told := decided(o.Deeds, unsynced)
	more := ""
	if n := len(told) - decisionsNamed; n > 0 {
		more = fmt.Sprintf("; and %d more", n)
		told = told[:decisionsNamed]
	}
	slices.SortStableFunc(told, func(a, b decision) int { return cmp.Compare(a.At, b.At) })
	var texts []string
	for _, d := range told {
		texts = append(texts, d.Text)
	}
	return ", and this decides it: " + strings.Join(texts, "; ") + more
}

// decided are deeds in words, the gravest first, each with what ends it.
func decided(deeds []testbench.Deed, unsynced map[string]bool) (all []decision) {
	for i, d := range deeds {
		began := fmt.Sprintf("%.3f s", d.At.Seconds())
		span, back := "from "+began+" on", ""
		if e := slices.IndexFunc(deeds[i+1:], d.EndedBy); e >= 0 {
			end := deeds[i+1+e].At.Seconds()
			span, back = fmt.Sprintf("from %.3f s to %.3f s", d.At.Seconds(), end), fmt.Sprintf(", back at %.3f s", end)
		}
		nodes, others := strings.Join(d.Nodes, " and "), strings.Join(d.Others, " and ")
		message := "what " + nodes + " sends " + others + " "
		if d.Message > 1 {
			message = fmt.Sprintf("message %d of what %s sends %s ", d.Message, nodes, others)
		}
		say := func(rank int, format string, args ...any) {
			all = append(all, decision{At: d.At, Text: fmt.Sprintf(format, args...), rank: rank})
		}
		switch d.Do {
		case testbench.DoKill:
			said := ""
			if unsynced[fmt.Sprint(d.Nodes[0], d.At)] {
				said = " between its append and its sync"
			}
			say(rankFault, "%s killed at %s%s%s", nodes, began, said, back)
		case testbench.DoCut:
			say(rankFault, "%s partitioned from %s %s", nodes, others, span)
		case testbench.DoDeafen:
			say(rankFault, "%s hears nothing of %s %s", nodes, others, span)
		case testbench.DoPause:
			say(rankFault, "%s paused %s", nodes, span)
		case testbench.DoDisk:
			say(rankFault, "the disk of %s bad (%s) %s", nodes, d.Harm, span)
		case testbench.DoSkew:
			if d.For != 0 {
				say(rankFault, "the clock of %s wrong by %v %s", nodes, d.For, span)
			}
		case testbench.DoLose:
			say(rankLoss, "%sat %s lost", message, began)
		case testbench.DoLate:
			say(rankSpell, "%sat %s late by %v", message, began, d.For)
		case testbench.DoTwice:
			say(rankSpell, "%sat %s there twice", message, began)
		case testbench.DoHeal, testbench.DoRestart, testbench.DoResume, testbench.DoMend:
		default:
			say(rankDelivery, "%s", d)
		}
	}
	slices.SortStableFunc(all, func(a, b decision) int { return cmp.Compare(a.rank, b.rank) })
	return all
}

// Package lessons is the guided scenes of eddy play: each a small cluster of Eddy's own services, a few sentences, and a
// task that the page checks.
package lessons

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"eddy/testbench"
	"eddy/testbench/play"
)

// For gives the lessons whose workloads are among those.
func For(workloads []string) []play.Lesson {
	return slices.DeleteFunc(All(), func(l play.Lesson) bool { return !slices.Contains(workloads, l.Start.Scene.Workload) })
}

// All are all lessons, in the order in which they are taken.
func All() []play.Lesson {
	return []play.Lesson{lostValue(), healedPartition(), silentHub(), staleLeader(), blindWrite(), lostWrite()}
}

// scene is a cluster with latencies that can be watched.
func scene(workload, nodes, rate, latency, seconds string, args ...string) play.Scene {
	return play.Scene{Version: play.Version, Workload: workload, Args: args, Flags: map[string]string{
		"node-count": nodes, "rate": rate, "latency": latency, "time-limit": seconds,
	}}
}

func lesson(id, title string, start play.Scene, seed uint64, task string, text []string, met func(*play.Played) (bool, string)) play.Lesson {
	return play.Lesson{LessonInfo: play.LessonInfo{ID: id, Title: title, Text: text, Start: play.Start{Scene: start, Seed: seed}, Task: task}, Met: met}
}

func lostValue() play.Lesson {
	return lesson("lost-value", "A value is lost", scene("broadcast", "5", "5", "100", "10", "--strategy", "flood", "--ack", "none", "--topology", "line"), 1,
		"Make the cluster lose a value with one cut.",
		[]string{
			"Five nodes stand in a line. A client gives a value to one of them. A node that learns a value sends it to its neighbours, once. It does not ask whether the value arrived.",
			"Play the run and watch a value travel. The verdict says that no value is lost: as long as every message arrives, one message is enough.",
			"Now stop at a moment of your choice and cut a link. What is on its way over the link is lost, and is never sent again, even after you mend the link.",
		},
		func(p *play.Played) (bool, string) {
			switch {
			case p.Count(testbench.DoCut) == 0:
				return false, "Cut a link while values travel."
			case p.Count(testbench.DoCut) > 1 || p.Count(testbench.DoKill, testbench.DoDrop, testbench.DoLose, testbench.DoDeafen) > 0:
				return false, "Use a single cut, and nothing else that loses messages."
			case p.Verdict.Valid != "false" || len(p.Verdict.Lost) == 0:
				return false, "No value is lost yet: keep the link cut until a new value has to cross it."
			}
			return true, ""
		})
}

// cutFor is how long a link must be cut in the lesson of the healed partition.
const cutFor = 2 * time.Second

func healedPartition() play.Lesson {
	return lesson("healed-partition", "A partition heals", scene("broadcast", "5", "5", "100", "10", "--strategy", "flood", "--ack", "each", "--topology", "line"), 1,
		"Cut a link for at least two seconds, mend it, and lose no value.",
		[]string{
			"The same line of nodes, with acknowledgements: the receiver of a value says that it has it. Until it does, the sender sends the value again.",
			"Cut the line in two while values travel, and look at the messages that are lost. Then mend the cut, and watch the nodes catch up.",
			"A read during the partition may miss values. That is no loss: the checker asks only that every value arrives in the end.",
		},
		func(p *play.Played) (bool, string) {
			switch {
			case !lostInPartition(p.Film):
				return false, "No message is lost in a partition yet: cut a link that values have to cross."
			case longestCut(p.Film) < cutFor:
				return false, fmt.Sprintf("Keep the link cut for %d seconds.", int(cutFor.Seconds()))
			case p.Count(testbench.DoHeal) == 0:
				return false, "Mend the cut."
			case p.Verdict.Valid != "true":
				return false, "The verdict is not valid: mend what is broken before the run ends."
			}
			return true, ""
		})
}

func lostInPartition(f *play.Film) bool {
	i := int64(slices.Index(f.Lost, "partition"))
	return i >= 0 && slices.ContainsFunc(f.Messages, func(m play.Hop) bool { return m.Lost() == i })
}

// longestCut is the longest time for which a link was cut.
func longestCut(f *play.Film) time.Duration {
	since, longest := make(map[[2]int64]int64), int64(0)
	for _, c := range f.Cuts {
		link := [2]int64{c[1], c[2]}
		if c[3] == 1 {
			since[link] = c[0]
		} else {
			longest = max(longest, c[0]-since[link])
		}
	}
	return time.Duration(longest)
}

// hubShown is how a node of the star shows which node it takes for the hub.
var hubShown = regexp.MustCompile(`(?m)^hub: (\S+)$`)

func silentHub() play.Lesson {
	const hub = "n0"
	return lesson("silent-hub", "The hub falls silent", scene("broadcast", "5", "5", "100", "15", "--strategy", "paced"), 1,
		"Silence the hub until the others have agreed on another one, and lose no value.",
		[]string{
			"All values go through one node, the hub. The others send it what they have at intervals, and it sends each of them what that one lacks: two hops to everywhere, and few messages.",
			"Click a node: its state says which node it takes for the hub. At the start that is n0.",
			"A hub that falls silent would stop everything. So nodes that hear nothing from it for a while turn to the next one, without a vote. Pause the hub, or cut it off from all the others, and watch them move. Then let it come back.",
		},
		func(p *play.Played) (bool, string) {
			if len(p.Deeds) == 0 {
				return false, "Pause n0, or cut it off from the others."
			}
			moved, err := p.Ever(func(views []string) bool {
				elsewhere := 0
				for _, view := range views {
					if shown := hubShown.FindStringSubmatch(view); shown != nil && shown[1] != hub {
						elsewhere++
					}
				}
				return elsewhere > len(views)/2
			})
			switch {
			case err != nil:
				return false, err.Error()
			case !moved:
				return false, "Most nodes still take n0 for the hub: keep it silent for longer."
			case p.Verdict.Valid != "true":
				return false, "Another node is the hub, but the verdict is not valid: let n0 come back before the run ends, and kill nothing, for a killed node forgets."
			}
			return true, ""
		})
}

// leadsIn is how a replica of Raft shows that it takes itself for the leader, and of which term.
var leadsIn = regexp.MustCompile(`(?m)^Leader in term (\d+)`)

func staleLeader() play.Lesson {
	cluster := scene("lin-kv", "5", "5", "20", "15")
	cluster.Flags["concurrency"] = "2n"
	return lesson("stale-leader", "A leader that does not know", cluster, 1,
		"Have two nodes take themselves for the leader at one moment, in different terms.",
		[]string{
			"Five replicas of a store elect a leader by majority: that is Raft. All requests go through the leader. Click the nodes to find it; at this seed it is n4, in term 2.",
			"When the leader is not heard of for a while, the others elect another one in the next term. The old leader may not know yet: it is stale.",
			"Pause the leader, wait until another is elected, and let it resume. For a moment both take themselves for the leader. Why does no client read anything old? A leader asks a majority before it answers, and the majority knows the later term.",
		},
		func(p *play.Played) (bool, string) {
			if len(p.Deeds) == 0 {
				return false, "Pause the leader, or cut it off from the others."
			}
			two, err := p.Ever(func(views []string) bool {
				terms := make(map[string]bool)
				for _, view := range views {
					if shown := leadsIn.FindStringSubmatch(view); shown != nil {
						terms[shown[1]] = true
					}
				}
				return len(terms) > 1
			})
			switch {
			case err != nil:
				return false, err.Error()
			case !two:
				return false, "There is never more than one leader yet: pause the one there is until the others have elected another."
			case p.Verdict.Valid != "true":
				return false, "There were two leaders, but the verdict is not valid: end what you broke, so that the cluster answers again."
			}
			return true, ""
		})
}

func blindWrite() play.Lesson {
	return lesson("blind-write", "A counter of blind writes", scene("g-counter", "3", "3", "100", "10", "--strategy", "seq-kv", "--bug", "retry-adds-again"), 1,
		"Make the counter count an add twice by dropping one message.",
		[]string{
			"Each node keeps its part of the sum in a shared store, seq-kv. To add, it reads its part, and has the store replace it by a larger one: the message cas, and its reply cas_ok.",
			"This counter has a bug. When no reply comes, it writes again, blindly: on top of whatever is there, without asking whether its first write is that.",
			"A reply that is lost tells nothing about what was done. Stop while a cas_ok is on its way, click it, and drop it. What does the counter show in the end?",
		},
		func(p *play.Played) (bool, string) {
			switch {
			case p.Count(testbench.DoDrop) == 0:
				return false, "Drop a message between a node and seq-kv."
			case p.Count(testbench.DoDrop) > 1 || p.Count(testbench.DoCut, testbench.DoKill, testbench.DoLose, testbench.DoTwice) > 0:
				return false, "Drop one message, and break nothing else."
			case p.Verdict.Valid != "false":
				return false, "The sum is right: that message was not missed. Drop the reply to a cas."
			}
			return true, ""
		})
}

func lostWrite() play.Lesson {
	cluster := scene("kafka", "3", "1", "100", "10", "--strategy", "cas", "--bug", "blind-append")
	cluster.Flags["concurrency"] = "2n"
	return lesson("lost-write", "A write lost in a log", cluster, 7,
		"Have the log lose a write: let two clients send to the same key at the same moment.",
		[]string{
			"A log is kept in a shared store, lin-kv. To append, a node reads the end of the log, and writes it back with the new entry behind it.",
			"This log has a bug: it does not ask the store to compare before it writes. Two nodes that append at the same time read the same end, and give out the same offset. The later write replaces the earlier.",
			`Stop at a moment and ask two nodes, without letting time pass between: the operation send, with [["send","9",101]] for the one and [["send","9",102]] for the other.`,
		},
		func(p *play.Played) (bool, string) {
			switch {
			case p.Count(testbench.DoAsk) < 2:
				return false, "Ask two nodes to send to the same key."
			case p.Verdict.Valid != "false":
				return false, "Each write is there: ask the second node before the first has its answer."
			}
			return true, ""
		})
}

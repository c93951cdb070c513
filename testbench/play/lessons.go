package play

import (
	"fmt"
	"strings"
	"time"

	"eddy/actor/node"
	"eddy/testbench"
	"eddy/testbench/virtual"
)

// Lesson is a scene with a task, and what tells whether a run meets it.
type Lesson struct {
	LessonInfo
	// Met says whether a run meets the task and, where it does not, what is lacking, in a sentence.
	Met func(*Played) (done bool, lacks string)
}

// Played is a run as a lesson looks at it.
type Played struct {
	Deeds   []testbench.Deed
	Film    *Film
	Verdict *Verdict

	simulation Simulation
}

// Count is how many deeds are one of those.
func (p *Played) Count(do ...string) int {
	n := 0
	for _, d := range p.Deeds {
		for _, one := range do {
			if d.Do == one {
				n++
			}
		}
	}
	return n
}

// lookEvery is how often a lesson looks at the nodes of a run.
const lookEvery = 50 * time.Millisecond

// Ever tells whether at some moment of the run the nodes are as a lesson wants them. It looks at what each node's actors
// show of their state.
func (p *Played) Ever(are func(views []string) bool) (bool, error) {
	session, err := virtual.Begin(p.simulation.Options, p.simulation.Config(nil, node.TraceOptions{}))
	if err != nil {
		return false, err
	}
	defer session.Close()
	views := make([]string, len(p.Film.Nodes))
	for at := time.Duration(0); session.To(at); at += lookEvery {
		for i := range views {
			views[i] = viewsOf(session, i)
		}
		if are(views) {
			return true, nil
		}
	}
	return false, nil
}

// viewsOf is what a node's actors show; empty of one that is down.
func viewsOf(s *virtual.Session, node int) string {
	if s.Conductor().NodeState(node) == testbench.NodeDown {
		return ""
	}
	stats, _ := s.Stats(node)
	var all []string
	for _, a := range stats {
		if a.View != "" {
			all = append(all, a.View)
		}
	}
	return strings.Join(all, "\n")
}

// task says how the task of a lesson stands in a run.
func (b *Bench) task(id string, made *reel, v *Verdict) (*Task, error) {
	for _, l := range b.Lessons {
		if l.ID != id {
			continue
		}
		done, lacks := l.Met(&Played{Deeds: made.Options.Deeds, Film: &made.film, Verdict: v, simulation: made.Simulation})
		if done {
			lacks = ""
		}
		return &Task{Done: done, Text: lacks}, nil
	}
	return nil, fmt.Errorf("there is no lesson %q: load the page again, it may be of another version", id)
}

func (b *Bench) lessonInfos() []LessonInfo {
	infos := []LessonInfo{}
	for _, l := range b.Lessons {
		infos = append(infos, l.LessonInfo)
	}
	return infos
}

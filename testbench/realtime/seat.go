package realtime

import (
	"os/exec"
	"time"

	"eddy/testbench"
	"eddy/testbench/child"
)

// seat is a node's place in the cluster: one process after the other sits there, each until the nemesis kills it.
// Like all of the run it belongs to the loop.
type seat struct {
	engine  *engine
	id      string
	bin     string
	logPath string
	process *process // the present one; killed, between two
}

var (
	_ testbench.Mortal   = (*seat)(nil)
	_ testbench.Pausable = (*seat)(nil)
)

// Deliver hands the node a line, without waiting for the node.
func (s *seat) Deliver(line []byte, planned time.Duration) { s.process.input.put(line, planned) }

// Kill ends the process with SIGKILL, and all it has started. What it wrote and nobody has read yet is not
// read any more: half a line may be the last of it.
func (s *seat) Kill() {
	s.process.killed = true
	s.process.kill()
	s.process.input.end()
}

// Start starts another process in the place of the one that was killed. Its log goes on in the same file.
func (s *seat) Start(started func(error)) {
	e := s.engine
	p, err := newProcess(s.id, s.bin, e.options, s.logPath)
	if err != nil {
		started(err)
		return
	}
	e.starting++
	go func() {
		release, _, err := child.Start([]*exec.Cmd{p.command}, func(int) { p.pipes.started() })
		e.loop.events <- func() {
			e.starting--
			e.releases = append(e.releases, release)
			if err != nil {
				p.pipes.abandon()
				started(startError(p.id, p.command.Path, err))
				return
			}
			s.process = p
			e.processes = append(e.processes, p)
			e.watch.add(p)
			e.attend(p)
			started(nil)
		}
	}()
}

// Pause stops the process, and all it has started, with SIGSTOP. What it is sent waits in its pipe.
func (s *seat) Pause() {
	s.process.paused = true
	s.process.signal(child.Pause)
}

// Resume lets it go on with SIGCONT.
func (s *seat) Resume() {
	s.process.paused = false
	s.process.signal(child.Resume)
}

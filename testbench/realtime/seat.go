package realtime

import (
	"fmt"
	"os"
	"time"

	"eddy/testbench"
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
	e.starting++
	go func() {
		p, release, err := e.startAnother(s.id, s.bin, s.logPath)
		e.loop.events <- func() {
			e.starting--
			if err != nil {
				started(err)
				return
			}
			e.releases = append(e.releases, release)
			s.process = p
			e.processes = append(e.processes, p)
			e.watch.add(p)
			e.attend(p)
			started(nil)
		}
	}()
}

// startAnother starts one process while others run. Any goroutine may call it.
func (e *engine) startAnother(id, bin, logPath string) (p *process, release func(), err error) {
	if e.config.Host != nil {
		p, err = e.place(id, logPath)
		return p, func() {}, err
	}
	if p, err = newProcess(id, bin, e.options, logPath); err != nil {
		return nil, nil, err
	}
	if release, err = start([]*process{p}); err != nil {
		release()
		p.Release()
		return nil, nil, err
	}
	return p, release, nil
}

// place starts a node on another machine.
func (e *engine) place(id, logPath string) (*process, error) {
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("node %s cannot be started: %w", id, err)
	}
	p, err := e.config.Host.Start(id)
	if err != nil {
		closeAll(log)
		return nil, fmt.Errorf("node %s cannot be started: %w", id, err)
	}
	return attended(id, logPath, log, p), nil
}

// Pause stops the process, and all it has started, with SIGSTOP. What it is sent waits in its pipe.
func (s *seat) Pause() {
	s.process.paused = true
	s.process.ifRunning(s.process.Pause)
}

// Resume lets it go on with SIGCONT.
func (s *seat) Resume() {
	s.process.paused = false
	s.process.ifRunning(s.process.Resume)
}

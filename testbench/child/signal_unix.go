//go:build unix

package child

import (
	"os"
	"syscall"
)

// killGroup ends a process and all of its group. Those that have ended already are no failure.
func killGroup(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
	_ = p.Kill()
}

// interruptGroup asks a process and all of its group to end.
func interruptGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGINT) }

// CanPause tells whether processes can be paused on this operating system.
const CanPause = true

func pauseGroup(p *os.Process)  { _ = syscall.Kill(-p.Pid, syscall.SIGSTOP) }
func resumeGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGCONT) }

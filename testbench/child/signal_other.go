//go:build !unix

package child

import (
	"os"
	"syscall"
)

// attributes are none where there are no process groups.
func attributes() *syscall.SysProcAttr { return nil }

// killGroup ends a process. One that has ended already is no failure.
func killGroup(p *os.Process) { _ = p.Kill() }

// interruptGroup asks a process to end.
func interruptGroup(p *os.Process) { _ = p.Signal(os.Interrupt) }

// CanPause tells whether processes can be paused on this operating system.
const CanPause = false

func pauseGroup(*os.Process)  {}
func resumeGroup(*os.Process) {}

// Package child starts operating system processes that do not outlive the program, or their use.
//
// A child gets a process group of its own: a terminal's Ctrl-C does not reach it, and [Kill] ends
// everything it has started together with it. On Linux the kernel kills it when the program dies, however
// that comes about.
package child

import (
	"os/exec"
	"runtime"
)

// Start starts commands, one after the other, and stops at the first that cannot be started, whose index
// it gives with the error. They are started from one thread, which release lets go once they have ended:
// the kernel can be told to kill a process when its parent dies, but takes the thread for the parent.
// started is called after each start.
func Start(commands []*exec.Cmd, started func(i int)) (release func(), failed int, err error) {
	type result struct {
		failed int
		err    error
	}
	done, quit := make(chan result), make(chan struct{})
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		var r result
		for i, command := range commands {
			command.SysProcAttr = attributes()
			if err := command.Start(); err != nil {
				r = result{i, err}
				break
			}
			started(i)
		}
		done <- r
		<-quit
	}()
	r := <-done
	return func() { close(quit) }, r.failed, r.err
}

// Kill ends a process and its group. One that was not started is let alone. It must not be called once
// the process has been waited for and others may have its number, which is some time after.
func Kill(command *exec.Cmd) {
	if command.Process != nil {
		killGroup(command.Process)
	}
}

// Pause stops a process and its group until [Resume]. The same holds as for [Kill]. It does nothing where
// [CanPause] is false.
func Pause(command *exec.Cmd) {
	if command.Process != nil {
		pauseGroup(command.Process)
	}
}

// Resume lets a process and its group go on.
func Resume(command *exec.Cmd) {
	if command.Process != nil {
		resumeGroup(command.Process)
	}
}

// Interrupt asks a process and its group to end, as Ctrl-C does. The same holds as for [Kill].
func Interrupt(command *exec.Cmd) {
	if command.Process != nil {
		interruptGroup(command.Process)
	}
}

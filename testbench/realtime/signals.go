package realtime

import (
	"os"
	"os/signal"
	"syscall"

	"eddy/testbench"
)

// Interrupts gives the channel on which Ctrl-C and a request to terminate arrive, for
// [Config.Interrupts], and a function that gives both back to the system.
func Interrupts() (signals <-chan os.Signal, release func()) {
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	return c, func() { signal.Stop(c) }
}

// watch passes interrupts on: the first to the run, the second to whoever ends the program. It goes on
// after the run, while results are computed.
type watch struct {
	quit chan struct{}
}

// watchInterrupts starts a watch; first is called on its goroutine.
func watchInterrupts(config Config, processes []*process, first func()) *watch {
	w := &watch{quit: make(chan struct{})}
	abort := config.Abort
	if abort == nil {
		abort = func() { os.Exit(testbench.ExitCouldNot) }
	}
	go func() {
		select {
		case <-config.Interrupts:
		case <-w.quit:
			return
		}
		first()
		select {
		case <-config.Interrupts:
			for _, p := range processes {
				p.kill()
			}
			abort()
		case <-w.quit:
		}
	}()
	return w
}

func (w *watch) end() { close(w.quit) }

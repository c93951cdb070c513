package realtime

import (
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"eddy/testbench"
)

// Interrupts gives the channel on which Ctrl-C and a request to terminate arrive, for
// [Config.Interrupts], and a function that gives both back to the system. A run looks at the channel between its steps.
// Where the second interrupt finds the first still there, a step does not end, and the program does.
func Interrupts() (signals <-chan os.Signal, release func()) {
	raw, c, over := make(chan os.Signal, 2), make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(raw, os.Interrupt, syscall.SIGTERM)
	go forward(raw, c, over, func() {
		fmt.Fprintln(os.Stderr, "\nInterrupted within a step that does not end: a generator, a handler or a checker does not return. "+
			"SIGQUIT (Ctrl-\\) in place of the second Ctrl-C shows where.")
		os.Exit(testbench.ExitCouldNot)
	})
	return c, func() { signal.Stop(raw); close(over) }
}

// stepPatience is how long a step may last after the second interrupt.
const stepPatience = time.Second

// forward passes signals on until it is over, and calls hung where nobody takes them.
func forward(from <-chan os.Signal, to chan<- os.Signal, over <-chan struct{}, hung func()) {
	for {
		select {
		case s := <-from:
			select {
			case to <- s:
				continue
			default:
			}
			select {
			case to <- s:
			case <-over:
				return
			case <-time.After(stepPatience):
				hung()
			}
		case <-over:
			return
		}
	}
}

// watch passes interrupts on: the first to the run, the second to whoever ends the program. It goes on
// after the run, while results are computed.
type watch struct {
	quit    chan struct{}
	started chan *process
}

// add has the second interrupt kill a process that was started later. More of them at once than there is
// room for are left to the kernel, which kills them with the program where it can.
func (w *watch) add(p *process) {
	select {
	case w.started <- p:
	default:
	}
}

// interrupted waits for an interrupt, and is false if the run is over first.
func (w *watch) interrupted(signals <-chan os.Signal, processes *[]*process) bool {
	for {
		select {
		case <-signals:
			return true
		case p := <-w.started:
			*processes = append(*processes, p)
		case <-w.quit:
			return false
		}
	}
}

// watchInterrupts starts a watch; first is called on its goroutine.
func watchInterrupts(config Config, processes []*process, first func()) *watch {
	w := &watch{quit: make(chan struct{}), started: make(chan *process, 1024)}
	processes = slices.Clone(processes)
	abort := config.Abort
	if abort == nil {
		abort = func() { os.Exit(testbench.ExitCouldNot) }
	}
	go func() {
		if !w.interrupted(config.Interrupts, &processes) {
			return
		}
		first()
		if !w.interrupted(config.Interrupts, &processes) {
			return
		}
		for _, p := range processes {
			p.kill()
		}
		abort()
	}()
	return w
}

func (w *watch) end() { close(w.quit) }

package realtime

import (
	"fmt"
	"io"
	"time"

	"eddy/testbench"
)

// console shows how a run goes, on a goroutine of its own: a terminal that is stopped must not stop the
// run. On a terminal the status is one line that changes; elsewhere it is a line every few seconds.
type console struct {
	terminal bool
	lines    chan string
	status   chan string
	quit     chan struct{}
	closed   chan struct{}
	dropped  int // lines that found the console busy; the loop's
}

// How often the status is shown.
const (
	statusEveryTerminal = 250 * time.Millisecond
	statusEveryPlain    = 5 * time.Second
)

// consoleLinesMax is how many lines may wait to be shown.
const consoleLinesMax = 4096

// newConsole starts a console. A nil writer shows nothing.
func newConsole(to io.Writer, terminal bool) *console {
	if to == nil {
		to, terminal = io.Discard, false
	}
	c := &console{terminal: terminal, lines: make(chan string, consoleLinesMax), status: make(chan string, 1),
		quit: make(chan struct{}), closed: make(chan struct{})}
	go c.show(to)
	return c
}

func (c *console) every() time.Duration {
	if c.terminal {
		return statusEveryTerminal
	}
	return statusEveryPlain
}

// update shows a new status, unless the console is busy.
func (c *console) update(s testbench.Status) {
	select {
	case c.status <- s.String():
	default:
	}
}

// line shows a line of its own, and waits for its turn. Any goroutine may call it.
func (c *console) line(text string) {
	select {
	case c.lines <- text:
	case <-c.closed:
	}
}

// tryLine shows a line unless too many wait; those are counted.
func (c *console) tryLine(text string) {
	select {
	case c.lines <- text:
	default:
		c.dropped++
	}
}

// close shows what is left, removes the status line, and waits for both.
func (c *console) close() {
	close(c.quit)
	<-c.closed
}

// Sequences of a terminal: to the line's start and clear it; do not wrap; wrap.
const (
	clearLine = "\r\x1b[K"
	noWrap    = "\x1b[?7l"
	wrap      = "\x1b[?7h"
)

func (c *console) show(to io.Writer) {
	defer close(c.closed)
	s := screen{to: to, terminal: c.terminal}
	for {
		select {
		case text := <-c.lines:
			s.line(text, len(c.lines) == 0)
		case text := <-c.status:
			s.show(text)
		case <-c.quit:
			for len(c.lines) > 0 {
				s.line(<-c.lines, false)
			}
			s.clear()
			return
		}
	}
}

// screen is what has been written: on a terminal, possibly a status in the last line.
type screen struct {
	to       io.Writer
	terminal bool
	status   string
	visible  bool
}

// line writes a line above the status, and the status again if nothing follows at once.
func (s *screen) line(text string, last bool) {
	s.clear()
	fmt.Fprintln(s.to, text)
	if last && s.status != "" {
		s.show(s.status)
	}
}

func (s *screen) show(status string) {
	if !s.terminal {
		fmt.Fprintln(s.to, status)
		return
	}
	s.clear()
	fmt.Fprint(s.to, noWrap+status+wrap)
	s.status, s.visible = status, true
}

func (s *screen) clear() {
	if s.visible {
		fmt.Fprint(s.to, clearLine)
	}
	s.visible = false
}

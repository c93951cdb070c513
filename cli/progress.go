package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
)

// progress shows how far something is: on a terminal a line that changes,
// elsewhere a line now and then. It belongs to one goroutine.
type progress struct {
	to       io.Writer // nil for nowhere
	terminal bool
	last     time.Time
	visible  bool
	suffix   string // of every line
}

func newProgress(quiet bool) *progress {
	if quiet {
		return &progress{}
	}
	return &progress{to: os.Stderr, terminal: isatty.IsTerminal(os.Stderr.Fd()), last: time.Now()}
}

// How often progress is shown.
const (
	progressEveryTerminal = 100 * time.Millisecond
	progressEveryPlain    = 5 * time.Second
)

// due tells whether it is time to show something again.
func (p *progress) due() bool {
	every := progressEveryPlain
	if p.terminal {
		every = progressEveryTerminal
	}
	return p.to != nil && time.Since(p.last) >= every
}

// show writes a line, if it is due.
func (p *progress) show(text string) {
	if !p.due() {
		return
	}
	p.last = time.Now()
	text += p.suffix
	if !p.terminal {
		fmt.Fprintln(p.to, text)
		return
	}
	fmt.Fprint(p.to, "\r\x1b[K\x1b[?7l"+text+"\x1b[?7h")
	p.visible = true
}

// clear takes the line off the terminal, so that something else can be written.
func (p *progress) clear() {
	if p.visible {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
	p.visible = false
}

// say writes a sentence that stays.
func (p *progress) say(text string) {
	p.clear()
	fmt.Fprintln(os.Stderr, text)
}

// barWidth is the number of characters of a bar.
const barWidth = 30

// bar draws how much of something is done, and says it.
func bar(done, of int, what string) string {
	full := barWidth * done / max(of, 1)
	return fmt.Sprintf("[%s%s] %d of %d %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done, of, what)
}

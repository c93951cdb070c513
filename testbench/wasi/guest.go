package wasi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"eddy/actor"
	"eddy/testbench/virtual"
)

// Guest is one incarnation of a node whose program is a WASI module. It belongs to
// the world's goroutine.
type Guest struct {
	world   *actor.World
	cluster *Cluster
	id      string
	program *Program
	files   *fileTable
	random  *rand.ChaCha8
	out     func(line []byte)
	bench   virtual.Bench

	// The coroutine: next runs the guest until it waits again, stop unwinds it.
	next    func() (wait, bool)
	stop    func()
	yield   func(wait) bool
	waiting wait
	armed   int           // counts what was armed: only the last one steps the guest
	busy    time.Duration // until when the last step takes, with a service time
	began   bool
	paused  bool
	killed  bool
	ended   bool
	failure error // why it ended by itself

	ahead    time.Duration // of its time of day
	stdin    input
	stdout   []byte // the line that is not complete yet
	printed  [][]byte
	stderr   tail
	overlong bool
	fuel     api.MutableGlobal // nil in a program without loops
	calls    int               // of the host, in this step
}

// wait is what a guest waits for: input, a time, or both.
type wait struct {
	input bool
	timed bool
	due   time.Duration // of the world
}

// Attach takes the way to tell the bench what happens to the guest.
func (g *Guest) Attach(b virtual.Bench) { g.bench = b }

// Err is why the guest ended by itself; nil while it runs.
func (g *Guest) Err() error { return g.failure }

// Feed hands the guest a line; it is there when the guest reads next.
func (g *Guest) Feed(line []byte) {
	if g.killed || g.ended {
		return
	}
	g.stdin.add(line)
	if g.began && g.waiting.input {
		g.arm()
	}
}

// Kill ends the guest at once. What it had not synced to its disk is lost or torn.
func (g *Guest) Kill() {
	if g.killed {
		return
	}
	g.Close()
	g.cluster.disk(g.id).kill(g.world.Rand())
}

// Close frees the guest's memory; nothing more comes from it.
func (g *Guest) Close() {
	g.killed = true
	g.stop()
}

// Pause has the guest take no step until Resume. Its clocks go on, as those of a stopped process do.
func (g *Guest) Pause() { g.paused = true }

// Resume ends a pause.
func (g *Guest) Resume() {
	g.paused = false
	g.arm()
}

// SetClock sets the guest's time of day ahead of the world's.
func (g *Guest) SetClock(ahead time.Duration) { g.ahead = ahead }

// start makes the coroutine. Its first step is an event of the world.
func (g *Guest) start() {
	g.next, g.stop = iter.Pull(func(yield func(wait) bool) {
		g.yield = yield
		g.failure = g.run()
	})
	g.arm()
}

// arm plans the next step: now if what the guest waits for is there, else when it is due.
func (g *Guest) arm() {
	if g.killed || g.ended || g.paused {
		return
	}
	now := g.world.Elapsed()
	at := max(now, g.busy)
	if g.began && !g.ready(at) {
		if !g.waiting.timed {
			return // for input, of which there is none
		}
		at = max(at, g.waiting.due)
	}
	g.armed++
	armed := g.armed
	g.world.At(at, func() {
		if armed == g.armed && !g.killed && !g.ended && !g.paused {
			g.step()
		}
	})
}

func (g *Guest) ready(at time.Duration) bool {
	return g.waiting.input && g.stdin.any() || g.waiting.timed && g.waiting.due <= at
}

// step runs the guest until it waits for what is not there yet, and then passes on
// what it has printed.
func (g *Guest) step() {
	service := g.cluster.config.ServiceTime
	first := !g.began
	g.began, g.calls = true, 0
	g.stdin.admit(service > 0)
	if g.fuel != nil {
		g.fuel.Set(uint64(g.cluster.loopsMax))
	}
	waiting, alive := g.next()
	g.waiting = waiting
	lines := g.printed
	g.printed = nil
	if service > 0 && !first {
		g.busy = g.world.Elapsed() + service
		g.world.At(g.busy, func() { g.pass(lines) })
	} else {
		g.pass(lines)
	}
	if !alive {
		g.end()
		return
	}
	g.arm()
}

func (g *Guest) pass(lines [][]byte) {
	for _, line := range lines {
		if g.killed {
			return
		}
		g.out(line)
	}
}

// end tells that the guest has ended by itself.
func (g *Guest) end() {
	g.ended = true
	if g.bench != nil && !g.killed {
		g.bench.Exited(g.status(), g.stderr.lines())
	}
}

// status says how the guest ended, in words.
func (g *Guest) status() string {
	text := g.failure.Error()
	if last := g.stderr.crash(); last != "" {
		text += " (" + last + ")"
	}
	return text
}

// run is the guest's whole life; it gives why it ended.
func (g *Guest) run() error {
	ctx := context.WithValue(context.Background(), guestKey{}, g)
	module, err := g.cluster.host.runtime.InstantiateModule(ctx, g.program.module, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return fmt.Errorf("no start: %s", firstLine(err.Error()))
	}
	defer module.Close(ctx)
	if fuel, counted := module.ExportedGlobal(fuelExport).(api.MutableGlobal); counted {
		g.fuel = fuel
		fuel.Set(uint64(g.cluster.loopsMax))
	}
	_, err = module.ExportedFunction("_start").Call(ctx)
	var exit *sys.ExitError
	switch {
	case err == nil:
		return errors.New("exit status 0")
	case errors.As(err, &exit):
		return fmt.Errorf("exit status %d", exit.ExitCode())
	case errors.Is(err, errEndless), g.fuel != nil && g.fuel.Get() == 0:
		return fmt.Errorf("%w%s", errEndless, g.handling())
	}
	return fmt.Errorf("a trap: %s", firstLine(strings.TrimPrefix(err.Error(), "wasm error: ")))
}

// handling names the message that was read last.
func (g *Guest) handling() string {
	if g.stdin.last == nil {
		return "; it had read no message yet"
	}
	const shownBytes = 300
	line := g.stdin.last
	if len(line) > shownBytes {
		line = append(bytes.Clone(line[:shownBytes]), "..."...)
	}
	return fmt.Sprintf("; the last message that it read: %s", line)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// await gives the processor back until the next step, which comes when what the guest waits for is there.
func (g *Guest) await(w wait) {
	if !g.yield(w) {
		panic(sys.NewExitError(0)) // killed: unwinds the guest
	}
}

// errEndless ends a guest that does not come to the end of a step.
var errEndless = errors.New("a step that does not end")

// Bounds on one step, far beyond what handling a message takes. They count the guest's own work, so
// that they do not depend on the speed of the machine.
const (
	stepLoopsMax = 200_000_000 // turns of loops: some seconds
	stepCallsMax = 20_000_000  // calls of the host
)

// spend counts a call of the host.
func (g *Guest) spend() {
	if g.calls++; g.calls > g.cluster.callsMax {
		panic(errEndless)
	}
}

// input is a guest's standard input.
type input struct {
	lines    [][]byte // not yet given to the guest
	open     []byte   // the rest of the one that it is reading
	admitted int      // how many of lines this step may take; with a service time one, else all
	each     bool
	last     []byte // the line that it read last
}

func (in *input) add(line []byte) { in.lines = append(in.lines, line) }

// admit begins a step.
func (in *input) admit(each bool) {
	in.each = each
	in.admitted = len(in.lines)
	if each {
		in.admitted = min(1, in.admitted)
	}
}

func (in *input) any() bool {
	return len(in.open) > 0 || len(in.lines) > 0
}

// size is how many bytes may be read in this step, of one line at least.
func (in *input) size() int {
	if len(in.open) > 0 || !in.there() {
		return len(in.open)
	}
	return len(in.lines[0]) + 1
}

// there reports whether the guest may read in this step.
func (in *input) there() bool { return len(in.open) > 0 || in.admitted > 0 && len(in.lines) > 0 }

// read fills to and gives how much.
func (in *input) read(to []byte) int {
	n := 0
	for n < len(to) && in.there() {
		if len(in.open) == 0 {
			in.last = in.lines[0]
			in.open = append(append(in.open[:0], in.last...), '\n')
			in.lines, in.admitted = in.lines[1:], in.admitted-1
		}
		m := copy(to[n:], in.open)
		n, in.open = n+m, in.open[m:]
	}
	return n
}

// LineBytesMax is the longest line that a guest may print.
const LineBytesMax = 64 << 20

// print takes what the guest writes to its standard output.
func (g *Guest) print(text []byte) {
	for len(text) > 0 && !g.overlong {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			g.stdout = append(g.stdout, text...)
			if len(g.stdout) > LineBytesMax {
				g.tooLong()
			}
			return
		}
		line := append(g.stdout, text[:end]...)
		g.printed = append(g.printed, bytes.TrimSuffix(bytes.Clone(line), []byte("\r")))
		g.stdout, text = g.stdout[:0], text[end+1:]
	}
}

// tooLong gives up listening to a guest whose line does not end.
func (g *Guest) tooLong() {
	begin := bytes.Clone(g.stdout[:300])
	g.overlong, g.stdout = true, nil
	g.world.At(g.world.Elapsed(), func() {
		if g.bench != nil && !g.killed {
			g.bench.LineTooLong(begin, LineBytesMax)
		}
	})
}

// complain takes what the guest writes to its standard error.
func (g *Guest) complain(text []byte) {
	g.stderr.add(text)
	if log := g.cluster.config.Log; log != nil {
		log(g.id, text)
	}
}

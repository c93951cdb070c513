package remote

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"eddy/testbench/child"
)

// Host runs processes of nodes for tests elsewhere.
type Host struct {
	Name, Build string
	Cores       int
	// Command is what is to be run for a placement's work. An error refuses it.
	Command func(work json.RawMessage) (*exec.Cmd, error)
	// Say gets sentences for people. It is called on the goroutine of Host.
	Say func(string)
	// Silence is after which time without a sign of who asked a process is killed.
	Silence time.Duration
}

// Hosted is what a host has done.
type Hosted struct {
	Processes int
	Refused   int // placements
}

// Host runs processes until the context is done; those that run then are killed. Each has a directory of its run and its
// node, in a temporary one, and nothing else of the machine is promised to it.
func (c *Conn) Host(ctx context.Context, h Host) (Hosted, error) {
	if h.Silence == 0 {
		h.Silence = silenceMax
	}
	dir, err := os.MkdirTemp("", "eddy-nodes-")
	if err != nil {
		return Hosted{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	at := &hosting{Conn: c, Host: h, dir: dir, id: rand.Text(), heard: make(chan *nats.Msg, 1024), ended: make(chan struct{}), told: map[string]bool{}}
	for _, subject := range []string{benchWho, benchAt + at.id, benchOver + "*"} {
		s, err := c.nc.ChanSubscribe(subject, at.heard)
		if err != nil {
			return Hosted{}, c.explain(err)
		}
		defer func() { _ = s.Unsubscribe() }()
	}
	at.own(ctx)
	return at.done, nil
}

// hosting is a host at work. One goroutine owns it; each process has one that owns that.
type hosting struct {
	*Conn
	Host
	dir, id string
	heard   chan *nats.Msg
	ended   chan struct{} // gets one for each process that has ended
	running int
	done    Hosted
	told    map[string]bool
}

func (h *hosting) own(ctx context.Context) {
	for ending := ctx.Done(); ; {
		select {
		case m := <-h.heard:
			if ending != nil {
				h.hear(ctx, m)
			}
		case <-h.ended:
			h.running--
		case <-ending:
			ending = nil
		}
		if ending == nil && h.running == 0 {
			return
		}
	}
}

func (h *hosting) hear(ctx context.Context, m *nats.Msg) {
	run, over := strings.CutPrefix(m.Subject, benchOver)
	switch {
	case over && tokenForm.MatchString(run):
		_ = os.RemoveAll(filepath.Join(h.dir, run))
	case over:
		h.done.Refused++
	case m.Subject == benchWho:
		h.answer(m, "")
	default:
		refusal := h.place(ctx, m)
		if refusal != "" {
			h.done.Refused++
			if !h.told[refusal] && len(h.told) < 100 {
				h.told[refusal] = true
				h.Say("A node of a test is refused: " + refusal + ".")
			}
		}
		h.answer(m, refusal)
	}
}

func (h *hosting) answer(m *nats.Msg, refusal string) {
	if !replySubject(m.Reply) {
		return
	}
	text, _ := json.Marshal(presence{ID: h.id, Name: h.Name, Build: h.Build, Cores: h.Cores, Refusal: refusal}) // nothing in it fails
	_ = h.nc.Publish(m.Reply, text)                                                                             // the asker's patience ends
}

// place starts a process, or says why not.
func (h *hosting) place(ctx context.Context, m *nats.Msg) (refusal string) {
	var p placement
	switch err := json.Unmarshal(m.Data, &p); {
	case err != nil:
		return fmt.Sprintf("it is not JSON of a placement: %v", err)
	case p.Build != h.Build:
		return fmt.Sprintf("this worker is another build of Eddy (%s, who asks is %.16s): use the same binary on all machines", h.Build, p.Build)
	case !tokenForm.MatchString(p.Token) || !tokenForm.MatchString(p.Run) || !nameForm.MatchString(p.Node):
		return "it names no run, node and token"
	case h.running == processesMax:
		return fmt.Sprintf("%d processes run here already", processesMax)
	}
	command, err := h.Command(p.Work)
	if err != nil {
		return err.Error()
	}
	command.Dir = filepath.Join(h.dir, p.Run, p.Node)
	if err := os.MkdirAll(command.Dir, 0o700); err != nil {
		return err.Error()
	}
	r := &hosted{hosting: h, token: p.Token, command: command, words: make(chan string, 64)}
	if err := r.start(); err != nil {
		r.close()
		return fmt.Sprintf("it cannot be started: %v", err)
	}
	h.running++
	h.done.Processes++
	go r.own(ctx)
	return ""
}

// hosted is a process on this worker.
type hosted struct {
	*hosting
	token         string
	command       *exec.Cmd
	in            *os.File
	out, err      *os.File
	words         chan string
	subscriptions []*nats.Subscription
	release       func()
}

func (r *hosted) subject(what string) string { return benchRun + r.token + "." + what }

// start starts the process, and listens to what is for it.
func (r *hosted) start() (err error) {
	var theirs [3]*os.File
	defer func() {
		for _, f := range theirs {
			if f != nil {
				_ = f.Close()
			}
		}
	}()
	if theirs[0], r.in, err = os.Pipe(); err != nil {
		return err
	}
	if r.out, theirs[1], err = os.Pipe(); err != nil {
		return err
	}
	if r.err, theirs[2], err = os.Pipe(); err != nil {
		return err
	}
	r.command.Stdin, r.command.Stdout, r.command.Stderr = theirs[0], theirs[1], theirs[2]
	bytes := numbered{to: r.in}
	for subject, handler := range map[string]nats.MsgHandler{
		r.subject("in"): func(m *nats.Msg) {
			if !bytes.take(m.Data) {
				r.say("lost")
			}
		},
		r.subject("do"): func(m *nats.Msg) { r.say(string(m.Data)) },
	} {
		s, err := r.nc.Subscribe(subject, handler)
		if err != nil {
			return err
		}
		_ = s.SetPendingLimits(-1, inputBytesMax)
		r.subscriptions = append(r.subscriptions, s)
	}
	if err = r.nc.Flush(); err != nil { // the reply to the asker must not overtake them
		return err
	}
	r.release, _, err = child.Start([]*exec.Cmd{r.command}, func(int) {})
	return err
}

// inputBytesMax is how much waits for a process that does not read. Beyond it bytes are lost, and the process ends.
const inputBytesMax = 256 << 20

// say tells the owner; one that has had enough to hear need not hear more.
func (r *hosted) say(word string) {
	select {
	case r.words <- word:
	default:
	}
}

// own does what the asker says until the process has ended, and tells of that.
func (r *hosted) own(ctx context.Context) {
	exited, printed := make(chan struct{}), make(chan struct{}, 2)
	go func() { _ = r.command.Wait(); child.Kill(r.command); close(exited) }()
	pass := func(from *os.File, what string) {
		buffer := make([]byte, 64<<10)
		to := &stream{nc: r.nc, subject: r.subject(what)}
		_, _ = io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, buffer)
		printed <- struct{}{}
	}
	go pass(r.out, "from.out")
	go pass(r.err, "from.err")
	sign, quiet := time.NewTicker(r.Silence/signsOfSilence), time.NewTimer(r.Silence)
	defer sign.Stop()
	defer quiet.Stop()
	end := ending{}
	ending := ctx.Done()
	for running := true; running; {
		select {
		case word := <-r.words:
			quiet.Reset(r.Silence)
			switch word {
			case "kill":
				child.Kill(r.command)
			case "pause":
				child.Pause(r.command)
			case "resume":
				child.Resume(r.command)
			case "lost":
				end.Lost = "NATS has lost a part of what it was sent"
				child.Kill(r.command)
			}
		case <-sign.C:
			end.Peak = max(end.Peak, child.PeakBytes(r.command))
			r.tell("up", end)
		case <-quiet.C: // who asked is gone
			child.Kill(r.command)
		case <-ending:
			ending, end.Lost = nil, "worker "+r.Name+" has been ended"
			child.Kill(r.command)
		case <-exited:
			running = false
		}
	}
	for open, grace := 2, time.After(exitGrace); open > 0; { // another one may have inherited its output
		select {
		case <-printed:
			open--
		case <-grace:
			open = 0
		}
	}
	r.close()
	end.CPU, end.Status = child.CPU(r.command), r.command.ProcessState.String()
	r.tell("from.end", end)
	_ = r.nc.Flush()
	r.ended <- struct{}{}
}

const exitGrace = 500 * time.Millisecond

func (r *hosted) tell(what string, e ending) {
	text, _ := json.Marshal(e) // nothing in it fails
	_ = r.nc.Publish(r.subject(what), text)
}

// close ends what there is for the process but itself.
func (r *hosted) close() {
	for _, s := range r.subscriptions {
		_ = s.Unsubscribe()
	}
	for _, f := range []*os.File{r.in, r.out, r.err} {
		if f != nil {
			_ = f.Close()
		}
	}
	if r.release != nil {
		r.release()
	}
}

package remote

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Nodes of a test run as processes on workers; what they print and read travels as bytes. The test's own machine has the
// clients, the network and its faults, and the checker: every message passes there, so that a run is recorded and judged
// as one of processes on one machine.
//
//	eddy.bench.who            which workers are there? each replies with a presence
//	eddy.bench.at.WORKER      start a process: a placement, whose reply is a presence
//	eddy.bench.over.RUN       a run is over: workers remove its directories
//	eddy.bench.run.TOKEN.in   bytes for standard input
//	eddy.bench.run.TOKEN.do   a word: kill, pause, resume, or stay, which the asker says again and again
//	eddy.bench.run.TOKEN.up   the process runs: the worker says so again and again
//	eddy.bench.run.TOKEN.from.out, from.err, from.end   bytes that it prints, and how it has ended
//
// A token cannot be guessed. Bytes are numbered: NATS may lose messages, which here would be faults that nobody asked
// for. A process whose bytes are lost ends, and says so.
const (
	benchWho  = "eddy.bench.who"
	benchAt   = "eddy.bench.at."
	benchOver = "eddy.bench.over."
	benchRun  = "eddy.bench.run."

	chunkMax       = 256 << 10
	lookFor        = 3 * time.Second        // the first worker
	othersWithin   = 500 * time.Millisecond // of the one before
	askAgain       = 50 * time.Millisecond
	signsOfSilence = 10 // signs of life, while the other side is patient
	placeWithin    = 10 * time.Second
	processesMax   = 512 // of one worker
)

// silenceMax is after which time without a sign of the other side a process has ended.
const silenceMax = 10 * time.Second

var tokenForm = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// placement asks for a process.
type placement struct {
	Build string          `json:"build"`
	Run   string          `json:"run"`
	Node  string          `json:"node"`
	Token string          `json:"token"`
	Work  json.RawMessage `json:"work"` // what it is; only who asks and who works know
}

// ending is how a process has ended, or is at present.
type ending struct {
	Status string        `json:"status"`
	Lost   string        `json:"lost,omitempty"` // why, where that is no doing of its own
	CPU    time.Duration `json:"cpu_ns"`
	Peak   int64         `json:"peak_bytes"`
}

// Bench starts processes on workers, for one run.
type Bench struct {
	conn    *Conn
	build   string
	run     string
	workers []presence
	silence time.Duration // after which a worker is lost
	closed  chan struct{}
}

// OpenBench finds the workers of this build. Those of another are told of. Until the bench is closed say is called,
// on another goroutine too, with what becomes of the connection.
func (c *Conn) OpenBench(ctx context.Context, build string, say func(string)) (*Bench, error) {
	b := &Bench{conn: c, build: build, run: rand.Text(), silence: silenceMax, closed: make(chan struct{})}
	answers := make(chan *nats.Msg, 256)
	inbox := c.nc.NewInbox()
	subscription, err := c.nc.ChanSubscribe(inbox, answers)
	if err != nil {
		return nil, c.explain(err)
	}
	defer func() { _ = subscription.Unsubscribe() }()
	ask, looked := time.NewTicker(askAgain), time.NewTimer(lookFor)
	defer ask.Stop()
	defer looked.Stop()
	seen := map[string]bool{}
	for looking := true; looking; {
		select {
		case m := <-answers:
			var p presence
			if json.Unmarshal(m.Data, &p) != nil || !tokenForm.MatchString(p.ID) || seen[p.ID] {
				continue
			}
			seen[p.ID] = true
			if p.Build != build {
				say(fmt.Sprintf("Worker %s takes no part: it is another build of Eddy (%s, this is %s): use the same binary on all machines.", p.Name, p.Build, build))
				continue
			}
			b.workers = append(b.workers, p)
			looked.Reset(othersWithin)
		case <-ask.C:
			_ = c.nc.PublishRequest(benchWho, inbox, nil) // it is sent again soon
		case <-looked.C:
			looking = false
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if len(b.workers) == 0 {
		return nil, fmt.Errorf("no worker of this build answers: start one with eddy worker --nats %s", c.url)
	}
	go func() {
		for {
			select {
			case text := <-c.news:
				say(text)
			case <-b.closed:
				return
			}
		}
	}()
	slices.SortFunc(b.workers, func(p, q presence) int { return strings.Compare(p.Name+p.ID, q.Name+q.ID) })
	return b, nil
}

// Workers are their names, in the order in which nodes are placed.
func (b *Bench) Workers() []string {
	var names []string
	for _, w := range b.workers {
		names = append(names, w.Name)
	}
	return names
}

// Close has workers remove what the run leaves there. It is called once.
func (b *Bench) Close() {
	_ = b.conn.nc.Publish(benchOver+b.run, nil)
	close(b.closed)
}

// Start starts a process for a node, on the worker whose turn it is. The same number is the same worker.
func (b *Bench) Start(number int, node string, work json.RawMessage) (*Process, error) {
	w := b.workers[number%len(b.workers)]
	p := &Process{nc: b.conn.nc, token: rand.Text(), worker: w.Name, signs: make(chan int64, 1), endings: make(chan ending, 2),
		released: make(chan struct{}), peaks: make(chan int64), done: make(chan struct{})}
	p.in = &stream{nc: p.nc, subject: p.subject("in"), ended: p.done}
	p.stdout, p.out = io.Pipe()
	p.stderr, p.err = io.Pipe()
	if err := p.listen(); err != nil {
		return nil, b.conn.explain(err)
	}
	go p.own(b.silence)
	text, err := json.Marshal(placement{Build: b.build, Run: b.run, Node: node, Token: p.token, Work: work})
	if err != nil {
		return nil, err
	}
	m, err := p.nc.Request(benchAt+w.ID, text, placeWithin)
	var answer presence
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		err = fmt.Errorf("worker %s is gone", w.Name)
	case err != nil:
		err = fmt.Errorf("worker %s does not answer: %w", w.Name, err)
	case json.Unmarshal(m.Data, &answer) != nil:
		err = fmt.Errorf("worker %s answers with what is no JSON", w.Name)
	case answer.Refusal != "":
		err = fmt.Errorf("worker %s refuses: %s", w.Name, answer.Refusal)
	}
	if err != nil {
		p.Release()
		return nil, err
	}
	return p, nil
}

// Process is a process on a worker.
type Process struct {
	nc             *nats.Conn
	token, worker  string
	in             *stream
	stdout, stderr *io.PipeReader
	out, err       *io.PipeWriter
	subscriptions  []*nats.Subscription
	signs          chan int64 // of life, with the most memory so far
	endings        chan ending
	released       chan struct{} // closed when nobody wants it any more
	peaks          chan int64
	done           chan struct{} // closed when it has ended; how may be read then
	how            ending
}

func (p *Process) subject(what string) string { return benchRun + p.token + "." + what }

// listen has what comes of it come here. Subscriptions have goroutines of their own: signs of life do not wait behind
// bytes.
func (p *Process) listen() error {
	out, err := numbered{to: p.out}, numbered{to: p.err}
	for subject, handler := range map[string]nats.MsgHandler{
		p.subject("from.*"): func(m *nats.Msg) {
			ok := true
			switch m.Subject[strings.LastIndexByte(m.Subject, '.')+1:] {
			case "out":
				ok = out.take(m.Data)
			case "err":
				ok = err.take(m.Data)
			case "end":
				var e ending
				if json.Unmarshal(m.Data, &e) == nil {
					p.tell(e)
				}
			}
			if !ok {
				p.tell(ending{Lost: "NATS has lost a part of what it printed"})
			}
		},
		p.subject("up"): func(m *nats.Msg) {
			var e ending
			if json.Unmarshal(m.Data, &e) == nil {
				select {
				case p.signs <- e.Peak:
				default:
				}
			}
		},
	} {
		s, err := p.nc.Subscribe(subject, handler)
		if err != nil {
			return err
		}
		_ = s.SetPendingLimits(-1, -1)
		p.subscriptions = append(p.subscriptions, s)
	}
	return nil
}

func (p *Process) tell(e ending) {
	select {
	case p.endings <- e:
	default: // it has ended already
	}
}

// own says again and again that the process is wanted, and waits for its end.
func (p *Process) own(silence time.Duration) {
	sign, quiet := time.NewTicker(silence/signsOfSilence), time.NewTimer(silence)
	defer sign.Stop()
	defer quiet.Stop()
	for peak := int64(0); ; {
		select {
		case peak = <-p.signs:
			quiet.Reset(silence)
			continue
		case p.peaks <- peak:
			continue
		case <-sign.C:
			p.do("stay")
			continue
		case p.how = <-p.endings:
		case <-quiet.C:
			p.how = ending{Lost: fmt.Sprintf("worker %s has not been heard of for %v", p.worker, silence)}
			p.do("kill")
		case <-p.released:
			p.how = ending{Status: "not wanted any more"}
			p.do("kill")
		}
		p.how.Peak = max(p.how.Peak, peak)
		for _, s := range p.subscriptions {
			_ = s.Unsubscribe()
		}
		_, _ = p.out.Close(), p.err.Close()
		close(p.done)
		return
	}
}

func (p *Process) do(word string) { _ = p.nc.Publish(p.subject("do"), []byte(word)) }

// Stdin, Stdout and Stderr are this end of its pipes.
func (p *Process) Stdin() io.WriteCloser { return p.in }
func (p *Process) Stdout() io.ReadCloser { return p.stdout }
func (p *Process) Stderr() io.ReadCloser { return p.stderr }

// Kill, Pause and Resume have the worker do so. They do not wait.
func (p *Process) Kill()   { p.do("kill") }
func (p *Process) Pause()  { p.do("pause") }
func (p *Process) Resume() { p.do("resume") }

// Wait waits until the process has ended, and gives how.
func (p *Process) Wait() (status string, lost error) {
	<-p.done
	if p.how.Lost != "" {
		lost = errors.New(p.how.Lost)
	}
	return p.how.Status, lost
}

// CPU is what a process that has ended has used of processors.
func (p *Process) CPU() time.Duration {
	select {
	case <-p.done:
		return p.how.CPU
	default:
		return 0
	}
}

// PeakBytes is the most memory that it has held.
func (p *Process) PeakBytes() int64 {
	select {
	case peak := <-p.peaks:
		return peak
	case <-p.done:
		return p.how.Peak
	}
}

// Release ends what is left of it. It is called by one goroutine.
func (p *Process) Release() {
	select {
	case <-p.released:
	default:
		close(p.released)
	}
	_, _ = p.stdout.Close(), p.stderr.Close()
}

// stream sends bytes in numbered chunks. It belongs to one goroutine.
type stream struct {
	nc      *nats.Conn
	subject string
	ended   <-chan struct{} // nil for a stream that nobody ends
	number  uint64
}

// Write sends bytes, without waiting for who takes them.
func (s *stream) Write(text []byte) (int, error) {
	for chunk := range slices.Chunk(text, chunkMax) {
		select {
		case <-s.ended:
			return 0, io.ErrClosedPipe
		default:
		}
		payload := binary.BigEndian.AppendUint64(make([]byte, 0, len(chunk)+8), s.number)
		s.number++
		if err := s.nc.Publish(s.subject, append(payload, chunk...)); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}

// Close does nothing: a process is ended, not its input.
func (s *stream) Close() error { return nil }

// numbered takes chunks in their order.
type numbered struct {
	to     io.Writer
	number uint64
	lost   bool
}

// take is false where chunks are missing before this one, and from then on.
func (n *numbered) take(payload []byte) bool {
	if n.lost || len(payload) < 8 || binary.BigEndian.Uint64(payload) != n.number {
		n.lost = true
		return false
	}
	n.number++
	_, _ = n.to.Write(payload[8:]) // who reads no more needs none
	return true
}

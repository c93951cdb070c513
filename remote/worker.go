package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Worker does jobs of orders of its own build.
type Worker struct {
	Name  string
	Build string
	Cores int
	// Prepare makes jobs of an order's work. An error refuses the order.
	Prepare func(work json.RawMessage) (Jobs, error)
	// Patience is how long the queue waits for a sign of life before it hands a range to another worker.
	Patience time.Duration
	// Say gets sentences for people. It is called on the goroutine of Work.
	Say func(string)
}

// Jobs are those of an order. They are done on several goroutines at once.
type Jobs interface {
	// Do does a job and gives its result.
	Do(job int) json.RawMessage
	// GiveUp gives the result of a job that has been handed out so many times, and whose workers have all gone.
	GiveUp(job, times int) json.RawMessage
}

// Worked is what a worker has done.
type Worked struct {
	Ranges, Jobs int
	Refused      int // messages that were none
}

const (
	patienceDefault = 10 * time.Second
	signsOfLife     = 4                // while the queue is patient
	deliveriesMax   = 5                // of a range that ends every worker that takes it
	fetchWait       = 2 * time.Second  // of one request for a range
	idleConsumerMax = 24 * time.Hour   // after which the queue forgets a build
	ordersMax       = 1000             // that a worker remembers
	refusedAgainIn  = 10 * time.Second // a range that this worker cannot do is offered again
)

// Work takes ranges of orders until the context is done. What is under way is then handed back.
func (c *Conn) Work(ctx context.Context, w Worker) (Worked, error) {
	if w.Patience == 0 {
		w.Patience = patienceDefault
	}
	opening, opened := context.WithTimeout(ctx, beginMax)
	defer opened()
	q, err := c.queue(opening)
	switch {
	case ctx.Err() != nil: // it was ended before it began
		return Worked{}, nil
	case err != nil:
		return Worked{}, err
	}
	source, err := q.js.CreateOrUpdateConsumer(opening, workStream, jetstream.ConsumerConfig{
		Durable: "build-" + w.Build, FilterSubject: fmt.Sprintf("eddy.work.%s.>", w.Build), AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: w.Patience, MaxAckPending: 100_000, InactiveThreshold: idleConsumerMax,
	})
	if err != nil {
		return Worked{}, c.explain(err)
	}
	notices := make(chan *nats.Msg, 256)
	heard, err := c.nc.ChanSubscribe(noticeSubjects, notices)
	if err != nil {
		return Worked{}, c.explain(err)
	}
	defer func() { _ = heard.Unsubscribe() }()
	at := &working{queue: q, Worker: w, notices: notices, claims: make(chan claim), finished: make(chan finished),
		orders: map[string]*prepared{}, underWay: map[*taken]bool{}, ended: make(chan struct{}), told: map[string]bool{}}
	for range w.Cores {
		go at.core(ctx, source)
	}
	at.own(ctx)
	return at.worked, nil
}

// working is a worker at work. One goroutine owns it; its cores are goroutines that talk to it.
type working struct {
	*queue
	Worker
	notices  chan *nats.Msg
	claims   chan claim
	finished chan finished
	ended    chan struct{} // gets one for each core that has ended
	orders   map[string]*prepared
	recent   []string        // the orders, the oldest first
	underWay map[*taken]bool // false: nobody wants it any more
	told     map[string]bool
	worked   Worked
}

// prepared is an order that the worker knows.
type prepared struct {
	order Order
	jobs  Jobs
	err   error // why it is refused
	bound int   // the last job that is wanted; -1 for none
}

// claim is what a core says that has got a range.
type claim struct {
	msg   jetstream.Msg
	reply chan *taken
}

// taken is a range under way at a core. It does not change: the owner and the core both have it.
type taken struct {
	msg        jetstream.Msg
	id         string
	n          int
	first, end int
	jobs       Jobs
	unwanted   chan struct{} // closed when nobody wants it any more
}

// finished is what a core says that has ended with a range.
type finished struct {
	*taken
	jobs int // whose results are kept
}

// own is the loop of the goroutine that owns the worker.
func (w *working) own(ctx context.Context) {
	alive := time.NewTicker(w.Patience / signsOfLife)
	defer alive.Stop()
	for cores := w.Cores; cores > 0; {
		select {
		case c := <-w.claims:
			c.reply <- w.assign(ctx, c.msg)
		case f := <-w.finished:
			delete(w.underWay, f.taken)
			if f.jobs > 0 {
				w.worked.Ranges++
				w.worked.Jobs += f.jobs
			}
		case m := <-w.notices:
			w.notice(m)
		case text := <-w.news:
			w.Say(text)
		case <-alive.C:
			for t := range w.underWay {
				_ = t.msg.InProgress() // the next one may come through
			}
		case <-w.ended:
			cores--
		}
	}
}

// assign gives a core what to do with a message of the queue; nil for nothing.
func (w *working) assign(ctx context.Context, m jetstream.Msg) *taken {
	id, n, ok := parseRange(m.Subject())
	if !ok || len(m.Data()) > 0 {
		w.refuse(m, "it is no range of an order")
		return nil
	}
	known := w.known(ctx, id)
	switch {
	case known == nil: // the server is not there at the moment
		_ = m.Nak()
		return nil
	case errors.Is(known.err, jetstream.ErrKeyNotFound):
		_ = m.Term() // an order that has been finished
		return nil
	case known.err != nil:
		w.sayOnce(id, fmt.Sprintf("Order %s is refused: %v.", id, known.err))
		_ = m.NakWithDelay(refusedAgainIn)
		return nil
	case n >= known.order.ranges():
		w.refuse(m, fmt.Sprintf("order %s has no range %d", id, n))
		return nil
	}
	t := &taken{msg: m, id: id, n: n, jobs: known.jobs, unwanted: make(chan struct{})}
	if t.first, t.end = known.order.jobs(n); t.first > known.bound {
		_ = m.Ack()
		return nil
	}
	w.sayOnce(id, fmt.Sprintf("Working on order %s.", id))
	w.underWay[t] = true
	return t
}

// refuse drops a message that nobody could do anything with, and counts it.
func (w *working) refuse(m jetstream.Msg, why string) {
	w.worked.Refused++
	w.Say(fmt.Sprintf("A message to %s is refused: %s.", m.Subject(), why))
	_ = m.Term()
}

func (w *working) sayOnce(key, text string) {
	if !w.told[key] {
		w.told[key] = true
		w.Say(text)
	}
}

// known gives an order, prepared; nil where the server does not say what it is.
func (w *working) known(ctx context.Context, id string) *prepared {
	if p := w.orders[id]; p != nil && p.jobs != nil {
		return p
	}
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	order, err := w.read(attempt, id)
	p := w.orders[id]
	if p == nil {
		p = &prepared{bound: order.Jobs - 1}
		w.remember(id, p)
	}
	p.order, p.err = order, err
	api := (*jetstream.APIError)(nil)
	switch {
	case err == nil && order.Build != w.Build:
		p.err = w.otherBuild(order.Build)
	case err == nil:
		p.jobs, p.err = w.Prepare(order.Work)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrNoResponders), errors.As(err, &api) && api.Code >= 500:
		return nil
	}
	return p
}

func (w *working) otherBuild(build string) error {
	return fmt.Errorf("it is of build %s and the order of build %s: run the same program on all machines", w.Build, build)
}

// remember keeps an order, and forgets the oldest of too many.
func (w *working) remember(id string, p *prepared) {
	w.orders[id] = p
	if w.recent = append(w.recent, id); len(w.recent) > ordersMax {
		delete(w.orders, w.recent[0])
		delete(w.told, w.recent[0])
		w.recent = w.recent[1:]
	}
}

// notice hears what is wanted of an order, and answers who this is.
func (w *working) notice(m *nats.Msg) {
	id := m.Subject[len(noticeSubjects)-1:]
	var heard notice
	if json.Unmarshal(m.Data, &heard) != nil || !idForm.MatchString(id) || !buildForm.MatchString(heard.Build) || heard.Bound < -1 || heard.Bound >= JobsMax {
		w.worked.Refused++
		return
	}
	answer := presence{Name: w.Name, Build: w.Build, Cores: w.Cores}
	p := w.orders[id]
	if p == nil {
		p = &prepared{}
		w.remember(id, p)
	}
	if p.bound = heard.Bound; heard.Build != w.Build {
		p.err = w.otherBuild(heard.Build)
		w.sayOnce(id, fmt.Sprintf("Order %s is refused: %v.", id, p.err))
	}
	if p.err != nil {
		answer.Refusal = p.err.Error()
	}
	for t, wanted := range w.underWay {
		if wanted && t.id == id && t.first > heard.Bound {
			close(t.unwanted)
			w.underWay[t] = false
		}
	}
	if m.Reply != "" {
		text, _ := json.Marshal(answer) // nothing in it fails
		_ = w.nc.Publish(m.Reply, text) // the asker asks again
	}
}

// core takes a range after another, and does its jobs.
func (w *working) core(ctx context.Context, source jetstream.Consumer) {
	defer func() { w.ended <- struct{}{} }()
	reply := make(chan *taken)
	for ctx.Err() == nil {
		m := next(ctx, source)
		if m == nil {
			continue
		}
		w.claims <- claim{m, reply}
		if t := <-reply; t != nil {
			w.finished <- finished{t, w.do(ctx, t)}
		}
	}
}

// next asks the queue for a message; nil for none at the moment.
func next(ctx context.Context, source jetstream.Consumer) jetstream.Msg {
	waiting, cancel := context.WithTimeout(ctx, fetchWait)
	defer cancel()
	batch, err := source.Fetch(1, jetstream.FetchContext(waiting))
	if err == nil {
		for m := range batch.Messages() {
			return m
		}
		err = batch.Error()
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, nats.ErrTimeout) {
		select {
		case <-time.After(reconnectFirst):
		case <-ctx.Done():
		}
	}
	return nil
}

// do does the jobs of a range, keeps their results and acknowledges: in this order, so that none is lost. It gives how
// many results it has kept: none where others have kept theirs first, nobody wants them, or the worker ends.
func (w *working) do(ctx context.Context, t *taken) int {
	delivered := uint64(1)
	if info, err := t.msg.Metadata(); err == nil {
		delivered = info.NumDelivered
	}
	subject := resultSubject(t.id, t.n)
	if delivered > 1 && w.isKept(ctx, subject) {
		_ = t.msg.Ack()
		return 0
	}
	made := outcome{Worker: w.Name}
	for job := t.first; job < t.end; job++ {
		select {
		case <-t.unwanted:
			_ = t.msg.Ack()
			return 0
		case <-ctx.Done():
			_ = t.msg.Nak()
			return 0
		default:
		}
		if delivered > deliveriesMax {
			made.Results = append(made.Results, t.jobs.GiveUp(job, int(delivered)-1))
			continue
		}
		made.Results = append(made.Results, t.jobs.Do(job))
	}
	text, err := json.Marshal(made)
	if err == nil {
		err = patient(ctx, func(ctx context.Context) error {
			_, err := w.js.Publish(ctx, subject, text, jetstream.WithExpectLastSequencePerSubject(0))
			return err
		})
	}
	api := (*jetstream.APIError)(nil)
	switch {
	case err == nil:
		_ = t.msg.Ack() // where this is lost the range comes again, and is found kept
		return t.end - t.first
	case errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence:
		_ = t.msg.Ack()
	default:
		_ = t.msg.Nak()
	}
	return 0
}

// isKept tells whether a range that has been handed out before has its results.
func (w *working) isKept(ctx context.Context, subject string) bool {
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	_, err := w.results.GetLastMsgForSubject(attempt, subject)
	return err == nil
}

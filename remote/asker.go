package remote

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Asker is who has an order done. Its functions are called on the goroutine of [Conn.Do].
type Asker struct {
	// Take gets the result of each job once; those of a range in their order. Once it returns false no job after this one
	// is wanted. An error says that this is no result: the range is done again.
	Take func(job int, result json.RawMessage) (goOn bool, err error)
	// Attend is called several times a second. Once it returns false the work is ended.
	Attend func(Status) (goOn bool)
	// Say gets sentences for people.
	Say func(string)
	// Began gets the name of the order, by which it can be resumed.
	Began func(id string)
}

// Status is how an order stands.
type Status struct {
	Made, Jobs     int
	Workers, Cores int // that have answered lately
	Refused        int // results that were none
}

// ErrEnded says that Attend has ended the work.
var ErrEnded = errors.New("ended")

// How often the asker looks around.
const (
	attendEvery = 100 * time.Millisecond
	noticeEvery = time.Second
	healEvery   = 5 * time.Second
	lonelyAfter = 3 * time.Second
	beginMax    = 30 * time.Second // to open the streams, and to write an order down
)

// Do has the jobs of an order done by the workers. With the name of an earlier order, which must be the same, it goes
// on where that one was ended.
func (c *Conn) Do(order Order, resume string, a Asker) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	opening, opened := context.WithTimeout(ctx, beginMax)
	q, err := c.queue(opening)
	opened()
	if err != nil {
		return err
	}
	d := &doing{queue: q, Asker: a, id: resume, tally: newTally(order), seen: map[string]presence{}}
	if err := d.begin(ctx); err != nil {
		return err
	}
	err = d.run(ctx)
	closing, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	return errors.Join(err, d.end(closing, err == nil))
}

// doing is an order under way.
type doing struct {
	*queue
	Asker
	*tally
	id      string
	inbox   string
	answers chan *nats.Msg
	seen    map[string]presence // by name, since the last look
	told    map[string]bool     // refusals that have been told
	status  Status
	heard   time.Time // when a result came last
	alone   time.Time // since when nobody has answered
}

// begin writes the order down, or finds the one to resume.
func (d *doing) begin(ctx context.Context) error {
	d.told, d.status.Jobs = map[string]bool{}, d.order.Jobs
	if d.id == "" {
		d.id = strings.ToLower(rand.Text()[:12])
		text, err := json.Marshal(d.order)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, beginMax)
		defer cancel()
		err = patient(ctx, func(ctx context.Context) error { _, err := d.orders.Put(ctx, d.id, text); return err })
		if errors.Is(err, nats.ErrMaxPayload) {
			return errors.New("the comparison has too many points to be sent at once: divide it")
		}
		if err == nil {
			return nil
		}
		for len(d.news) > 0 { // they may say why
			d.Say(<-d.news)
		}
		return d.explain(err)
	}
	if !idForm.MatchString(d.id) {
		return fmt.Errorf("--resume %s: this is no name of an order; it is printed when one is interrupted", d.id)
	}
	kept, err := d.read(ctx, d.id)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return fmt.Errorf("--resume %s: %s does not know it: it has been finished, or is older than %d days", d.id, d.url, int(keptFor.Hours()/24))
	case err != nil:
		return fmt.Errorf("--resume %s: the order cannot be read: %w", d.id, err)
	case kept.Build != d.order.Build:
		return fmt.Errorf("--resume %s: it was begun by another build of Eddy (%s, this is %s), whose runs may differ: resume it with that build, or begin again", d.id, kept.Build, d.order.Build)
	case kept.Jobs != d.order.Jobs || string(kept.Work) != string(d.order.Work):
		return fmt.Errorf("--resume %s: it was begun with other flags: give the same, --seed and --seeds too: %s", d.id, kept.Work)
	}
	d.order.Batch = kept.Batch
	d.tally = newTally(kept)
	return nil
}

// run puts the ranges into the queue and takes results until the order is over.
func (d *doing) run(ctx context.Context) error {
	d.Began(d.id)
	d.inbox = d.nc.NewInbox()
	d.answers = make(chan *nats.Msg, 256)
	answers, err := d.nc.ChanSubscribe(d.inbox, d.answers)
	if err != nil {
		return err
	}
	defer func() { _ = answers.Unsubscribe() }()
	results := make(chan jetstream.Msg, 256)
	kept, err := d.listen(ctx, results)
	if err != nil {
		return err
	}
	d.notify()
	// What was kept of an earlier try is counted before the rest is put into the queue.
	for ; kept > 0; kept-- {
		select {
		case m := <-results:
			d.result(ctx, m)
		case <-time.After(requestTimeout):
			kept = 0
		}
	}
	if err := d.put(ctx, d.missing()); err != nil {
		return err
	}
	attend, notify := time.NewTicker(attendEvery), time.NewTicker(noticeEvery)
	defer attend.Stop()
	defer notify.Stop()
	d.heard, d.alone = time.Now(), time.Now()
	for !d.over() {
		select {
		case m := <-results:
			bound := d.bound
			if d.result(ctx, m); d.bound != bound {
				d.notify()
			}
			d.heard = time.Now()
		case m := <-d.answers:
			d.answer(m.Data)
		case text := <-d.news:
			d.Say(text)
		case <-notify.C:
			d.look()
			if time.Since(d.heard) > healEvery {
				if err := d.heal(ctx); err != nil {
					return err
				}
			}
		case <-attend.C:
			if !d.Attend(d.status) {
				return ErrEnded
			}
		}
	}
	if !d.Attend(d.status) { // Take may have heard of it first
		return ErrEnded
	}
	return nil
}

// listen has results sent to a channel, and gives how many there are already.
func (d *doing) listen(ctx context.Context, to chan<- jetstream.Msg) (kept uint64, err error) {
	filter := fmt.Sprintf("eddy.result.%s.>", d.id)
	var source jetstream.Consumer
	err = patient(ctx, func(ctx context.Context) error {
		source, err = d.js.OrderedConsumer(ctx, resultStream, jetstream.OrderedConsumerConfig{FilterSubjects: []string{filter}})
		return err
	})
	if err != nil {
		return 0, d.explain(err)
	}
	info, err := source.Info(ctx)
	if err != nil {
		return 0, d.explain(err)
	}
	iterator, err := source.Messages()
	if err != nil {
		return 0, d.explain(err)
	}
	go func() {
		<-ctx.Done()
		iterator.Stop()
	}()
	go func() {
		for ctx.Err() == nil {
			m, err := iterator.Next()
			if errors.Is(err, jetstream.ErrMsgIteratorClosed) {
				return
			}
			if err != nil {
				time.Sleep(reconnectFirst)
				continue
			}
			select {
			case to <- m:
			case <-ctx.Done():
				return
			}
		}
	}()
	return info.NumPending, nil
}

// put puts ranges into the queue. The server drops a message that it has already, so one that it may not have gets
// is sent again.
func (d *doing) put(ctx context.Context, ranges []int) error {
	try := rand.Text()
	const inFlightMax = 256
	futures := make([]jetstream.PubAckFuture, 0, inFlightMax)
	for len(ranges) > 0 {
		part := ranges[:min(inFlightMax, len(ranges))]
		ranges = ranges[len(part):]
		futures = futures[:0]
		for _, n := range part {
			future, err := d.js.PublishAsync(workSubject(d.order.Build, d.id, n), nil, jetstream.WithMsgID(fmt.Sprint(try, n)))
			if err != nil {
				future = nil
			}
			futures = append(futures, future)
		}
		for i, future := range futures {
			if future != nil {
				select {
				case <-future.Ok():
					continue
				case <-future.Err():
				case <-time.After(requestTimeout):
				}
			}
			err := patient(ctx, func(ctx context.Context) error {
				if !d.Attend(d.status) {
					return errors.Join(ErrEnded, nats.ErrConnectionClosed)
				}
				_, err := d.js.Publish(ctx, workSubject(d.order.Build, d.id, part[i]), nil, jetstream.WithMsgID(fmt.Sprint(try, part[i])))
				return err
			})
			if errors.Is(err, ErrEnded) {
				return ErrEnded
			}
			if err != nil {
				return d.explain(err)
			}
		}
		if !d.Attend(d.status) {
			return ErrEnded
		}
	}
	return nil
}

// result takes the results of a range. What is none is removed, so that the range can be done again.
func (d *doing) result(ctx context.Context, m jetstream.Msg) {
	_, n, ok := parseRange(m.Subject())
	if !ok || n >= d.order.ranges() || d.done[n] {
		return
	}
	var o outcome
	err := json.Unmarshal(m.Data(), &o)
	first, end := d.order.jobs(n)
	if err == nil && len(o.Results) != end-first {
		err = fmt.Errorf("%d results of %d jobs", len(o.Results), end-first)
	}
	for i := 0; err == nil && i < len(o.Results); i++ {
		var goOn bool
		if goOn, err = d.Take(first+i, o.Results[i]); err == nil && !goOn {
			d.wantNoneAfter(first + i)
		}
	}
	if err == nil {
		d.add(n)
		d.status.Made = d.made
		return
	}
	d.status.Refused++
	d.Say(fmt.Sprintf("What %s sends for jobs %d to %d is no result (%v): they are done again.", cmp.Or(o.Worker, "somebody"), first, end-1, err))
	if info, err := m.Metadata(); err == nil {
		_ = d.results.DeleteMsg(ctx, info.Sequence.Stream) // heal finds the range missing
	}
	_ = d.put(ctx, []int{n})
}

// notify tells workers that the order is under way, and which jobs are wanted; those that are there answer.
func (d *doing) notify() {
	text, _ := json.Marshal(notice{Build: d.order.Build, Bound: d.bound}) // nothing in it fails
	_ = d.nc.PublishRequest(noticeSubject(d.id), d.inbox, text)           // it is sent again soon
}

// answer notes a worker. Who refuses is told of once.
func (d *doing) answer(text []byte) {
	var p presence
	if json.Unmarshal(text, &p) != nil || p.Name == "" || p.Cores < 0 {
		d.status.Refused++
		return
	}
	if p.Refusal != "" {
		if !d.told[p.Name] {
			d.told[p.Name] = true
			d.Say(fmt.Sprintf("Worker %s takes no part: %s.", p.Name, p.Refusal))
		}
		return
	}
	d.seen[p.Name] = p
}

// look counts the workers that have answered since the last look, and asks again.
func (d *doing) look() {
	d.status.Workers, d.status.Cores = len(d.seen), 0
	for _, p := range d.seen {
		d.status.Cores += p.Cores
	}
	if len(d.seen) > 0 {
		d.alone = time.Now()
	}
	if time.Since(d.alone) > lonelyAfter && !d.told[""] && d.nc.IsConnected() {
		d.told[""] = true
		d.Say(fmt.Sprintf("No worker of this build answers: start one with eddy worker --nats %s.", d.url))
	}
	clear(d.seen)
	d.notify()
}

// heal puts ranges that are wanted, and that the queue has lost, into it again. It has lost none by itself: a server whose
// streams were removed has, and one that somebody purged.
func (d *doing) heal(ctx context.Context) error {
	d.heard = time.Now()
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	info, err := d.work.Info(attempt, jetstream.WithSubjectFilter(fmt.Sprintf("eddy.work.*.%s.>", d.id)))
	if err != nil { // it is not there at the moment
		return nil
	}
	var lost []int
	for _, n := range d.missing() {
		if info.State.Subjects[workSubject(d.order.Build, d.id, n)] == 0 {
			lost = append(lost, n)
		}
	}
	return d.put(ctx, lost)
}

// end takes what is left of the order out of the queue; of one that is complete nothing is kept.
func (d *doing) end(ctx context.Context, complete bool) error {
	d.bound = -1
	d.notify()
	err := d.work.Purge(ctx, jetstream.WithPurgeSubject(fmt.Sprintf("eddy.work.*.%s.>", d.id)))
	if complete {
		err = errors.Join(err, d.results.Purge(ctx, jetstream.WithPurgeSubject(fmt.Sprintf("eddy.result.%s.>", d.id))),
			d.orders.Purge(ctx, d.id))
	}
	if err != nil {
		d.Say(fmt.Sprintf("%s could not be cleaned up (%v): what is left of %s goes away after %d days.", d.url, err, d.id, int(keptFor.Hours()/24)))
	}
	return nil
}

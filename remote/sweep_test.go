package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const testBuild = "0123456789abcdef"

// must gives a value, or ends the test.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// serve starts a server for a test.
func serve(t *testing.T) *Server {
	t.Helper()
	s := must(Serve(ServerOptions{Listen: "127.0.0.1:0", Data: t.TempDir()}))(t)
	t.Cleanup(s.Close)
	return s
}

func connect(t *testing.T, s *Server) *Conn {
	t.Helper()
	c := must(Connect(Access{URL: s.URL()}))(t)
	t.Cleanup(c.Close)
	return c
}

// counting are jobs whose results are their numbers.
type counting struct {
	done  []atomic.Int32  // how often each was done
	delay time.Duration   // of each
	hold  <-chan struct{} // that each waits for, if it is there
}

func (c *counting) Do(job int) json.RawMessage {
	if c.hold != nil {
		<-c.hold
	}
	time.Sleep(c.delay)
	c.done[job].Add(1)
	return json.RawMessage(fmt.Sprint(job))
}

func (c *counting) GiveUp(job, times int) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`"given up after %d"`, times))
}

// work starts a worker, and gives what ends it and waits for that.
func work(t *testing.T, c *Conn, name string, jobs Jobs, change func(*Worker)) (end func() Worked) {
	t.Helper()
	w := Worker{Name: name, Build: testBuild, Cores: 2, Patience: 400 * time.Millisecond, Say: func(string) {},
		Prepare: func(json.RawMessage) (Jobs, error) { return jobs, nil }}
	if change != nil {
		change(&w)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan Worked, 1)
	go func() {
		worked, err := c.Work(ctx, w)
		if err != nil {
			t.Errorf("worker %s: %v", name, err)
		}
		ended <- worked
	}()
	var worked *Worked
	end = func() Worked {
		cancel()
		if worked == nil {
			w := <-ended
			worked = &w
		}
		return *worked
	}
	t.Cleanup(func() { end() })
	return end
}

// asked is what an asker got.
type asked struct {
	id    string
	taken []int
	said  []string
	last  Status
}

// ask has jobs done, and checks that each result is that of its job.
func ask(t *testing.T, c *Conn, o Order, resume string, take func(job int) bool, attend func(Status) bool) (asked, error) {
	t.Helper()
	var got asked
	err := c.Do(o, resume, Asker{
		Take: func(job int, result json.RawMessage) (bool, error) {
			if string(result) != fmt.Sprint(job) && !strings.Contains(string(result), "given up") {
				return true, fmt.Errorf("%s", result)
			}
			got.taken = append(got.taken, job)
			return take == nil || take(job), nil
		},
		Attend: func(s Status) bool { got.last = s; return attend == nil || attend(s) },
		Say:    func(text string) { got.said = append(got.said, text) },
		Began:  func(id string) { got.id = id },
	})
	return got, err
}

// eachOnce checks that every job of so many was taken once.
func eachOnce(t *testing.T, taken []int, jobs int) {
	t.Helper()
	sorted := slices.Sorted(slices.Values(taken))
	if len(sorted) != jobs || len(slices.Compact(sorted)) != jobs {
		t.Fatalf("%d results, %d different, of %d jobs", len(taken), len(slices.Compact(sorted)), jobs)
	}
}

func TestEveryJobIsDoneOnceByTwoWorkers(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const jobs = 2000
	c := &counting{done: make([]atomic.Int32, jobs)}
	patient := func(w *Worker) { w.Patience = time.Minute } // a busy machine is no dead worker
	one, two := work(t, connect(t, s), "one", c, patient), work(t, connect(t, s), "two", c, patient)
	got, err := ask(t, connect(t, s), NewOrder(testBuild, jobs, json.RawMessage(`"x"`)), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	eachOnce(t, got.taken, jobs)
	for job := range c.done {
		if times := c.done[job].Load(); times != 1 {
			t.Errorf("job %d was done %d times", job, times)
		}
	}
	first, second := one(), two()
	if first.Jobs+second.Jobs != jobs || first.Ranges == 0 || second.Ranges == 0 {
		t.Errorf("one did %+v, two %+v", first, second)
	}
	q := must(connect(t, s).queue(t.Context()))(t)
	if info := must(q.results.Info(t.Context()))(t); info.State.Msgs != 0 {
		t.Errorf("%d results are kept of an order that is over", info.State.Msgs)
	}
}

func TestADeadWorkerLosesNoRange(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const jobs = 50
	hold := make(chan struct{})
	dead := connect(t, s)
	work(t, dead, "dead", &counting{done: make([]atomic.Int32, jobs), hold: hold}, nil)
	c := &counting{done: make([]atomic.Int32, jobs)}
	killed := false
	got, err := ask(t, connect(t, s), NewOrder(testBuild, jobs, nil), "", nil, func(st Status) bool {
		if !killed && st.Workers == 1 {
			killed = true
			dead.nc.Close() // with two ranges that it has not acknowledged
			work(t, connect(t, s), "alive", c, nil)
		}
		return true
	})
	close(hold)
	if err != nil {
		t.Fatal(err)
	}
	eachOnce(t, got.taken, jobs)
}

func TestALongRangeIsNotHandedToAnother(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := &counting{done: make([]atomic.Int32, 2), delay: 5 * time.Second} // longer than the queue's patience
	patient := func(w *Worker) { w.Patience = 3 * time.Second }
	work(t, connect(t, s), "one", c, patient)
	work(t, connect(t, s), "two", c, patient)
	got, err := ask(t, connect(t, s), NewOrder(testBuild, 2, nil), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	eachOnce(t, got.taken, 2)
	if c.done[0].Load() != 1 || c.done[1].Load() != 1 {
		t.Errorf("done %d and %d times", c.done[0].Load(), c.done[1].Load())
	}
}

func TestNoJobBeforeTheFirstFailureIsLeftOut(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const jobs, failing = 20_000, 137
	c := &counting{done: make([]atomic.Int32, jobs), delay: 100 * time.Microsecond}
	work(t, connect(t, s), "one", c, nil)
	work(t, connect(t, s), "two", c, nil)
	got, err := ask(t, connect(t, s), NewOrder(testBuild, jobs, nil), "", func(job int) bool { return job < failing }, nil)
	if err != nil {
		t.Fatal(err)
	}
	for job := range failing + 1 {
		if !slices.Contains(got.taken, job) {
			t.Errorf("job %d was not taken", job)
		}
	}
	if len(got.taken) == jobs {
		t.Error("all jobs were done, though one failed early")
	}
}

func TestAnOrderIsResumedWhereItWasEnded(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const jobs = 1200
	c := &counting{done: make([]atomic.Int32, jobs), delay: time.Millisecond}
	end := work(t, connect(t, s), "one", c, nil)
	o := NewOrder(testBuild, jobs, json.RawMessage(`{"a":1}`))
	ended := false
	got, err := ask(t, connect(t, s), o, "", func(job int) bool { ended = ended || job >= 100; return !ended }, func(Status) bool { return !ended })
	if !errors.Is(err, ErrEnded) || len(got.taken) < 100 || len(got.taken) == jobs {
		t.Fatalf("%v, %d taken", err, len(got.taken))
	}
	end()
	before := make([]int32, jobs)
	for job := range before {
		before[job] = c.done[job].Load()
	}
	work(t, connect(t, s), "two", c, nil)
	other := NewOrder(testBuild, jobs, json.RawMessage(`{"a":2}`))
	if _, err := ask(t, connect(t, s), other, got.id, nil, nil); err == nil || !strings.Contains(err.Error(), "other flags") {
		t.Errorf("another order is resumed: %v", err)
	}
	again, err := ask(t, connect(t, s), o, got.id, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	eachOnce(t, again.taken, jobs)
	for _, job := range got.taken {
		if c.done[job].Load() != before[job] {
			t.Errorf("job %d was done again, though its result was kept", job)
		}
	}
	if _, err := ask(t, connect(t, s), o, got.id, nil, nil); err == nil || !strings.Contains(err.Error(), "does not know it") {
		t.Errorf("an order that is over is resumed: %v", err)
	}
}

func TestAWorkerOfAnotherBuildRefusesByName(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const jobs = 20
	c := &counting{done: make([]atomic.Int32, jobs)}
	other := &counting{done: make([]atomic.Int32, jobs)}
	work(t, connect(t, s), "stranger", other, func(w *Worker) { w.Build = "fedcba9876543210" })
	started := false
	got, err := ask(t, connect(t, s), NewOrder(testBuild, jobs, nil), "", nil, func(Status) bool {
		if !started {
			started = true
			time.AfterFunc(1500*time.Millisecond, func() { work(t, connect(t, s), "friend", c, nil) })
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	eachOnce(t, got.taken, jobs)
	told := strings.Join(got.said, "\n")
	if !strings.Contains(told, "Worker stranger takes no part: it is of build fedcba9876543210 and the order of build 0123456789abcdef") {
		t.Errorf("the asker is told %q", told)
	}
	for job := range other.done {
		if other.done[job].Load() > 0 {
			t.Fatal("the stranger works")
		}
	}
}

func TestARangeThatEndsItsWorkersIsGivenUp(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const patience = 50 * time.Millisecond
	taker := connect(t, s)
	q := must(taker.queue(t.Context()))(t)
	source := must(q.js.CreateOrUpdateConsumer(t.Context(), workStream, jetstream.ConsumerConfig{
		Durable: "build-" + testBuild, FilterSubject: "eddy.work." + testBuild + ".>", AckPolicy: jetstream.AckExplicitPolicy, AckWait: patience,
		MaxAckPending: 100_000, InactiveThreshold: idleConsumerMax,
	}))(t)
	c := &counting{done: make([]atomic.Int32, 1)}
	go func() {
		for range deliveriesMax { // takers that never come back
			for next(t.Context(), source) == nil && t.Context().Err() == nil {
			}
		}
		work(t, connect(t, s), "last", c, func(w *Worker) { w.Patience = patience })
	}()
	got, err := ask(t, connect(t, s), NewOrder(testBuild, 1, nil), "", nil, nil)
	if err != nil || len(got.taken) != 1 || c.done[0].Load() != 0 {
		t.Errorf("%v, %d taken, done %d times", err, len(got.taken), c.done[0].Load())
	}
}

func TestWhatTheQueueLosesIsPutIntoItAgain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const jobs = 40
	c := &counting{done: make([]atomic.Int32, jobs)}
	asker := connect(t, s)
	q := must(asker.queue(t.Context()))(t)
	lost := false
	got, err := ask(t, asker, NewOrder(testBuild, jobs, nil), "", nil, func(Status) bool {
		if !lost {
			if info := must(q.work.Info(t.Context()))(t); info.State.Msgs == jobs {
				lost = true
				must(0, q.work.Purge(t.Context()))(t)
				work(t, connect(t, s), "one", c, nil)
			}
		}
		return true
	})
	if err != nil || !lost {
		t.Fatal(err, lost)
	}
	eachOnce(t, got.taken, jobs)
}

package play

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"eddy/actor/node"
	"eddy/testbench"
	"eddy/testbench/history"
	"eddy/testbench/network"
	"eddy/testbench/virtual"
	"eddy/trace"
	"eddy/workload"
)

// messagesMax is how many messages one answer holds.
const messagesMax = 200_000

// runMessagesMax is how many messages a run may have that is played: each is kept.
const runMessagesMax = 4_000_000

// nodesMax is how many nodes it may have.
const nodesMax = 2_000

// valueMax is how many bytes of an operation's value a film shows.
const valueMax = 80

// cutsMax bounds the changes of links that a film shows: those of partitions of thousands of nodes are millions.
const cutsMax = 20_000

// reel is a run that was made, with all that happened in it.
type reel struct {
	Simulation
	outcome testbench.Outcome
	film    Film
	bodies  map[int64][]byte
	trace   *trace.Run        // nil until it is asked for
	cause   map[int64]int64   // of a message the one that led to it; nil until it is asked for
	effects map[int64][]int64 // the other way round
}

// kept is a reel by what made it.
type kept struct {
	key  string
	reel *reel
}

// filmsKept is how many runs are remembered: the one that is shown, and those around it as deeds are added and taken back.
const filmsKept = 4

// reel makes the run of a request, or remembers it.
func (b *Bench) reel(r *Request) (*reel, error) {
	key := cacheKey(r.arguments())
	for i, k := range b.films {
		if k.key == key {
			copy(b.films[1:i+1], b.films[:i])
			b.films[0] = k
			return k.reel, nil
		}
	}
	s, err := b.simulation(r)
	if err != nil {
		return nil, err
	}
	if err := CheckSize(&s.Options); err != nil {
		return nil, err
	}
	made, err := s.shoot()
	if err != nil {
		return nil, err
	}
	b.films = append([]kept{{key, made}}, b.films[:min(len(b.films), filmsKept-1)]...)
	return made, nil
}

// CheckSize refuses a run that is surely too large to be played.
func CheckSize(o *testbench.Options) error {
	nodes, operations := len(o.Nodes()), o.Rate*o.TimeLimit.Seconds()
	switch {
	case nodes > nodesMax:
		return fmt.Errorf("%d nodes are more than can be played: choose a --node-count up to %d", nodes, nodesMax)
	case nodes > 1 && operations*float64(nodes) > runMessagesMax:
		return fmt.Errorf("%d nodes are to hear of %.0f operations: a run of more than %d messages is more than can be played; choose a lower --rate, --time-limit or --node-count",
			nodes, operations, runMessagesMax)
	}
	return nil
}

// film answers with the part of a run that was asked for.
func (b *Bench) film(r *Request) (any, error) {
	made, err := b.reel(r)
	if err != nil {
		return nil, err
	}
	return made.part(r), nil
}

// part is the film with those of its messages that were asked for.
func (made *reel) part(r *Request) Film {
	film := made.film
	to := r.To
	if to == 0 {
		to = film.End
	}
	some := []Hop{}
	for _, m := range film.Messages {
		over := m[colArrives] >= 0 && m[colArrives] < r.From || m[colSent] > to
		switch {
		case over:
		case len(some) < messagesMax:
			some = append(some, m)
		default:
			film.Left++
		}
	}
	film.Messages = some
	return film
}

// shoot makes the run and records it.
func (s Simulation) shoot() (*reel, error) {
	made := &reel{Simulation: s, bodies: make(map[int64][]byte)}
	camera := newCamera(made)
	config := s.Config(nil, node.TraceOptions{})
	config.Recorder = camera
	session, err := virtual.Begin(s.Options, config)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	camera.watch(session)
	for session.Step() {
		camera.watch(session)
		if len(made.film.Messages) > runMessagesMax {
			return nil, fmt.Errorf("the run has more than %d messages by %v: choose a lower --rate, --node-count or --time-limit", runMessagesMax, session.Now().Truncate(time.Millisecond))
		}
	}
	run, err := session.Run()
	if err != nil {
		return nil, err
	}
	made.outcome = testbench.Judge(s.Options, run, config.Meta)
	if made.outcome.Err != nil {
		return nil, made.outcome.Err
	}
	camera.finish(run)
	made.explain()
	made.film.Verdict = verdictOf(&made.outcome)
	made.film.Idle = append([]string{}, run.Idle...)
	made.film.Command = s.Command
	return made, nil
}

// camera records a run while it is made. It is the run's [testbench.Recorder], and looks at what else there is to see
// after each step that changed something.
type camera struct {
	reel    *reel
	film    *Film
	places  map[string]int64
	types   map[string]int64
	why     map[string]int64
	flying  map[int64]int // of messages that are on their way, the row
	changes int           // as of the last look
	states  []string
	ahead   []time.Duration
	cut     map[[2]int]bool
}

func newCamera(made *reel) *camera {
	c := &camera{
		reel: made, film: &made.film, places: make(map[string]int64), types: make(map[string]int64), why: make(map[string]int64),
		flying: make(map[int64]int), changes: -1, cut: make(map[[2]int]bool),
	}
	*c.film = Film{Nodes: made.Options.Nodes(), Ends: []string{}, Types: []string{}, Lost: []string{}, Cuts: [][4]int64{}, Messages: []Hop{}, States: []State{}, Ops: []Operation{}}
	for i, id := range c.film.Nodes {
		c.places[id] = int64(i)
		c.states = append(c.states, testbench.NodeRunning)
	}
	c.ahead = make([]time.Duration, len(c.film.Nodes))
	return c
}

// index is the place of a name in a list, which it is added to if it is new.
func index(of map[string]int64, list *[]string, before int, name string) int64 {
	i, known := of[name]
	if !known {
		i = int64(before + len(*list))
		of[name] = i
		*list = append(*list, name)
	}
	return i
}

func (c *camera) place(id string) int64 { return index(c.places, &c.film.Ends, len(c.film.Nodes), id) }

// Sent is part of [testbench.Recorder].
func (c *camera) Sent(at time.Duration, m *network.Message) {
	c.flying[m.ID] = len(c.film.Messages)
	c.reel.bodies[m.ID] = m.Body
	typ := workload.ParseReply(m.Body).Type
	c.film.Messages = append(c.film.Messages, Hop{m.ID, c.place(m.Src), c.place(m.Dest), int64(at), -1, index(c.types, &c.film.Types, 0, typ), -1})
}

// Received is part of [testbench.Recorder].
func (c *camera) Received(at time.Duration, m *network.Message) { c.arrived(at, m, -1) }

// Lost is part of [testbench.Recorder].
func (c *camera) Lost(at time.Duration, m *network.Message, why string) {
	c.arrived(at, m, index(c.why, &c.film.Lost, 0, why))
}

// arrived ends a message, or a copy of it, which is a row of its own.
func (c *camera) arrived(at time.Duration, m *network.Message, lost int64) {
	row := c.flying[m.ID]
	if c.film.Messages[row][colArrives] >= 0 {
		copied := c.film.Messages[row]
		row = len(c.film.Messages)
		c.film.Messages = append(c.film.Messages, copied)
	}
	c.film.Messages[row][colArrives], c.film.Messages[row][colLost] = int64(at), lost
}

// Op is part of [testbench.Recorder]. Operations are taken from the history when the run is over.
func (c *camera) Op(history.Op) {}

// watch notes what a step has changed of nodes, clocks and links.
func (c *camera) watch(s *virtual.Session) {
	if s.Changes() == c.changes {
		return
	}
	c.changes = s.Changes()
	at := int64(s.Now())
	for i := range c.states {
		if now := s.Conductor().NodeState(i); now != c.states[i] {
			c.states[i] = now
			c.film.States = append(c.film.States, State{At: at, Node: i, State: now})
		}
		if ahead := s.Ahead(i); ahead != c.ahead[i] {
			c.ahead[i] = ahead
			c.film.States = append(c.film.States, State{At: at, Node: i, State: "skewed", Extra: int64(ahead)})
		}
	}
	if s.Conductor().Status().Cuts == 0 && len(c.cut) == 0 {
		return
	}
	for from := range c.states {
		for to := range c.states {
			link := [2]int{from, to}
			now := from != to && s.Conductor().IsCut(from, to)
			if now == c.cut[link] || len(c.film.Cuts) >= cutsMax {
				continue
			}
			is := int64(0)
			if now {
				is, c.cut[link] = 1, true
			} else {
				delete(c.cut, link)
			}
			c.film.Cuts = append(c.film.Cuts, [4]int64{at, int64(from), int64(to), is})
		}
	}
}

// finish adds what is known of a run that is over.
func (c *camera) finish(run testbench.Run) {
	c.film.End = int64(run.Elapsed)
	slices.SortStableFunc(c.film.Messages, func(a, b Hop) int { return cmp.Compare(a[colID], b[colID]) })
	pairs, err := run.History.Pair()
	nodeOf := c.reel.Options.NodeOf()
	for i, op := range run.History {
		if op.Type != history.Invoke || op.Process == history.Nemesis {
			continue
		}
		shown := Operation{Invoked: int64(op.Time), Done: -1, Process: op.Process, Node: int(c.places[nodeOf(op.Process)]), F: op.F, Value: network.Abbreviate(op.Value, valueMax), End: history.Info.String()}
		if err == nil {
			if j, ended := pairs.Of(i); ended {
				done := run.History[j]
				shown.Done, shown.End = int64(done.Time), done.Type.String()
				if done.Type == history.OK && len(done.Value) > 0 {
					shown.Value = network.Abbreviate(done.Value, valueMax)
				}
			}
		}
		c.film.Ops = append(c.film.Ops, shown)
	}
}

package serial

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// The messages of the transactor: txnRequest, and
type (
	message any

	// rootRead: what lin-kv says of the root.
	rootRead struct {
		id  string
		err error
	}
	// chunkRead: what lww-kv says of a chunk.
	chunkRead struct {
		id   string
		text wire.Raw
		err  error
	}
	// chunkWritten: the chunk of an attempt is in lww-kv, or not known to be.
	chunkWritten struct{ err error }
	// rootMoved: lin-kv has moved the root for an attempt, or not, or nobody knows.
	rootMoved struct{ err error }
	// rested: the pause after a commit is over.
	rested struct{}
	// late: the time of some transaction may be over.
	late struct{}
)

// stage is what a transactor waits for.
type stage int

const (
	idle    stage = iota // for transactions
	looking              // for the root
	loading              // for chunks
	writing              // for the chunk of the attempt
	moving               // for the root to be moved to it
)

// transactor is the actor that executes the transactions of one node. It goes
// round and round, always with all transactions that wait: look at the root, load
// what of the tree is not at hand, execute, write what is new as one chunk, move
// the root to it. Who finds that another has moved the root goes round again.
//
// Transactions that only read are answered where the root is known that was asked
// for after they came; the moment of the others is the one when the root moves.
type transactor struct {
	config Config
	node   *node.Node
	shelf  *shelf

	waiting jobs
	stage   stage
	root    string // id of its chunk; empty for none
	lacking int    // chunks that are under way
	loaded  int    // so many of those that wait have been loaded for
	attempt *attempt

	life    string // part of the ids of its chunks
	commits uint64 // that it has tried
	wakes   bool   // a late is on its way

	pausedUntil time.Duration // no commit is attempted before
	rests       bool          // a rested is on its way

	// The last commits of all nodes as of this node's last commit, and as of the one before it.
	latest, seen map[string]string
}

// attempt is a commit on its way.
type attempt struct {
	id      string
	from    string // the root that it was executed on
	chunk   *chunk
	text    wire.Raw
	jobs    jobs
	answers []wire.Raw
}

func newTransactor(c *actor.Context[message], n *node.Node, config Config) actor.Actor[message] {
	return &transactor{
		config: config, node: n, shelf: newShelf(config.ShelfChunks),
		life: strconv.FormatUint(c.Rand().Uint64()>>lifeShift, 36),
	}
}

// lifeShift leaves 40 bits, to tell apart the few lives of one node.
const lifeShift = 24

// rootKey is the key of the root's id in lin-kv.
const rootKey = "root"

func (t *transactor) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case txnRequest:
		t.enter(c, m)
	case rootRead:
		t.rootRead(c, m)
	case chunkRead:
		t.chunkRead(c, m)
	case chunkWritten:
		t.chunkWritten(c, m)
	case rootMoved:
		t.rootMoved(c, m)
	case rested:
		t.rests = false
	case late:
		t.wakes = false
		t.expire(c.Elapsed())
	}
	if t.stage == idle {
		t.begin(c)
	}
	t.wake(c)
}

// begin begins a round, if there is anything to do. In a pause that is only to
// answer who reads.
func (t *transactor) begin(c *actor.Context[message]) {
	reads := func(j *job) bool { return j.reads() }
	switch pause := t.pausedUntil - c.Elapsed(); {
	case len(t.waiting) == 0 && t.attempt == nil:
	case pause <= 0 || t.attempt != nil || slices.ContainsFunc(t.waiting, reads):
		t.look(c)
	case !t.rests:
		t.rests = true
		c.After(pause, message(rested{}))
	}
}

// enter takes in a transaction.
func (t *transactor) enter(c *actor.Context[message], m txnRequest) {
	parsed, err := parse(m.Body.Txn)
	switch {
	case err != nil:
		m.Fail(err)
		return
	case len(t.waiting) >= waitingMax:
		m.Fail(actor.ErrFull)
		return
	}
	j := &job{transaction: parsed, request: m, deadline: c.Elapsed() + t.config.Raft.ClientTimeout - answerMargin}
	if t.config.Bug == StaleRead && parsed.reads() && t.root != "" && t.atHand(j) {
		j.answer(parsed.execute(t.draft()))
		return
	}
	t.waiting = append(t.waiting, j)
}

// expire gives up on transactions whose time is over.
func (t *transactor) expire(now time.Duration) {
	give := func(of jobs, attempted bool) {
		for _, j := range of {
			if j.deadline <= now {
				j.giveUp(attempted)
			}
		}
	}
	give(t.waiting, false)
	for i, j := range t.waiting {
		if j.done && i < t.loaded {
			t.loaded = 0 // what was loaded for is at hand all the same
		}
	}
	t.waiting = t.waiting.open()
	if t.attempt != nil {
		give(t.attempt.jobs, true)
	}
}

// wake has the first deadline heard of.
func (t *transactor) wake(c *actor.Context[message]) {
	if t.wakes {
		return
	}
	first := time.Duration(-1)
	earlier := func(of jobs) {
		for _, j := range of {
			if !j.done && (first < 0 || j.deadline < first) {
				first = j.deadline
			}
		}
	}
	earlier(t.waiting)
	if t.attempt != nil {
		earlier(t.attempt.jobs)
	}
	if first >= 0 {
		t.wakes = true
		c.After(max(first-c.Elapsed(), 0), message(late{}))
	}
}

// ask is how the stores are asked: again and again, since a chunk may be written
// twice and a root moved twice with no other effect than once.
func (t *transactor) ask() node.KVOptions {
	return node.KVOptions{Within: max(patience, 2*t.config.Retry), Retry: node.Retry{First: t.config.Retry, Factor: 2, Jitter: 0.2}}
}

// look asks for the root.
func (t *transactor) look(c *actor.Context[message]) {
	t.stage, t.loaded = looking, 0
	t.shelf.tidy()
	for _, j := range t.waiting {
		j.before = true
	}
	node.Read(c, t.node.LinKV(), rootKey, t.ask(), func(a actor.Answer[string]) message { return rootRead{a.Value, a.Err} })
}

func (t *transactor) rootRead(c *actor.Context[message], m rootRead) {
	switch {
	case m.err == nil:
		t.root = m.id
	case codeIs(m.err, maelstrom.KeyDoesNotExist):
		t.root = ""
	default:
		t.stage = idle // and ask again: transactions that wait give up by their own deadlines
		if a := t.attempt; a != nil && len(a.jobs.open()) == 0 {
			t.attempt = nil
		}
		return
	}
	t.stage, t.lacking = loading, 0
	t.load(c)
}

func codeIs(err error, code int) bool {
	var refused *node.Error
	return errors.As(err, &refused) && refused.Code == code
}

// load asks for the chunks that are needed and not at hand; then the round goes
// on. A branch has to be there before it is known what it leads to, so that this
// may take as many turns as the tree has levels.
func (t *transactor) load(c *actor.Context[message]) {
	if t.root != "" && t.shelf.take(t.root) == nil {
		t.fetch(c, t.root)
		return
	}
	if t.attempt != nil && !t.settle(c) {
		return
	}
	if t.loaded == 0 {
		t.loaded = min(len(t.waiting), batchMax)
	}
	asked := map[string]bool{}
	root := t.tree()
	for _, j := range t.waiting[:t.loaded] {
		for _, m := range j.transaction {
			if _, missing := root.find(m.name, t.shelf.node); missing != "" && !asked[missing] {
				asked[missing] = true
				t.fetch(c, missing)
			}
		}
	}
	if len(asked) == 0 {
		t.execute(c)
	}
}

// tree is that of the root which is known, whose chunk is at hand.
func (t *transactor) tree() ref {
	if t.root == "" {
		return ref{}
	}
	return t.shelf.take(t.root).root(t.root)
}

func (t *transactor) fetch(c *actor.Context[message], id string) {
	t.lacking++
	node.Read(c, t.node.LWWKV(), id, t.ask(), func(a actor.Answer[wire.Raw]) message { return chunkRead{id, a.Value, a.Err} })
}

// chunkRead takes a chunk in. One that a root leads to was written before the
// root was moved, so that it is found in the end, though lww-kv may not have
// spread it yet.
func (t *transactor) chunkRead(c *actor.Context[message], m chunkRead) {
	t.lacking--
	if m.err != nil {
		if len(t.waiting) > 0 || t.attempt != nil {
			t.fetch(c, m.id)
		}
	} else {
		read, err := parseChunk(m.id, m.text)
		if err != nil {
			panic("serial: lww-kv holds what is no chunk: " + err.Error())
		}
		t.shelf.put(m.id, read)
	}
	switch {
	case t.lacking > 0:
	case m.err != nil:
		t.stage = idle
	default:
		t.load(c)
	}
}

// newID gives the id of a chunk, which no other has.
func (t *transactor) newID() string {
	t.commits++
	return fmt.Sprintf("%s-%s-%s", t.node.ID(), t.life, strconv.FormatUint(t.commits, 36))
}

package serial

import (
	"maps"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// draft is the state that the known root leads to, for transactions to work on.
func (t *transactor) draft() *draft {
	return &draft{root: t.tree(), at: t.shelf.node, changed: map[string]wire.Raw{}}
}

// atHand reports whether all chunks are that a transaction needs.
func (t *transactor) atHand(j *job) bool {
	if t.root != "" && t.shelf.take(t.root) == nil {
		return false
	}
	root := t.tree()
	for _, m := range j.transaction {
		if _, missing := root.find(m.name, t.shelf.node); missing != "" {
			return false
		}
	}
	return true
}

// execute answers what only reads, and attempts to commit the rest, together with
// what came meanwhile and is ready for it.
func (t *transactor) execute(c *actor.Context[message]) {
	state := t.draft()
	var rest, batch jobs
	writes := false
	for i, j := range t.waiting {
		switch {
		case j.before && i < t.loaded && j.reads():
			j.answer(j.execute(state))
		case len(batch) < batchMax && (i < t.loaded || t.atHand(j)):
			batch = append(batch, j)
			writes = writes || !j.reads()
		default:
			rest = append(rest, j)
		}
	}
	if !writes || c.Elapsed() < t.pausedUntil {
		t.waiting, t.stage = t.waiting.open(), idle
		return
	}
	t.waiting, t.loaded = rest, 0
	t.attempt = t.prepare(state, batch)
	t.write(c)
}

// prepare executes transactions one after the other, and makes a chunk of what
// they change.
func (t *transactor) prepare(state *draft, batch jobs) *attempt {
	a := &attempt{id: t.newID(), from: t.root, jobs: batch}
	for _, j := range batch {
		a.answers = append(a.answers, j.execute(state))
	}
	last := map[string]string{}
	if t.root != "" {
		maps.Copy(last, t.shelf.take(t.root).last)
	}
	last[t.node.ID()] = a.id
	a.chunk, a.text = newChunk(state.root.with(state.changed, 0, t.config.ChunkBytes, t.shelf.node), last)
	return a
}

// write puts the chunk of the attempt into lww-kv.
func (t *transactor) write(c *actor.Context[message]) {
	t.stage = writing
	node.Write(c, t.node.LWWKV(), t.attempt.id, t.attempt.text, t.ask(), func(err error) message { return chunkWritten{err} })
}

func (t *transactor) chunkWritten(c *actor.Context[message], m chunkWritten) {
	switch {
	case m.err == nil:
		t.move(c)
	case len(t.attempt.jobs.open()) == 0:
		t.attempt, t.stage = nil, idle // nobody waits for it any more
	default:
		t.write(c)
	}
}

// move moves the root to the attempt's chunk, if it is still where it was.
func (t *transactor) move(c *actor.Context[message]) {
	a := t.attempt
	t.stage = moving
	moved := func(err error) message { return rootMoved{err} }
	switch {
	case t.config.Bug == BlindRoot:
		node.Write(c, t.node.LinKV(), rootKey, a.id, t.ask(), moved)
	case a.from == "":
		node.CompareAndSet(c, t.node.LinKV(), rootKey, nil, a.id, true, t.ask(), moved)
	default:
		node.CompareAndSet(c, t.node.LinKV(), rootKey, a.from, a.id, false, t.ask(), moved)
	}
}

// rootMoved ends the round, if lin-kv says that the root was moved. If it says
// anything else, or nothing, it may have moved the root all the same: a request
// that was sent twice meets what it has set itself. Then the root that there is
// tells.
func (t *transactor) rootMoved(c *actor.Context[message], m rootMoved) {
	t.stage = idle
	if m.err == nil {
		t.committed(c)
		t.giveWay(c)
	}
}

// settle finds out what became of the attempt by the root as it is now, whose
// chunk is at hand, and reports whether the round may go on. The root was never
// before where an attempt moves it, and never comes back to where it was. So once
// it is elsewhere than where the attempt began, either the attempt is behind it,
// and noted there as this node's last, or it will never be.
func (t *transactor) settle(c *actor.Context[message]) bool {
	a := t.attempt
	switch {
	case t.root != "" && t.shelf.take(t.root).last[t.node.ID()] == a.id:
		t.committed(c)
		return true
	case t.root == a.from:
		if len(a.jobs.open()) == 0 {
			t.attempt = nil
			return true
		}
		t.move(c)
		return false
	}
	t.overtaken(c)
	return true
}

// committed answers the attempt's transactions.
func (t *transactor) committed(c *actor.Context[message]) {
	a := t.attempt
	t.attempt, t.latest = nil, a.chunk.last
	a.chunk.settle(a.id)
	c.Trace(actor.EventState, actor.Fact{About: "committed", Value: a.id})
	t.shelf.put(a.id, a.chunk)
	if t.config.Bug == StaleRead {
		t.root = a.id
	}
	for i, j := range a.jobs {
		j.answer(a.answers[i])
	}
}

// overtaken has the attempt's transactions wait again, before all others. Those
// that have no time left for another attempt fail here, where it is certain that
// they did not happen.
func (t *transactor) overtaken(c *actor.Context[message]) {
	a := t.attempt
	t.attempt, t.loaded = nil, 0
	if c.Traced() {
		c.Trace(actor.EventRetry, actor.Fact{About: "overtaken", Value: a.id + " by " + t.root})
	}
	again := a.jobs.open()
	for _, j := range again {
		j.before, j.conflicted = true, true // they came before the root was asked for
		if j.deadline-c.Elapsed() < attemptLatencies*t.config.Raft.Latency {
			j.giveUp(false)
		}
	}
	t.waiting = append(again.open(), t.waiting...)
}

// giveWay begins a pause after a commit, the longer the more nodes have committed
// since the one before. Who has just committed knows the newest tree, need not
// load it, and would overtake all others again and again, without even knowing
// that they are there; and what comes in the pause is committed together.
func (t *transactor) giveWay(c *actor.Context[message]) {
	others := 0
	for _, id := range t.node.IDs() {
		if id != t.node.ID() && t.seen[id] != t.latest[id] {
			others++
		}
	}
	t.seen = t.latest
	if len(t.node.IDs()) > 1 {
		t.pausedUntil = c.Elapsed() + t.config.Pause*time.Duration(max(others, 1))
	}
}

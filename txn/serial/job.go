package serial

import (
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// job is a client's transaction on its way.
type job struct {
	transaction
	request    txnRequest
	deadline   time.Duration // since the executor's start
	done       bool
	before     bool // it was there before the root that is known was asked for, which shows all that it must see
	conflicted bool // an attempt with it was overtaken
}

func (j *job) answer(completed wire.Raw) {
	if !j.done {
		j.done = true
		j.request.Reply(completedBody{completed})
	}
}

// giveUp tells the client that its time is over. Only what is in no attempt
// certainly did not happen.
func (j *job) giveUp(attempted bool) {
	if j.done {
		return
	}
	j.done = true
	switch {
	case attempted:
		j.request.Fail(node.Errorf(maelstrom.Timeout, "executed, but not known to be committed"))
	case j.conflicted:
		j.request.Fail(node.Errorf(maelstrom.TxnConflict, "other transactions were faster, time and again"))
	default:
		j.request.Fail(node.Errorf(maelstrom.TemporarilyUnavailable, "the stores have not answered in time"))
	}
}

// jobs wait in the order in which they came.
type jobs []*job

// open are those that have no answer yet.
func (q jobs) open() jobs {
	kept := q[:0:0]
	for _, j := range q {
		if !j.done {
			kept = append(kept, j)
		}
	}
	return kept
}

// draft is the lists of a tree with the changes of transactions executed on it.
type draft struct {
	root    ref
	at      func(ref) *treeNode
	changed map[string]wire.Raw
}

func (d *draft) get(name string) wire.Raw {
	if list, changed := d.changed[name]; changed {
		return list
	}
	list, missing := d.root.find(name, d.at)
	if missing != "" {
		panic("serial: chunk " + missing + " was to be at hand")
	}
	return list
}

func (d *draft) put(name string, list wire.Raw) { d.changed[name] = list }

package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/internal/disk"
)

// Options say what a journal is for.
type Options struct {
	// Dir is the directory of the node's file. Empty stands for no journal. In the simulator the node has a disk of
	// its own, and any other value will do.
	Dir string
	// Holds and Format are of the [Header]: whose records these are, and the version in which they are written.
	Holds  string
	Format int
	// SyncLatency is what a sync takes on average on a simulated disk; default 1 ms.
	SyncLatency time.Duration
	// SnapshotBytes is how long the file gets at least before a snapshot replaces it; default 1 MiB.
	SnapshotBytes int64
	// Bug makes the journal wrong, for tests of the tests. No flag sets it.
	Bug Bug
}

// Bug is a deliberate mistake, by which the tests show that they would find it.
type Bug string

// The mistakes.
const (
	// AckBeforeSync says that a record is durable when it is appended.
	AckBeforeSync Bug = "ack-before-sync"
	// SkipLast forgets the last record at a start.
	SkipLast Bug = "skip-last"
	// NoChecksum believes what it reads.
	NoChecksum Bug = "no-checksum"
	// IgnoreSyncError takes a sync that failed for one that succeeded.
	IgnoreSyncError Bug = "ignore-sync-error"
)

const (
	snapshotBytesDefault = 1 << 20
	syncLatencyDefault   = time.Millisecond
	// waitingMax bounds the records that wait for the disk; further ones are refused with error 11.
	waitingMax = 16384
	// patience is how long the disk may take. A process may be paused for long while it writes.
	patience = time.Hour
)

// Journal is the journal of the actor whose messages are M. It belongs to that actor.
type Journal[M any] struct {
	core core
	disk actor.Ref[job]
	wrap func(Written) M
	bug  Bug
}

// Written is what became of a write: the message that the owner gives to [Journal.Written].
type Written struct {
	size int64
	err  error
}

// Open opens the journal of a node and gives its records, oldest first, for the [node.Service] to build its actor with. It
// waits for the disk, as a node does that has not replied to init yet. wrap makes the message for the owner, which must
// not be restarted after a panic: what it knows and has not read from the journal would be gone.
func Open[M any](n *node.Node, o Options, wrap func(Written) M) (*Journal[M], [][]byte, error) {
	if o.Dir == "" {
		return nil, nil, nil
	}
	d := n.Disk()
	if d == nil {
		file, err := disk.Open(o.Dir, n.ID())
		if err != nil {
			return nil, nil, err
		}
		d = file
	}
	header := Header{Node: n.ID(), Holds: o.Holds, Format: o.Format}
	records, size, err := replay(d, header, o.Bug)
	if err != nil {
		return nil, nil, errors.Join(err, closed(d))
	}
	owner := actor.Spawn(n, "journal", func(*actor.Context[job]) actor.Actor[job] {
		return &writer{node: n, disk: d, header: header, latency: cmp.Or(o.SyncLatency, syncLatencyDefault), bug: o.Bug}
	}, actor.Restarts(0, 0))
	return &Journal[M]{
		core: core{
			name: d.Name(), header: header.line(), size: size,
			limits: limits{waiting: waitingMax, snapshot: cmp.Or(o.SnapshotBytes, snapshotBytesDefault)},
		},
		disk: owner, wrap: wrap, bug: o.Bug,
	}, records, nil
}

// replay reads the disk, or begins it. A torn end is cut off.
func replay(d node.Disk, want Header, bug Bug) (records [][]byte, size int64, err error) {
	all, err := d.Read()
	if err != nil {
		return nil, 0, err
	}
	if len(all) == 0 {
		return nil, int64(len(want.line())), d.Replace(want.line())
	}
	h, begin, err := parseHeader(d.Name(), all)
	if err == nil {
		err = h.check(d.Name(), want)
	}
	if err != nil {
		return nil, 0, err
	}
	batches, end, err := readBatches(d.Name(), all, begin, bug)
	if err != nil {
		return nil, 0, err
	}
	if end < len(all) {
		if err := d.Truncate(int64(end)); err != nil {
			return nil, 0, err
		}
	}
	for _, b := range batches {
		records = append(records, b.Records...)
	}
	if bug == SkipLast && len(records) > 0 {
		records = records[:len(records)-1]
	}
	return records, int64(end), nil
}

// SnapshotBy has the journal ask for the owner's state when the file is to begin again: records that make the state of
// which the owner has been told that it is durable, and no more. It is called in the owner's handler.
func (j *Journal[M]) SnapshotBy(state func() [][]byte) {
	if j != nil {
		j.core.snapshot = state
	}
}

// CompactBy has the journal begin the file again with what compact makes of its records: such as mean the same, without those that
// later ones make superfluous. It is for an owner that has not all of its state at hand. compact keeps no state: another
// actor calls it.
func (j *Journal[M]) CompactBy(compact func(records [][]byte) [][]byte) {
	if j != nil {
		j.core.compact = compact
	}
}

// Append writes a record. then is called in a handler of the owner: with nil once the record is durable, or with
// the reason why it is not, which is fit for [node.Request.Fail]. Without a journal it is called at once. The order
// of records is that of their calls. The journal keeps the record, which must not be changed any more.
func (j *Journal[M]) Append(c *actor.Context[M], record []byte, then func(error)) {
	if j == nil {
		then(nil)
		return
	}
	if j.bug == AckBeforeSync && j.core.failed == nil {
		then(nil)
		then = func(error) {}
	}
	j.core.add(record, then)
	j.begin(c)
}

// After calls then when everything that was appended before is durable, or with why the last of it is not; at once
// where nothing is under way.
func (j *Journal[M]) After(then func(error)) {
	if j == nil {
		then(nil)
		return
	}
	j.core.after(then)
}

// begin gives the disk what is to be written, if it has nothing to do.
func (j *Journal[M]) begin(c *actor.Context[M]) {
	w, any := j.core.next()
	if !any {
		return
	}
	actor.Ask(c, j.disk, patience, func(done actor.Reply[int64]) job {
		return job{write: w, done: done}
	}, func(a actor.Answer[int64]) M { return j.wrap(Written{a.Value, a.Err}) })
}

// Written takes in what became of a write.
func (j *Journal[M]) Written(c *actor.Context[M], w Written) {
	j.core.done(w.size, w.err)
	j.begin(c)
}

// Failed is why nothing is written any more; nil while it is.
func (j *Journal[M]) Failed() error {
	if j == nil {
		return nil
	}
	return j.core.failed
}

// job is a write for the actor that owns the disk.
type job struct {
	write
	done   actor.Reply[int64] // how many bytes the file has
	synced bool               // the writer's own: the sync has taken its virtual time
}

// writer is the actor that owns the disk, and the only one that waits for it. It is given one write at a time.
type writer struct {
	node    *node.Node
	disk    node.Disk
	header  Header
	latency time.Duration
	bug     Bug
}

// timed is a disk whose syncs take virtual time.
type timed interface {
	Latency(mean time.Duration, rng *rand.Rand) time.Duration
}

func (w *writer) Receive(c *actor.Context[job], j job) {
	if !j.synced {
		if !j.whole {
			if err := w.disk.Append(j.data); err != nil {
				w.fail(j, w.undo(j, err))
				return
			}
		}
		if d, simulated := w.disk.(timed); simulated {
			j.synced = true
			c.After(d.Latency(w.latency, c.Rand()), j)
			return
		}
	}
	var err error
	size := j.size + int64(len(j.data))
	if j.whole {
		if j.compact != nil {
			j.data, err = w.compacted(j)
		}
		if err == nil {
			err = w.disk.Replace(j.data)
		}
		size = int64(len(j.data))
	} else {
		err = w.disk.Sync()
	}
	if err != nil && w.bug != IgnoreSyncError {
		w.fail(j, err)
		return
	}
	j.done.Send(size)
}

// compacted is the file with what its compacted records and the new ones make.
func (w *writer) compacted(j job) ([]byte, error) {
	records, _, err := replay(w.disk, w.header, w.bug)
	if err != nil {
		return nil, err
	}
	line := w.header.line()
	return AppendBatch(line, int64(len(line)), append(j.compact(records), j.records...)), nil
}

// undo takes back what a full disk has of a write. Where that fails, nobody knows what is there.
func (w *writer) undo(j job, err error) error {
	if undone := w.disk.Truncate(j.size); undone != nil {
		return fmt.Errorf("%v; what was written of it cannot be cut off: %v", err, undone)
	}
	return err
}

// Stopped gives the disk up, for whoever opens it next in the same process.
func (w *writer) Stopped() {
	if err := closed(w.disk); err != nil {
		w.node.Log().Error("the journal cannot be closed: " + err.Error())
	}
}

// closed closes a disk that can be.
func closed(d node.Disk) error {
	if file, ok := d.(io.Closer); ok {
		return file.Close()
	}
	return nil
}

func (w *writer) fail(j job, err error) {
	w.node.Log().Error("the journal cannot be written: " + err.Error())
	j.done.Fail(err)
}

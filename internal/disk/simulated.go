package disk

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"eddy/actor/node"
)

// Simulated is the disk of one simulated node, through all its incarnations: bytes, of which so many are synced. Its
// faults may be changed at any time.
type Simulated struct {
	Faults Faults

	bytes       []byte
	synced      int
	lost        []span // that a failed sync has given up
	incarnation int
	opened      bool
}

// Faults are what is wrong with a disk.
type Faults struct {
	Full      bool // takes no more bytes
	SyncFails bool
	Slow      int // so many times its latency; 0 stands for 1
}

type span struct{ from, to int }

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// Opened is the disk as one incarnation of a node has it. After the node's end it does nothing more, whatever may
// still be under way there.
type Opened struct {
	disk        *Simulated
	incarnation int
}

var _ node.Disk = (*Opened)(nil)

// Open begins an incarnation. A disk whose sync has failed works again: it has been replaced.
func (s *Simulated) Open() *Opened {
	s.incarnation++
	s.Faults.SyncFails = false
	return &Opened{s, s.incarnation}
}

// Used reports whether a node has read the disk: whether it keeps anything there.
func (s *Simulated) Used() bool { return s.opened }

// Unsynced reports whether anything was written since the last sync.
func (s *Simulated) Unsynced() bool { return len(s.bytes) > s.synced }

// Kill ends the incarnation that has the disk open. Of what was not synced, a part is there. rng draws how much, if
// there is any.
func (s *Simulated) Kill(rng *rand.Rand) {
	s.incarnation++
	if unsynced := len(s.bytes) - s.synced; unsynced > 0 {
		keep := s.synced + rng.IntN(unsynced+1)
		if rng.IntN(4) == 0 {
			clear(s.bytes[max(s.synced, keep-keep%sector):]) // the length was written before the sectors
		} else {
			s.bytes = s.bytes[:keep]
		}
	}
	for _, l := range s.lost {
		clear(s.bytes[min(l.from, len(s.bytes)):min(l.to, len(s.bytes))])
	}
	s.lost, s.synced = nil, len(s.bytes)
}

// Flip flips a bit of what is synced. It reports whether there was one.
func (s *Simulated) Flip(rng *rand.Rand) bool {
	if s.synced == 0 {
		return false
	}
	s.bytes[rng.IntN(s.synced)] ^= 1 << rng.IntN(8)
	return true
}

// Name says that it is no file.
func (o *Opened) Name() string { return "the simulated disk" }

// Latency draws how long a sync takes whose mean is given.
func (o *Opened) Latency(mean time.Duration, rng *rand.Rand) time.Duration {
	if mean <= 0 {
		return 0
	}
	return time.Duration(rng.Int64N(int64(2*mean))) * time.Duration(max(o.disk.Faults.Slow, 1))
}

// Read gives a copy of all.
func (o *Opened) Read() ([]byte, error) {
	o.disk.opened = true
	return append([]byte(nil), o.disk.bytes...), nil
}

// Append puts bytes behind the others; on a full disk half of them.
func (o *Opened) Append(p []byte) error {
	d := o.disk
	switch {
	case o.incarnation != d.incarnation:
		return nil
	case d.Faults.Full:
		d.bytes = append(d.bytes, p[:len(p)/2]...)
		return fmt.Errorf("%s: %w", o.Name(), node.ErrDiskFull)
	}
	d.bytes = append(d.bytes, p...)
	return nil
}

// errIO is what Linux calls EIO.
var errIO = errors.New("input/output error")

// Sync makes all of it last. One that fails gives up what it should have made last: no later one does, as on Linux.
func (o *Opened) Sync() error {
	d := o.disk
	switch {
	case o.incarnation != d.incarnation:
		return nil
	case d.Faults.SyncFails:
		d.lost = append(d.lost, span{d.synced, len(d.bytes)})
		return fmt.Errorf("sync %s: %w", o.Name(), errIO)
	}
	d.synced = len(d.bytes)
	return nil
}

// Truncate cuts it.
func (o *Opened) Truncate(size int64) error {
	d := o.disk
	switch {
	case o.incarnation != d.incarnation:
		return nil
	case size < 0 || size > int64(len(d.bytes)):
		return fmt.Errorf("cut %s to %d of %d bytes: %w", o.Name(), size, len(d.bytes), io.ErrUnexpectedEOF)
	}
	d.bytes = d.bytes[:size]
	d.synced = min(d.synced, len(d.bytes))
	return o.Sync()
}

// Replace puts bytes in place of all.
func (o *Opened) Replace(p []byte) error {
	d := o.disk
	switch {
	case o.incarnation != d.incarnation:
		return nil
	case d.Faults.Full:
		return fmt.Errorf("%s: %w", o.Name(), node.ErrDiskFull)
	case d.Faults.SyncFails:
		return fmt.Errorf("sync %s: %w", o.Name(), errIO)
	}
	d.bytes, d.synced, d.lost = append([]byte(nil), p...), len(p), nil
	return nil
}

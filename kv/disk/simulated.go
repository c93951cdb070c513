package disk

import (
	"encoding/binary"
	"math/rand/v2"
)

// Simulated is the disk of one simulated node, through all its lives: bytes, of
// which so many are synced. Each life opens it anew.
type Simulated struct {
	bytes  []byte
	synced int
	life   int
}

// Life is the disk as one life of a node has it. After the node's end it does
// nothing more, whatever may still be under way there.
type Life struct {
	disk *Simulated
	life int
}

// Open begins a life.
func (s *Simulated) Open() *Life {
	s.life++
	return &Life{s, s.life}
}

// Kill ends the life of whoever has the disk open: of what was not synced, a part
// is there and the rest is not. rng draws how much, if there is any.
func (s *Simulated) Kill(rng *rand.Rand) {
	s.life++
	if unsynced := len(s.bytes) - s.synced; unsynced > 0 {
		s.bytes = s.bytes[:s.synced+rng.IntN(unsynced+1)]
	}
	s.synced = len(s.bytes)
}

// Append puts the record's length, its checksum and the record behind the others.
func (l *Life) Append(record []byte) error {
	if l.life != l.disk.life {
		return nil
	}
	l.disk.bytes = appendFrame(l.disk.bytes, record)
	return nil
}

// Sync makes all of it last.
func (l *Life) Sync() error {
	if l.life != l.disk.life {
		return nil
	}
	l.disk.synced = len(l.disk.bytes)
	return nil
}

// Rewrite puts one record in place of all, as a file that is written beside the
// old one, synced and renamed does.
func (l *Life) Rewrite(record []byte) error {
	if l.life != l.disk.life {
		return nil
	}
	l.disk.bytes = appendFrame(nil, record)
	l.disk.synced = len(l.disk.bytes)
	return nil
}

// Records gives the records up to the end, or to where a kill cut the last one
// off. What was cut off goes, so that the next record comes behind the last whole
// one.
func (l *Life) Records(each func(record []byte) error) error {
	at := 0
	for at < len(l.disk.bytes) {
		size, n := binary.Uvarint(l.disk.bytes[at:])
		if n <= 0 || uint64(len(l.disk.bytes)-at-n) < size {
			break // cut off
		}
		record, err := unsealed(l.disk.bytes[at+n : at+n+int(size)])
		if err != nil {
			return err
		}
		at += n + int(size)
		if err := each(append([]byte(nil), record...)); err != nil {
			return err
		}
	}
	l.disk.bytes = l.disk.bytes[:at]
	l.disk.synced = min(l.disk.synced, at)
	return nil
}

func appendFrame(dst, record []byte) []byte {
	s := sealed(record)
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

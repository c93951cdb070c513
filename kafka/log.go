package kafka

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"

	"eddy/actor/node/wire"
)

// log is one key's entries in the order of their offsets, each its value's JSON
// behind two varints, in blocks without a pointer in them: a million entries
// are some ten thousand objects for the collector, and cost a few bytes each
// beyond their values. A log grows at its end and is dropped from its
// beginning; nothing in it changes.
type log struct {
	blocks []block
	next   int64 // above every offset here
	start  int64 // everything below it was dropped
	count  int
}

// block holds entries: for each the distance of its offset from the one before
// (from first for the first), the length of its value, and the value.
type block struct {
	first int64 // offset of its first entry
	last  int64 // and of its last
	count int
	data  []byte
}

const (
	blockBytesMin = 256
	blockBytesMax = 8 << 10 // what half a block wastes is a small part of a long log
)

// entry is one message of a log.
type entry struct {
	offset int64
	value  []byte
}

// append enters a value, which has no white space to lose, at an offset that
// must not be below next.
func (b *log) append(offset int64, value []byte) {
	var head [2 * binary.MaxVarintLen64]byte
	need := len(head) + len(value)
	last := len(b.blocks) - 1
	if last < 0 || cap(b.blocks[last].data)-len(b.blocks[last].data) < need {
		size := blockBytesMin
		if last >= 0 {
			size = min(2*cap(b.blocks[last].data), blockBytesMax)
		}
		b.blocks = append(b.blocks, block{first: offset, data: make([]byte, 0, max(size, need))})
		last++
	}
	to, before := &b.blocks[last], b.next-1
	if len(to.data) == 0 {
		before = offset
	}
	n := binary.PutUvarint(head[:], uint64(offset-before))
	n += binary.PutUvarint(head[n:], uint64(len(value)))
	to.data = append(append(to.data, head[:n]...), value...)
	to.last = offset
	to.count++
	b.next = offset + 1
	b.count++
}

// trim drops blocks whose entries are all committed, the oldest first, and keeps so many entries at least.
func (b *log) trim(committed int64, keep int) {
	n := 0
	for n < len(b.blocks)-1 && b.blocks[n].last <= committed && b.count-b.blocks[n].count >= keep {
		b.count -= b.blocks[n].count
		b.start = b.blocks[n].last + 1
		n++
	}
	b.blocks = slices.Delete(b.blocks, 0, n)
}

// startAt drops everything below an offset.
func (b *log) startAt(offset int64) {
	if offset <= b.start {
		return
	}
	b.start = offset
	n := 0
	for n < len(b.blocks) && b.blocks[n].last < offset {
		b.count -= b.blocks[n].count
		n++
	}
	b.blocks = slices.Delete(b.blocks, 0, n)
}

// scan hands out the entries from an offset on until yield has had enough. The
// values alias the log.
func (b *log) scan(from int64, yield func(entry) bool) {
	from = max(from, b.start)
	start, exact := slices.BinarySearchFunc(b.blocks, from, func(k block, o int64) int { return cmp.Compare(k.first, o) })
	if !exact && start > 0 {
		start-- // the one before may reach as far
	}
	for _, k := range b.blocks[start:] {
		offset := k.first
		for data := k.data; len(data) > 0; {
			distance, n := binary.Uvarint(data)
			length, m := binary.Uvarint(data[n:])
			offset += int64(distance)
			end := n + m + int(length)
			if offset >= from && !yield(entry{offset, data[n+m : end : end]}) {
				return
			}
			data = data[end:]
		}
	}
}

// openLog is a log whose newest entries may still get others between them:
// those above a bound wait, sorted, until the bound has passed them.
type openLog struct {
	log       log
	recent    []entry // by offset
	committed int64   // as far as known, -1 for nothing
	keep      int     // how many entries at least; 0 for all
}

// commit takes in a committed offset.
func (l *openLog) commit(offset int64) {
	l.committed = max(l.committed, offset)
	l.trim()
}

// startAt drops everything below an offset: another node has dropped it.
func (l *openLog) startAt(offset int64) {
	l.log.startAt(offset)
	n, _ := slices.BinarySearchFunc(l.recent, l.log.start, byOffset)
	l.recent = slices.Delete(l.recent, 0, n)
}

func (l *openLog) trim() {
	if l.keep > 0 {
		l.log.trim(l.committed, l.keep)
	}
}

// insert enters a value at its offset and reports whether it was new.
func (l *openLog) insert(offset int64, value []byte) bool {
	if offset < max(l.log.next, l.log.start) {
		return l.insertLate(offset, value)
	}
	at, there := slices.BinarySearchFunc(l.recent, offset, byOffset)
	if !there {
		l.recent = slices.Insert(l.recent, at, entry{offset, compact(value)})
	}
	return !there
}

// insertLate puts an entry among those that were thought complete. That costs
// a copy of the whole log, and happens only where a node was killed that had no disk.
func (l *openLog) insertLate(offset int64, value []byte) bool {
	there := offset < l.log.start
	l.log.scan(offset, func(e entry) bool {
		there = there || e.offset == offset
		return false
	})
	if there {
		return false
	}
	var all []entry
	l.log.scan(0, func(e entry) bool {
		all = append(all, e)
		return true
	})
	at, _ := slices.BinarySearchFunc(all, offset, byOffset)
	rebuilt := log{start: l.log.start}
	for _, e := range slices.Insert(all, at, entry{offset, compact(value)}) {
		rebuilt.append(e.offset, e.value)
	}
	l.log = rebuilt
	return true
}

// put enters a value and settles what the bound allows.
func (l *openLog) put(offset int64, value []byte, bound int64) {
	if len(l.recent) == 0 && offset >= max(l.log.next, l.log.start) && offset <= bound {
		l.add(offset, value)
		return
	}
	l.insert(offset, value)
	l.settle(bound)
}

// dump gives entries from an offset on, settled or not, up to so many bytes and
// at least one. The values must not be changed.
func (l *openLog) dump(from int64, bytes int) []entry {
	var out []entry
	take := func(e entry) bool {
		if e.offset < from {
			return true
		}
		bytes -= len(e.value)
		out = append(out, e)
		return bytes > 0
	}
	l.log.scan(from, take)
	for _, e := range l.recent {
		if bytes <= 0 || !take(e) {
			break
		}
	}
	return out
}

// add enters a value at an offset above all others, complete at once.
func (l *openLog) add(offset int64, value []byte) {
	l.log.append(offset, compact(value))
	l.trim()
}

// settle moves what is at or below the bound into the log: nothing can come
// between any more.
func (l *openLog) settle(bound int64) {
	n := 0
	for n < len(l.recent) && l.recent[n].offset <= bound {
		l.log.append(l.recent[n].offset, l.recent[n].value)
		n++
	}
	if n > 0 {
		l.recent = slices.Delete(l.recent, 0, n)
		l.trim()
	}
	if len(l.recent) == 0 {
		l.recent = nil
	}
}

// page is a part of a log on its way to a client.
type page struct {
	entries []byte // [[offset,value],...], empty without any
	next    int64  // the offset behind the last of them
}

func byOffset(e entry, offset int64) int { return cmp.Compare(e.offset, offset) }

// budget bounds a page. Of one entry at least there is always room.
type budget struct{ count, bytes int }

// read gives entries from an offset on.
func (b *log) read(from int64, within budget) page {
	var p page
	count := 0
	b.scan(from, func(e entry) bool {
		if count > 0 && (count >= within.count || len(p.entries)+len(e.value) > within.bytes) {
			return false
		}
		p.entries = append(p.entries, separator(count), '[')
		p.entries = strconv.AppendInt(p.entries, e.offset, 10)
		p.entries = append(append(append(p.entries, ','), e.value...), ']')
		p.next = e.offset + 1
		count++
		return true
	})
	if count > 0 {
		p.entries = append(p.entries, ']')
	}
	return p
}

func separator(before int) byte {
	if before == 0 {
		return '['
	}
	return ','
}

// compact is a value without its white space. A value that has none, at a
// glance, is returned as it is; the caller copies it.
func compact(value []byte) []byte {
	for _, space := range []byte(" \t\r\n") {
		if bytes.IndexByte(value, space) < 0 {
			continue
		}
		if short, err := wire.AppendCompact(nil, value); err == nil {
			return short
		}
	}
	return value
}

package node

import (
	"bytes"
	"fmt"
	"io"
)

// LineMaxDefault is how many bytes a line may have, its line feed not counted.
const LineMaxDefault = 64 << 20

// lineReader cuts a stream into lines. A line's bytes stay valid for as long as
// they are held on to: blocks are filled once and left to the collector, so
// that messages can alias them and most lines cost no allocation.
type lineReader struct {
	from  io.Reader
	block []byte // filled up to its length, room up to its capacity
	taken int    // of block: how much was handed out
	max   int    // bytes of a line
	err   error
}

const (
	blockBytes = 64 << 10
	readsMax   = 100 // that bring neither bytes nor an error, before it is taken for one
)

func newLineReader(from io.Reader, lineMax int) *lineReader {
	return &lineReader{from: from, max: lineMax, block: make([]byte, 0, blockBytes)}
}

// tooLong is the error of a line over the limit. Its beginning is kept, for
// there may be somebody to tell in it.
type tooLong struct {
	begin []byte
	bytes int
	max   int
}

func (e *tooLong) Error() string {
	return fmt.Sprintf("a line of %d bytes is over the limit of %d", e.bytes, e.max)
}

// next returns the next line without its line feed. After a *tooLong the
// reader goes on with the line behind. A last line without line feed is a line.
func (r *lineReader) next() ([]byte, error) {
	searched := 0
	for {
		pending := r.block[r.taken:]
		if i := bytes.IndexByte(pending[searched:], '\n'); i >= 0 {
			line := pending[: searched+i : searched+i]
			r.taken += searched + i + 1
			return r.checked(line)
		}
		searched = len(pending)
		if r.err != nil {
			return r.last(pending)
		}
		if len(pending) > r.max {
			return nil, r.skip(pending)
		}
		r.fill(pending)
	}
}

func (r *lineReader) last(pending []byte) ([]byte, error) {
	if len(pending) == 0 {
		return nil, r.err
	}
	r.taken = len(r.block)
	return r.checked(pending)
}

// checked is a line, or the error that it is too long.
func (r *lineReader) checked(line []byte) ([]byte, error) {
	if len(line) > r.max {
		return nil, &tooLong{begin: line, bytes: len(line), max: r.max}
	}
	return line, nil
}

// fill reads more. A block that is full is left behind, its unfinished line
// copied into the next; a long line gets blocks that double.
func (r *lineReader) fill(pending []byte) {
	if len(r.block) == cap(r.block) {
		size := blockBytes
		for size < 2*len(pending) {
			size *= 2
		}
		r.block = append(make([]byte, 0, size), pending...)
		r.taken = 0
	}
	for range readsMax {
		n, err := r.from.Read(r.block[len(r.block):cap(r.block)])
		r.block = r.block[:len(r.block)+n]
		if r.err = err; n > 0 || err != nil {
			return
		}
	}
	r.err = io.ErrNoProgress
}

// skip reads past a line that is too long without keeping it.
func (r *lineReader) skip(pending []byte) error {
	fault := &tooLong{begin: bytes.Clone(pending[:min(len(pending), blockBytes)]), bytes: len(pending), max: r.max}
	r.block, r.taken = make([]byte, 0, blockBytes), 0
	for {
		r.block = r.block[:0] // nobody has seen what is in it
		r.fill(nil)
		i := bytes.IndexByte(r.block, '\n')
		if i >= 0 {
			fault.bytes += i
			r.taken = i + 1
			return fault
		}
		fault.bytes += len(r.block)
		if r.err != nil {
			r.taken = len(r.block)
			return fault
		}
	}
}

package trace

import (
	"bufio"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Merged gives the records of all logs in the order of time, of equal times in that of their
// Lamport clocks, as far as the order within each log allows. It reads all logs
// at once, in a buffer each, and counts nothing.
func (r *Run) Merged(each func(e *Event) error) error {
	if r.untraced {
		_, err := r.fromMessages(each)
		return err
	}
	var open []*cursor
	defer func() {
		for _, c := range open {
			c.file.Close()
		}
	}()
	bytes := max(mergeBytes/len(r.Logs), 4<<10)
	names := newParser()
	for i, path := range r.Logs {
		file, err := r.open(path)
		if err != nil {
			return fmt.Errorf("read a trace: %w", err)
		}
		c := &cursor{file: file, in: bufio.NewReaderSize(file, bytes), parser: &parser{names: names.names}, place: i, began: r.began}
		open = append(open, c)
	}
	var next cursors
	for _, c := range open {
		more, err := c.advance()
		if err != nil {
			return err
		}
		if more {
			next = append(next, c)
		}
	}
	heap.Init(&next)
	for len(next) > 0 {
		c := next[0]
		if err := each(&c.parser.event); err != nil {
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		}
		more, err := c.advance()
		switch {
		case err != nil:
			return err
		case more:
			heap.Fix(&next, 0)
		default:
			heap.Pop(&next)
		}
	}
	return nil
}

// mergeBytes is the room for the buffers of all logs together.
const mergeBytes = 32 << 20

// cursor is a place in one log.
type cursor struct {
	file   io.ReadCloser
	in     *bufio.Reader
	parser *parser
	line   []byte
	place  int
	began  int64
}

// openCursor opens one log by itself.
func openCursor(path string, began int64) (*cursor, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read a trace: %w", err)
	}
	return &cursor{file: file, in: bufio.NewReaderSize(file, readBytes), parser: newParser(), began: began}, nil
}

// advance goes on to the next record.
func (c *cursor) advance() (more bool, err error) {
	for {
		c.line = c.line[:0]
		for {
			part, err := c.in.ReadSlice('\n')
			c.line = append(c.line, part...)
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return false, fmt.Errorf("read a trace: %w", err)
			}
			if err != nil && len(c.line) == 0 {
				return false, nil
			}
			break
		}
		line := c.line
		if len(line) > 0 && line[len(line)-1] == '\n' {
			line = line[:len(line)-1]
		}
		if c.parser.parse(line) == lineRecord {
			c.parser.event.At = time.Duration(c.parser.event.Time - c.began)
			return true, nil
		}
	}
}

// cursors is a heap of logs by their next record.
type cursors []*cursor

func (h cursors) Len() int { return len(h) }
func (h cursors) Less(i, j int) bool {
	a, b := &h[i].parser.event, &h[j].parser.event
	switch {
	case a.Time != b.Time:
		return a.Time < b.Time
	case a.Clock != b.Clock:
		return a.Clock < b.Clock
	}
	return h[i].place < h[j].place
}
func (h cursors) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *cursors) Push(x any)   { *h = append(*h, x.(*cursor)) }
func (h *cursors) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

package realtime

import (
	"bufio"
	"io"
	"time"

	"eddy/testbench"
)

// input is the way to a node's stdin: a goroutine that writes, and the lines that wait for it. The loop
// owns everything but the goroutine.
type input struct {
	loop   *loop
	lines  chan timedLine
	result chan testbench.Lateness
	stalls func(waiting int, since time.Duration) // hears once of a node that does not read
	drops  func()                                 // hears of each line that is dropped

	waiting      []timedLine // what found the channel full
	waitingBytes int
	since        time.Duration // when the channel was found full
	told         bool
	ended        bool
}

type timedLine struct {
	line    []byte
	planned time.Duration
}

const (
	// inputLinesMax is how many lines wait in the channel, before they wait with the loop.
	inputLinesMax = 1024
	// waitingBytesMax is how much may wait with the loop for one node; Maelstrom has no limit.
	waitingBytesMax = 256 << 20
	// retryEvery is how often lines that wait are offered again.
	retryEvery = 2 * time.Millisecond
	// stallAfter is how long the channel must be full before that is told.
	stallAfter = time.Second
)

func newInput(l *loop, to io.Writer) *input {
	in := &input{loop: l, lines: make(chan timedLine, inputLinesMax), result: make(chan testbench.Lateness, 1)}
	go in.write(to)
	return in
}

// put hands over a line without waiting.
func (in *input) put(line []byte, planned time.Duration) {
	if in.ended {
		return
	}
	next := timedLine{line, planned}
	if len(in.waiting) == 0 && in.offer(next) {
		return
	}
	if in.waitingBytes+len(line) > waitingBytesMax {
		in.drops()
		return
	}
	if len(in.waiting) == 0 {
		in.since = in.loop.Now()
		in.loop.At(in.since+retryEvery, in.retry)
	}
	in.waiting = append(in.waiting, next)
	in.waitingBytes += len(line)
}

func (in *input) offer(next timedLine) bool {
	select {
	case in.lines <- next:
		return true
	default:
		return false
	}
}

func (in *input) retry() {
	if in.ended {
		return
	}
	offered := 0
	for offered < len(in.waiting) && in.offer(in.waiting[offered]) {
		in.waitingBytes -= len(in.waiting[offered].line)
		offered++
	}
	in.waiting = in.waiting[offered:]
	if len(in.waiting) == 0 {
		in.waiting = nil
		return
	}
	if offered > 0 {
		in.since = in.loop.Now()
	} else if stalled := in.loop.Now() - in.since; stalled > stallAfter && !in.told {
		in.told = true
		in.stalls(len(in.waiting)+len(in.lines), stalled)
	}
	in.loop.At(in.loop.Now()+retryEvery, in.retry)
}

// end lets the goroutine finish; result has its figures then. What waits with the loop is dropped.
func (in *input) end() {
	if !in.ended {
		in.ended = true
		close(in.lines)
	}
}

// slowWrite is how long a write takes at most if the node reads: beyond it, the pipe was full.
const slowWrite = 2 * time.Millisecond

// write writes lines as they come, those that are there together at once. It measures how long after its
// time each was written, without the time in which the node itself kept the pipe full. When the node is
// gone it takes the lines and drops them.
func (in *input) write(to io.Writer) {
	var late testbench.Lateness
	var open time.Duration // since when the node has not been in the way
	w := bufio.NewWriterSize(to, 64<<10)
	gone := false
	for next := range in.lines {
		began := in.loop.Now()
		for n := 0; ; n++ {
			late.Add(began - max(next.planned, open))
			if _, err := w.Write(next.line); err != nil {
				gone = true
			}
			if len(in.lines) == 0 || n == batchLinesMax {
				break
			}
			var more bool
			if next, more = <-in.lines; !more {
				break
			}
		}
		if err := w.Flush(); err != nil || gone {
			break
		}
		if done := in.loop.Now(); done-began > slowWrite {
			open = done
		}
	}
	for range in.lines {
	}
	in.result <- late
}

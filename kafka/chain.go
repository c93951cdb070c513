package kafka

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"eddy/actor/node/wire"
)

// chain is what a node knows of one key's log in lin-kv.
//
// There the log is a chain of chunks, each under a key of its own: a text of
// lines that only grows, by compare and set of the whole text. A line is a
// batch: messages that clients gave to one incarnation of one node, numbered there, at
// consecutive offsets. A chunk that has grown to the bound ends with a line
// that says so, in the same compare and set, and is never written again; the
// next batch begins the next chunk. So values stay bounded, a node that knows an
// unfinished chunk's text knows the whole log, and a message whose number is
// in the log is not appended again, by any node: that makes retries
// and rival writers harmless.
//
// A chunk is a string in lin-kv, so that values pass through it unharmed,
// whatever JSON they are.
//
// With retention a value of its own says with which chunk the log starts. Chunks before it are dropped: their text
// becomes goneText, since lin-kv cannot delete a key. A node that finds that reads where the log starts and goes on
// there. So that a message in a dropped chunk is not appended again, the start has the numbers of all before it.
type chain struct {
	log   log
	chunk int64           // number of the last chunk known
	text  string          // of it, as far as known
	seen  []seen          // the numbers in the log; the incarnation that appended last is the last
	ends  []end           // of chunks, in order: the last that may be dropped, and those that may not
	total int             // entries that were read
	start start           // as last read or written
	mine  map[int64]int64 // offsets by number of this incarnation's messages that no request has asked for yet

	committed int64 // the highest offset known to be committed, -1 for none
}

func newChain() *chain { return &chain{mine: make(map[int64]int64), committed: -1} }

// seen are the numbers of one incarnation's messages that are in the log.
type seen struct {
	By string `json:"by"`
	At spans  `json:"at"`
}

// seenMax bounds the incarnations whose numbers are remembered. A message must not come later than those of so many
// incarnations after its own.
const seenMax = 64

// has reports whether a message is in the log.
func (k *chain) has(by string, seq int64) bool {
	at := slices.IndexFunc(k.seen, func(s seen) bool { return s.By == by })
	return at >= 0 && k.seen[at].At.has(seq)
}

// note notes that messages are in the log.
func (k *chain) note(by string, from, to int64) {
	at := slices.IndexFunc(k.seen, func(s seen) bool { return s.By == by })
	noted := seen{By: by}
	if at >= 0 {
		noted = k.seen[at]
		k.seen = slices.Delete(k.seen, at, at+1)
	} else if len(k.seen) >= seenMax {
		k.seen = slices.Delete(k.seen, 0, 1)
	}
	noted.At = noted.At.add(from, to)
	k.seen = append(k.seen, noted)
}

// end is where a chunk ends.
type end struct {
	chunk int64 // the next one
	next  int64 // its first offset
	total int   // entries before it
}

// start is where a log begins in lin-kv. A log that has none begins with chunk 0.
type start struct {
	Chunk   int64  `json:"chunk"`
	Offset  int64  `json:"offset"`
	Cleared int64  `json:"cleared"` // the first chunk that may have to be dropped yet
	Seen    []seen `json:"seen"`

	text string // in lin-kv, empty where it is not there
	mine bool   // this node wrote it, and drops the chunks before it
}

// goneText is in place of a chunk that was dropped.
const goneText = `{"gone":1}` + "\n"

// parseStart reads where a log begins.
func parseStart(text string) (s start, err error) {
	if text == "" {
		return s, nil
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("where the log begins cannot be read: %w", err)
	}
	s.text = text
	return s, nil
}

// begin goes on where the log begins, behind chunks that were dropped.
func (k *chain) begin(s start) error {
	if s.Chunk <= k.chunk {
		return fmt.Errorf("chunk %d was dropped, and the log begins with chunk %d: another program writes to lin-kv", k.chunk, s.Chunk)
	}
	k.relearn(s)
	k.chunk, k.text, k.ends = s.Chunk, "", nil
	k.log = log{start: s.Offset, next: s.Offset}
	for _, had := range s.Seen {
		for _, at := range had.At {
			k.note(had.By, at.from, at.to)
		}
	}
	return nil
}

// relearn takes in where the log begins, as it was read.
func (k *chain) relearn(s start) {
	s.Cleared = max(s.Cleared, k.start.Cleared)
	s.Seen = nil // they are in k's
	k.start = s
}

// trim drops entries that are committed, and keeps so many at least. If the log could begin later in lin-kv, it gives where.
func (k *chain) trim(keep int) (s start, later bool) {
	k.log.trim(k.committed, keep)
	n := len(k.ends) - 1
	for n >= 0 && (k.ends[n].next > k.committed+1 || k.total-k.ends[n].total < keep) {
		n--
	}
	if n < 0 {
		return k.start, false
	}
	k.ends = slices.Delete(k.ends, 0, n)
	if k.ends[0].chunk <= k.start.Chunk {
		return k.start, false
	}
	s = start{Chunk: k.ends[0].chunk, Offset: k.ends[0].next, Cleared: k.start.Cleared, Seen: k.seen}
	text, err := json.Marshal(s)
	if err != nil {
		panic("kafka: " + err.Error()) // cannot happen: strings and numbers
	}
	s.text, s.Seen = string(text), nil
	return s, true
}

// line is a batch, or the end of a chunk.
type line struct {
	End    int64      `json:"end"` // 1: the log goes on in the next chunk
	By     string     `json:"by"`
	Seq    int64      `json:"seq"` // of the first value
	At     int64      `json:"at"`  // offset of the first value
	Values []wire.Raw `json:"vals"`
}

const endLine = `{"end":1}` + "\n"

var shapeOfLine = func() wire.Shape[line] {
	shape, err := wire.ShapeOf[line]()
	if err != nil {
		panic(err)
	}
	return shape
}()

// write is a message to be appended.
type write struct {
	by    string
	seq   int64
	value []byte
}

// chunkKey is the key of a chunk in lin-kv.
func chunkKey(key string, chunk int64) string { return fmt.Sprintf("kafka/%d/%s", chunk, key) }

// startKey is the key of where a log begins.
func startKey(key string) string { return "kafka/start/" + key }

// committedKey is the key of a committed offset there.
func committedKey(key string) string { return "kafka/committed/" + key }

// extended is the text of the present chunk with as many of the writes behind
// it as there is room for, at least one, and how many that are.
func (k *chain) extended(writes []write, bytesMax int) (text string, n int) {
	dst := []byte(k.text)
	at := k.log.next
	for n < len(writes) && (n == 0 || len(dst) < bytesMax) {
		w := writes[n]
		if n > 0 && w.by == writes[n-1].by && w.seq == writes[n-1].seq+1 {
			dst = append(dst[:len(dst)-len("]}\n")], ',')
		} else {
			dst = append(append(append(dst, `{"by":`...), quoted(w.by)...), `,"seq":`...)
			dst = append(strconv.AppendInt(dst, w.seq, 10), `,"at":`...)
			dst = append(strconv.AppendInt(dst, at+int64(n), 10), `,"vals":[`...)
		}
		dst = append(append(dst, compact(w.value)...), "]}\n"...)
		n++
	}
	if len(dst) >= bytesMax {
		dst = append(dst, endLine...)
	}
	return string(dst), n
}

// learn takes in the text of the present chunk. It calls found for every
// message that is new, in order, and reports whether the chunk is at its end.
func (k *chain) learn(text string, found func(by string, seq, offset int64)) (ended bool, err error) {
	if len(text) < len(k.text) || text[:len(k.text)] != k.text {
		return false, fmt.Errorf("chunk %d does not begin with what it held before: somebody else writes to lin-kv", k.chunk)
	}
	rest := []byte(text[len(k.text):])
	for len(rest) > 0 {
		end := bytes.IndexByte(rest, '\n')
		var l line
		if err := shapeOfLine.Unmarshal(rest[:max(end, 0)], &l); err != nil {
			return false, fmt.Errorf("chunk %d has a line that is no batch: %w", k.chunk, err)
		}
		for i, value := range l.Values {
			k.log.append(l.At+int64(i), value)
			found(l.By, l.Seq+int64(i), l.At+int64(i))
		}
		if len(l.Values) > 0 {
			k.note(l.By, l.Seq, l.Seq+int64(len(l.Values)))
		}
		k.total += len(l.Values)
		ended = l.End != 0
		rest = rest[end+1:]
	}
	k.text = text
	if ended {
		k.chunk, k.text = k.chunk+1, ""
		k.ends = append(k.ends, end{k.chunk, k.log.next, k.total})
	}
	return ended, nil
}

// spans are numbers, as ranges [from, to) in order with gaps between them:
// one range unless a node lost its memory between two messages.
type spans []span

type span struct{ from, to int64 }

// MarshalJSON writes [from, to].
func (s span) MarshalJSON() ([]byte, error) { return json.Marshal([2]int64{s.from, s.to}) }

// UnmarshalJSON reads what MarshalJSON writes.
func (s *span) UnmarshalJSON(data []byte) error {
	var bounds [2]int64
	if err := json.Unmarshal(data, &bounds); err != nil {
		return err
	}
	s.from, s.to = bounds[0], bounds[1]
	return nil
}

// add returns the spans with a range of numbers.
func (s spans) add(from, to int64) spans {
	if from >= to {
		return s
	}
	first, _ := slices.BinarySearchFunc(s, from, func(have span, n int64) int { return cmp.Compare(have.to, n) })
	end := first
	for ; end < len(s) && s[end].from <= to; end++ {
		from, to = min(from, s[end].from), max(to, s[end].to)
	}
	return slices.Replace(s, first, end, span{from, to})
}

func (s spans) has(n int64) bool {
	at, exact := slices.BinarySearchFunc(s, n, func(have span, n int64) int { return cmp.Compare(have.from, n) })
	return exact || at > 0 && n < s[at-1].to
}

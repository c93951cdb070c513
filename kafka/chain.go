package kafka

import (
	"bytes"
	"cmp"
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
type chain struct {
	log   log
	chunk int64  // number of the last chunk known
	text  string // of it, as far as known
	seen  map[string]spans
	mine  map[int64]int64 // offsets by number of this incarnation's messages that no request has asked for yet

	committed int64 // the highest offset known to be committed, -1 for none
}

func newChain() *chain {
	return &chain{seen: make(map[string]spans), mine: make(map[int64]int64), committed: -1}
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
		k.seen[l.By] = k.seen[l.By].add(l.Seq, l.Seq+int64(len(l.Values)))
		ended = l.End != 0
		rest = rest[end+1:]
	}
	k.text = text
	if ended {
		k.chunk, k.text = k.chunk+1, ""
	}
	return ended, nil
}

// spans are numbers, as ranges [from, to) in order with gaps between them:
// one range unless a node lost its memory between two messages.
type spans []span

type span struct{ from, to int64 }

// add returns the spans with a range of numbers that were not in them.
func (s spans) add(from, to int64) spans {
	if from >= to {
		return s
	}
	at, _ := slices.BinarySearchFunc(s, from, func(have span, n int64) int { return cmp.Compare(have.from, n) })
	s = slices.Insert(s, at, span{from, to})
	if at+1 < len(s) && s[at].to >= s[at+1].from {
		s[at].to = max(s[at].to, s[at+1].to)
		s = slices.Delete(s, at+1, at+2)
	}
	if at > 0 && s[at-1].to >= s[at].from {
		s[at-1].to = max(s[at-1].to, s[at].to)
		s = slices.Delete(s, at, at+1)
	}
	return s
}

func (s spans) has(n int64) bool {
	at, exact := slices.BinarySearchFunc(s, n, func(have span, n int64) int { return cmp.Compare(have.from, n) })
	return exact || at > 0 && n < s[at-1].to
}

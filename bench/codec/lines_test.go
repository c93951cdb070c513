package codec

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// line is one line of the protocol with a name for the figures.
type line struct {
	name string
	text []byte
}

// lines are what a node reads: a client's echo, a client's broadcast, a batch of gossip, a read of a set that
// has grown, and a line of 10 MB. White space is as Maelstrom writes it, which is none.
var lines = []line{
	{"echo", []byte(`{"id":184,"src":"c12","dest":"n3","body":{"echo":"Please echo 93 and be done","type":"echo","msg_id":1187}}`)},
	{"broadcast", []byte(`{"id":4711,"src":"c31","dest":"n17","body":{"type":"broadcast","message":1043,"msg_id":52}}`)},
	{"gossip100", []byte(`{"id":90210,"src":"n3","dest":"n7","body":{"type":"gossip","msg_id":812,"messages":` + integers(100) + `}}`)},
	{"readok10k", []byte(`{"id":90211,"src":"n3","dest":"c7","body":{"type":"read_ok","in_reply_to":812,"messages":` + integers(10_000) + `}}`)},
	{"10MB", []byte(`{"id":1,"src":"c1","dest":"n1","body":{"type":"echo","msg_id":7,"echo":` + tenMegabytes() + `}}`)},
}

// bodyOf is the body of a line of the list above.
func bodyOf(l line) []byte {
	start := bytes.Index(l.text, []byte(`"body":`)) + len(`"body":`)
	return l.text[start : len(l.text)-1]
}

// integers is an array of n different integers of four to six digits.
func integers(n int) string {
	out := []byte{'['}
	for i := range n {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendInt(out, int64(1000+i*37), 10)
	}
	return string(append(out, ']'))
}

// integerValues is the same as a slice.
func integerValues(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(1000 + i*37)
	}
	return out
}

// tenMegabytes is an array of records as a client might send them: text, numbers, nesting, some of it not ASCII.
func tenMegabytes() string {
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; b.Len() < 10_000_000; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"key":%d,"name":"record number %d, żółw","weights":[1.5,%d.25,-3e8],"live":true,"next":null}`, i, i, i)
	}
	b.WriteByte(']')
	return b.String()
}

package kafka

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func all(b *log) string {
	var out []string
	b.scan(0, func(e entry) bool {
		out = append(out, fmt.Sprintf("%d:%s", e.offset, e.value))
		return true
	})
	return strings.Join(out, " ")
}

func TestABookGivesBackWhatItWasGivenFromAnyOffset(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var b log
	var want []entry
	offset := int64(0)
	for i := range 3000 {
		offset += 1 + random.Int64N(500)
		value := []byte(fmt.Sprintf("%q", strings.Repeat("x", random.IntN(40))))
		if i%500 == 499 {
			value = []byte(fmt.Sprintf("%q", strings.Repeat("y", 20_000)))
		}
		b.append(offset, value)
		want = append(want, entry{offset, value})
	}
	for range 300 {
		from, i := random.Int64N(offset+10), 0
		for i < len(want) && want[i].offset < from {
			i++
		}
		b.scan(from, func(e entry) bool {
			if e.offset != want[i].offset || string(e.value) != string(want[i].value) {
				t.Fatalf("from %d: entry %d is %d %s", from, i, e.offset, e.value)
			}
			i++
			return true
		})
		if i != len(want) {
			t.Fatalf("from %d: %d of %d entries", from, i, len(want))
		}
	}
}

func TestABookCostsLittleMoreThanItsValues(t *testing.T) {
	var b log
	value := []byte(strings.Repeat("7", 100))
	for i := range int64(10_000) {
		b.append(1000*i, value)
	}
	bytes := 0
	for _, k := range b.blocks {
		bytes += cap(k.data)
	}
	if bytes > 10_000*110 {
		t.Errorf("10,000 values of 100 bytes take %d", bytes)
	}
}

func TestWhatComesOutOfOrderIsReadInOrderAndOnce(t *testing.T) {
	var l openLog
	for _, offset := range []int64{4, 2, 9, 2, 7, 9} {
		l.insert(offset, fmt.Appendf(nil, "%d", offset))
	}
	if p := l.log.read(0, budget{100, 1000}); len(p.entries) != 0 {
		t.Errorf("before anything is settled: %s", p.entries)
	}
	l.settle(7)
	if p := l.log.read(0, budget{100, 1000}); string(p.entries) != "[[2,2],[4,4],[7,7]]" || p.next != 8 {
		t.Errorf("settled up to 7: %s, next %d", p.entries, p.next)
	}
	if l.insert(4, []byte("4")) || !l.insert(5, []byte("5")) {
		t.Error("of what was settled, 4 is new or 5 is not")
	}
	l.settle(100)
	if got := all(&l.log); got != "2:2 4:4 5:5 7:7 9:9" || l.recent != nil {
		t.Errorf("the book holds %s", got)
	}
}

func TestAPageIsBoundedButNeverEmptyHanded(t *testing.T) {
	var l openLog
	for i := range int64(100) {
		l.add(i, []byte(`"0123456789"`))
	}
	for _, c := range []struct {
		within budget
		next   int64
	}{{budget{10, 10_000}, 10}, {budget{0, 0}, 1}, {budget{1000, 1}, 1}, {budget{1000, 100}, 6}, {budget{1000, 1 << 20}, 100}} {
		if p := l.log.read(0, c.within); p.next != c.next {
			t.Errorf("within %+v: up to %d, expected %d: %s", c.within, p.next, c.next, p.entries)
		}
	}
	if p := l.log.read(100, budget{10, 10}); p.entries != nil {
		t.Errorf("behind the end: %s", p.entries)
	}
}

func TestValuesLoseTheirWhiteSpace(t *testing.T) {
	var l openLog
	l.add(0, []byte(`{ "a b" : [ 1 , 2 ] }`))
	if p := l.log.read(0, budget{10, 100}); string(p.entries) != `[[0,{"a b":[1,2]}]]` {
		t.Errorf("read %s", p.entries)
	}
}

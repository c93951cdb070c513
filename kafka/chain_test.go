package kafka

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Writers that each know the log as they last saw it append to a chain of
// chunks by compare and set; some try again what has taken place already.
func TestRivalWritersAppendEachMessageOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	store := map[int64]string{}
	const bytesMax = 200
	writers := make([]*chain, 4)
	var queues [4][]write
	for i := range writers {
		writers[i] = newChain()
		for n := range 100 {
			queues[i] = append(queues[i], write{fmt.Sprint("w", i), int64(n + 1), []byte(fmt.Sprintf(`"%d-%d"`, i, n))})
		}
	}
	catchUp := func(k *chain) {
		for {
			ended, err := k.learn(store[k.chunk], func(string, int64, int64) {})
			if err != nil {
				t.Fatal(err)
			}
			if !ended {
				return
			}
		}
	}
	for left := 400; left > 0; {
		i := random.IntN(4)
		k := writers[i]
		for len(queues[i]) > 0 && k.has(queues[i][0].by, queues[i][0].seq) {
			queues[i] = queues[i][1:]
			left--
		}
		if len(queues[i]) == 0 {
			catchUp(k)
			continue
		}
		text, _ := k.extended(queues[i][:min(len(queues[i]), 1+random.IntN(5))], bytesMax)
		if store[k.chunk] != k.text {
			catchUp(k)
			continue
		}
		if len(text) > bytesMax+100 {
			t.Fatalf("a chunk of %d bytes", len(text))
		}
		store[k.chunk] = text
		if random.IntN(2) == 0 {
			catchUp(k) // else the answer was lost, and it will try the same again
		}
	}
	for _, k := range writers {
		catchUp(k)
	}
	log := all(&writers[0].log)
	for i, k := range writers {
		if all(&k.log) != log {
			t.Errorf("writer %d knows another log", i)
		}
		for n := range 100 {
			if strings.Count(log, fmt.Sprintf(`:"%d-%d"`, i, n)) != 1 {
				t.Errorf("message %d of writer %d is there %d times", n, i, strings.Count(log, fmt.Sprintf(`:"%d-%d"`, i, n)))
			}
		}
	}
	if writers[0].log.count != 400 || len(store) < 20 {
		t.Errorf("%d messages in %d chunks", writers[0].log.count, len(store))
	}
}

func TestAStrangersTextIsNotTakenForALog(t *testing.T) {
	for _, text := range []string{"x", "{}", `{"by":1}` + "\n", "\n", `{"by":"a","seq":1,"at":0,"vals":[1]}`} {
		if _, err := newChain().learn(text, func(string, int64, int64) {}); err == nil && text != "{}\n" {
			t.Errorf("%q was taken in", text)
		}
	}
}

func TestSpansKnowExactlyWhatWasAdded(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	var s spans
	have := map[int64]bool{}
	for range 300 {
		from := random.Int64N(1000)
		to := from
		for to < from+5 && !have[to] {
			have[to] = true
			to++
		}
		s = s.add(from, to)
	}
	for n := range int64(1010) {
		if s.has(n) != have[n] {
			t.Fatalf("%d: %v, of %v", n, s.has(n), s)
		}
	}
	for i := 1; i < len(s); i++ {
		if s[i-1].to >= s[i].from {
			t.Fatalf("%v and %v touch", s[i-1], s[i])
		}
	}
}

// What panicked may have changed half of the chain; lin-kv has all of it.
func TestALogInLinKVIsReadFromTheStartAfterAPanic(t *testing.T) {
	half := newChain()
	half.text, half.chunk = "not a batch", 7
	half.note("n1", 1, 5)
	fresh := (&stored{}).afterPanic(half).(*chain)
	if fresh.chunk != 0 || fresh.text != "" || len(fresh.seen) != 0 || fresh.log.next != 0 {
		t.Errorf("the actor begins with %+v", fresh)
	}
}

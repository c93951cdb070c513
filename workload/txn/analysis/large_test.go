package analysis

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench/history"
)

// largeHistory is a history of transactions on some nodes that each execute one
// after the other, in full or knowing nothing of each other: with one node it is
// strictly serializable.
func largeHistory(data Data, transactions, workers, nodes int) history.History {
	rng := rand.New(rand.NewPCG(5, 5))
	states := make([]map[int][]int, nodes)
	for i := range states {
		states[i] = map[int][]int{}
	}
	type pending struct{ value string }
	open := make([]*pending, workers)
	written := map[int]int{}
	first := 0
	var h history.History
	now := time.Duration(0)
	for done := 0; done < transactions; {
		now += time.Millisecond
		w := rng.IntN(workers)
		op := history.Op{Index: len(h), Time: now, Process: w, F: "txn"}
		if p := open[w]; p != nil {
			op.Type, op.Value = history.OK, json.RawMessage(p.value)
			h, open[w] = append(h, op), nil
			done++
			continue
		}
		var asked, answered []string
		for range 1 + rng.IntN(4) {
			key := first + rng.IntN(10)
			state := states[w%nodes]
			if rng.IntN(2) == 0 {
				asked = append(asked, fmt.Sprintf(`["r",%d,null]`, key))
				answered = append(answered, fmt.Sprintf(`["r",%d,%s]`, key, shown(data, state[key])))
				continue
			}
			written[key]++
			if written[key] > 16 {
				first++
			}
			if data == Registers {
				state[key] = []int{written[key]}
			} else {
				state[key] = append(slices.Clip(state[key]), written[key])
			}
			mop := fmt.Sprintf(`[%q,%d,%d]`, data.writeName(), key, written[key])
			asked, answered = append(asked, mop), append(answered, mop)
		}
		op.Type, op.Value = history.Invoke, json.RawMessage("["+strings.Join(asked, ",")+"]")
		h = append(h, op)
		open[w] = &pending{value: "[" + strings.Join(answered, ",") + "]"}
	}
	return h
}

func shown(data Data, list []int) string {
	switch {
	case len(list) == 0:
		return "null"
	case data == Registers:
		return fmt.Sprint(list[len(list)-1])
	}
	return strings.ReplaceAll(fmt.Sprint(list), " ", ",")
}

func TestSerialHistoryIsValidAndSplitOneIsNot(t *testing.T) {
	for data, want := range map[Data]string{Registers: "G-single-item-realtime", Lists: "incompatible-order"} {
		if a := analyse(t, largeHistory(data, 3000, 10, 1), data); len(a.Findings) > 0 || a.Unrelated {
			t.Errorf("serial: %v", a.Findings[0].Because)
		}
		a := analyse(t, largeHistory(data, 3000, 10, 2), data)
		if !slices.Contains(a.Forbidden, want) || len(a.Undecided) > 0 {
			t.Errorf("split: %v, undecided %v", a.Forbidden, a.Undecided)
		}
	}
}

func TestSameHistoryGivesSameAnswer(t *testing.T) {
	told := func() string {
		var all []string
		for _, f := range analyse(t, largeHistory(Registers, 1000, 10, 2), Registers).Findings {
			all = append(all, f.Kind+string(f.data))
		}
		return strings.Join(all, "\n")
	}
	if first, second := told(), told(); first != second {
		t.Error("two answers to one question")
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, c := range []struct {
		name  string
		data  Data
		nodes int
	}{{"registers", Registers, 1}, {"lists", Lists, 1}, {"registers-split", Registers, 2}, {"lists-split", Lists, 2}} {
		b.Run(c.name, func(b *testing.B) {
			h := largeHistory(c.data, 100_000, 10, c.nodes)
			for b.Loop() {
				pairs, err := h.Pair()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := Check(h, pairs, c.data, []string{"strong-serializable"}, true); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package counter

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// counted makes the history of a counter from lines of "process type f value", such as "0 ok add -3". A
// trailing ! marks a final read; reads are invoked on their own.
func counted(t *testing.T, lines ...string) history.History {
	t.Helper()
	var h history.History
	add := func(process, kind, f, value string, final bool) {
		var op history.Op
		text := fmt.Sprintf(`{"index":%d,"time":%d,"type":%q,"process":%s,"f":%q,"value":%s,"final?":%v}`, len(h), 1e6*len(h), kind, process, f, value, final)
		if err := json.Unmarshal([]byte(text), &op); err != nil {
			t.Fatal(err)
		}
		h = append(h, op)
	}
	for _, line := range lines {
		words := strings.Fields(line)
		value, final := strings.CutSuffix(words[3], "!")
		switch {
		case words[1] == "open":
			add(words[0], "invoke", words[2], value, false)
			continue
		case words[2] == "add":
			add(words[0], "invoke", "add", value, false)
		default:
			add(words[0], "invoke", "read", "null", final)
		}
		add(words[0], words[1], words[2], value, final)
	}
	return h
}

func judge(name string, h history.History, o checker.Options) (checker.Results, error) {
	w := named(name)
	return w.Check(h, o)
}

func judgeCounter(t *testing.T, lines ...string) (*Results, checker.Results) {
	t.Helper()
	r, err := judge("pn-counter", counted(t, lines...), checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Workload.(*Results), r
}

func TestFinalReadsMustShowASumOfWhatWasAdded(t *testing.T) {
	for _, c := range []struct {
		name       string
		lines      []string
		valid      checker.Verdict
		acceptable string
	}{
		{"all that was acknowledged", []string{"0 ok add 4", "1 ok add -1", "0 ok read 3!"}, checker.Valid, "[[3,3]]"},
		{"one missing", []string{"0 ok add 4", "1 ok add -1", "0 ok read 4!"}, checker.Invalid, "[[3,3]]"},
		{"one reader wrong", []string{"0 ok add 4", "0 ok read 4!", "1 ok read 0!"}, checker.Invalid, "[[4,4]]"},
		{"counted twice", []string{"0 ok add 4", "0 ok read 8!"}, checker.Invalid, "[[4,4]]"},
		{"refused and not counted", []string{"0 fail add 4", "0 ok read 0!"}, checker.Valid, "[[0,0]]"},
		{"refused and counted", []string{"0 fail add 4", "0 ok read 4!"}, checker.Invalid, "[[0,0]]"},
		{"unknown and counted", []string{"0 info add 4", "1 ok read 4!"}, checker.Valid, "[[0,0],[4,4]]"},
		{"unknown and not counted", []string{"0 info add 4", "1 ok read 0!"}, checker.Valid, "[[0,0],[4,4]]"},
		{"between what is possible", []string{"0 info add 4", "1 ok read 2!"}, checker.Invalid, "[[0,0],[4,4]]"},
		{"some of the unknown", []string{"0 info add 4", "1 info add -1", "2 ok add 10", "3 ok read 13!"}, checker.Valid, "[[9,10],[13,14]]"},
		{"never completed", []string{"0 ok add 4", "1 open add 1", "0 ok read 5!"}, checker.Valid, "[[4,5]]"},
		{"nothing added", []string{"0 ok read 0!"}, checker.Valid, "[[0,0]]"},
		{"earlier reads do not count", []string{"0 ok read 77", "0 ok add 1", "0 ok read 1!"}, checker.Valid, "[[1,1]]"},
		{"no final read", []string{"0 ok add 1", "0 ok read 1"}, checker.Unknown, "[[1,1]]"},
		{"beyond what a double holds", []string{"0 ok add 9007199254740992", "1 ok add 1", "0 ok read 9007199254740993!"}, checker.Valid, "[[9007199254740993,9007199254740993]]"},
		{"one off where a double would not tell", []string{"0 ok add 9007199254740992", "1 ok add 1", "0 ok read 9007199254740992!"}, checker.Invalid, "[[9007199254740993,9007199254740993]]"},
		{"beyond 64 bits", []string{"0 ok add 9223372036854775807", "1 ok add 9223372036854775807", "0 ok read 18446744073709551614!"}, checker.Valid, "[[18446744073709551614,18446744073709551614]]"},
	} {
		got, _ := judgeCounter(t, c.lines...)
		acceptable, err := json.Marshal(got.Acceptable)
		if err != nil {
			t.Fatal(err)
		}
		if got.Valid != c.valid || string(acceptable) != c.acceptable {
			t.Errorf("%s: %v, acceptable %s; want %v, %s", c.name, got.Valid, acceptable, c.valid, c.acceptable)
		}
	}
}

// Every subset of the adds in doubt is added up, one by one.
func TestAcceptableSumsAreThoseOfAllSubsets(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var doubtful []*big.Int
		sums := map[int64]bool{7: true}
		for range rng.IntN(8) {
			delta := rng.Int64N(41) - 20
			doubtful = append(doubtful, big.NewInt(delta))
			for _, s := range slices.Collect(keysOf(sums)) {
				sums[s+delta] = true
			}
		}
		got, err := sumsOf(big.NewInt(7), doubtful)
		if err != nil {
			t.Fatal(err)
		}
		for n := int64(-200); n <= 200; n++ {
			if got.holds(big.NewInt(n)) != sums[n] {
				t.Fatalf("%v: %d is held %v, want %v: %v", doubtful, n, !sums[n], sums[n], got)
			}
		}
		for i := range got[:len(got)-1] {
			if gap := new(big.Int).Sub(got[i+1].low, got[i].high); gap.Cmp(big.NewInt(1)) <= 0 {
				t.Fatalf("ranges %v and %v touch", got[i], got[i+1])
			}
		}
	}
}

func keysOf(m map[int64]bool) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestTooManySumsAreRefusedAndNotGuessed(t *testing.T) {
	lines := []string{"0 ok read 0!"}
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("%d info add %d", i+1, int64(1)<<(i+10)))
	}
	if _, err := judge("g-counter", counted(t, lines...), checker.Options{}); err == nil || !strings.Contains(err.Error(), "the 40 adds whose fate is unknown") {
		t.Error(err)
	}
}

func TestWrongSumIsProvedByTheReadAndTheAdds(t *testing.T) {
	_, r := judgeCounter(t, "0 ok add 4", "1 ok add 3", "0 ok add 2", "2 info add 9", "0 ok read 6!", "1 ok read 6!")
	var kinds []string
	for _, w := range r.Witnesses {
		kinds = append(kinds, w.Kind)
	}
	if got := strings.Join(kinds, " "); got != "wrong-sum wrong-sum adds adds add-in-doubt" {
		t.Fatal(got)
	}
	first, second, adds := r.Witnesses[0], r.Witnesses[1], r.Witnesses[2]
	if string(first.Value) != "6" || first.Known.Index != 9 || first.Note != "3 less than the 9 acknowledged, and just what this process was acknowledged itself" {
		t.Errorf("%+v", first)
	}
	if second.Note != "3 less than the 9 acknowledged, as if nothing of process 1 had counted" {
		t.Errorf("%+v", second)
	}
	if string(adds.Value) != "6" || adds.Count != 2 || adds.Events[0].Index != 1 || adds.Events[1].Index != 5 {
		t.Errorf("%+v", adds)
	}
	if doubt := r.Witnesses[4]; string(doubt.Value) != "9" || doubt.Known.Process != 2 {
		t.Errorf("%+v", doubt)
	}
	if _, r := judgeCounter(t, "0 ok add 4", "0 ok read 4!"); r.Witnesses != nil {
		t.Errorf("a valid run has witnesses: %+v", r.Witnesses)
	}
}

func TestCountersWithoutIntegersAreRefused(t *testing.T) {
	for line, want := range map[string]string{
		"0 ok read [1,2]": "operation 1: the value of read is [1,2]: expected an integer; is this a set's history?",
		"0 ok read null":  "operation 1: the value of read is null: expected an integer",
		"0 ok read 1.5!":  "operation 1: the value of read is 1.5: expected an integer",
		`0 ok add "x"`:    `operation 1: the value of add is "x": expected an integer`,
	} {
		if _, err := judge("g-counter", counted(t, line), checker.Options{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

package analysis

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"eddy/testbench/history"
)

// elleCase is a small random history and what Elle 0.2.2, the one in Maelstrom, says of it by each consistency model, with
// Maelstrom's options: whether it is valid, the anomalies, the weakest models that they rule out.
type elleCase struct {
	Data     string
	History  json.RawMessage
	Verdicts map[string][3]json.RawMessage
}

// elleCases reads testdata/elle.edn.gz: transactions of one to four operations on one to three keys, some of them failed or
// of unknown outcome, in databases that show stale, torn, aborted, repeated, reordered values, null or nothing.
func elleCases(t *testing.T) []elleCase {
	t.Helper()
	file, err := os.Open("testdata/elle.edn.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	var all []elleCase
	for lines.Scan() {
		raw, err := history.ReadResults(strings.NewReader(lines.Text()), "elle.edn")
		if err != nil {
			t.Fatal(err)
		}
		var c elleCase
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	if err := lines.Err(); err != nil || len(all) != 300 {
		t.Fatalf("%d cases, %v", len(all), err)
	}
	return all
}

func (c *elleCase) check(t *testing.T, model string) *Analysis {
	t.Helper()
	h, err := history.Read(strings.NewReader(string(c.History)), "elle.edn")
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	models, err := ParseModels([]string{model})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Check(h, pairs, map[string]Data{"lists": Lists, "registers": Registers}[c.Data], models, false)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The verdict is Elle's for each of the models, and so is everything but the names of circles: of several in one tangle Elle
// names one that its search came upon, or only says that there is one; here the worst is named.
func TestVerdictsAreElles(t *testing.T) {
	verdicts, names, met := 0, 0, map[string]int{}
	for i, c := range elleCases(t) {
		// Of lists that contradict each other Elle takes one of the longest, whichever, for the order of the key.
		contradictory := strings.Contains(string(c.Verdicts["strict-serializable"][1]), "incompatible-order")
		for model, theirs := range c.Verdicts {
			if contradictory && model == "read-uncommitted" {
				continue
			}
			a := c.check(t, model)
			verdict := "true"
			switch {
			case len(a.Forbidden) > 0:
				verdict = "false"
			case len(a.Undecided) > 0 || a.Unrelated:
				verdict = `"unknown"`
			}
			if verdicts++; verdict != string(theirs[0]) {
				t.Errorf("case %d is %s by %s, Elle says %s\n%s", i, verdict, model, theirs[0], c.History)
				continue
			}
			var kinds, not []string
			if json.Unmarshal(theirs[1], &kinds) != nil || json.Unmarshal(theirs[2], &not) != nil {
				t.Fatalf("case %d: %s", i, theirs)
			}
			ours := slices.Clone(a.Forbidden)
			if a.Unrelated {
				ours = append(ours, "empty-transaction-graph")
				slices.Sort(ours)
			}
			for _, kind := range kinds {
				met[kind]++
			}
			if slices.Equal(ours, kinds) {
				if len(kinds) > 0 && !contradictory && !slices.Equal(a.Not, not) {
					t.Errorf("case %d by %s: not %v, Elle says not %v\n%s", i, model, a.Not, not, c.History)
				}
				continue
			}
			names++
			found := implied(ours...)
			for _, kind := range kinds {
				if !found[kind] && !contradictory && !strings.HasSuffix(kind, "-cycle-exists") {
					t.Errorf("case %d by %s: Elle finds %s, here %v\n%s", i, model, kind, ours, c.History)
				}
			}
			if a, b := withoutCircles(ours, contradictory), withoutCircles(kinds, contradictory); !slices.Equal(a, b) {
				t.Errorf("case %d by %s: %v, Elle finds %v\n%s", i, model, a, b, c.History)
			}
		}
	}
	if verdicts != 3849 || names > 178 {
		t.Errorf("%d verdicts, of which %d name other circles", verdicts, names)
	}
	for _, kind := range []string{"G0", "G1a", "G1b", "G1c", "G-single-item", "G-nonadjacent-item", "G2-item", "G-single-item-process", "G-single-item-realtime",
		"internal", "lost-update", "cyclic-versions", "duplicate-elements", "incompatible-order", "dirty-update", "future-read", "empty-transaction-graph"} {
		if met[kind] == 0 {
			t.Errorf("no case shows %s", kind)
		}
	}
}

// withoutCircles leaves out the names of circles, and what else goes by the order of lists that contradict each other.
func withoutCircles(kinds []string, contradictory bool) []string {
	return slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool {
		return contradictory && kind == "dirty-update" || strings.HasSuffix(kind, "-cycle-exists") || slices.ContainsFunc(forms, func(f form) bool { return f.name == kind })
	})
}

// What Elle sees otherwise than one might think, and what is found beyond it with strict.
func TestWhatElleTakesForKnowledge(t *testing.T) {
	for _, c := range []struct {
		name  string
		data  Data
		lines []string
		elle  string // by serializable
		more  string // with strict
	}{
		{"a list after null", Lists, []string{`0 1 ok 0 [["append",1,1]]`, `0 9 ok 1 [["r",1,null],["r",1,[1]]]`}, "G-single-item", "internal"},
		{"null after an empty list", Lists, []string{`0 1 ok 0 [["append",1,1]]`, `0 9 ok 1 [["r",1,[]],["r",1,null]]`}, "internal", ""},
		{"an empty list after null", Lists, []string{`0 1 ok 0 [["append",1,1]]`, `0 9 ok 1 [["r",1,null],["r",1,[]]]`}, "", ""},
		{"a third value after null", Registers, []string{`0 1 ok 0 [["w",1,1]]`, `0 1 ok 1 [["w",1,2]]`, `0 9 ok 2 [["r",1,null],["r",1,1],["r",1,2]]`}, "internal", ""},
		{"updates of null and of an empty list", Lists, []string{`0 9 ok 0 [["r",1,null],["append",1,1]]`, `0 9 ok 1 [["r",1,[]],["append",1,2]]`}, "G2-item", "lost-update"},
		{"an update of what was read after an own write", Lists, []string{`0 9 ok 0 [["append",1,1],["r",1,[1]],["append",1,3]]`, `0 9 ok 1 [["r",1,[1]],["append",1,2]]`, `10 19 ok 2 [["r",1,[1,2,3]]]`}, "lost-update", ""},
		{"an own write read before it, alone", Registers, []string{`0 1 ok 0 [["r",1,1],["w",1,1]]`}, "", "future-read"},
		{"an own write read before it, and made again, with another reader", Registers, []string{`0 1 ok 0 [["r",1,1],["w",1,1],["w",1,2]]`, `2 3 ok 1 [["r",1,1]]`}, "G1b", "future-read"},
		{"an own write read before it, with another reader", Registers, []string{`0 1 ok 0 [["r",1,1],["w",1,1]]`, `2 3 ok 1 [["r",1,1]]`}, "G1c", "future-read"},
	} {
		for _, strict := range []bool{false, true} {
			h := runOf(t, c.lines...)
			pairs, err := h.Pair()
			if err != nil {
				t.Fatal(err)
			}
			a, err := Check(h, pairs, c.data, []string{"serializable"}, strict)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{c.elle, c.more} {
				if expected := want != "" && (want == c.elle || strict); slices.Contains(a.Forbidden, want) != expected {
					t.Errorf("%s, strict %v: %v and beyond %v, want %s: %v", c.name, strict, a.Forbidden, a.Beyond, want, expected)
				}
			}
			if c.elle == "" && !strict && len(a.Forbidden) > 0 {
				t.Errorf("%s: %v", c.name, a.Forbidden)
			}
		}
	}
}

// One transaction that reads and writes a register is something to judge, as it is for Elle; two that have nothing in common
// are not.
func TestRegistersThatOneTransactionHasToDoWithAreJudged(t *testing.T) {
	for line, unrelated := range map[string]bool{`0 1 ok 0 [["r",1,null],["w",1,1]]`: false, `0 1 ok 0 [["r",1,1],["w",1,1],["w",1,2]]`: false, `0 1 ok 0 [["r",1,null],["w",2,1]]`: true} {
		if a := analyse(t, runOf(t, line), Registers, "serializable"); a.Unrelated != unrelated {
			t.Errorf("%s: unrelated is %v", line, a.Unrelated)
		}
	}
}

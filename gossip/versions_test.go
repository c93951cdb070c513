package gossip

import (
	"slices"
	"testing"
)

func TestVersionsTellWhatCameWithoutAGap(t *testing.T) {
	var v versions
	a, b := memory{1, 77}, memory{0, 5}
	for _, s := range []stamp{{a, 1}, {b, 1}, {a, 4}, {a, 2}, {b, 2}} {
		if !v.add(s) {
			t.Errorf("%v is taken for known", s)
		}
		if v.add(s) {
			t.Errorf("%v is new twice", s)
		}
	}
	if told := v.told(); !slices.Equal(told, []int64{0, 5, 2, 1, 77, 2}) {
		t.Errorf("told %v", told)
	}
	if !v.covers(stamp{a, 4}) || v.covers(stamp{a, 3}) || v.covers(stamp{memory{1, 78}, 1}) {
		t.Error("what came behind a gap is known, and nothing else")
	}
	v.add(stamp{a, 3})
	if told := v.told(); !slices.Equal(told, []int64{0, 5, 2, 1, 77, 4}) {
		t.Errorf("with the gap filled, told %v", told)
	}
}

func TestVersionsThatWereToldOnlyGrow(t *testing.T) {
	var v versions
	a := memory{2, 9}
	v.add(stamp{a, 5})
	v.raise([]int64{2, 9, 4, 3, 1, 1})
	v.raise([]int64{2, 9, 2})
	if told := v.told(); !slices.Equal(told, []int64{2, 9, 5, 3, 1, 1}) {
		t.Errorf("told %v", told)
	}
}

package counter

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
)

// sumSet is a set of integers of any size: those that a counter may show. It is kept as ranges, since adds
// of small numbers whose fate is unknown make every sum in between possible.
type sumSet []sumRange // ascending, with a gap between each two

// sumRange holds its lowest and its highest integer and all in between.
type sumRange struct{ low, high *big.Int }

// sumRangesMax bounds the ranges: with n unknown adds of numbers far apart there are 2^n of them.
const sumRangesMax = 1 << 16

// sumsOf gives the sums that are possible when of the adds in doubt each may have happened or not.
func sumsOf(certain *big.Int, doubtful []*big.Int) (sumSet, error) {
	sums := sumSet{{certain, certain}}
	for _, delta := range doubtful {
		sums = sums.withOrWithout(delta)
		if len(sums) > sumRangesMax {
			return nil, fmt.Errorf("the %d adds whose fate is unknown leave more than %d ranges of sums possible, too many to judge by", len(doubtful), sumRangesMax)
		}
	}
	return sums, nil
}

// withOrWithout gives the sums of s, and those that are delta away from one.
func (s sumSet) withOrWithout(delta *big.Int) sumSet {
	all := make(sumSet, 0, 2*len(s))
	for _, r := range s {
		all = append(all, r, sumRange{new(big.Int).Add(r.low, delta), new(big.Int).Add(r.high, delta)})
	}
	slices.SortFunc(all, func(a, b sumRange) int { return a.low.Cmp(b.low) })
	joined := all[:1]
	for _, r := range all[1:] {
		last := &joined[len(joined)-1]
		if next := new(big.Int).Add(last.high, big.NewInt(1)); r.low.Cmp(next) > 0 {
			joined = append(joined, r)
		} else if r.high.Cmp(last.high) > 0 {
			last.high = r.high
		}
	}
	return joined
}

func (s sumSet) holds(n *big.Int) bool {
	return slices.ContainsFunc(s, func(r sumRange) bool { return r.low.Cmp(n) <= 0 && n.Cmp(r.high) <= 0 })
}

// MarshalJSON writes the range as Maelstrom does, [lowest, highest].
func (r sumRange) MarshalJSON() ([]byte, error) { return json.Marshal([2]*big.Int{r.low, r.high}) }

// UnmarshalJSON reads what MarshalJSON writes.
func (r *sumRange) UnmarshalJSON(data []byte) error {
	var ends [2]*big.Int
	if err := json.Unmarshal(data, &ends); err != nil || ends[0] == nil || ends[1] == nil {
		return fmt.Errorf("the range is %s: expected two integers", data)
	}
	r.low, r.high = ends[0], ends[1]
	return nil
}

// String is the range for people.
func (r sumRange) String() string {
	if r.low.Cmp(r.high) == 0 {
		return r.low.String()
	}
	return fmt.Sprintf("%s to %s", r.low, r.high)
}

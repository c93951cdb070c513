package counter

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
)

// shard is a part of a counter: all that was ever added to it, and all that was ever taken away. Both only grow,
// which makes it a PN-counter of two G-counters (Shapiro, Preguiça, Baquero, Zawirski: A comprehensive study of
// Convergent and Commutative Replicated Data Types, INRIA 7506, 2011, specifications 6 and 7). A shard never
// changes; the zero shard is empty.
type shard struct{ up, down *big.Int }

var zero = new(big.Int)

func orZero(n *big.Int) *big.Int {
	if n == nil {
		return zero
	}
	return n
}

// with gives the shard with a delta of either sign.
func (s shard) with(delta int64) shard {
	d := big.NewInt(delta)
	if delta < 0 {
		return shard{s.up, new(big.Int).Sub(orZero(s.down), d)}
	}
	return shard{new(big.Int).Add(orZero(s.up), d), s.down}
}

// plus gives what was added to either.
func (s shard) plus(t shard) shard {
	return shard{new(big.Int).Add(orZero(s.up), orZero(t.up)), new(big.Int).Add(orZero(s.down), orZero(t.down))}
}

// minus gives what s has and t, an earlier state of it, has not.
func (s shard) minus(t shard) shard {
	return shard{new(big.Int).Sub(orZero(s.up), orZero(t.up)), new(big.Int).Sub(orZero(s.down), orZero(t.down))}
}

// join gives the later of two states of one shard.
func (s shard) join(t shard) shard { return shard{larger(s.up, t.up), larger(s.down, t.down)} }

func larger(a, b *big.Int) *big.Int {
	if orZero(a).Cmp(orZero(b)) < 0 {
		return b
	}
	return a
}

// covers reports whether nothing of t is news to s.
func (s shard) covers(t shard) bool {
	return orZero(s.up).Cmp(orZero(t.up)) >= 0 && orZero(s.down).Cmp(orZero(t.down)) >= 0
}

func (s shard) equals(t shard) bool { return s.covers(t) && t.covers(s) }

func (s shard) empty() bool { return orZero(s.up).Sign() == 0 && orZero(s.down).Sign() == 0 }

// addTo adds what the shard comes to to a sum.
func (s shard) addTo(sum *big.Int) {
	sum.Add(sum, orZero(s.up))
	sum.Sub(sum, orZero(s.down))
}

// MarshalJSON writes [added, taken away].
func (s shard) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]*big.Int{orZero(s.up), orZero(s.down)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *shard) UnmarshalJSON(data []byte) error {
	var sums []*big.Int
	if err := json.Unmarshal(data, &sums); err != nil || len(sums) != 2 || orZero(sums[0]).Sign() < 0 || orZero(sums[1]).Sign() < 0 {
		return fmt.Errorf("the shard is %.80s: expected two integers from 0 up, [added, taken away]", data)
	}
	*s = shard{sums[0], sums[1]}
	return nil
}

var (
	sumMax = big.NewInt(math.MaxInt64)
	sumMin = big.NewInt(math.MinInt64)
)

// fits reports whether a sum has room in 64 bits.
func fits(sum *big.Int) bool { return sum.Cmp(sumMin) >= 0 && sum.Cmp(sumMax) <= 0 }

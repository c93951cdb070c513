package workload

import (
	"math/bits"
	"math/rand/v2"
)

// KeyPool draws keys and the values to write to them as Elle's transactions do (elle.txn/wr-txns): of the
// keys in use each is twice as likely as the one before it; a key gets the values 1, 2, 3 and so on; one that
// has had as many as it may is replaced by a key that is new.
type KeyPool struct {
	keys      []int
	written   []int // values given to each
	writesMax int
}

// keyCountDefault is how many keys are in use at a time if no flag says.
const keyCountDefault = 10

// NewKeyPool makes the pool of a run.
func NewKeyPool(o Options) *KeyPool {
	count := o.KeyCount
	if count == 0 {
		count = keyCountDefault
	}
	p := &KeyPool{keys: make([]int, count), written: make([]int, count), writesMax: o.MaxWritesPerKey}
	for i := range p.keys {
		p.keys[i] = i
	}
	return p
}

// Draw gives a key to read, or with even chance one to write and the value.
func (p *KeyPool) Draw(rng *rand.Rand) (key, value int, write bool) {
	for {
		write = rng.IntN(2) == 1
		i := p.index(rng)
		switch {
		case !write:
			return p.keys[i], 0, false
		case p.written[i] < p.writesMax:
			p.written[i]++
			return p.keys[i], p.written[i], true
		}
		p.replace(i)
	}
}

// index draws the place of a key: the last with a chance of about a half, each before it with half the chance
// of the next.
func (p *KeyPool) index(rng *rand.Rand) int {
	for {
		if back := bits.TrailingZeros64(rng.Uint64()); back < len(p.keys) {
			return len(p.keys) - 1 - back
		}
	}
}

// replace puts a new key in the place of one that is worn out.
func (p *KeyPool) replace(i int) {
	newest := p.keys[0]
	for _, key := range p.keys {
		newest = max(newest, key)
	}
	p.keys[i], p.written[i] = newest+1, 0
}

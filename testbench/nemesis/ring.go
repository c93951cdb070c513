package nemesis

import "math/rand/v2"

// links says which nodes still hear which: links[a][b] means that a hears b.
type links [][]bool

func newLinks(n int) links {
	l := make(links, n)
	for i := range l {
		l[i] = make([]bool, n)
		l[i][i] = true
	}
	return l
}

// majority is the smallest number of nodes that is more than half.
func majority(n int) int { return n/2 + 1 }

// perfectRing lays the nodes out on a ring in the given order; the node in the middle of each window of
// a majority hears that window. Jepsen uses it up to five nodes.
func perfectRing(order []int) links {
	n, m := len(order), majority(len(order))
	l := newLinks(n)
	for start := range order {
		middle := order[(start+m/2)%n]
		for k := range m {
			l[middle][order[(start+k)%n]] = true
		}
	}
	return l
}

// stochasticRing links the least connected node with the least connected other one that it does not
// hear yet, both drawn among equals, until each hears a majority. Jepsen uses it for more than five
// nodes, where exact rings exist for some sizes only.
func stochasticRing(n int, rng *rand.Rand) links {
	l := newLinks(n)
	degree := make([]int, n)
	for i := range degree {
		degree[i] = 1
	}
	for {
		a := leastConnected(degree, rng, func(int) bool { return true })
		if degree[a] >= majority(n) {
			return l
		}
		b := leastConnected(degree, rng, func(i int) bool { return !l[a][i] })
		l[a][b], l[b][a] = true, true
		degree[a]++
		degree[b]++
	}
}

// leastConnected draws evenly among the eligible nodes of the smallest degree.
func leastConnected(degree []int, rng *rand.Rand, eligible func(int) bool) int {
	best, ties := -1, 0
	for i, d := range degree {
		switch {
		case !eligible(i):
		case best < 0 || d < degree[best]:
			best, ties = i, 1
		case d == degree[best]:
			if ties++; rng.IntN(ties) == 0 {
				best = i
			}
		}
	}
	return best
}

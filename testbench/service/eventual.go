package service

import "math/rand/v2"

// replicas is how many copies lww-kv keeps. Maelstrom's documentation speaks of five; its code makes two.
const replicas = 2

// eventual is lww-kv. Before each request one replica, drawn evenly, is merged into one that is drawn, which
// may be itself; then one that is drawn carries the request out alone.
type eventual struct{ replicas [replicas]replica }

// replica is a copy of the store with a Lamport clock, which is the time of its next write.
type replica struct {
	clock   int64
	keys    map[string]stamped
	changed map[string]bool // keys written or merged here since everything of this replica was merged elsewhere
}

type stamped struct {
	at    int64
	value value
}

func (s *eventual) Handle(_ string, body []byte, rng *rand.Rand) ([]byte, error) {
	r, err := parseKV(body)
	if err != nil {
		return nil, err
	}
	source, dest := rng.IntN(replicas), rng.IntN(replicas)
	if source != dest {
		s.replicas[dest].merge(&s.replicas[source])
	}
	to := &s.replicas[rng.IntN(replicas)]
	found, there := to.keys[r.key]
	out := r.carryOut(found.value, there, false)
	if out.write {
		to.set(r.key, stamped{to.clock, out.value})
		to.clock++
	}
	return out.reply, nil
}

func (p *replica) set(key string, v stamped) {
	if p.keys == nil {
		p.keys, p.changed = make(map[string]stamped), make(map[string]bool)
	}
	p.keys[key] = v
	p.changed[key] = true
}

// merge takes over from another replica what is newer there, and of equal times what is there. Only keys that
// have changed there since its last merge are looked at, which is enough between two replicas: where they
// differ, the one with the newer value has the key among those changed, and with equal times both have.
func (p *replica) merge(from *replica) {
	p.clock = max(p.clock, from.clock)
	for key := range from.changed {
		theirs := from.keys[key]
		if ours, there := p.keys[key]; !there || ours.at <= theirs.at {
			p.set(key, theirs)
			delete(p.changed, key)
		}
	}
	clear(from.changed)
}

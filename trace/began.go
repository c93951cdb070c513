package trace

import (
	"errors"
	"math"
)

// beginningRecords is how many records at the head of each log tell when the run
// began: the first is the node's init.
const beginningRecords = 64

// findBeginning matches the init of each node as its log has it with the
// network's journal, which counts from the beginning of the run. A log says a
// little later when: the least difference is taken.
func (r *Run) findBeginning() error {
	inits := make(map[string]int64)
	first := int64(math.MaxInt64)
	p := newParser()
	for _, path := range r.Logs {
		seen := 0
		err := r.eachLine(path, func(line []byte, _ bool) error {
			if p.parse(line) != lineRecord {
				if seen++; seen > beginningRecords {
					return errStop
				}
				return nil
			}
			e := &p.event
			first = min(first, e.Time)
			if _, known := inits[e.Node]; !known && e.Actor == Stdin && e.Type == "init" {
				inits[e.Node] = e.Time
			}
			if seen++; seen > beginningRecords {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			return err
		}
	}
	if first == math.MaxInt64 {
		r.untraced = r.Messages != ""
		return nil // there are no records: only the network's journal has times
	}
	r.began = first
	if r.Messages == "" {
		return nil
	}
	least, unmatched, looked := int64(math.MaxInt64), len(inits), 0
	sent := make(map[int64]bool) // the network's numbers of inits
	err := r.EachMessage(func(m *Message) error {
		if looked++; unmatched == 0 || looked > 100_000 {
			return errStop
		}
		if m.Kind == MessageSent && string(fieldOf(m.Body, "type")) == `"init"` {
			sent[m.ID] = true
		}
		if at, known := inits[m.Dest]; known && m.Kind == MessageReceived && sent[m.ID] {
			least = min(least, at-int64(m.At))
			delete(inits, m.Dest)
			unmatched--
		}
		return nil
	})
	if err != nil {
		return err
	}
	if least != math.MaxInt64 {
		r.began = least
	}
	return nil
}

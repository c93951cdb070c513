package play

import (
	"encoding/json"
	"fmt"
	"slices"

	"eddy/trace"
)

// Letter is a message whole.
type Letter struct {
	ID      int64           `json:"id"`
	Src     string          `json:"src"`
	Dest    string          `json:"dest"`
	Body    json.RawMessage `json:"body"`
	Sent    int64           `json:"sent"`
	Arrives int64           `json:"arrives"`
	Lost    string          `json:"lost"`
	Causes  []int64         `json:"causes"`  // the messages that led to it, the nearest first
	Effects []int64         `json:"effects"` // the messages that it led to at once
}

// effectsMax is how many effects are named.
const effectsMax = 1000

// message answers with a message, what caused it and what it caused.
func (b *Bench) message(r *Request) (any, error) {
	made, err := b.reel(r)
	if err != nil {
		return nil, err
	}
	return made.letter(r.ID)
}

// letter is a message of the run.
func (made *reel) letter(id int64) (any, error) {
	i, found := slices.BinarySearchFunc(made.film.Messages, id, func(m Hop, id int64) int { return int(m[colID] - id) })
	if !found {
		return nil, fmt.Errorf("this run has no message %d: take one that the picture shows", id)
	}
	m := made.film.Messages[i]
	letter := Letter{
		ID: m[colID], Src: made.film.name(m[colSrc]), Dest: made.film.name(m[colDest]), Body: made.bodies[m[colID]],
		Sent: m[colSent], Arrives: m[colArrives], Causes: []int64{}, Effects: []int64{},
	}
	if m[colLost] >= 0 {
		letter.Lost = made.film.Lost[m[colLost]]
	}
	if err := made.findCauses(); err != nil {
		return nil, err
	}
	for cause, known := made.cause[id]; known && len(letter.Causes) < len(made.film.Messages); cause, known = made.cause[cause] {
		letter.Causes = append(letter.Causes, cause)
	}
	letter.Effects = append(letter.Effects, made.effects[id][:min(effectsMax, len(made.effects[id]))]...)
	return letter, nil
}

// name is that of a place.
func (f *Film) name(place int64) string {
	if n := int64(len(f.Nodes)); place >= n {
		return f.Ends[place-n]
	}
	return f.Nodes[place]
}

// findCauses finds for each message the one that led to it, through whatever a node's actors said to each other meanwhile.
func (r *reel) findCauses() error {
	if r.cause != nil {
		return nil
	}
	run, err := r.traced()
	if err != nil || run == nil {
		return err
	}
	r.cause, r.effects = make(map[int64]int64), make(map[int64][]int64)
	numbers := make(map[string]int64) // of messages by name
	if err := run.EachMessage(func(m *trace.Message) error {
		if m.Kind == trace.MessageSent {
			if name := m.Name(); name != "" {
				numbers[name] = m.ID
			}
		}
		return nil
	}); err != nil {
		return err
	}
	because := make(map[string]string) // of what actors said to each other
	type sent struct {
		id    int64
		cause string
	}
	var all []sent
	_, err = run.Events(func(e *trace.Event) error {
		if e.Kind == trace.Send && e.Actor == trace.Stdout {
			if id, known := numbers[e.Name()]; known {
				all = append(all, sent{id, string(e.Cause)})
			}
			return nil
		}
		if len(e.ID) > 0 && len(e.Cause) > 0 && e.Actor != trace.Stdin {
			because[string(e.ID)] = string(e.Cause)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b sent) int { return int(a.id - b.id) })
	for _, m := range all {
		name := m.cause
		for range len(because) + 1 {
			if id, is := numbers[name]; is {
				if id < m.id {
					r.cause[m.id] = id
					r.effects[id] = append(r.effects[id], m.id)
				}
				break
			}
			if name = because[name]; name == "" {
				break
			}
		}
	}
	return nil
}

package nemesis

import (
	"encoding/json"
	"time"
)

// Spell is a package whose fault is on or off as a whole, such as the loss of messages. Its acts are
// start-x and stop-x for the fault x.
type Spell struct {
	Fault   string          // its name
	Value   json.RawMessage // what the history shows of its start, such as a rate
	Lasting time.Duration   // how long it is on; 0 leaves that to the interval
	Begin   func()
	End     func()

	on bool
}

// Next turns the fault on or off.
func (s *Spell) Next() Act {
	if s.on = !s.on; !s.on {
		return Act{F: "stop-" + s.Fault}
	}
	return Act{F: "start-" + s.Fault, Value: s.Value}
}

// Lasts is Lasting while the fault is on.
func (s *Spell) Lasts() time.Duration {
	if !s.on {
		return 0
	}
	return s.Lasting
}

// Final ends the fault, whether or not it is on.
func (s *Spell) Final() []Act { return []Act{{F: "stop-" + s.Fault}} }

// Apply begins or ends the fault.
func (s *Spell) Apply(a Act, done func(json.RawMessage)) bool {
	switch a.F {
	case "start-" + s.Fault:
		s.Begin()
	case "stop-" + s.Fault:
		s.End()
	default:
		return false
	}
	done(a.Value)
	return true
}

package trace

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes a story for people.
func (s *Story) WriteText(w io.Writer) error {
	p := &printer{to: w}
	if len(s.Steps) == 0 && len(s.Missing) == 0 {
		p.line("Nothing is recorded of %s: expected a value, a message's id such as n1/17, or a key that some record holds.", s.Of)
		return p.err
	}
	for i := range s.Steps {
		p.line("%s", s.Steps[i].String())
	}
	if s.More > 0 {
		p.line("and %s more", grouped(int64(s.More)))
	}
	if s.Nodes > 0 {
		p.line("")
		p.line("value %s is on %d of %d nodes", clipped(s.Of), s.Has, s.Nodes)
	}
	for _, c := range s.Missing {
		p.line("  never on %s: %s", c.Node, c.Text)
	}
	if more := s.Nodes - s.Has - len(s.Missing); more > 0 && s.Nodes > 0 {
		p.line("  nor on %s", plural(more, "other node"))
	}
	return p.err
}

// String is a step as one line.
func (s *Step) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%12s  %-4s %-18s ", seconds(s.At), s.Node, s.Actor)
	switch {
	case s.Event == State:
		fmt.Fprintf(&b, "%s", s.Text)
	case s.Actor == Stdin:
		fmt.Fprintf(&b, "%s %s from %s", s.ID, s.Type, s.Peer)
	case s.Actor == Stdout:
		fmt.Fprintf(&b, "%s %s to %s", s.ID, s.Type, s.Peer)
	case s.Event == Receive:
		fmt.Fprintf(&b, "%s %s", s.ID, s.Type)
	default:
		fmt.Fprintf(&b, "%s", strings.TrimSpace(s.Event+" "+strings.TrimSpace(s.ID+" "+s.Type)))
	}
	if s.Event != State && s.Text != "" {
		fmt.Fprintf(&b, " %s", clipped(s.Text))
	}
	if s.Cause != "" {
		fmt.Fprintf(&b, "  because of %s", s.Cause)
	}
	for _, part := range []struct {
		name  string
		value string
		given bool
	}{
		{"in flight", short(s.Flight), s.Flight > 0}, {"waited", short(s.Waited), s.Waited > 0},
		{"took", short(s.Took), s.Took > 0}, {"depth", fmt.Sprint(s.Depth), s.Depth > 1},
	} {
		if part.given {
			fmt.Fprintf(&b, "  %s %s", part.name, part.value)
		}
	}
	if s.Fate != "" {
		fmt.Fprintf(&b, "  %s", strings.ToUpper(s.Fate))
	}
	return b.String()
}

// List writes the records that a filter lets through, in the order of time, at most
// limit of them (0: all); as they stand in the logs for machines, else a line for
// people.
func List(w io.Writer, r *Run, f Filter, limit int, raw bool) error {
	p := &printer{to: w}
	shown, more := 0, 0
	err := r.Merged(func(e *Event) error {
		if !f.Lets(e) {
			return nil
		}
		if shown++; limit > 0 && shown > limit {
			more++
			return nil
		}
		if raw {
			if e.untraced {
				e.Raw = e.marshal()
			}
			p.line("%s", e.Raw)
		} else {
			step := stepOf(e)
			p.line("%s", step.String())
		}
		return p.err
	})
	if err == nil && !raw {
		switch {
		case shown == 0:
			p.line("No record passes.%s", f.unknownNodes(r))
		case more > 0:
			p.line("and %s more: --list %d shows all, --json as they were recorded", grouped(int64(more)), shown)
		}
	}
	if err == nil {
		err = p.err
	}
	return err
}

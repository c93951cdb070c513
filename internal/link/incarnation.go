package link

import "slices"

const (
	challengedMax = 4  // incarnations that are challenged at one time
	keptMax       = 16 // messages kept of each until it echoes
)

// challenged is an incarnation that has not shown yet that it lives.
type challenged struct {
	incarnation int64
	number      int64 // that it must echo
	kept        []Message
}

// incarnations tells which incarnation of the peer is the present one.
type incarnations struct {
	own        int64
	present    int64 // 0 before the first message
	last       int64 // number of the last challenge
	challenged []challenged
}

// standing is what the sender of a message is.
type standing uint8

const (
	unproven  standing = iota // to be challenged, or over
	present                   // the incarnation that was heard before
	first                     // the first that was ever heard of
	successor                 // one that has just shown that it replaced the present one
)

// hear takes note of who sent a message. For a successor it gives the messages kept of it.
//
// All challenges end when one is met. So whoever replaces the present incarnation later echoes a number that was made
// after that one was heard of, and cannot be its predecessor.
func (i *incarnations) hear(m *Message) (standing, []Message) {
	switch {
	case m.From == i.present:
		return present, nil
	case i.present == 0:
		i.present = m.From
		return first, nil
	}
	at := i.find(m.From)
	if at < 0 || m.To != i.own || m.Echo != i.challenged[at].number {
		return unproven, nil
	}
	kept := i.challenged[at].kept
	i.present, i.challenged = m.From, nil
	return successor, kept
}

// challenge gives the number that the sender of a message must echo, and keeps the message until it does.
func (i *incarnations) challenge(m *Message) int64 {
	at := i.find(m.From)
	if at < 0 {
		if len(i.challenged) == challengedMax {
			i.challenged = slices.Delete(i.challenged, 0, 1)
		}
		i.last++
		i.challenged = append(i.challenged, challenged{incarnation: m.From, number: i.last})
		at = len(i.challenged) - 1
	}
	if c := &i.challenged[at]; len(c.kept) < keptMax && len(m.Items) > 0 {
		c.kept = append(c.kept, *m)
	}
	return i.challenged[at].number
}

func (i *incarnations) find(incarnation int64) int {
	return slices.IndexFunc(i.challenged, func(c challenged) bool { return c.incarnation == incarnation })
}

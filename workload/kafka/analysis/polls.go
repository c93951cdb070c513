package analysis

import (
	"maps"

	"eddy/testbench/history"
)

// internalPolls looks at neighbours within each poll: each message should be
// the one after the last.
func (a *analyzer) internalPolls() {
	for i := range a.ops {
		for _, p := range a.ops[i].polls {
			for j := 1; j < len(p.values); j++ {
				last, next := p.values[j-1], p.values[j]
				delta := p.log.delta(last, next)
				if delta == 1 {
					continue
				}
				a.jump(InternalPollSkip, InternalNonmonotonicPoll, p.log, last, next, int32(i))
			}
		}
	}
}

// jump adds a case of messages skipped, or of going backwards.
func (a *analyzer) jump(skip, back string, l *log, last, next int32, ops ...int32) {
	c := Case{Key: l.key, Values: l.list([]int32{last, next}), Delta: l.delta(last, next), Ops: a.at(ops...)}
	if c.Delta < 1 {
		a.add(back, c)
		return
	}
	skipped := l.between(last, next)
	c.Skipped = l.list(skipped)
	c.Ops = append(c.Ops, a.proof(l, skipped[0])...)
	a.add(skip, c)
}

// proof gives an operation that shows that a message exists: its send's
// acknowledgement, or else the first poll that shows it.
func (a *analyzer) proof(l *log, value int32) []int {
	f := l.facts[value]
	if f.writer != none && a.ops[f.writer].ended == history.OK {
		return a.at(f.writer)
	}
	return a.at(f.reader)
}

// process is what one process did last to each key. It forgets keys when it
// assigns others.
type process struct {
	polls map[*log]lastPoll
	sends map[*log]int32 // the last send
}

// lastPoll is the last OK poll that tells of a key.
type lastPoll struct {
	op int32
	// last is the last message that it shows of the key; none if it tells that there is nothing. After that
	// any message may come, as Jepsen has it.
	last int32
}

// processes follows each process from one operation to the next.
func (a *analyzer) processes() {
	all := map[int]*process{}
	for i := range a.ops {
		o := &a.ops[i]
		p := all[o.process]
		if p == nil {
			p = &process{map[*log]lastPoll{}, map[*log]int32{}}
			all[o.process] = p
		}
		switch o.f {
		case "assign":
			if o.ended != history.Fail {
				p.keep(o.keys)
			}
		case "poll":
			a.nextPoll(p, int32(i))
		case "send":
			a.nextSend(p, int32(i))
		}
	}
}

func (p *process) keep(keys []*log) {
	kept := make(map[*log]bool, len(keys))
	for _, l := range keys {
		kept[l] = true
	}
	maps.DeleteFunc(p.polls, func(l *log, _ lastPoll) bool { return !kept[l] })
	maps.DeleteFunc(p.sends, func(l *log, _ int32) bool { return !kept[l] })
}

func (a *analyzer) nextPoll(p *process, op int32) {
	for _, shown := range a.ops[op].polls {
		if before, polled := p.polls[shown.log]; polled {
			next := first(shown.values)
			if shown.log.delta(before.last, next) != 1 {
				a.jump(PollSkip, NonmonotonicPoll, shown.log, before.last, next, before.op, op)
			}
		}
		if a.ops[op].ended == history.OK {
			p.polls[shown.log] = lastPoll{op, last(shown.values)}
		}
	}
}

func first(values []int32) int32 {
	if len(values) == 0 {
		return none
	}
	return values[0]
}

func last(values []int32) int32 {
	if len(values) == 0 {
		return none
	}
	return values[len(values)-1]
}

func (a *analyzer) nextSend(p *process, op int32) {
	o := &a.ops[op]
	if o.ended == history.Fail {
		return
	}
	l := o.sent.log
	if before, sent := p.sends[l]; sent {
		last := a.ops[before].sent.value
		if delta := l.delta(last, o.sent.value); delta < 1 {
			a.add(NonmonotonicSend, Case{Key: l.key, Values: l.list([]int32{last, o.sent.value}), Delta: delta, Ops: a.at(before, op)})
		}
	}
	p.sends[l] = op
}

package wasi

import (
	"encoding/binary"
	"math"
	"time"
)

// Kinds of what poll_oneoff waits for, and the sizes of its records.
const (
	waitClock = 0
	waitRead  = 1
	waitWrite = 2

	subscriptionBytes = 48
	eventBytes        = 32
	subscriptionsMax  = 1024
)

// subscription is one thing that poll_oneoff waits for. The guest's memory is only read: Go uses the same
// subscription again, so its relative time must stay there as it is. The due time is here.
type subscription struct {
	userdata uint64
	kind     byte
	fd       uint32
	due      time.Duration // of the world, for a clock
	failed   errno
}

// ready reports whether it has come, and gives the bytes there are to read.
func (c call) come(s *subscription) (there bool, size int) {
	switch {
	case s.failed != ok:
		return true, 0
	case s.kind == waitClock:
		return s.due <= c.world.Elapsed(), 0
	case s.kind == waitRead && s.fd == stdin:
		return c.stdin.there(), c.stdin.size()
	}
	return true, 1 // what else there is never makes a guest wait
}

func (c call) poll() errno {
	count := c.arg(2)
	if count == 0 || count > subscriptionsMax {
		return errInvalid
	}
	in, there := c.memory.Read(c.arg(0), count*subscriptionBytes)
	if !there {
		return errFault
	}
	subscriptions := make([]subscription, count)
	var w wait
	for i := range subscriptions {
		s := &subscriptions[i]
		*s = c.subscription(in[i*subscriptionBytes:])
		switch {
		case s.kind == waitClock && s.failed == ok && (!w.timed || s.due < w.due):
			w.timed, w.due = true, s.due
		case s.kind == waitRead && s.fd == stdin:
			w.input = true
		}
	}
	come := func() (any bool) {
		for i := range subscriptions {
			there, _ := c.come(&subscriptions[i])
			any = any || there
		}
		return any
	}
	for !come() {
		c.await(w)
	}
	// The guest's memory may have moved while it waited: it is asked for again.
	out, there := c.memory.Read(c.arg(1), count*eventBytes)
	if !there {
		return errFault
	}
	events := uint32(0)
	for i := range subscriptions {
		s := &subscriptions[i]
		there, size := c.come(s)
		if !there {
			continue
		}
		event := out[events*eventBytes:][:eventBytes]
		clear(event)
		binary.LittleEndian.PutUint64(event, s.userdata)
		binary.LittleEndian.PutUint16(event[8:], uint16(s.failed))
		event[10] = s.kind
		binary.LittleEndian.PutUint64(event[16:], uint64(size))
		events++
	}
	return c.put32(c.arg(3), events)
}

func (c call) subscription(b []byte) subscription {
	s := subscription{userdata: binary.LittleEndian.Uint64(b), kind: b[8]}
	if s.kind != waitClock {
		s.fd = binary.LittleEndian.Uint32(b[16:])
		if _, e := c.files.get(s.fd); e != ok || s.kind > waitWrite {
			s.failed = max(e, errInvalid*errno(s.kind/(waitWrite+1)))
		}
		return s
	}
	id, timeout := binary.LittleEndian.Uint32(b[16:]), binary.LittleEndian.Uint64(b[24:])
	const absolute = 1
	now, e := c.clock(id)
	if e != ok {
		s.failed = e
		return s
	}
	if binary.LittleEndian.Uint16(b[40:])&absolute != 0 {
		timeout -= min(timeout, now)
	}
	s.due = c.world.Elapsed() + time.Duration(min(timeout, math.MaxInt64/2))
	return s
}

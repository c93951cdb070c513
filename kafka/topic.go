package kafka

import (
	"fmt"
	"time"

	"eddy/actor"
)

// topic is what the broker knows of a key: the way to its log's actor, and the
// log itself while there is no actor. Spawning the actor gives the log away; its
// reply to handBack brings it back.
//
// The actor is spawned on first use. When it has not been used for a while it
// is asked to hand back what it holds, and stops; what is for it meanwhile
// waits. An actor that is busy refuses. So an idle key costs its entries and no
// goroutine, and nothing is ever lost by idleness.
type topic struct {
	key     string
	name    string // of the actor
	log     any    // nil while the actor has it
	state   topicState
	ref     actor.Ref[logMessage]
	waiting []func(actor.Ref[logMessage]) // while it is being parked
	used    int64                         // the round before the last use
	seq     int64                         // of the last message that clients of this node gave it
	next    int64                         // the highest offset of it that is known; the owner's
	owner   *peer                         // nil if it is this node
}

type topicState uint8

const (
	parked  topicState = iota // no actor: the log is the broker's
	serving                   // the log is the actor's
	parking                   // the actor was asked to hand it back
)

// The broker's messages about topics.
type (
	timerIdle  struct{} // time to look for idle logs
	handedBack struct {
		topic *topic
		log   any // nil if the actor is busy
	}
	logEnded struct{ topic *topic }
)

// topicOf is a key's topic, made on first use.
func (b *broker) topicOf(key string) *topic {
	t := b.topics[key]
	if t == nil {
		t = &topic{key: key, name: logName(key, len(b.order)), log: b.strategy.newLog(key), owner: b.ownerOf(key)}
		b.topics[key] = t
		b.order = append(b.order, t)
	}
	return t
}

// logName is the name of a key's actor: the key, where it is short and plain,
// else a number.
func logName(key string, number int) string {
	plain := key != "" && len(key) <= 64
	for i := 0; i < len(key) && plain; i++ {
		k := key[i]
		plain = k >= '0' && k <= '9' || k >= 'a' && k <= 'z' || k >= 'A' && k <= 'Z' || k == '-' || k == '_' || k == '.'
	}
	if plain {
		return "log/" + key
	}
	return fmt.Sprintf("log/#%d", number)
}

// logCapacity is small: a million keys may be in use. A log sends to no actor that
// waits for it (it answers, and the output is a sink), so it may make the
// broker wait, and back-pressure reaches the pipe.
const logCapacity = 32

// tell gives a topic's actor a message.
func (b *broker) tell(c *actor.Context[message], t *topic, m logMessage) {
	if t.state == serving {
		t.used = b.rounds
		t.ref.SendBy(c, m)
		return
	}
	b.with(c, t, func(ref actor.Ref[logMessage]) { ref.SendBy(c, m) })
}

// askLog asks a topic's actor for an A.
func askLog[A any](b *broker, c *actor.Context[message], t *topic, build func(actor.Reply[A]) logMessage, wrap func(actor.Answer[A]) message) {
	b.with(c, t, func(ref actor.Ref[logMessage]) { actor.Ask(c, ref, askWithin, build, wrap) })
}

// askWithin is longer than any client waits.
const askWithin = 10 * time.Second

// with does something with a topic's actor, now or as soon as there is one.
func (b *broker) with(c *actor.Context[message], t *topic, do func(actor.Ref[logMessage])) {
	t.used = b.rounds
	switch t.state {
	case parking:
		t.waiting = append(t.waiting, do)
		return
	case parked:
		b.spawn(c, t)
	}
	do(t.ref)
}

func (b *broker) spawn(c *actor.Context[message], t *topic) {
	t.state = serving
	key, log, strategy := t.key, t.log, b.strategy
	t.log = nil
	t.ref = actor.Spawn(c, t.name, func(c *actor.Context[logMessage]) actor.Actor[logMessage] {
		if c.Restarts() > 0 {
			log = strategy.afterPanic(log)
		}
		return strategy.newActor(key, log)
	}, actor.Capacity(logCapacity), actor.WhenFull(actor.Wait))
	if !b.looking {
		b.looking = true
		c.After(b.config.Idle, timerIdle{})
	}
}

// parkIdle asks the actors that were not used since the round before the last
// one to hand back their logs.
func (b *broker) parkIdle(c *actor.Context[message]) {
	b.rounds++
	b.looking = false
	for _, t := range b.order {
		if t.state == parked {
			continue
		}
		b.looking = true
		if t.state == serving && t.used < b.rounds-1 {
			t.state = parking
			actor.Ask(c, t.ref, time.Hour, func(r actor.Reply[any]) logMessage { return handBack{r} },
				func(a actor.Answer[any]) message { return handedBack{t, a.Value} })
		}
	}
	if b.looking {
		c.After(b.config.Idle, timerIdle{})
	}
}

// handedBack: the actor gave its log back and is about to end, or is busy.
func (b *broker) handedBack(c *actor.Context[message], m handedBack) {
	if m.log != nil {
		m.topic.log = m.log
		actor.Watch(c, m.topic.ref, func(actor.Ended) message { return logEnded{m.topic} })
		return
	}
	m.topic.state = serving
	b.resume(c, m.topic)
}

// logEnded: from now on the log is the broker's, and the name is free.
func (b *broker) logEnded(c *actor.Context[message], t *topic) {
	t.state, t.ref = parked, actor.Ref[logMessage]{}
	b.resume(c, t)
}

// resume does what waited while the topic was being parked.
func (b *broker) resume(c *actor.Context[message], t *topic) {
	waiting := t.waiting
	t.waiting = nil
	for _, do := range waiting {
		b.with(c, t, do)
	}
}

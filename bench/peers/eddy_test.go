package peers

import (
	"errors"
	"strconv"
	"time"

	"eddy/actor"
)

type eddy struct {
	system *actor.System
	names  int
}

func openEddy() runtime { return &eddy{system: actor.NewSystem("peers", actor.Live())} }

func (r *eddy) name() string { r.names++; return strconv.Itoa(r.names) }

func (r *eddy) spawn(capacity int, handle func(*message)) address {
	return eddyAddress{actor.Spawn(r.system, r.name(), func(*actor.Context[*message]) actor.Actor[*message] {
		return eddyActor(handle)
	}, actor.Capacity(capacity))}
}

type eddyActor func(*message)

func (handle eddyActor) Receive(_ *actor.Context[*message], m *message) { handle(m) }

type eddyAddress struct{ ref actor.Ref[*message] }

func (a eddyAddress) tell(m *message) error {
	if d := a.ref.Send(m); d != actor.Accepted {
		return errors.New(d.String())
	}
	return nil
}

func (a eddyAddress) pour(m *message) { a.ref.SendWait(m) }

func (a eddyAddress) stop() {
	a.ref.Stop()
	for a.ref.Send(nil) != actor.Stopped {
		time.Sleep(time.Millisecond)
	}
}

type eddyRequest struct {
	m     *message
	reply actor.Reply[*message]
}

func (r *eddy) responder() func(*message, time.Duration) (*message, error) {
	ref := actor.Spawn(r.system, r.name(), func(*actor.Context[eddyRequest]) actor.Actor[eddyRequest] {
		return actor.Func[eddyRequest](func(_ *actor.Context[eddyRequest], q eddyRequest) { q.reply.Send(q.m) })
	}, actor.Capacity(mailboxRoom))
	return func(m *message, within time.Duration) (*message, error) {
		return actor.Call(ref, within, func(reply actor.Reply[*message]) eddyRequest { return eddyRequest{m, reply} })
	}
}

func (r *eddy) close() { _ = r.system.Stop(10 * time.Second) }

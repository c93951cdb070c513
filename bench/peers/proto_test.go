package peers

import (
	"log/slog"
	"time"

	proto "github.com/asynkron/protoactor-go/actor"
)

type protoactor struct{ system *proto.ActorSystem }

func openProto() runtime {
	quiet := proto.WithLoggerFactory(func(*proto.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) })
	return &protoactor{proto.NewActorSystem(quiet)}
}

// spawn takes the library's own mailbox, which has no bound: its bounded one makes a sender spin.
func (r *protoactor) spawn(_ int, handle func(*message)) address {
	pid := r.system.Root.Spawn(proto.PropsFromFunc(func(c proto.Context) {
		if m, ok := c.Message().(*message); ok {
			handle(m)
		}
	}))
	return protoAddress{r.system.Root, pid}
}

type protoAddress struct {
	root *proto.RootContext
	pid  *proto.PID
}

func (a protoAddress) tell(m *message) error { a.root.Send(a.pid, m); return nil }
func (a protoAddress) pour(m *message)       { a.root.Send(a.pid, m) }
func (a protoAddress) stop()                 { _ = a.root.PoisonFuture(a.pid).Wait() }

func (r *protoactor) responder() func(*message, time.Duration) (*message, error) {
	pid := r.system.Root.Spawn(proto.PropsFromFunc(func(c proto.Context) {
		if m, ok := c.Message().(*message); ok {
			c.Respond(m)
		}
	}))
	return func(m *message, within time.Duration) (*message, error) {
		answer, err := r.system.Root.RequestFuture(pid, m, within).Result()
		if err != nil {
			return nil, err
		}
		return answer.(*message), nil
	}
}

func (r *protoactor) close() { r.system.Shutdown() }

package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Names of what JetStream keeps.
const (
	workStream   = "EDDY_WORK"
	resultStream = "EDDY_RESULTS"
	orderBucket  = "eddy_orders"
	formatKey    = "eddy-format" // in the metadata of streams
)

// keptFor is how long an order and its results can be resumed.
const keptFor = 7 * 24 * time.Hour

// queue are the streams of a server.
type queue struct {
	*Conn
	work, results jetstream.Stream
	orders        jetstream.KeyValue
}

// notClustered is the server's code for copies that it has no other servers for.
const notClustered jetstream.ErrorCode = 10074

// queue opens the streams, and makes them where they are missing, with three copies where the server is one of a cluster. A
// cluster that is still choosing its leader does not answer: it is asked again until the context is done.
func (c *Conn) queue(ctx context.Context) (*queue, error) {
	for {
		attempt, cancel := context.WithTimeout(ctx, 2*requestTimeout)
		q, err := c.queueOf(attempt, 3)
		if api := (*jetstream.APIError)(nil); errors.As(err, &api) && api.ErrorCode == notClustered {
			q, err = c.queueOf(attempt, 1)
		}
		cancel()
		switch {
		case err == nil:
			return q, nil
		case !errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil:
			return nil, c.explain(err)
		}
	}
}

func (c *Conn) queueOf(ctx context.Context, copies int) (q *queue, err error) {
	q = &queue{Conn: c}
	metadata := map[string]string{formatKey: fmt.Sprint(format)}
	q.work, err = c.stream(ctx, jetstream.StreamConfig{
		Name: workStream, Subjects: []string{workSubjects}, Retention: jetstream.WorkQueuePolicy,
		MaxAge: keptFor, MaxMsgSize: 1 << 10, Replicas: copies, Metadata: metadata,
	})
	if err != nil {
		return nil, err
	}
	q.results, err = c.stream(ctx, jetstream.StreamConfig{
		Name: resultStream, Subjects: []string{resultSubjects}, MaxAge: keptFor, Replicas: copies, Metadata: metadata, AllowDirect: true,
	})
	if err != nil {
		return nil, err
	}
	q.orders, err = c.js.KeyValue(ctx, orderBucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		q.orders, err = c.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: orderBucket, TTL: keptFor, Replicas: copies})
	}
	return q, err
}

// stream opens a stream, or makes it. One of another version of Eddy is refused.
func (c *Conn) stream(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	s, err := c.js.Stream(ctx, config.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = c.js.CreateStream(ctx, config)
	}
	if err != nil {
		return nil, err
	}
	if found := s.CachedInfo().Config.Metadata[formatKey]; found != config.Metadata[formatKey] {
		return nil, fmt.Errorf("its stream %s is of another version of Eddy (format %q, this one has %q): use the same version everywhere, or, when nothing runs there, remove it with nats stream rm %s",
			config.Name, found, config.Metadata[formatKey], config.Name)
	}
	return s, nil
}

// read reads an order.
func (q *queue) read(ctx context.Context, id string) (Order, error) {
	var o Order
	entry, err := q.orders.Get(ctx, id)
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(entry.Value(), &o); err != nil {
		return o, fmt.Errorf("it is not JSON: %w", err)
	}
	return o, o.validate()
}

// patient does something that needs the server until that has answered, or what it says is final, or the context is
// done: a server that is gone comes back, and its place in a cluster is taken.
func patient(ctx context.Context, do func(context.Context) error) error {
	for pause := reconnectFirst; ; pause = min(2*pause, reconnectMax) {
		attempt, cancel := context.WithTimeout(ctx, requestTimeout)
		err := do(attempt)
		cancel()
		if err == nil || final(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// final tells an error that another attempt would not mend.
func final(err error) bool {
	if errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, jetstream.ErrKeyNotFound) {
		return true
	}
	api := (*jetstream.APIError)(nil)
	return errors.As(err, &api) && api.Code < 500
}

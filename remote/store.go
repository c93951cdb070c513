package remote

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"eddy/actor/node/wire"
)

// The services lin-kv, seq-kv, lww-kv and lin-tso of all clusters are keys of one bucket: CLUSTER.SERVICE.KEY, the
// key in base64 of its canonical form. A key's revision is the number of its message in the bucket's stream.
//
//   - A write is one message. It has taken place when most copies of the stream have it.
//   - A compare and set reads, compares, and writes with the revision that it has read: where another write came between,
//     it begins again.
//   - A read asks the stream's leader. With one copy that is the present. In a cluster a server may have lost its
//     leadership without knowing it yet: there lin-kv and seq-kv write what they have read once more, with its revision;
//     when that succeeds it was the present. lww-kv does not, and may answer from the past.
//   - A timestamp is the number of a message.
//
// What became of a write that is not answered in time is not known; it is not tried again, since it could take place
// twice.
const (
	storeBucket  = "eddy_nodes"
	storeStream  = "KV_" + storeBucket
	storePrefix  = "$KV." + storeBucket + "."
	operation    = "KV-Operation" // in the header of a key's message that is no value
	casTriesMax  = 50
	timestampKey = "ts"
)

// store is the bucket as one cluster has it.
type store struct {
	stream  jetstream.Stream
	js      jetstream.JetStream
	cluster string
	copies  int
}

// serveStore answers what the node asks the services, several requests at once, until the node's input has ended.
func (s *seat) serveStore(ctx context.Context) {
	slots := make(chan struct{}, askedAtOnce)
	var kept *store
	for {
		var m wire.Message
		select {
		case m = <-s.asked:
		case <-s.stop:
			return
		}
		if !s.nc.IsConnected() {
			s.reply(errorLine(m, maelstrom.TemporarilyUnavailable, s.url+" is away"))
			continue
		}
		if kept == nil {
			var err error
			if kept, err = s.openStore(ctx); err != nil {
				s.tell(err.Error())
				s.reply(errorLine(m, maelstrom.TemporarilyUnavailable, err.Error()))
				continue
			}
		}
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			attempt, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
			defer cancel()
			s.reply(kept.serve(attempt, m))
		}()
	}
}

// reply gives the node a line of a service, if there is one, unless its input has ended.
func (s *seat) reply(line []byte) {
	if line == nil {
		return
	}
	select {
	case s.input <- line:
	case <-s.stop:
	}
}

// openStore opens the bucket, or makes it, with three copies where the server is one of a cluster. Reads are the
// leader's to answer: the others may be behind.
func (s *seat) openStore(ctx context.Context) (*store, error) {
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	config := jetstream.StreamConfig{
		Name: storeStream, Subjects: []string{storePrefix + ">"}, MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew,
		AllowRollup: true, DenyDelete: true, Replicas: 3, Metadata: map[string]string{formatKey: fmt.Sprint(format)},
	}
	stream, err := s.stream(attempt, config)
	if api := (*jetstream.APIError)(nil); errors.As(err, &api) && api.ErrorCode == notClustered {
		config.Replicas = 1
		stream, err = s.stream(attempt, config)
	}
	if err != nil {
		return nil, s.explain(err)
	}
	return &store{stream: stream, js: s.js, cluster: s.Cluster, copies: stream.CachedInfo().Config.Replicas}, nil
}

// storeRequest is the body of a request to a service. A field that is missing is null.
type storeRequest struct {
	Key    wire.Raw `json:"key"`
	Value  wire.Raw `json:"value"`
	From   wire.Raw `json:"from"`
	To     wire.Raw `json:"to"`
	Create bool     `json:"create_if_not_exists"`
}

// serve carries a request out, and gives the line that answers it; nil where what became of it is not known.
func (k *store) serve(ctx context.Context, m wire.Message) []byte {
	var r storeRequest
	err := wire.Unmarshal(m.Body, &r)
	if err != nil {
		return errorLine(m, maelstrom.MalformedRequest, err.Error())
	}
	var fields wire.Raw
	switch {
	case m.Dest == "lin-tso" && m.Type == "ts":
		var number uint64
		number, err = k.put(ctx, k.place(m.Dest, timestampKey), []byte("null"), nil)
		fields = fmt.Appendf(nil, `{"ts":%d}`, number)
	case m.Dest != "lin-tso" && (m.Type == "read" || m.Type == "write" || m.Type == "cas"):
		fields, err = k.carryOut(ctx, m, &r)
	default:
		err = maelstrom.NewRPCError(maelstrom.NotSupported, fmt.Sprintf("%s knows no request of type %q", m.Dest, m.Type))
	}
	var coded *maelstrom.RPCError
	switch {
	case err == nil:
		return serviceLine(m, m.Type+"_ok", fields)
	case errors.As(err, &coded):
		return errorLine(m, coded.Code, coded.Text)
	case definite(err):
		return errorLine(m, maelstrom.TemporarilyUnavailable, err.Error())
	}
	return nil
}

// definite tells an error after which surely nothing was written, and nothing will be.
func definite(err error) bool {
	if errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse) {
		return true
	}
	api := (*jetstream.APIError)(nil)
	return errors.As(err, &api) && api.Code < 500
}

// carryOut does what a key-value service is asked for, and gives the fields of the reply.
func (k *store) carryOut(ctx context.Context, m wire.Message, r *storeRequest) (fields wire.Raw, err error) {
	canonical, err := wire.Canonical(orNull(r.Key))
	if err != nil {
		return nil, maelstrom.NewRPCError(maelstrom.MalformedRequest, err.Error())
	}
	key := k.place(m.Dest, base64.RawURLEncoding.EncodeToString(canonical))
	present := m.Dest != "lww-kv"
	switch m.Type {
	case "write":
		_, err := k.put(ctx, key, orNull(r.Value), nil)
		return nil, err
	case "cas":
		return nil, k.compareAndSet(ctx, key, r, present)
	}
	for range casTriesMax {
		value, revision, err := k.get(ctx, key)
		if err == nil && present {
			err = k.stillPresent(ctx, key, value, revision)
		}
		switch {
		case changed(err):
		case err != nil:
			return nil, maelstrom.NewRPCError(maelstrom.TemporarilyUnavailable, err.Error()) // a read changes nothing
		case value == nil:
			return nil, errNoKey
		default:
			return fmt.Appendf(nil, `{"value":%s}`, value), nil
		}
	}
	return nil, errBusy
}

var (
	errNoKey = maelstrom.NewRPCError(maelstrom.KeyDoesNotExist, "key does not exist")
	errBusy  = maelstrom.NewRPCError(maelstrom.TemporarilyUnavailable, "others write this key all the time")
)

// compareAndSet writes To where the key holds From. lww-kv makes no key, and says from the past that another value is
// there.
func (k *store) compareAndSet(ctx context.Context, key string, r *storeRequest, present bool) error {
	from, err := wire.Canonical(orNull(r.From))
	if err != nil {
		return maelstrom.NewRPCError(maelstrom.MalformedRequest, err.Error())
	}
	for range casTriesMax {
		value, revision, err := k.get(ctx, key)
		if err != nil {
			return maelstrom.NewRPCError(maelstrom.TemporarilyUnavailable, err.Error())
		}
		failure, err := r.compare(value, from, r.Create && present)
		if err != nil {
			return err
		}
		switch {
		case failure == nil:
			_, err = k.put(ctx, key, orNull(r.To), &revision)
		case present:
			if err = k.stillPresent(ctx, key, value, revision); err != nil && !changed(err) {
				return maelstrom.NewRPCError(maelstrom.TemporarilyUnavailable, err.Error()) // it has changed nothing
			}
		}
		switch {
		case changed(err):
		case err != nil:
			return err
		case failure != nil:
			return failure
		default:
			return nil
		}
	}
	return errBusy
}

// compare tells why a compare and set fails where the key holds a value, nil for none.
func (r *storeRequest) compare(value, from []byte, create bool) (failure *maelstrom.RPCError, err error) {
	if value == nil {
		if create {
			return nil, nil
		}
		return errNoKey, nil
	}
	held, err := wire.Canonical(value)
	if err == nil && string(held) != string(from) {
		failure = maelstrom.NewRPCError(maelstrom.PreconditionFailed, fmt.Sprintf("the key holds %.200s, not %.200s", held, from))
	}
	return failure, err
}

func (k *store) place(service, key string) string {
	return storePrefix + k.cluster + "." + service + "." + key
}

// get gives a key's value, nil for none, and its revision, 0 for a key that never was.
func (k *store) get(ctx context.Context, key string) (value []byte, revision uint64, err error) {
	m, err := k.stream.GetLastMsgForSubject(ctx, key)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	case m.Header.Get(operation) != "":
		return nil, m.Sequence, nil
	}
	return m.Data, m.Sequence, nil
}

// put writes a value, or for nil that there is none. With a revision it does so only where the key still has that.
func (k *store) put(ctx context.Context, key string, value []byte, revision *uint64) (uint64, error) {
	m := &nats.Msg{Subject: key, Data: value, Header: nats.Header{}}
	if value == nil {
		m.Header.Set(operation, "DEL")
	}
	var options []jetstream.PublishOpt
	if revision != nil {
		options = append(options, jetstream.WithExpectLastSequencePerSubject(*revision))
	}
	ack, err := k.js.PublishMsg(ctx, m, options...)
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// stillPresent makes sure that what was read is the present: it can be written in its own place. One copy is always
// the present.
func (k *store) stillPresent(ctx context.Context, key string, value []byte, revision uint64) error {
	if k.copies == 1 {
		return nil
	}
	_, err := k.put(ctx, key, value, &revision)
	return err
}

// changed tells that a key has another revision than was expected.
func changed(err error) bool {
	api := (*jetstream.APIError)(nil)
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

func orNull(value wire.Raw) wire.Raw {
	if len(value) == 0 {
		return wire.Raw("null")
	}
	return value
}

// serviceLine is a service's reply to a request; nil for one that asks for none.
func serviceLine(m wire.Message, kind string, fields any) []byte {
	if !m.HasMsgID {
		return nil
	}
	line, err := wire.AppendMessage(nil, wire.Header{Src: m.Dest, Dest: m.Src, Type: kind, InReplyTo: m.MsgID, HasInReplyTo: true}, fields)
	if err != nil { // others have written into the bucket
		return errorLine(m, maelstrom.Crash, err.Error())
	}
	return append(line, '\n')
}

func errorLine(m wire.Message, code int, text string) []byte {
	return serviceLine(m, "error", struct {
		Code int    `json:"code"`
		Text string `json:"text"`
	}{code, text})
}

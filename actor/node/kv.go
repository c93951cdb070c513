package node

import (
	"fmt"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
)

// KV is one of Maelstrom's key-value services. Keys and values are any JSON.
// What comes back is as for [RPC]; an [*Error] has code 20 where the key is not
// there, 22 where a compare and set found another value.
type KV struct {
	node    *Node
	service string
}

// LinKV is the linearizable key-value service.
func (n *Node) LinKV() KV { return KV{n, maelstrom.LinKV} }

// SeqKV is the sequentially consistent one. A read, and a write or a compare
// and set that changes nothing, may be answered from a past state: see
// [ReadFresh].
func (n *Node) SeqKV() KV { return KV{n, maelstrom.SeqKV} }

// LWWKV is the last-writer-wins one: two replicas that disagree now and then.
func (n *Node) LWWKV() KV { return KV{n, maelstrom.LWWKV} }

// KVOptions are those of a call to a service. A retried compare and set may find
// the value that its own first try set, and fail with 22 although it took place.
type KVOptions struct {
	Within time.Duration // default WithinDefault
	Retry  Retry
}

func (kv KV) exchange(o KVOptions, steps ...step) *exchange {
	return newExchange(Call{Dest: kv.service, Within: o.Within, Retry: o.Retry}, steps...)
}

type readFields struct {
	Key any `json:"key"`
}

type writeFields struct {
	Key   any `json:"key"`
	Value any `json:"value"`
}

type casFields struct {
	Key    any  `json:"key"`
	From   any  `json:"from"`
	To     any  `json:"to"`
	Create bool `json:"create_if_not_exists,omitzero"`
}

// valueOf is the answer to a read.
type valueOf[V any] struct {
	Value V `json:"value" wire:"required"`
}

// Read reads a key's value into a V.
func Read[M, V any](c *actor.Context[M], kv KV, key any, o KVOptions, wrap func(actor.Answer[V]) M) {
	request(c, kv.node, kv.exchange(o, newStep("read", readFields{key})), valueTo(wrap))
}

func valueTo[M, V any](wrap func(actor.Answer[V]) M) func(actor.Answer[valueOf[V]]) M {
	return func(a actor.Answer[valueOf[V]]) M { return wrap(actor.Answer[V]{Value: a.Value.Value, Err: a.Err}) }
}

// ReadFresh reads a key's value as it is now, or later, also from seq-kv, which
// may answer a plain [Read] from the past: it first writes a value that was
// never written before, to a key of this node's own, which brings this node's
// view up to the present (Maelstrom's doc/services.md; src/maelstrom/service.clj).
// Within bounds both together.
func ReadFresh[M, V any](c *actor.Context[M], kv KV, key any, o KVOptions, wrap func(actor.Answer[V]) M) {
	request(c, kv.node, kv.exchange(o, freshWrite(c, kv), newStep("read", readFields{key})), valueTo(wrap))
}

// Freshen brings this node's view of a store up to the present, as [ReadFresh]
// does before its read, for a node that then reads several keys.
func Freshen[M any](c *actor.Context[M], kv KV, o KVOptions, wrap func(error) M) {
	request(c, kv.node, kv.exchange(o, freshWrite(c, kv)), errorTo(wrap))
}

// freshWrite writes a value that was never written before.
func freshWrite[M any](c *actor.Context[M], kv KV) step {
	never := fmt.Sprintf("%d-%016x", c.Now().UnixNano(), c.Rand().Uint64())
	return newStep("write", writeFields{Key: "eddy-fresh-" + kv.node.id, Value: never})
}

// Write sets a key's value.
func Write[M any](c *actor.Context[M], kv KV, key, value any, o KVOptions, wrap func(error) M) {
	request(c, kv.node, kv.exchange(o, newStep("write", writeFields{key, value})), errorTo(wrap))
}

// CompareAndSet sets a key's value to what it is to become if it is from. With
// create, a key that is not there is set as well; lww-kv has no such thing, and
// asking it for that fails with error 10 here instead of being ignored there.
func CompareAndSet[M any](c *actor.Context[M], kv KV, key, from, to any, create bool, o KVOptions, wrap func(error) M) {
	if create && kv.service == maelstrom.LWWKV {
		c.After(0, wrap(Errorf(maelstrom.NotSupported, "lww-kv ignores create_if_not_exists")))
		return
	}
	request(c, kv.node, kv.exchange(o, newStep("cas", casFields{key, from, to, create})), errorTo(wrap))
}

func errorTo[M any](wrap func(error) M) func(actor.Answer[None]) M {
	return func(a actor.Answer[None]) M { return wrap(a.Err) }
}

// Timestamp asks lin-tso for a timestamp: an integer larger than any it gave
// out before.
func Timestamp[M any](c *actor.Context[M], n *Node, o KVOptions, wrap func(actor.Answer[int64]) M) {
	type ts struct {
		TS int64 `json:"ts" wire:"required"`
	}
	lin := KV{n, timestampService}
	request(c, n, lin.exchange(o, newStep("ts", nil)), func(a actor.Answer[ts]) M {
		return wrap(actor.Answer[int64]{Value: a.Value.TS, Err: a.Err})
	})
}

const timestampService = "lin-tso"

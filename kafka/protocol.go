package kafka

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor/node"
	"eddy/actor/node/wire"
	"eddy/internal/link"
)

// What clients say: Maelstrom's doc/workloads.md, kafka.

type sendBody struct {
	Key string   `json:"key" wire:"required"`
	Msg wire.Raw `json:"msg" wire:"required"`
}

type offsetsBody struct {
	Offsets map[string]int64 `json:"offsets" wire:"required"`
}

type keysBody struct {
	Keys []string `json:"keys" wire:"required"`
}

type (
	sendRequest   = node.Request[sendBody, node.None]
	pollRequest   struct{ offsetsRequest }
	commitRequest struct{ offsetsRequest }
	listRequest   = node.Request[keysBody, node.None]
	peerRequest   = node.Request[link.Message, node.None]

	offsetsRequest = node.Request[offsetsBody, node.None]
)

// peerType is the type of every message between nodes.
const peerType = "kafka"

// fault is what makes no sense in a map of offsets, nil if all does.
func (b *offsetsBody) fault() error {
	for _, key := range slices.Sorted(maps.Keys(b.Offsets)) {
		if o := b.Offsets[key]; o < 0 {
			return node.Errorf(maelstrom.MalformedRequest, "offsets: that of key %q is %d, expected an integer of at least 0", key, o)
		}
	}
	return nil
}

// offsetField writes the answer to a send.
type offsetField int64

// AppendFields appends "offset":n.
func (o offsetField) AppendFields(dst []byte) []byte {
	return strconv.AppendInt(append(dst, `"offset":`...), int64(o), 10)
}

// keyed is something of a key.
type keyed struct {
	key   string
	value []byte // encoded
}

// keyedField writes an object of keys as one field of an answer.
type keyedField struct {
	name  string
	pairs []keyed
}

// AppendFields appends "name":{"key":value,...}.
func (f keyedField) AppendFields(dst []byte) []byte {
	dst = append(append(append(dst, '"'), f.name...), `":{`...)
	for i, p := range f.pairs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, quoted(p.key)...), ':'), p.value...)
	}
	return append(dst, '}')
}

// quoted is a key as JSON.
func quoted(key string) []byte {
	text, err := json.Marshal(key)
	if err != nil {
		panic(fmt.Sprintf("kafka: encode key %q: %v", key, err)) // there is no such string
	}
	return text
}

func encodeInt(n int64) []byte { return strconv.AppendInt(nil, n, 10) }

package kv

import (
	"bytes"
	"encoding/json"
	"fmt"

	"eddy/actor/node/wire"
)

// op is what a command does.
type op string

const (
	opRead  op = "read" // with --read log only
	opWrite op = "write"
	opCAS   op = "cas"
	opTxn   op = "txn" // To is the transaction: see Machine
)

// command is one request in the log. Client and ID tell it from all others: a
// client numbers its requests. A Client that is empty did not ask for an answer,
// and nothing of it is remembered.
type command struct {
	Client string   `json:"client,omitempty"`
	ID     int64    `json:"id,omitempty"`
	Op     op       `json:"op"`
	Key    string   `json:"key"` // canonical form
	From   wire.Raw `json:"from,omitempty"`
	To     wire.Raw `json:"to,omitempty"`
	Create bool     `json:"create,omitempty"`
	Origin uint64   `json:"origin"` // replica that waits for the result
	Serial uint64   `json:"serial"` // of the request there, in one life of it
	Life   uint64   `json:"life"`   // drawn at the replica's start
}

// encodeCommands makes the data of one entry of the log.
func encodeCommands(commands []command) []byte {
	return encode(commands)
}

// encode makes JSON in which values are spelled as they came.
func encode(v any) []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("kv: cannot encode: " + err.Error()) // values were read as JSON
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}

// decodeCommands reads the data of an entry. Entries without data are those with
// which a leader begins its term.
func decodeCommands(data []byte) ([]command, error) {
	if len(data) == 0 {
		return nil, nil
	}
	var commands []command
	if err := json.Unmarshal(data, &commands); err != nil {
		return nil, fmt.Errorf("an entry of %d bytes holds no commands: %w", len(data), err)
	}
	return commands, nil
}

// Package client asks the nodes of a cluster that runs over NATS (eddy serve --cluster), in Maelstrom's protocol:
//
//	demo := client.New(conn, "demo")
//	var values struct{ Messages []int }
//	err := demo.Call(ctx, "n1", map[string]any{"type": "read"}, &values)
//
// A program in another language needs no more than its NATS client: a request to eddy.demo.n1 with the body of a message,
// whose reply is the body of the reply.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"github.com/nats-io/nats.go"
)

// Cluster is one whose nodes can be asked. Several goroutines may use it.
type Cluster struct {
	conn *nats.Conn
	name string
}

// New gives the cluster of a name. The connection stays the caller's.
func New(conn *nats.Conn, name string) Cluster { return Cluster{conn, name} }

// Error is an error that a node replies with: a code and a text, as Maelstrom's doc/protocol.md has them.
type Error = maelstrom.RPCError

// ErrNotThere says that no node of that name is connected. Nothing was asked.
var ErrNotThere = errors.New("no such node is there")

// Call sends a node the body of a request, which encodes as a JSON object with a type, and decodes the body of the reply
// into reply, unless that is nil. A msg_id is not needed. The errors are an [*Error] where the node replies with one,
// [ErrNotThere], and context.DeadlineExceeded, after which it is not known what became of the request.
func (c Cluster) Call(ctx context.Context, node string, body, reply any) error {
	if name := c.name + node; strings.ContainsAny(name, ".*> \t\r\n") || c.name == "" || node == "" {
		return fmt.Errorf("%q of the cluster %q: expected names of letters, digits, - and _", node, c.name)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode the request: %w", err)
	}
	m, err := c.conn.RequestWithContext(ctx, "eddy."+c.name+"."+node, text)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return fmt.Errorf("%s of the cluster %s: %w", node, c.name, ErrNotThere)
	case err != nil:
		return fmt.Errorf("%s of the cluster %s: %w", node, c.name, err)
	}
	var kind struct {
		Type string
		Error
	}
	if err := json.Unmarshal(m.Data, &kind); err != nil {
		return fmt.Errorf("the reply of %s is not JSON: %w", node, err)
	}
	if kind.Type == "error" {
		return &kind.Error
	}
	if reply == nil {
		return nil
	}
	if err := json.Unmarshal(m.Data, reply); err != nil {
		return fmt.Errorf("the reply of %s has another form: %w", node, err)
	}
	return nil
}

package node

import (
	"fmt"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// TestRestartOfTheTableConfusesNoAnswers: the table panics with one call open.
// Its asker is not left waiting, an answer to that call fits no later one, and
// the msg_ids go on.
func TestRestartOfTheTableConfusesNoAnswers(t *testing.T) {
	w := actor.NewWorld(1)
	var n *Node
	var ended []string
	s := Simulate(w, "n1", func(started *Node) error { n = started; return nil }, func(Line) {}, Options{})
	s.Feed([]byte(`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`))
	w.Run(0)
	asker := actor.Spawn(n, "asker", func(*actor.Context[any]) actor.Actor[any] {
		return actor.Func[any](func(c *actor.Context[any], m any) {
			switch m := m.(type) {
			case string:
				RPC(c, n, Call{Dest: "n2", Type: m, Within: time.Second}, func(a actor.Answer[struct{ V string }]) any { return a })
			case actor.Answer[struct{ V string }]:
				ended = append(ended, fmt.Sprintf("%q %v at %v", m.Value.V, m.Err, c.Elapsed()))
			}
		})
	})
	answer := func(id int) {
		s.Feed(fmt.Appendf(nil, `{"src":"n2","dest":"n1","body":{"type":"ok","in_reply_to":%d,"V":"answer to %d"}}`, id, id))
		w.Run(0)
	}
	asker.Send("first")
	w.Run(0)
	// A line feed inside fields cannot be written: the table panics over it.
	n.rpc.Send(rpcMessage{kind: rpcCall, call: &exchange{dest: "n2", within: time.Second, steps: []step{{"bad", wire.Encoded("\n")}}}})
	w.Run(0)
	asker.Send("second")
	w.Run(0)
	answer(1)
	answer(3)
	w.Run(time.Hour)
	want := fmt.Sprintf(`["answer to 3" <nil> at 0s "" %v at 2s]`, actor.ErrTimeout)
	if fmt.Sprint(ended) != want {
		t.Errorf("the calls ended as\n%v\nexpected\n%v", ended, want)
	}
	for _, stats := range s.Stats() {
		if stats.Path == "rpc" && stats.Restarts != 1 {
			t.Errorf("the table was restarted %d times", stats.Restarts)
		}
	}
}

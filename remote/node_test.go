package remote

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"go.uber.org/zap"

	"eddy/actor/node"
	"eddy/counter"
	"eddy/gossip"
	"eddy/remote/client"
	"eddy/workload"
)

// member is a node of a test's cluster, and what became of it.
type member struct {
	said    chan string
	cancel  context.CancelFunc
	ended   chan error
	carried Carried
}

// join serves a node until the test ends.
func join(t *testing.T, c *Conn, n Node) *member {
	t.Helper()
	m := &member{said: make(chan string, 100), ended: make(chan error, 1)}
	n.Say = func(text string) {
		select {
		case m.said <- text:
		default:
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	go func() {
		var err error
		m.carried, err = c.Serve(ctx, n)
		m.ended <- err
	}()
	t.Cleanup(func() { _, _ = m.end() })
	return m
}

// end ends a node and gives what it has carried.
func (m *member) end() (Carried, error) {
	m.cancel()
	err := <-m.ended
	m.ended <- err
	return m.carried, err
}

// hears waits for a sentence.
func (m *member) hears(t *testing.T, want string) {
	t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		select {
		case text := <-m.said:
			if strings.Contains(text, want) {
				return
			}
		case err := <-m.ended:
			m.ended <- err
			t.Fatalf("%q is not said, and the node has ended: %v", want, err)
		case <-deadline:
			t.Fatalf("%q is not said", want)
		}
	}
}

// ofActors is a node of Eddy's own.
func ofActors(s node.Service) func(io.Reader, io.Writer) error {
	return func(in io.Reader, out io.Writer) error {
		return node.Run(s, node.Options{In: in, Out: out, Log: zap.NewNop()})
	}
}

// cluster3 are three nodes of a service, each with a connection of its own, ready.
func cluster3(t *testing.T, a Access, name string, s func() node.Service) []*member {
	t.Helper()
	ids := []string{"n1", "n2", "n3"}
	var all []*member
	for _, id := range ids {
		c := must(Connect(a))(t)
		t.Cleanup(c.Close)
		all = append(all, join(t, c, Node{Cluster: name, ID: id, Nodes: ids, Setup: [][]byte{workload.InitRequest(id, ids, 1)}, Run: ofActors(s())}))
	}
	for _, m := range all {
		m.hears(t, "is ready")
	}
	return all
}

// scripted is a node that is a function of its lines.
func scripted(f func(line string, say func(string))) func(io.Reader, io.Writer) error {
	return func(in io.Reader, out io.Writer) error {
		lines := bufio.NewScanner(in)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			f(lines.Text(), func(text string) { _, _ = io.WriteString(out, text+"\n") })
		}
		return lines.Err()
	}
}

func broadcast() node.Service {
	return gossip.Broadcast(gossip.Config{Dissemination: gossip.Batch, Interval: 20 * time.Millisecond, Retry: 100 * time.Millisecond})
}

// eventually tries until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("it is never so that " + what)
		}
	}
}

func TestABroadcastOverNATSReachesEveryNode(t *testing.T) {
	t.Parallel()
	s := serve(t)
	cluster3(t, Access{URL: s.URL()}, "demo", broadcast)
	demo := connect(t, s).Client("demo")
	for i, id := range []string{"n1", "n2", "n3"} {
		must(0, demo.Call(t.Context(), id, map[string]any{"type": "broadcast", "message": i}, nil))(t)
	}
	for _, id := range []string{"n1", "n2", "n3"} {
		eventually(t, id+" has all values", func() bool {
			var read struct{ Messages []int }
			must(0, demo.Call(t.Context(), id, map[string]any{"type": "read"}, &read))(t)
			return len(read.Messages) == 3
		})
	}
}

func TestAnyNATSClientSpeaksWithANode(t *testing.T) {
	t.Parallel()
	s := serve(t)
	cluster3(t, Access{URL: s.URL()}, "demo", broadcast)
	nc := must(nats.Connect(s.URL()))(t) // its inboxes are not Eddy's
	t.Cleanup(nc.Close)
	for body, want := range map[string]string{
		`{"type":"read"}`: `{"type":"read_ok","messages":[]}`,
		"{\n \"msg_id\": \"mine\",\n \"type\": \"read\"\n}": `{"type":"read_ok","messages":[],"in_reply_to":"mine"}`,
		`{"type":"nonsense","msg_id":7}`:                    `{"type":"error","code":10,"text":"this node knows no message of type \"nonsense\"","in_reply_to":7}`,
		`{"type":"broadcast"}`:                              `{"type":"error","code":12,"text":"broadcast: field \"message\" is missing, expected a JSON value"}`,
	} {
		m := must(nc.Request("eddy.demo.n1", []byte(body), 5*time.Second))(t)
		if got := string(m.Data); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	err := client.New(nc, "demo").Call(t.Context(), "n1", map[string]string{"type": "nonsense"}, nil)
	if coded := (*client.Error)(nil); !errors.As(err, &coded) || coded.Code != 10 {
		t.Error(err)
	}
	if err := client.New(nc, "demo").Call(t.Context(), "n9", map[string]string{"type": "read"}, nil); !errors.Is(err, client.ErrNotThere) {
		t.Error(err)
	}
	if err := client.New(nc, "demo").Call(t.Context(), "n1.n2", map[string]string{"type": "read"}, nil); err == nil || !strings.Contains(err.Error(), "expected names") {
		t.Error(err)
	}
}

func TestMessagesOfOneNodeArriveInTheirOrder(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const messages = 5000
	ids := []string{"n1", "n2", "n3"}
	arrived := make(chan string, 2*messages)
	for _, id := range ids {
		f := func(line string, _ func(string)) { arrived <- line }
		if id != "n3" {
			f = func(line string, say func(string)) {
				if strings.Contains(line, `"go"`) {
					for i := range messages {
						say(fmt.Sprintf(`{"src":%q,"dest":"n3","body":{"type":"number","n":%d}}`, id, i))
					}
				}
			}
		}
		join(t, connect(t, s), Node{Cluster: "demo", ID: id, Nodes: ids, Run: scripted(f)})
	}
	demo := connect(t, s).Client("demo")
	for _, id := range []string{"n3", "n1", "n2"} { // none of them replies
		eventually(t, id+" is there", func() bool {
			attempt, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			return errors.Is(demo.Call(attempt, id, map[string]string{"type": "go"}, nil), context.DeadlineExceeded)
		})
	}
	next := map[string]int{}
	for next["n1"] < messages || next["n2"] < messages {
		var m struct {
			Src  string
			Body struct {
				Type string
				N    int
			}
		}
		must(0, json.Unmarshal([]byte(<-arrived), &m))(t)
		if m.Body.Type != "number" {
			continue
		}
		if m.Body.N != next[m.Src] {
			t.Fatalf("number %d of %s comes where %d was next", m.Body.N, m.Src, next[m.Src])
		}
		next[m.Src]++
	}
}

func TestHostileMessagesToANodeAreRefusedAndCounted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	ids := []string{"n1", "n2"}
	reached := make(chan string, 100)
	m := join(t, connect(t, s), Node{Cluster: "demo", ID: "n1", Nodes: ids, Run: scripted(func(line string, say func(string)) {
		reached <- line
		var in struct {
			Src  string
			Body struct {
				MsgID int64 `json:"msg_id"`
			}
		}
		if json.Unmarshal([]byte(line), &in) == nil {
			say(fmt.Sprintf(`{"src":"n1","dest":%q,"body":{"type":"ok","in_reply_to":%d}}`, in.Src, in.Body.MsgID))
		}
	})})
	attacker := connect(t, s)
	demo := attacker.Client("demo")
	eventually(t, "n1 is there", func() bool { return demo.Call(t.Context(), "n1", map[string]string{"type": "hello"}, nil) == nil })
	<-reached
	victim := must(attacker.nc.SubscribeSync("eddy.demo.n2.*"))(t)
	hostile := 0
	for _, wrong := range []struct{ subject, reply, body string }{
		{"eddy.demo.n1", "", `{"type":"read"}`},                                      // replies to nobody
		{"eddy.demo.n1", "eddy.demo.n2.n1", `{"type":"read"}`},                       // has n1 write to n2 in its name
		{"eddy.demo.n1", "payroll.pay", `{"type":"read"}`},                           // or anywhere else
		{"eddy.demo.n1", "eddy.inbox.x", `{"type":"init","node_id":"n9"}`},           // tells it who it is
		{"eddy.demo.n1", "eddy.inbox.x", `not JSON`},                                 //
		{"eddy.demo.n1", "eddy.inbox.x", `[1]`},                                      //
		{"eddy.demo.n1", "eddy.inbox.x", `{"type":7}`},                               //
		{"eddy.demo.n1", "eddy.inbox.x", `{"type":"a"}},{"x":{}`},                    // breaks out of the line
		{"eddy.demo.n1", "eddy.inbox.x", `{"type":"a"},"src":"n2","body":{}`},        // forges its source so
		{"eddy.demo.n1.n9", "", `{"type":"read"}`},                                   // no node of this cluster
		{"eddy.demo.n1.lin-kv", "", `{"type":"read_ok","in_reply_to":1,"value":1}`},  // a service
		{"eddy.demo.n1.c1", "", `{"type":"read"}`},                                   // a client
		{"eddy.demo.n1.n2", "", strings.Repeat(`[`, 20_000)},                         // too deep
		{"eddy.demo.n1.?", "eddy.inbox.x", `{"id":"n2","nodes":["n1","n2","evil"]}`}, // another cluster of the same name
	} {
		must(0, attacker.nc.PublishMsg(&nats.Msg{Subject: wrong.subject, Reply: wrong.reply, Data: []byte(wrong.body)}))(t)
		hostile++
	}
	if err := attacker.nc.Publish("eddy.demo.n1.n2", make([]byte, payloadMax+1)); !errors.Is(err, nats.ErrMaxPayload) {
		t.Errorf("an oversized message is sent: %v", err)
	}
	// A source within the body is a field of the body.
	must(0, attacker.nc.Publish("eddy.demo.n1.n2", []byte(`{"type":"x","src":"n9"}`)))(t)
	must(0, demo.Call(t.Context(), "n1", map[string]string{"type": "hello"}, nil))(t)
	if line := <-reached; !strings.Contains(line, `"src":"n2","dest":"n1","body":{"type":"x","src":"n9"}`) {
		t.Error(line)
	}
	if line := <-reached; !strings.Contains(line, "hello") || len(reached) > 0 {
		t.Errorf("the node is reached by %s", line)
	}
	carried, err := m.end()
	if err != nil || carried.Refused != hostile {
		t.Errorf("%d of %d hostile messages are refused: %v", carried.Refused, hostile, err)
	}
	must(0, attacker.nc.Flush())(t)
	if got, err := victim.NextMsg(100 * time.Millisecond); err == nil && !strings.Contains(string(got.Data), `"ok"`) || err == nil && got.Subject != "eddy.demo.n2.n1" {
		t.Errorf("n1 was made to write %s to %s", got.Data, got.Subject)
	}
}

func TestAServerKeepsNodesFromForgingTheirSource(t *testing.T) {
	t.Parallel()
	user := func(id string) *server.User {
		return &server.User{Username: id, Password: id, Permissions: &server.Permissions{
			Publish:   &server.SubjectPermission{Allow: []string{"eddy.demo.*." + id, "eddy.demo.*.?", "eddy.inbox.>"}},
			Subscribe: &server.SubjectPermission{Allow: []string{"eddy.demo." + id, "eddy.demo." + id + ".*", "eddy.inbox.>"}},
		}}
	}
	url := foreign(t, server.Options{Users: []*server.User{user("n1"), user("n2")}})
	as := func(id string) *Conn {
		c := must(Connect(Access{URL: url, User: id, Password: id}))(t)
		t.Cleanup(c.Close)
		return c
	}
	reached := make(chan string, 10)
	one := as("n1")
	join(t, one, Node{Cluster: "demo", ID: "n1", Nodes: []string{"n1", "n2", "n3"}, Run: scripted(func(line string, _ func(string)) { reached <- line })})
	two := as("n2")
	eventually(t, "n1 hears n2", func() bool {
		must(0, two.nc.Publish("eddy.demo.n1.n3", []byte(`{"type":"forged"}`)))(t)
		must(0, two.nc.Publish("eddy.demo.n1.n2", []byte(`{"type":"right"}`)))(t)
		must(0, two.nc.Flush())(t)
		return len(reached) > 3
	})
	for len(reached) > 0 {
		if line := <-reached; !strings.Contains(line, "right") {
			t.Error(line)
		}
	}
}

func TestANodeThatDoesNotFitItsClusterIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := connect(t, s)
	run := scripted(func(string, func(string)) {})
	there := join(t, connect(t, s), Node{Cluster: "demo", Service: "broadcast", ID: "n1", Nodes: []string{"n1", "n2"}, Run: run, Setup: nil})
	eventually(t, "n1 is there", func() bool {
		return s.server.NumSubscriptions() > 0 && c.callRoll(t.Context(), &Node{Cluster: "demo", ID: "n1", Nodes: []string{"n1"}}) != nil
	})
	for want, n := range map[string]Node{
		"n1 of the cluster demo is there already":                        {Cluster: "demo", ID: "n1", Nodes: []string{"n1", "n2"}},
		"n1 of the cluster demo serves broadcast, and this one kafka":    {Cluster: "demo", Service: "kafka", ID: "n2", Nodes: []string{"n1", "n2"}},
		"has the nodes n1,n2, and this one n1,n2,n3":                     {Cluster: "demo", Service: "broadcast", ID: "n3", Nodes: []string{"n1", "n2", "n3"}},
		"is not among the nodes n1,n2":                                   {Cluster: "demo", ID: "n3", Nodes: []string{"n1", "n2"}},
		`node "n3" needs the nodes of its cluster`:                       {Cluster: "demo", ID: "n3"},
		"is twice among the nodes":                                       {Cluster: "demo", ID: "n1", Nodes: []string{"n1", "n1"}},
		`"c1" is no id of a node: those of clients`:                      {Cluster: "demo", ID: "c1", Nodes: []string{"c1"}},
		`"lin-kv" is no id of a node: it is a service's`:                 {Cluster: "demo", ID: "lin-kv", Nodes: []string{"lin-kv"}},
		`"n.1" is no id of a node: expected up to 64 letters`:            {Cluster: "demo", ID: "n.1", Nodes: []string{"n.1"}},
		`"work" is no name for a cluster, since Eddy's own subjects`:     {Cluster: "work", ID: "n1", Nodes: []string{"n1"}},
		`"demo.*" is no name of a cluster: expected up to 64 letters, d`: {Cluster: "demo.*", ID: "n1", Nodes: []string{"n1"}},
	} {
		n.Run, n.Say = run, func(string) {}
		if _, err := c.Serve(t.Context(), n); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
	if _, err := there.end(); err != nil {
		t.Error(err)
	}
}

func TestANodeThatEndsOrPrintsNonsenseIsTold(t *testing.T) {
	t.Parallel()
	s := serve(t)
	m := join(t, connect(t, s), Node{Cluster: "demo", ID: "n1", Nodes: []string{"n1"}, Setup: [][]byte{[]byte(`{"type":"init","msg_id":1}`)},
		Run: func(in io.Reader, out io.Writer) error {
			for _, line := range []string{"oops", `{"src":"n7","dest":"n1","body":{"type":"x"}}`, `{"src":"n1","dest":"nowhere","body":{"type":"x"}}`,
				`{"src":"n1","dest":"n1","body":{"type":"x","long":"` + strings.Repeat("x", payloadMax) + `"}}`, `{"src":"n1","dest":"cX-1","body":{"type":"x","in_reply_to":3}}`} {
				_, _ = io.WriteString(out, line+"\n")
			}
			return errors.New("broken")
		}})
	err := <-m.ended
	m.ended <- err
	if err == nil || !strings.Contains(err.Error(), "broken") || !strings.Contains(err.Error(), "node n1 has ended") {
		t.Error(err)
	}
	if m.carried.Lost != 4 {
		t.Errorf("%d of 4 lines are lost", m.carried.Lost)
	}
	var said string
	for len(m.said) > 0 {
		said += <-m.said + "\n"
	}
	for _, want := range []string{"is no message", `of "n7"`, `to "nowhere" is lost`, "its max_payload"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not said: %s", want, said)
		}
	}
}

// counterOnStore keeps its parts in seq-kv.
func counterOnStore() node.Service {
	return counter.GCounter(counter.Config{Strategy: counter.Store, Write: counter.Through, Retry: 200 * time.Millisecond})
}

// The server goes away under load and comes back: after 30 s under EDDY_CHECK, after 2 s otherwise.
func TestNothingAcknowledgedIsLostWhileTheServerRestarts(t *testing.T) {
	t.Parallel()
	away, operations := 2*time.Second, 120
	if os.Getenv("EDDY_CHECK") != "" {
		away, operations = 30*time.Second, 300
	}
	dir := t.TempDir()
	s := must(Serve(ServerOptions{Listen: "127.0.0.1:0", Data: dir}))(t)
	access := Access{URL: s.URL()}
	values := cluster3(t, access, "values", broadcast)
	cluster3(t, access, "sum", counterOnStore)
	conn := must(Connect(access))(t)
	t.Cleanup(conn.Close)
	sum, demo := conn.Client("sum"), conn.Client("values")
	ids := []string{"n1", "n2", "n3"}
	var acknowledged []int
	added, attempted := 0, 0
	for i := range operations {
		if i == 40 {
			s.Close()
			time.AfterFunc(away, func() {
				again, err := Serve(ServerOptions{Listen: strings.TrimPrefix(access.URL, "nats://"), Data: dir})
				if err != nil {
					t.Error(err)
					return
				}
				t.Cleanup(again.Close)
			})
		}
		attempt, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		if demo.Call(attempt, ids[i%3], map[string]any{"type": "broadcast", "message": i}, nil) == nil {
			acknowledged = append(acknowledged, i)
		}
		attempted++
		if sum.Call(attempt, ids[i%3], map[string]any{"type": "add", "delta": 1}, nil) == nil {
			added++
		}
		cancel()
	}
	values[0].hears(t, "is lost")
	values[0].hears(t, "Connected again")
	if len(acknowledged) < 40 || added < 40 {
		t.Fatalf("%d values and %d adds are acknowledged", len(acknowledged), added)
	}
	for _, id := range ids {
		eventually(t, id+" has what was acknowledged", func() bool {
			attempt, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			var read struct{ Messages []int }
			var total struct{ Value int }
			if demo.Call(attempt, id, map[string]string{"type": "read"}, &read) != nil || sum.Call(attempt, id, map[string]string{"type": "read"}, &total) != nil {
				return false
			}
			for _, value := range acknowledged {
				if !slices.Contains(read.Messages, value) {
					return false
				}
			}
			if total.Value > attempted {
				t.Fatalf("%s has a sum of %d after %d adds", id, total.Value, attempted)
			}
			return total.Value >= added
		})
	}
}

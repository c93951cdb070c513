package kv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/internal/disk"
)

// cluster is nodes n1, n2, ... in a World, links of a constant latency between
// them, and clients next to each of them.
type cluster struct {
	t       *testing.T
	world   *actor.World
	config  Config
	ids     []string
	nodes   map[string]*node.Simulated
	disks   map[string]*disk.Simulated
	latency time.Duration
	cut     map[string]bool                       // links, as "n1 n2"; both ways are two
	drop    func(from string, m *pb.Message) bool // of the replicas' messages; nil for none
	leads   string                                // who sent the last append or heartbeat, and of which term
	term    uint64
	sent    int // messages between nodes
	asked   int64
	answers map[int64]said
	measure func(line []byte)      // called for each message between nodes
	answer  func(id int64, s said) // called for each
}

// said is the body of an answer.
type said struct {
	Type  string          `json:"type"`
	Re    int64           `json:"in_reply_to"`
	Code  int             `json:"code"`
	Text  string          `json:"text"`
	Value json.RawMessage `json:"value"`
}

func newCluster(t *testing.T, seed uint64, size int, config Config) *cluster {
	c := &cluster{
		t: t, world: actor.NewWorld(seed), config: config, latency: 10 * time.Millisecond,
		nodes: map[string]*node.Simulated{}, disks: map[string]*disk.Simulated{}, cut: map[string]bool{}, answers: map[int64]said{},
	}
	for i := range size {
		c.ids = append(c.ids, fmt.Sprint("n", i+1))
		c.disks[c.ids[i]] = &disk.Simulated{}
	}
	for _, id := range c.ids {
		c.start(id)
	}
	return c
}

// start begins a life of a node.
func (c *cluster) start(id string) {
	c.nodes[id] = node.Simulate(c.world, id, Service(c.config), func(l node.Line) { c.carry(id, l) }, node.Options{Disk: c.disks[id].Open()})
	ids, _ := json.Marshal(c.ids)
	c.nodes[id].Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","msg_id":0,"node_id":%q,"node_ids":%s}}`, id, id, ids))
}

// kill ends it as SIGKILL does, and its disk keeps what a disk keeps.
func (c *cluster) kill(id string) {
	c.nodes[id].Kill()
	c.disks[id].Kill(c.world.Rand())
	delete(c.nodes, id)
}

func (c *cluster) carry(from string, l node.Line) {
	if l.Dest[0] == 'c' {
		var line struct{ Body said }
		if err := json.Unmarshal(l.Data, &line); err != nil {
			c.t.Fatal(err)
		}
		if line.Body.Re > 0 {
			c.answers[line.Body.Re] = line.Body
			if c.answer != nil {
				c.answer(line.Body.Re, line.Body)
			}
		}
		return
	}
	c.sent++
	if c.measure != nil {
		c.measure(l.Data)
	}
	if c.look(from, l.Data) || c.cut[from+" "+l.Dest] {
		return
	}
	c.world.At(c.world.Elapsed()+c.latency, func() {
		if to := c.nodes[l.Dest]; to != nil && !c.cut[from+" "+l.Dest] {
			to.Feed(l.Data)
		}
	})
}

// look finds out who leads, and whether the messages get lost.
func (c *cluster) look(from string, line []byte) (lost bool) {
	var said struct{ Body raftBody }
	if json.Unmarshal(line, &said) != nil {
		return false
	}
	for _, encoded := range said.Body.Messages {
		m := &pb.Message{}
		if err := proto.Unmarshal(encoded, m); err != nil {
			c.t.Fatal(err)
		}
		if k := m.GetType(); (k == pb.MsgApp || k == pb.MsgHeartbeat) && m.GetTerm() >= c.term {
			c.leads, c.term = from, m.GetTerm()
		}
		lost = lost || c.drop != nil && c.drop(from, m)
	}
	return lost
}

// isolate cuts a node off from all others, both ways.
func (c *cluster) isolate(id string) {
	for _, other := range c.ids {
		c.cut[id+" "+other], c.cut[other+" "+id] = true, true
	}
}

func (c *cluster) heal() { clear(c.cut) }

// ask sends a request to a node, from a client of its own unless one is named,
// and gives the number of its answer.
func (c *cluster) ask(id, body string) int64 {
	c.asked++
	c.askAs(fmt.Sprint("c", c.asked), id, c.asked, body)
	return c.asked
}

func (c *cluster) askAs(client, id string, msgID int64, body string) {
	if n := c.nodes[id]; n != nil {
		n.Feed(fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":{"msg_id":%d,%s}}`, client, id, msgID, body))
	}
}

// do asks and waits for the answer, for at most six seconds.
func (c *cluster) do(id, body string) said {
	c.t.Helper()
	number := c.ask(id, body)
	until := c.world.Elapsed() + 6*time.Second
	c.world.RunWhile(func() bool { return c.answers[number].Type == "" && c.world.Elapsed() < until })
	return c.answers[number]
}

// must is do for a request that is to succeed.
func (c *cluster) must(id, body string) said {
	c.t.Helper()
	s := c.do(id, body)
	if !strings.HasSuffix(s.Type, "_ok") {
		c.t.Fatalf("%s to %s: %+v", body, id, s)
	}
	return s
}

func write(key, value string) string {
	return fmt.Sprintf(`"type":"write","key":%s,"value":%s`, key, value)
}
func read(key string) string { return fmt.Sprintf(`"type":"read","key":%s`, key) }
func cas(key, from, to string) string {
	return fmt.Sprintf(`"type":"cas","key":%s,"from":%s,"to":%s`, key, from, to)
}

// others are the living nodes but one.
func (c *cluster) others(id string) []string {
	return slices.DeleteFunc(slices.Clone(c.ids), func(o string) bool { return o == id || c.nodes[o] == nil })
}

func TestAnyNodeServesAnyJSON(t *testing.T) {
	c := newCluster(t, 1, 3, Config{})
	key, value := `{"b":[1,null],"a":"\u00e9"}`, `{"x":12345678901234567890,"y":[true,"<&>"]}`
	c.must("n1", write(key, value))
	if got := c.must("n3", read(`{"a":"é","b":[1, null]}`)); string(got.Value) != value {
		t.Errorf("read %s, want %s", got.Value, value)
	}
	if got := c.do("n2", read(`"nothing"`)); got.Code != 20 {
		t.Errorf("a read of nothing: %+v, want error 20", got)
	}
	if got := c.do("n2", cas(key, `{"y":[true,"<&>"],"x":12345678901234567890}`, "7")); got.Type != "cas_ok" {
		t.Errorf("a cas from the value in another order: %+v", got)
	}
	if got := c.do("n1", cas(key, "8", "9")); got.Code != 22 {
		t.Errorf("a cas from another value: %+v, want error 22", got)
	}
	if got := c.do("n1", cas(`0`, "8", "9")); got.Code != 20 {
		t.Errorf("a cas of nothing: %+v, want error 20", got)
	}
	c.must("n3", cas(`0`, "8", "9")+`,"create_if_not_exists":true`)
	if got := c.must("n1", read("0")); string(got.Value) != "9" {
		t.Errorf("read %s after a cas that created, want 9", got.Value)
	}
}

func TestRequestWithoutLeaderFailsForCertainAndInTime(t *testing.T) {
	c := newCluster(t, 1, 3, Config{})
	c.kill("n2")
	c.kill("n3")
	began := c.world.Elapsed()
	if got := c.do("n1", write("1", "1")); got.Code != 11 || c.world.Elapsed()-began > time.Second {
		t.Errorf("a write without a leader: %+v after %v, want error 11 within a second", got, c.world.Elapsed()-began)
	}
	if got := c.do("n1", read("1")); got.Code != 11 {
		t.Errorf("a read without a leader: %+v, want error 11", got)
	}
}

func TestProposalThatMayBeCommittedIsNotCalledFailed(t *testing.T) {
	c := newCluster(t, 1, 3, Config{})
	c.must("n1", write("1", "1"))
	leader := c.leads
	c.isolate(leader)
	if got := c.do(leader, write("1", "2")); got.Code != 0 || got.Type != "error" {
		t.Errorf("a write that a deposed leader has in its log: %+v, want error 0", got)
	}
}

func TestLostForwardIsRepeatedAndAppliedOnce(t *testing.T) {
	c := newCluster(t, 1, 3, Config{})
	c.must("n1", write("1", "1"))
	follower := c.others(c.leads)[0]
	drops, until := 0, c.world.Elapsed()+400*time.Millisecond
	// The leader takes the proposal, but the follower does not hear of it until it has made it again.
	c.drop = func(from string, m *pb.Message) bool {
		drop := from == c.leads && c.world.Elapsed() < until && placeOf(m.GetTo()) == slices.Index(c.ids, follower)
		if drop {
			drops++
		}
		return drop
	}
	c.must(follower, cas("1", "1", "2"))
	if got := c.must(follower, read("1")); drops < 2 || string(got.Value) != "2" {
		t.Errorf("after %d losses read %s, want 2", drops, got.Value)
	}
}

func TestRepeatedRequestIsAppliedOnce(t *testing.T) {
	c := newCluster(t, 1, 3, Config{})
	c.askAs("c7", "n1", 1001, write("1", "1"))
	c.world.Run(time.Second)
	c.askAs("c7", "n1", 1002, cas("1", "1", "2"))
	c.world.Run(time.Second)
	c.must("n2", write("1", "1"))
	c.askAs("c7", "n3", 1002, cas("1", "1", "2"))
	c.world.Run(time.Second)
	if got := c.must("n2", read("1")); string(got.Value) != "1" || c.answers[1002].Type != "cas_ok" {
		t.Errorf("the same cas asked for twice left %s, answered %+v; want 1, and cas_ok", got.Value, c.answers[1002])
	}
}

func TestMessagesBetweenReplicasAreBoundedInBytes(t *testing.T) {
	c := newCluster(t, 1, 3, Config{BatchBytes: 10_000, Batch: 100 * time.Millisecond})
	longest := 0
	c.measure = func(line []byte) { longest = max(longest, len(line)) }
	c.world.Run(time.Second) // clients come when every node has replied to init
	c.must("n1", write("0", "1"))
	value := `"` + strings.Repeat("x", 1000) + `"`
	var all []int64
	for i := range 100 {
		all = append(all, c.ask("n2", write(fmt.Sprint(i), value)))
	}
	c.world.Run(time.Second)
	for _, number := range all {
		if c.answers[number].Type != "write_ok" {
			t.Fatalf("%+v", c.answers[number])
		}
	}
	if bound := 2*10_000*4/3 + 1000; longest > bound || longest < 5000 { // an entry more than the bound, in base64
		t.Errorf("the longest message has %d bytes, want at most %d", longest, bound)
	}
}

func TestOldRequestIsNotAppliedAfterItWasForgotten(t *testing.T) {
	s := newStore()
	for id := range int64(sessionMax + 5) {
		s.apply(&command{Client: "c1", ID: id, Op: opWrite, Key: "1", To: json.RawMessage("1")}, false)
	}
	if r := s.apply(&command{Client: "c1", ID: 2, Op: opWrite, Key: "1", To: json.RawMessage("7")}, false); !r.err || r.Code != 13 || string(s.values["1"]) != "1" {
		t.Errorf("a request that was forgotten came to %+v, and the key holds %s", r, s.values["1"])
	}
}

func TestSnapshotsDependOnNothingButTheStore(t *testing.T) {
	one, other := newStore(), newStore()
	for i := range int64(200) {
		a := command{Client: fmt.Sprint("c", i%7), ID: i, Op: opWrite, Key: fmt.Sprint(i % 50), To: json.RawMessage(fmt.Sprint(i))}
		one.apply(&a, false)
		other.apply(&a, false)
		if i == 90 {
			var err error
			if other, err = restore(other.snapshot()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !bytes.Equal(one.snapshot(), other.snapshot()) {
		t.Errorf("two snapshots of one store differ:\n%.300s\n%.300s", one.snapshot(), other.snapshot())
	}
}

package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/nats-io/nats-server/v2/server"

	"eddy/actor/node/wire"
	"eddy/testbench/service"
)

// kept opens the bucket for a cluster.
func kept(t *testing.T, c *Conn, cluster string) *store {
	t.Helper()
	return must((&seat{Conn: c, Node: Node{Cluster: cluster}}).openStore(t.Context()))(t)
}

// asks gives the body of a service's reply; empty for none.
func (k *store) asks(ctx context.Context, service, body string) string {
	var decoder wire.Decoder
	m, err := decoder.Decode(fmt.Appendf(nil, `{"src":"n1","dest":%q,"body":%s}`, service, body))
	if err != nil {
		panic(err)
	}
	var line struct{ Body json.RawMessage }
	if json.Unmarshal(k.serve(ctx, m), &line) != nil {
		return ""
	}
	return string(line.Body)
}

// reply is what counts of a reply.
type reply struct {
	Type  string
	Code  int
	Value json.RawMessage
}

func replyOf(body string) (r reply) {
	_ = json.Unmarshal([]byte(body), &r)
	return r
}

func TestTheStoreAnswersAsTheTestBenchDoes(t *testing.T) {
	t.Parallel()
	k := kept(t, connect(t, serve(t)), "demo")
	rng := rand.New(rand.NewPCG(1, 2))
	values := []string{`1`, `1.0`, `null`, `"x"`, `{"b":2,"a":[1,{}]}`, `{"a":[1,{}],"b":2}`, `12345678901234567890`, `"\u00e9"`}
	value := func() string { return values[rng.IntN(len(values))] }
	for _, name := range []string{"lin-kv", "seq-kv", "lww-kv"} {
		played := service.New("lin-kv") // the strictest: all of them may answer so
		for i := range 600 {
			var body string
			switch rng.IntN(4) {
			case 0:
				body = fmt.Sprintf(`{"type":"read","key":%s,"msg_id":%d}`, value(), i)
			case 1:
				body = fmt.Sprintf(`{"type":"write","key":%s,"value":%s,"msg_id":%d}`, value(), value(), i)
			default:
				create := name != "lww-kv" && rng.IntN(3) == 0
				body = fmt.Sprintf(`{"type":"cas","key":%s,"from":%s,"to":%s,"create_if_not_exists":%v,"msg_id":%d}`, value(), value(), value(), create, i)
			}
			expected, err := played.Handle("n1", []byte(body), rng)
			if err != nil {
				t.Fatal(err)
			}
			got, want := replyOf(k.asks(t.Context(), name, body)), replyOf(string(expected))
			if got.Type != want.Type || got.Code != want.Code || string(got.Value) != string(want.Value) {
				t.Fatalf("%s, request %d, %s: %v; the test bench says %v", name, i, body, got, want)
			}
		}
	}
	last := -1
	for range 10 {
		var ts struct{ TS int }
		must(0, json.Unmarshal([]byte(k.asks(t.Context(), "lin-tso", `{"type":"ts","msg_id":1}`)), &ts))(t)
		if ts.TS <= last {
			t.Errorf("timestamp %d comes after %d", ts.TS, last)
		}
		last = ts.TS
	}
	for service, body := range map[string]string{"lin-kv": `{"type":"ts","msg_id":1}`, "lin-tso": `{"type":"read","key":1,"msg_id":1}`, "lww-kv": `{"type":"drop","msg_id":1}`} {
		if r := replyOf(k.asks(t.Context(), service, body)); r.Code != 10 {
			t.Errorf("%s answers %s with %v", service, body, r)
		}
	}
	if body := k.asks(t.Context(), "lin-kv", `{"type":"write","key":1,"value":1}`); body != "" {
		t.Errorf("what asks for no reply gets %s", body)
	}
	if r := replyOf(k.asks(t.Context(), "lin-kv", `{"type":"write","key":1,"value":"`+strings.Repeat("x", payloadMax)+`","msg_id":1}`)); r.Code != 11 {
		t.Errorf("an oversized value is answered with %v", r)
	}
}

func TestClustersHaveStoresOfTheirOwn(t *testing.T) {
	t.Parallel()
	c := connect(t, serve(t))
	one, two := kept(t, c, "one"), kept(t, c, "two")
	one.asks(t.Context(), "lin-kv", `{"type":"write","key":1,"value":1,"msg_id":1}`)
	for name, k := range map[string]*store{"lin-kv": two, "seq-kv": one, "lww-kv": one} {
		if r := replyOf(k.asks(t.Context(), name, `{"type":"read","key":1,"msg_id":2}`)); r.Code != 20 {
			t.Errorf("%s of the cluster %s: %v", name, k.cluster, r)
		}
	}
}

func TestAStoreWithoutJetStreamSaysSo(t *testing.T) {
	t.Parallel()
	url := foreign(t, server.Options{})
	c := must(Connect(Access{URL: url}))(t)
	t.Cleanup(c.Close)
	if _, err := (&seat{Conn: c, Node: Node{Cluster: "demo"}}).openStore(t.Context()); err == nil || !strings.Contains(err.Error(), "has no JetStream") {
		t.Error(err)
	}
	cluster3(t, Access{URL: url}, "demo", broadcast) // needs none
}

// register is a key of lin-kv: what may be asked of it in which order.
var register = porcupine.Model{
	Partition: nil,
	Init:      func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		held, in, out := state.(string), input.(asksKey), output.(reply)
		switch {
		case out.Type == "": // nobody knows
			if in.kind == "write" || in.kind == "cas" && held == in.from {
				return true, in.to
			}
			return true, held
		case out.Type == "read_ok":
			return string(out.Value) == held, held
		case out.Code == 20:
			return held == "", held
		case out.Code == 22:
			return held != "" && held != in.from, held
		case out.Type == "write_ok":
			return true, in.to
		case out.Type == "cas_ok":
			return held == in.from, in.to
		}
		return true, held // it was not carried out
	},
	Equal: func(a, b any) bool { return a == b },
}

type asksKey struct{ kind, from, to string }

func TestLinKVStaysLinearizableWhileItsLeaderIsKilled(t *testing.T) {
	t.Parallel()
	servers, urls := cluster(t)
	start := time.Now()
	const askers, requests = 4, 120
	results := make(chan []porcupine.Operation, askers)
	for a := range askers {
		c := must(Connect(Access{URL: strings.Join(append(append([]string{}, urls[a%3:]...), urls[:a%3]...), ",")}))(t)
		t.Cleanup(c.Close)
		var k *store
		eventually(t, "the store is open", func() bool {
			var err error
			k, err = (&seat{Conn: c, Node: Node{Cluster: "demo"}}).openStore(t.Context())
			return err == nil
		})
		if k.copies != 3 {
			t.Fatalf("the store has %d copies", k.copies)
		}
		go func() {
			rng := rand.New(rand.NewPCG(7, uint64(a)))
			var ops []porcupine.Operation
			for i := range requests {
				in := asksKey{kind: []string{"read", "write", "cas", "read"}[rng.IntN(4)], from: fmt.Sprint(rng.IntN(4)), to: fmt.Sprint(rng.IntN(4))}
				body := fmt.Sprintf(`{"type":%q,"key":"k","value":%s,"from":%s,"to":%s,"msg_id":%d}`, in.kind, in.to, in.from, in.to, i)
				began := time.Since(start)
				attempt, cancel := context.WithTimeout(context.Background(), 2*time.Second)
				out := replyOf(k.asks(attempt, "lin-kv", body))
				cancel()
				ended := time.Since(start)
				if out.Type == "" {
					ended = time.Hour
				}
				ops = append(ops, porcupine.Operation{ClientId: a, Input: in, Output: out, Call: int64(began), Return: int64(ended)})
				if a == 0 && i == requests/3 {
					info, err := k.stream.Info(context.Background())
					for _, s := range servers {
						if err == nil && s.server.Name() == info.Cluster.Leader {
							s.server.Shutdown()
						}
					}
				}
			}
			results <- ops
		}()
	}
	var all []porcupine.Operation
	known := 0
	for range askers {
		for _, op := range <-results {
			all = append(all, op)
			if strings.HasSuffix(op.Output.(reply).Type, "_ok") {
				known++
			}
		}
	}
	if known < requests {
		t.Errorf("only %d of %d requests are answered with success", known, askers*requests)
	}
	for i := range all { // indefinite ones overlap with all that follow, for their client is another one then
		if all[i].Return == int64(time.Hour) {
			all[i].ClientId = 100 + i
		}
	}
	if !porcupine.CheckOperations(register, all) {
		t.Error("lin-kv is not linearizable")
	}
}

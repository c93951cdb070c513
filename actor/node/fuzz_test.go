package node_test

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// everything is a service that does all that a service can: it echoes, reads a
// key, fresh or not, and calls whom it is told to.
func everything(n *node.Node) error {
	type callBody struct {
		Dest string   `json:"dest"`
		Type string   `json:"as"`
		Args wire.Raw `json:"args"`
	}
	type callRequest = node.Request[callBody, echoBody]
	type ended struct {
		request callRequest
		answer  actor.Answer[wire.Raw]
	}
	to := actor.Spawn(n, "everything", func(*actor.Context[any]) actor.Actor[any] {
		return actor.Func[any](func(c *actor.Context[any], m any) {
			switch m := m.(type) {
			case echoRequest:
				r := m
				r.Reply(r.Body)
			case numberRequest:
				m.Reply(m.Body)
			case callRequest:
				end := func(a actor.Answer[wire.Raw]) any { return ended{m, a} }
				switch m.Body.Type {
				case "read":
					node.Read(c, n.LinKV(), m.Body.Args, node.KVOptions{}, end)
				case "fresh":
					node.ReadFresh(c, n.SeqKV(), m.Body.Args, node.KVOptions{Retry: node.DefaultRetry}, end)
				default:
					if m.Body.Dest == "" {
						m.Fail(node.Errorf(12, "call: dest is empty"))
						return
					}
					node.RPC(c, n, node.Call{Dest: m.Body.Dest, Type: m.Body.Type, Fields: node.None{}, Retry: node.DefaultRetry},
						func(a actor.Answer[wire.Raw]) any { return end(a) })
				}
			case ended:
				if m.answer.Err != nil {
					m.request.Fail(m.answer.Err)
				} else {
					m.request.Reply(echoBody{m.answer.Value})
				}
			}
		})
	})
	node.Handle(n, "echo", to, func(r echoRequest) any { return r })
	node.Handle(n, "number", to, func(r numberRequest) any { return r })
	node.Handle(n, "call", to, func(r callRequest) any { return r })
	return nil
}

// nasty are lines that have hurt some node or other.
var nasty = []string{
	``, ` `, "\r", `{`, `}`, `[]`, `null`, `"`, `{}`, `{"src":"c1"}`, "\xff\xfe", "\x00", "\xef\xbb\xbf{}",
	initLine, strings.Replace(initLine, `"n1","n2"`, `"n2","n1"`, 1), strings.Replace(initLine, `"node_id"`, `"node"`, 1),
	strings.Replace(initLine, `"c0"`, `""`, 1), echo(2, `1`), echo(2, `1`), echo(2, `tru`), echo(-1, `1`), echo(0, `{"a":[{"b":null}]}`), echo(9223372036854775807, `1e400`), echo(3, `1`+strings.Repeat("0", 400)),
	echo(4, `"\ud800"`), echo(5, `"`+strings.Repeat("x", 5000)+`"`), echo(6, strings.Repeat("[", 500)+strings.Repeat("]", 500)), `{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":12`,
	request(7, "number", `,"n":9007199254740993`), request(8, "number", `,"n":1.5`), request(9, "txn", ``), request(10, "error", `,"code":0`), request(11, "init_ok", ``),
	request(12, "call", `,"as":"read","args":{"k":[1]}`), request(13, "call", `,"as":"fresh","args":null`), request(14, "call", `,"dest":"n2","as":"ping"`), request(15, "call", `,"dest":"","as":""`),
	`{"src":"lin-kv","dest":"n1","body":{"type":"read_ok","in_reply_to":1,"value":5}}`, `{"src":"seq-kv","dest":"n1","body":{"type":"write_ok","in_reply_to":1}}`,
	`{"src":"n2","dest":"n1","body":{"type":"error","in_reply_to":1,"code":0}}`, `{"src":"n2","dest":"n1","body":{"type":"error","in_reply_to":1,"code":"x"}}`,
	`{"src":"n1","dest":"n1","body":{"type":"echo","msg_id":1,"in_reply_to":1,"echo":1}}`, `{"src":"c1","dest":"n1","body":{"type":"init","in_reply_to":1}}`,
	`{"src":"c1","src":"c2","dest":"n1","body":{"type":"echo","type":"txn","msg_id":1,"msg_id":2,"echo":1}}`, `{"\u0073rc":"c1","dest":"n1","body":{"\u0074ype":"echo","msg_id":1,"echo":1}}`,
	`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1.0,"echo":1}}`, `{"src":"","dest":"","body":{"type":"","msg_id":1}}`, `{"src":"c\u0000\n","dest":"n1","body":{"type":"echo","msg_id":1,"echo":1}}`,
}

const fuzzLineMax = 4096

// asker is who waits for an answer to what.
type asker struct {
	src string
	id  int64
}

// FuzzStdin feeds arbitrary bytes to a whole node. Whatever comes in: it ends in
// order, each line it writes is a message, an answer goes to somebody who asked, who
// asked is answered, once, and no goroutine stays behind.
//
//	go test ./actor/node -run '^$' -fuzz FuzzStdin -fuzztime 1m -fuzzminimizetime 20x
//
// (Goroutines make coverage vary from run to run: without the last flag the fuzzer
// spends its time minimizing what it found.)
func FuzzStdin(f *testing.F) {
	f.Add([]byte(strings.Join(nasty, "\n")), false)
	f.Add([]byte(strings.Join(nasty, "\n")), true)
	for _, line := range nasty {
		f.Add([]byte(line), true)
	}
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(io.Discard), zapcore.DebugLevel)
	log := zap.New(core)
	f.Fuzz(func(t *testing.T, data []byte, initFirst bool) {
		before := runtime.NumGoroutine()
		if initFirst {
			data = append([]byte(initLine+"\n"), data...)
		}
		var out bytes.Buffer
		if err := node.Run(everything, node.Options{In: bytes.NewReader(data), Out: &out, LineMax: fuzzLineMax, Log: log}); err != nil {
			t.Fatalf("the node ended with %v", err)
		}
		judge(t, data, out.Bytes(), initFirst)
		noneLeft(t, before)
	})
}

// judge compares what a node wrote with what it had read: a request, or a line
// that is none but names somebody who asked, has one answer. Before its init a
// node owes nobody, and of a line over 64 KiB it keeps no more than that.
func judge(t *testing.T, in, out []byte, owing bool) {
	asked, answered := map[asker]int{}, map[asker]int{}
	var d wire.Decoder
	for line := range bytes.SplitSeq(in, []byte{'\n'}) {
		if m, _ := d.Decode(line); m.HasMsgID && !m.HasInReplyTo && m.Src != "" {
			asked[asker{m.Src, m.MsgID}]++
		}
		owing = owing && len(line) < 64<<10
	}
	for _, s := range read(t, out) {
		if s.typ() == "" && s.text("type") != `""` {
			t.Fatalf("%v has no type", s)
		}
		reply, answers := s.Body["in_reply_to"]
		if !answers {
			continue
		}
		who := asker{src: s.Dest}
		if err := json.Unmarshal(reply, &who.id); err != nil {
			t.Fatalf("%v: %v", s, err)
		}
		if answered[who]++; answered[who] > asked[who] {
			t.Fatalf("%v answers what nobody asked", s)
		}
	}
	for who, times := range asked {
		if owing && answered[who] < times {
			t.Fatalf("%q asked %d times under %d and was answered %d times", who.src, times, who.id, answered[who])
		}
	}
}

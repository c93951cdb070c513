package kafka

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// configs are the configurations that every promise is held against.
func configs() map[string]Config {
	return map[string]Config{
		"owner":          {Strategy: Owner},
		"cas":            {Strategy: CAS},
		"cas, small":     {Strategy: CAS, ChunkBytes: 100},
		"fallback":       {Strategy: Fallback},
		"leaderless":     {Strategy: Leaderless},
		"leaderless all": {Strategy: Leaderless, Acks: AcksAll},
	}
}

func TestWhatIsSentIsPolledOnEveryNodeInOneOrder(t *testing.T) {
	for name, config := range configs() {
		n := newNetwork(t, 1, 3, config)
		var want []string
		for i := range 30 {
			for _, key := range []string{"a", "b/", ""} {
				value := fmt.Sprintf(`{"n":%d,"k":%q}`, i, key)
				offset := n.send(n.names[i%3], key, value)
				if key == "b/" {
					want = append(want, fmt.Sprintf("%d:%s", offset, value))
				}
			}
		}
		slices.SortFunc(want, func(a, b string) int { return cmp.Compare(offsetIn(a), offsetIn(b)) })
		n.world.Run(5 * time.Second)
		for _, on := range n.names {
			if got := n.everything(on, "b/"); !slices.Equal(got, want) {
				t.Errorf("%s: on %s\n%s\nwant\n%s", name, on, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

// offsetIn is the offset of an entry as offset:value.
func offsetIn(entry string) int {
	text, _, _ := strings.Cut(entry, ":")
	offset, _ := strconv.Atoi(text)
	return offset
}

func TestAnIdleClusterIsSilent(t *testing.T) {
	for name, config := range configs() {
		n := newNetwork(t, 1, 3, config)
		for i := range 10 {
			n.send(n.names[i%3], "a", "1")
			n.call(n.names[i%3], `"type":"commit_offsets","offsets":{"a":1}`)
		}
		n.world.Run(10 * time.Second)
		before := n.sent
		n.world.Run(time.Hour)
		if n.sent != before {
			t.Errorf("%s: %d messages in an hour without a client", name, n.sent-before)
		}
	}
}

func TestCommittedOffsetsGetAroundAndNeverGoBack(t *testing.T) {
	configs := configs()
	for name, config := range configs {
		n := newNetwork(t, 1, 3, config)
		for i, offset := range []int64{5, 9, 3, 0} {
			n.call(n.names[i%3], fmt.Sprintf(`"type":"commit_offsets","offsets":{"a":%d,"b":%d}`, offset, i))
		}
		n.world.Run(2 * time.Second)
		for _, on := range n.names {
			got := n.call(on, `"type":"list_committed_offsets","keys":["a","b","c","a"]`).Body.Offsets
			if len(got) != 2 || got["a"] != 9 || got["b"] != 3 {
				t.Errorf("%s: on %s %v is committed", name, on, got)
			}
		}
	}
}

func TestBadRequestsAreToldWhy(t *testing.T) {
	configs := configs()
	configs["local"] = Config{Strategy: Local}
	for name, config := range configs {
		nodes := 2
		if config.Strategy == Local {
			nodes = 1
		}
		n := newNetwork(t, 1, nodes, config)
		for fields, reason := range map[string]string{
			`"type":"send","key":"a"`:                                "msg",
			`"type":"send","msg":1`:                                  "key",
			`"type":"send","key":7,"msg":1`:                          "string",
			`"type":"send","key":null,"msg":1`:                       "string",
			`"type":"poll"`:                                          "offsets",
			`"type":"poll","offsets":[1]`:                            "offsets",
			`"type":"poll","offsets":{"a":"1"}`:                      "offsets",
			`"type":"poll","offsets":{"a":1.5}`:                      "offsets",
			`"type":"poll","offsets":{"a":-1}`:                       "-1",
			`"type":"commit_offsets","offsets":{"a":-7}`:             "-7",
			`"type":"commit_offsets","offsets":{"a":1e30}`:           "offsets",
			`"type":"list_committed_offsets"`:                        "keys",
			`"type":"list_committed_offsets","keys":{"a":1}`:         "keys",
			`"type":"list_committed_offsets","keys":["a",1]`:         "keys",
			`"type":"poll","offsets":{"a":123456789012345678901234}`: "offsets",
		} {
			s := n.call("n0", fields)
			if s.Body.Type != "error" || s.Body.Code != 12 || !strings.Contains(s.Body.Text, reason) {
				t.Errorf("%s: %s was answered %s %d %q", name, fields, s.Body.Type, s.Body.Code, s.Body.Text)
			}
		}
		if s := n.call("n0", `"type":"poll","offsets":{}`); s.Body.Type != "poll_ok" {
			t.Errorf("%s: a poll of nothing was answered %+v", name, s.Body)
		}
	}
}

func TestLocalRefusesToServeMoreThanOneNode(t *testing.T) {
	n := newNetwork(t, 1, 2, Config{Strategy: Local})
	if err := n.nodes["n0"].Err(); err == nil || !strings.Contains(err.Error(), "2 nodes") {
		t.Errorf("the node ended with %v", err)
	}
}

func TestAnyJSONIsAValue(t *testing.T) {
	values := []string{`null`, `"é\n\"\u0000"`, `123456789012345678901234567890`, `1.50e-7`, `[[],{"a":{"b":[true,null]}}]`, `" a  b "`, `""`, `-0.0`}
	configs := configs()
	configs["local"] = Config{Strategy: Local}
	for name, config := range configs {
		nodes := 2
		if config.Strategy == Local {
			nodes = 1
		}
		n := newNetwork(t, 1, nodes, config)
		for i, v := range values {
			n.send(n.names[i%nodes], "k", v)
		}
		n.send("n0", "k", "[ 1,\t{ \"x\" : 2 } ]")
		n.world.Run(3 * time.Second)
		got := n.everything(n.names[nodes-1], "k")
		for _, v := range append(values, `[1,{"x":2}]`) {
			if !slices.ContainsFunc(got, func(e string) bool { _, value, _ := strings.Cut(e, ":"); return value == v }) {
				t.Errorf("%s: %s is not among %v", name, v, got)
			}
		}
	}
}

func TestAPollIsBounded(t *testing.T) {
	n := newNetwork(t, 1, 1, Config{Strategy: Local, PollCount: 10, PollBytes: 1000})
	for i := range 100 {
		n.send("n0", []string{"a", "b"}[i%2], `"0123456789"`)
		n.send("n0", "long", `"`+strings.Repeat("x", 400)+`"`)
	}
	s := n.call("n0", `"type":"poll","offsets":{"a":3,"b":0}`)
	if a, b := entries(s, "a"), entries(s, "b"); len(a) != 5 || len(b) != 5 || !strings.HasPrefix(a[0], "3:") {
		t.Errorf("10 entries of two keys: %v and %v", a, b)
	}
	if got := entries(n.call("n0", poll("long", 0)), "long"); len(got) != 2 {
		t.Errorf("within 1000 bytes %d entries of 400", len(got))
	}
	if got := n.everything("n0", "long"); len(got) != 100 {
		t.Errorf("%d of 100 entries by polls one after the other", len(got))
	}
}

// An idle log's actor ends, and a hundred times what it holds is still there.
func TestAnIdleLogHasNoActorAndLosesNothing(t *testing.T) {
	configs := configs()
	configs["local"] = Config{Strategy: Local}
	for name, config := range configs {
		config.Idle = time.Second
		n := newNetwork(t, 1, 1, config)
		actors := func() (logs int) {
			for _, s := range n.nodes["n0"].Stats() {
				if strings.HasPrefix(s.Path, "kafka/log/") {
					logs++
				}
			}
			return logs
		}
		for i := range 20 {
			n.send("n0", "a", fmt.Sprint(i))
			n.send("n0", "é", fmt.Sprint(i))
			if got := actors(); got != 2 {
				t.Fatalf("%s: %d actors for 2 keys in use", name, got)
			}
			n.world.Run(3 * time.Second)
			if got := actors(); got != 0 {
				t.Fatalf("%s: %d actors for 2 idle keys", name, got)
			}
		}
		if got := n.everything("n0", "a"); len(got) != 20 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

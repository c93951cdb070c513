package service

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// session asks one service.
type session struct {
	t *testing.T
	s Service
	*rand.Rand
}

func open(t *testing.T, name string, seed uint64) session {
	return session{t, New(name), rand.New(rand.NewPCG(seed, 0))}
}

// ask sends a body without its msg_id, and gives the reply without its in_reply_to.
func (s session) ask(src, body string) string {
	s.t.Helper()
	reply, err := s.s.Handle(src, []byte(strings.TrimSuffix(body, "}")+`,"msg_id":7}`), s.Rand)
	if err != nil {
		s.t.Fatal(err)
	}
	if !json.Valid(reply) {
		s.t.Fatalf("the reply is not JSON: %s", reply)
	}
	text, ok := strings.CutSuffix(string(reply), `,"in_reply_to":7}`)
	if !ok {
		s.t.Fatalf("not a reply to 7: %s", reply)
	}
	return text + "}"
}

func (s session) write(src, key, value string) {
	s.t.Helper()
	if got := s.ask(src, fmt.Sprintf(`{"type":"write","key":%s,"value":%s}`, key, value)); got != `{"type":"write_ok"}` {
		s.t.Fatalf("write: %s", got)
	}
}

// read gives the value that a client reads, empty if there is none.
func (s session) read(src, key string) string {
	s.t.Helper()
	got := s.ask(src, fmt.Sprintf(`{"type":"read","key":%s}`, key))
	if got == `{"type":"error","code":20,"text":"key does not exist"}` {
		return ""
	}
	value, ok := strings.CutPrefix(got, `{"type":"read_ok","value":`)
	if !ok {
		s.t.Fatalf("read: %s", got)
	}
	return strings.TrimSuffix(value, "}")
}

// readMany gives the values of n reads, without repetition, in the order of their first coming.
func (s session) readMany(n int, src, key string) string {
	s.t.Helper()
	var values []string
	seen := map[string]bool{}
	for range n {
		if v := s.read(src, key); !seen[v] {
			seen[v] = true
			values = append(values, v)
		}
	}
	return strings.Join(values, " ")
}

func TestStoresAnswerInMaelstromsForm(t *testing.T) {
	for _, name := range []string{"lin-kv", "seq-kv"} {
		s := open(t, name, 1)
		for _, c := range []struct{ ask, want string }{
			{`{"type":"read","key":"x"}`, `{"type":"error","code":20,"text":"key does not exist"}`},
			{`{"type":"cas","key":"x","from":1,"to":2}`, `{"type":"error","code":20,"text":"key does not exist"}`},
			{`{"type":"cas","key":"x","from":1,"to":2,"create_if_not_exists":false}`, `{"type":"error","code":20,"text":"key does not exist"}`},
			{`{"type":"cas","key":"x","from":1,"to":2,"create_if_not_exists":true}`, `{"type":"cas_ok"}`},
			{`{"type":"read","key":"x"}`, `{"type":"read_ok","value":2}`},
			{`{"type":"cas","key":"x","from":1,"to":3,"create_if_not_exists":true}`, `{"type":"error","code":22,"text":"current value 2 is not 1"}`},
			{`{"type":"cas","key":"x","from":2,"to":{"a": [3]}}`, `{"type":"cas_ok"}`},
			{`{"type":"read","key":"x"}`, `{"type":"read_ok","value":{"a": [3]}}`},
			{`{"type":"write","key":"x","value":"s"}`, `{"type":"write_ok"}`},
			{`{"type":"read","key":"x"}`, `{"type":"read_ok","value":"s"}`},
			{`{"type":"write","key":"x"}`, `{"type":"write_ok"}`},
			{`{"type":"read","key":"x"}`, `{"type":"read_ok","value":null}`},
		} {
			// The client of seq-kv has just changed what it reads, so that it sees the present.
			if got := s.ask("n0", c.ask); got != c.want {
				t.Errorf("%s: %s gave %s, want %s", name, c.ask, got, c.want)
			}
		}
	}
}

func TestKeysAndValuesAreAnyJSONComparedByValue(t *testing.T) {
	for _, name := range Names() {
		if name == "lin-tso" {
			continue
		}
		for _, pair := range [][2]string{
			{`{"a":1,"b":[2,null]}`, `{ "b" : [2, null], "a": 1 }`},
			{`"\u0061"`, `"a"`}, {`1.50`, `1.5`}, {`9007199254740993`, `9007199254740993`}, {`null`, ` null`},
		} {
			s := open(t, name, 2)
			s.write("n0", pair[0], pair[0])
			for range 50 { // until both replicas of lww-kv have it
				s.read("n0", pair[0])
			}
			if got := s.read("n0", pair[1]); got != pair[0] {
				t.Errorf("%s: key %s, written as %s, holds %s", name, pair[1], pair[0], got)
			}
			if got := s.ask("n0", fmt.Sprintf(`{"type":"cas","key":%s,"from":%s,"to":0}`, pair[1], pair[1])); got != `{"type":"cas_ok"}` {
				t.Errorf("%s: cas from %s where %s is: %s", name, pair[1], pair[0], got)
			}
		}
		for _, pair := range [][2]string{{`1`, `1.0`}, {`1`, `"1"`}, {`9007199254740993`, `9007199254740992`}, {`[]`, `{}`}, {`null`, `false`}} {
			s := open(t, name, 2)
			s.write("n0", pair[0], "1")
			if got := s.readMany(50, "n0", pair[1]); got != "" {
				t.Errorf("%s: key %s holds what was written to %s", name, pair[1], pair[0])
			}
		}
	}
}

func TestLinKVShowsEveryClientTheLatestState(t *testing.T) {
	s := open(t, "lin-kv", 1)
	for i := range 100 {
		s.write(fmt.Sprint("n", i%3), "1", fmt.Sprint(i))
		if got := s.read("n9", "1"); got != fmt.Sprint(i) {
			t.Fatalf("read %s after %d was written", got, i)
		}
	}
}

// Maelstrom's documentation has it as an example: the second write of 1 happens in the past.
func TestSeqKVsWriteThatChangesNothingMayHappenInThePast(t *testing.T) {
	passed := 0
	for seed := range uint64(40) {
		s := open(t, "seq-kv", seed)
		s.write("n1", `"x"`, "1")
		s.read("n2", `"x"`)
		if s.ask("n2", `{"type":"cas","key":"x","from":1,"to":2}`) != `{"type":"cas_ok"}` {
			continue // n2 still saw the state before the first write
		}
		s.write("n1", `"x"`, "1")
		if s.read("n2", `"x"`) == "2" {
			passed++
		}
	}
	if passed == 0 || passed == 40 {
		t.Errorf("n2 read 2 in %d of 40 runs: expected some, since n1 may or may not have seen it", passed)
	}
}

func TestSeqKVReaderGoesForwardOnlyAndMayStayBehind(t *testing.T) {
	behind := 0
	for seed := range uint64(50) {
		s := open(t, "seq-kv", seed)
		last := -1
		for i := range 31 {
			s.write("n0", "1", fmt.Sprint(i))
			if got := s.read("n0", "1"); got != fmt.Sprint(i) {
				t.Fatalf("the writer itself read %s after %d", got, i)
			}
			now := -1
			if text := s.read("n1", "1"); text != "" {
				fmt.Sscan(text, &now)
			}
			if now < last {
				t.Fatalf("seed %d: read %d after %d", seed, now, last)
			}
			if last = now; now < i {
				behind++
			}
		}
	}
	if behind < 500 {
		t.Errorf("only %d of 1550 reads were of the past", behind)
	}
}

func TestSeqKVClientThatWritesSomethingNewSeesThePresent(t *testing.T) {
	for seed := range uint64(50) {
		s := open(t, "seq-kv", seed)
		for i := range 100 {
			s.write("n0", "1", fmt.Sprint(i))
		}
		s.write("n1", "2", "0")
		if got := s.readMany(10, "n1", "1"); got != "99" {
			t.Fatalf("seed %d: read %s", seed, got)
		}
		s.write("n0", "1", "100")
		s.write("n1", "2", "0")
		if got := s.readMany(100, "n1", "1"); got != "99 100" && got != "100" {
			t.Fatalf("seed %d: after writing nothing new, read %s", seed, got)
		}
	}
}

// What may be seen is one of the last 32 states, even by a client that saw none for longer.
func TestSeqKVShowsOneOfTheLast32States(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(600) {
		s := open(t, "seq-kv", seed)
		for i := range 100 {
			s.write("n0", "1", fmt.Sprint(i))
		}
		seen[s.read("n1", "1")] = true
	}
	if len(seen) != 32 || seen["67"] || !seen["68"] || !seen["99"] {
		t.Errorf("600 clients read %d different values after 0 to 99: %v", len(seen), seen)
	}
}

// Maelstrom finds a state by its distance modulo 32: the one place where a client's view goes back.
func TestSeqKVGoesBackForAClientMoreThan32StatesBehind(t *testing.T) {
	back := 0
	for seed := range uint64(200) {
		s := open(t, "seq-kv", seed)
		for i := range 40 {
			s.write("n0", "1", fmt.Sprint(i))
		}
		var first, second int
		fmt.Sscan(s.read("n1", "1"), &first)
		fmt.Sscan(s.read("n1", "1"), &second)
		if second < first {
			back++
		}
	}
	if back == 0 {
		t.Error("no client's view went back")
	}
}

func TestSeqKVRefusesACompareAndSetOnAPastState(t *testing.T) {
	refused := 0
	for seed := range uint64(50) {
		s := open(t, "seq-kv", seed)
		s.write("n0", "1", "1")
		s.write("n0", "1", "2")
		if got := s.ask("n1", `{"type":"cas","key":1,"from":2,"to":3}`); strings.Contains(got, "current value 1 is not 2") || strings.Contains(got, `"code":20`) {
			refused++
		} else if s.read("n1", "1") != "3" {
			t.Fatal("a compare and set that took place is not seen by its client")
		}
	}
	if refused == 0 || refused == 50 {
		t.Errorf("refused in %d of 50 runs", refused)
	}
}

func TestLWWKVLosesWritesToOlderOnes(t *testing.T) {
	lost := 0
	for seed := range uint64(200) {
		s := open(t, "lww-kv", seed)
		for i := range 8 { // one replica gets a later clock than the other
			s.write("n0", "9", fmt.Sprint(i))
		}
		s.write("n0", "1", `"first"`)
		s.write("n0", "1", `"second"`)
		for range 50 {
			s.read("n0", "1")
		}
		switch got := s.readMany(50, "n0", "1"); got {
		case `"first"`:
			lost++
		case `"second"`:
		default:
			t.Fatalf("seed %d: replicas do not agree: %s", seed, got)
		}
	}
	if lost == 0 || lost > 100 {
		t.Errorf("the first of two writes won in %d of 200 runs", lost)
	}
}

func TestLWWKVsReplicasDisagreeUntilTheyMerge(t *testing.T) {
	disagreed := 0
	for seed := range uint64(200) {
		s := open(t, "lww-kv", seed)
		s.write("n0", "1", "1")
		if s.read("n0", "1") == "" {
			disagreed++
		}
		for range 60 {
			s.read("n0", "1")
		}
		if got := s.readMany(20, "n0", "1"); got != "1" {
			t.Fatalf("seed %d: read %q long after", seed, got)
		}
	}
	if disagreed == 0 || disagreed == 200 {
		t.Errorf("the first read missed the write in %d of 200 runs", disagreed)
	}
}

func TestLWWKVIgnoresCreateIfNotExists(t *testing.T) {
	s := open(t, "lww-kv", 1)
	want := `{"type":"error","code":20,"text":"key does not exist"}`
	if got := s.ask("n0", `{"type":"cas","key":1,"from":1,"to":2,"create_if_not_exists":true}`); got != want {
		t.Error(got)
	}
}

func TestTimestampsCountFromZero(t *testing.T) {
	s := open(t, "lin-tso", 1)
	for i := range 5 {
		if got, want := s.ask("n0", `{"type":"ts"}`), fmt.Sprintf(`{"type":"ts_ok","ts":%d}`, i); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestUnknownRequestsAreNotAnswered(t *testing.T) {
	for _, name := range Names() {
		for _, body := range []string{`{"type":"delete","key":1,"msg_id":1}`, `{"msg_id":1}`, `{}`, `{"type":7}`} {
			reply, err := New(name).Handle("n0", []byte(body), rand.New(rand.NewPCG(1, 1)))
			var unknown *UnknownTypeError
			if reply != nil || !errors.As(err, &unknown) || len(unknown.Known) == 0 {
				t.Errorf("%s answered %s with %s, %v", name, body, reply, err)
			}
		}
	}
}

func TestRequestWithoutAnIDIsAnsweredInReplyToNull(t *testing.T) {
	reply, err := New("lin-tso").Handle("n0", []byte(`{"type":"ts"}`), nil)
	if err != nil || string(reply) != `{"type":"ts_ok","ts":0,"in_reply_to":null}` {
		t.Errorf("%s, %v", reply, err)
	}
}

func TestSameSeedGivesTheSameAnswers(t *testing.T) {
	for _, name := range Names() {
		run := func() string {
			var all strings.Builder
			s, ask := open(t, name, 5), rand.New(rand.NewPCG(9, 9))
			for i := range 500 {
				body := `{"type":"ts"}`
				if name != "lin-tso" {
					body = fmt.Sprintf(`{"type":%q,"key":%d,"value":%d,"from":%d,"to":%d}`,
						[]string{"read", "write", "cas"}[ask.IntN(3)], ask.IntN(4), i, ask.IntN(4), ask.IntN(4))
				}
				all.WriteString(s.ask(fmt.Sprint("n", ask.IntN(3)), body))
			}
			return all.String()
		}
		if first, second := run(), run(); first != second {
			t.Errorf("%s answered differently", name)
		}
	}
}

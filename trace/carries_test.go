package trace

import "testing"

func TestValueIsFoundInAnyFieldOfAnothersMessage(t *testing.T) {
	for _, c := range []struct {
		body, value string
		place       int
		found       bool
	}{
		{`{"type":"sync","messages":[3,1]}`, "1", 1, true},
		{`{"type":"sync","state":{"n1":{"set":[[7],[1]]}}}`, "1", 1, true},
		{`{"type":"sync","seen":{"1":true}}`, "1", 0, true},
		{`{"type":"sync","who":"a b"}`, `"a b"`, 0, true},
		{`{"type":"sync","msg_id":1,"in_reply_to":1,"messages":[11,"1"]}`, "1", 0, false},
		{`{"type":"1"}`, `"1"`, 0, false},
		{`{"type":"sync","messages":[`, "1", 0, false},
	} {
		if place, found := findAnywhere([]byte(c.body), []byte(c.value)); place != c.place || found != c.found {
			t.Errorf("%s in %s: place %d, found %v; want %d, %v", c.value, c.body, place, found, c.place, c.found)
		}
	}
}

package txn

import "testing"

func TestReplyMustRepeatTheWritesThatWereAskedFor(t *testing.T) {
	const asked = `[["r",1,null],["w",9,4]]`
	for _, c := range []struct{ replied, want string }{
		{`[["r",1,7],["w",9,4]]`, ""},
		{`[ ["r", "1", null], ["w", "9", 4] ]`, ""},
		{`[["r",1,7],["w",9,5]]`, "the transaction's operation 2 is [\"w\", 9, 4] and the reply's [\"w\", 9, 5]"},
		{`[["r",2,7],["w",9,4]]`, "the transaction's operation 1 is [\"r\", 1, null] and the reply's [\"r\", 2, 7]"},
		{`[["w",9,4],["r",1,7]]`, "the transaction's operation 1 is [\"r\", 1, null] and the reply's [\"w\", 9, 4]"},
		{`[["r",1,7]]`, "the transaction has 2 operations and the reply 1"},
		{`[]`, "the transaction has 2 operations and the reply 0"},
	} {
		if got := alters([]byte(asked), []byte(c.replied)); got != c.want {
			t.Errorf("%s: %q, want %q", c.replied, got, c.want)
		}
	}
}

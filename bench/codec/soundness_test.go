package codec

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/soundness.txt anew")

// inBody is a line whose body has one field, which no decoder is asked for, with the given value.
func inBody(value string) string {
	return `{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":7,"v":` + value + `}}`
}

// trials are lines with what a decoder must make of them: an error, or the message.
var trials = []struct {
	name string
	line string
	want *message
}{
	{"passed-over value cut short", inBody(`[1,2`), nil},
	{"passed-over value tru", inBody(`tru`), nil},
	{"passed-over number 01", inBody(`01`), nil},
	{"passed-over number 1.", inBody(`[1.]`), nil},
	{"passed-over string \\x", inBody(`"\x"`), nil},
	{"control character in a string", inBody("\"a\nb\""), nil},
	{"bytes that are not UTF-8", inBody("\"\xff\""), nil},
	{"comma behind the last member", inBody(`{"a":1,}`), nil},
	{"something behind the message", inBody(`1`) + `x`, nil},
	{"msg_id 1e3", `{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1e3}}`, nil},
	{"msg_id 1.5", `{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1.5}}`, nil},
	{"msg_id in quotes", `{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":"7"}}`, nil},
	{"msg_id 2^63", `{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":9223372036854775808}}`, nil},
	{"msg_id 2^53+1 exact", `{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":9007199254740993}}`,
		&message{Src: "c1", Dest: "n1", Type: "echo", MsgID: 9007199254740993}},
	{"the last of two src", `{"src":"c0","src":"c1","dest":"n1","body":{"type":"echo"}}`,
		&message{Src: "c1", Dest: "n1", Type: "echo"}},
	{"a key with an escape", `{"\u0073rc":"c1","dest":"n1","body":{"type":"echo"}}`,
		&message{Src: "c1", Dest: "n1", Type: "echo"}},
	{"a key in capitals is another", `{"src":"c1","SRC":"c2","dest":"n1","body":{"type":"echo"}}`,
		&message{Src: "c1", Dest: "n1", Type: "echo"}},
	{"half a surrogate pair", inBody(`"\ud800"`), &message{Src: "c1", Dest: "n1", Type: "echo", MsgID: 7}},
}

// TestRivalsRefuse tells what each decoder makes of lines that are trouble, and that Eddy's makes the right
// thing of all. What the others do is kept in testdata/soundness.txt; with -update it is written anew.
func TestRivalsRefuse(t *testing.T) {
	var table strings.Builder
	for _, d := range decoders {
		var wrong []string
		for _, trial := range trials {
			if verdict := try(d, trial.line, trial.want); verdict != "" {
				wrong = append(wrong, fmt.Sprintf("    %s: %s\n", trial.name, verdict))
			}
		}
		fmt.Fprintf(&table, "%s: %d of %d right\n%s", d.name, len(trials)-len(wrong), len(trials), strings.Join(wrong, ""))
		if d.name == "eddy-wire" && len(wrong) > 0 {
			t.Errorf("eddy-wire is wrong:\n%s", strings.Join(wrong, ""))
		}
	}
	const file = "testdata/soundness.txt"
	if *update {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != table.String() {
		t.Errorf("%s is not what the decoders do now (%v):\n%s", file, err, table.String())
	}
}

// try says what is wrong with a decoder's answer, "" if nothing is.
func try(d decoder, line string, want *message) (verdict string) {
	defer func() {
		if r := recover(); r != nil {
			verdict = "panics"
		}
	}()
	var m message
	err := d.decode([]byte(line), &m)
	switch {
	case want == nil && err == nil:
		return "accepted"
	case want != nil && err != nil:
		return "refused"
	case want != nil && (m.Src != want.Src || m.Dest != want.Dest || m.Type != want.Type || m.MsgID != want.MsgID):
		return fmt.Sprintf("read as src %q, msg_id %d", m.Src, m.MsgID)
	default:
		return ""
	}
}

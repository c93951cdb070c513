package wire_test

import (
	"testing"

	"eddy/actor/node/wire"
)

type someFields struct {
	Key   any      `json:"key"`
	Value wire.Raw `json:"value"`
}

type appended string

func (a appended) AppendFields(dst []byte) []byte { return append(dst, a...) }

func TestEncodedFieldsAreSentAsTheFieldsThemselves(t *testing.T) {
	for _, fields := range []any{
		nil, wire.Raw(nil), wire.Raw(`{}`), wire.Raw(`{"a":1}`), struct{}{}, appended(""), appended(`"a":1,"b":[2]`),
		someFields{Key: "k", Value: wire.Raw(`{"n":12345678901234567890123}`)}, map[string]int{"b": 1, "a": 2},
	} {
		h := wire.Header{Src: "n1", Dest: "n2", Type: "t", MsgID: 1, HasMsgID: true}
		plain, err := wire.AppendMessage(nil, h, fields)
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := wire.Encode(fields)
		if err != nil {
			t.Fatalf("%T: %v", fields, err)
		}
		twice, err := wire.AppendMessage(nil, h, encoded)
		if err != nil || string(twice) != string(plain) {
			t.Errorf("%T: %s (%v), expected %s", fields, twice, err, plain)
		}
	}
}

func TestFieldsThatCannotBeSentCannotBeEncoded(t *testing.T) {
	for name, fields := range map[string]any{
		"a channel":        struct{ C chan int }{},
		"an array":         wire.Raw(`[1]`),
		"a reserved field": wire.Raw(`{"msg_id":1}`),
		"two lines":        appended("\"a\":\n1"),
	} {
		if encoded, err := wire.Encode(fields); err == nil {
			t.Errorf("%s became %s", name, encoded)
		}
	}
}

func TestNumberCutOffAtTheEndOfALineIsNoID(t *testing.T) {
	for _, line := range []string{
		`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":12`,
		`{"src":"c1","dest":"n1","body":{"type":"echo","in_reply_to":12`,
	} {
		var d wire.Decoder
		m, err := d.Decode([]byte(line))
		if err == nil || m.HasMsgID || m.HasInReplyTo {
			t.Errorf("%s: ids %d and %d were taken from half a number (%v)", line, m.MsgID, m.InReplyTo, err)
		}
		if m.Src != "c1" || m.Type != "echo" {
			t.Errorf("%s: what could be read was lost: %+v", line, m)
		}
		m, err = d.Decode([]byte(line + ` `))
		if err == nil || !m.HasMsgID && !m.HasInReplyTo {
			t.Errorf("%s: a number that has ended is one: %+v (%v)", line, m, err)
		}
	}
}

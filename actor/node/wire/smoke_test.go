package wire

import "testing"

func TestSmoke(t *testing.T) {
	var d Decoder
	m, err := d.Decode([]byte(`{"id":3,"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1,"echo":{"b": [1, 2.0],"a":"\u0061"}}}`))
	if err != nil || m.Src != "c1" || m.Type != "echo" || m.MsgID != 1 {
		t.Fatal(m, err)
	}
	var body struct {
		Echo Raw `json:"echo" wire:"required"`
		X    int `json:"x"`
	}
	if err := Unmarshal(m.Body, &body); err != nil {
		t.Fatal(err)
	}
	line, err := AppendMessage(nil, Header{Src: "n1", Dest: "c1", Type: "echo_ok", InReplyTo: 1, HasInReplyTo: true}, map[string]any{"echo": body.Echo})
	t.Log(string(line), err)
	c, err := Canonical(body.Echo)
	t.Log(string(c), err)
	for _, l := range []string{``, `{`, `{"src":"a","dest":"b","body":{"type":"x","msg_id":1e3}}`, `{"src":"a","dest":"b","body":{"type":"x","q":"` + "\xff" + `"}}`} {
		m, err := d.Decode([]byte(l))
		t.Log(m, err)
	}
	t.Log(Unmarshal([]byte(`{"echo":1,"x":9223372036854775808}`), &body))
	t.Log(Unmarshal([]byte(`{"echo":1,"x":"a"}`), &body))
	t.Log(Unmarshal([]byte(`{"x":1}`), &body))
}

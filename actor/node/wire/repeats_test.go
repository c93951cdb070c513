package wire

import (
	"strings"
	"testing"
)

func TestARepeatedValueIsComparedAndWhatFollowsItChecked(t *testing.T) {
	list := `["` + strings.Repeat(`n1","`, checkedBytesMin) + `n2"]`
	line := func(before, after string) []byte {
		return []byte(`{"src":"c0","dest":"n1","body":{` + before + `"list":` + list + after + `}`)
	}
	d := Decoder{Repeats: true}
	for range 2 {
		m, err := d.Decode(line(`"type":"init","msg_id":1,`, `}`))
		if err != nil || m.Type != "init" || m.MsgID != 1 {
			t.Fatalf("Decode: %v, %v", m.Type, err)
		}
		m, err = d.Decode(line(``, `,"type":"topology","msg_id":2}`))
		if err != nil || m.Type != "topology" || m.MsgID != 2 {
			t.Fatalf("Decode: %v, %v", m.Type, err)
		}
	}
	if len(d.checked) != len(list) {
		t.Errorf("%d bytes are remembered as checked, want the %d of the list", len(d.checked), len(list))
	}
	for _, after := range []string{`x}`, `,}`, ` `, `]}`, `,"type":7}`, `,"other":[}`} {
		if _, err := d.Decode(line(`"type":"init",`, after)); err == nil {
			t.Errorf("a line that goes on with %s behind the list was accepted", after)
		}
	}
	plain := Decoder{}
	if _, err := plain.Decode(line(`"type":"init",`, `}`)); err != nil || plain.checked != nil {
		t.Errorf("a decoder of one receiver's lines remembers %d bytes, %v", len(plain.checked), err)
	}
}

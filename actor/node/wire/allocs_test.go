package wire

import "testing"

func wantAllocs(t *testing.T, what string, want float64, f func()) {
	t.Helper()
	f() // names learnt, buffers grown
	if got := testing.AllocsPerRun(100, f); got > want {
		t.Errorf("%s allocates %v times, want at most %v", what, got, want)
	}
}

func TestFastPathsDoNotAllocate(t *testing.T) {
	var d Decoder
	lines := [][]byte{
		[]byte(`{"id":184,"src":"c12","dest":"n3","body":{"echo":"Please echo 93","type":"echo","msg_id":1187}}`),
		[]byte(`{"id":185,"src":"n1","dest":"n3","body":{"type":"gossip","messages":[1,2.5,"a\u0061",{"b":null}],"in_reply_to":4}}`),
		[]byte(`{"id":186,"src":"\u006e9","dest":"n3","body":{"type":"r\u0065ad","msg_id":1}}`),
	}
	wantAllocs(t, "Decode of known names", 0, func() {
		for _, line := range lines {
			if _, err := d.Decode(line); err != nil {
				t.Fatal(err)
			}
		}
	})

	buffer := make([]byte, 0, 1024)
	fields := Appender(appended(`"messages":[1,2,3]`))
	wantAllocs(t, "AppendMessage of an Appender", 0, func() {
		if _, err := AppendMessage(buffer, replyHeader, fields); err != nil {
			t.Fatal(err)
		}
	})
	wantAllocs(t, "AppendMessage of no fields", 0, func() {
		if _, err := AppendMessage(buffer, replyHeader, nil); err != nil {
			t.Fatal(err)
		}
	})
	var raw any = Raw(`{"messages":[1,2,3]}`)
	wantAllocs(t, "AppendMessage of a Raw", 0, func() {
		if _, err := AppendMessage(buffer, replyHeader, raw); err != nil {
			t.Fatal(err)
		}
	})

	integer, text, object := []byte(`12345`), []byte(`"żółw 17"`), []byte(`{"a":1.5}`)
	wantAllocs(t, "Canonical of a plain value", 0, func() {
		for _, value := range [][]byte{integer, text} {
			if _, err := Canonical(value); err != nil {
				t.Fatal(err)
			}
		}
	})
	wantAllocs(t, "AppendCanonical of a small object", 1, func() { // the spans of its members
		if _, err := AppendCanonical(buffer, object); err != nil {
			t.Fatal(err)
		}
	})
}

func TestShapeAllocatesWhatTheStructKeeps(t *testing.T) {
	type set struct {
		Delta int64 `json:"delta" wire:"required"`
		Value Raw   `json:"value"`
		Live  bool  `json:"live"`
	}
	shape, err := ShapeOf[set]()
	if err != nil {
		t.Fatal(err)
	}
	var into set
	numbers := []byte(`{"type":"add","msg_id":3,"delta":-5,"live":true,"other":[1,2]}`)
	wantAllocs(t, "a struct of numbers", 0, func() {
		if err := shape.Unmarshal(numbers, &into); err != nil {
			t.Fatal(err)
		}
	})
	withRaw := []byte(`{"type":"add","msg_id":3,"delta":-5,"value":{"a":1}}`)
	wantAllocs(t, "a struct with one Raw", 1, func() {
		if err := shape.Unmarshal(withRaw, &into); err != nil {
			t.Fatal(err)
		}
	})
}

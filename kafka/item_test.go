package kafka

import (
	"encoding/json"
	"fmt"
	"testing"

	"eddy/actor/node/wire"
)

func TestASayingIsReadAsItWasWritten(t *testing.T) {
	for _, s := range []item{
		{Type: itemEntry, Key: "a\"b\n<é>", Offset: 1 << 60, Value: wire.Raw(`{ "x": [1, "  "] }`)},
		{Type: itemAppend, ID: 7, Key: "", Value: wire.Raw(`null`), By: "n1-ff", Seq: 3},
		{Type: itemPromise, Offset: 5},
	} {
		data := s.encode()
		var got item
		if err := shapeOfItem.Unmarshal(data, &got); err != nil || !json.Valid(data) {
			t.Fatalf("%s: %v", data, err)
		}
		got.Value, s.Value = compact(got.Value), compact(s.Value)
		if fmt.Sprint(got) != fmt.Sprint(s) {
			t.Errorf("%s was read as %v", data, got)
		}
	}
}

package kafka

import (
	"encoding/json"
	"fmt"
	"testing"

	"eddy/actor/node/wire"
)

func TestASayingIsReadAsItWasWritten(t *testing.T) {
	for _, s := range []saying{
		{Type: sayEntry, Key: "a\"b\n<é>", Offset: 1 << 60, Value: wire.Raw(`{ "x": [1, "  "] }`)},
		{Type: sayAppend, ID: 7, Key: "", Value: wire.Raw(`null`), By: "n1-ff", Seq: 3},
		{Type: sayPromise, Offset: 5},
	} {
		data := s.encode()
		var got saying
		if err := shapeOfSaying.Unmarshal(data, &got); err != nil || !json.Valid(data) {
			t.Fatalf("%s: %v", data, err)
		}
		got.Value, s.Value = compact(got.Value), compact(s.Value)
		if fmt.Sprint(got) != fmt.Sprint(s) {
			t.Errorf("%s was read as %v", data, got)
		}
	}
}

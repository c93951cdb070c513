package virtual

import (
	"encoding/json"
	"testing"

	"eddy/testbench/history"
)

// g-set marks no read as final: a client's last one after the last add is.
func TestAValueIsMissingFromWhatAClientReadLast(t *testing.T) {
	read := func(process int, value string) history.Op {
		return history.Op{Type: history.OK, Process: process, F: "read", Value: json.RawMessage(value)}
	}
	h := history.History{
		{Type: history.OK, Process: 0, F: "add", Value: json.RawMessage("7")},
		read(0, "[]"), read(1, "[]"), read(0, "[7]"),
	}
	if !misses(h, json.RawMessage("7")) {
		t.Error("client 1 never read 7")
	}
	if misses(append(h, read(1, "[7]")), json.RawMessage("7")) {
		t.Error("both clients read 7 last")
	}
}

package testbench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eddy/testbench/network"
)

func TestALongRequestIsRecordedWholeOnce(t *testing.T) {
	dir := t.TempDir()
	r, err := NewRecording(dir)
	if err != nil {
		t.Fatal(err)
	}
	long := `"list":"` + strings.Repeat("x", wholeBytesMax) + `"}`
	bodies := []string{
		`{"type":"init","msg_id":1}`,
		`{"type":"init",` + long, `{"type":"init",` + long,
		`{"type":"topology",` + long, `{"type":"topology",` + long,
		`{"type":"init","msg_id":2}`,
		`{"type":"init",` + long,
	}
	sources := []string{"c1", "c1", "c2", "c3", "c4", "c5", "n6"}
	for i, body := range bodies {
		r.Sent(0, &network.Message{ID: int64(i), Src: sources[i], Dest: "n1", Body: []byte(body)})
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, MessagesFile))
	if err != nil {
		t.Fatal(err)
	}
	want := []bool{true, true, false, true, false, true, true}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var sent struct {
			Body      json.RawMessage
			BodyBytes int `json:"body_bytes"`
		}
		if err := json.Unmarshal([]byte(line), &sent); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
		whole := string(sent.Body) == bodies[i] && sent.BodyBytes == 0
		cut := len(sent.Body) < 40 && strings.HasPrefix(bodies[i], strings.TrimSuffix(string(sent.Body), "}")) && sent.BodyBytes == len(bodies[i])
		if whole != want[i] || cut == want[i] {
			t.Errorf("message %d is recorded as %.60s of %d bytes; want the whole body: %v", i, sent.Body, sent.BodyBytes, want[i])
		}
	}
}

package testbench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/testbench/network"
)

func TestALongRequestIsRecordedWholeOnce(t *testing.T) {
	dir := t.TempDir()
	r, err := NewRecording(dir, 0)
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

func TestBeyondItsBoundARecordingHoldsSomeMessages(t *testing.T) {
	dir := t.TempDir()
	const bytesMax = 100 << 10
	r, err := NewRecording(dir, bytesMax)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(20_000) {
		m := &network.Message{ID: i, Src: "n1", Dest: "n2", Body: []byte(`{"type":"gossip","values":[1,2,3]}`)}
		r.Sent(time.Duration(i), m)
		r.Received(time.Duration(i), m)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, MessagesFile))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	marks := 0
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Fatalf("line %q", line)
		}
		if strings.Contains(line, `"sampled"`) {
			marks++
		}
	}
	if last := lines[len(lines)-1]; len(text) < bytesMax || len(text) > bytesMax*5/4 || marks != 1 || !strings.Contains(last, `"id":19000`) {
		t.Errorf("%d bytes, %d marks, the last line is %s", len(text), marks, last)
	}
	if w := r.Warning(); !strings.Contains(w, "--store-max sets the bound") || !strings.Contains(w, " are left out") {
		t.Errorf("warning %q", w)
	}
}

func TestFullDiskLosesNoVerdict(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	dir := t.TempDir()
	for _, name := range []string{HistoryFile, MessagesFile} {
		if err := os.Symlink("/dev/full", filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := NewRecording(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.Sent(0, &network.Message{Src: "n1", Dest: "n2", Body: []byte(`{}`)})
	o := floodOptions()
	out := simulate(t, o, nil).judge(t, o)
	out.Meta.Dir = dir
	out.Keep(r)
	if out.ExitStatus() != 0 || out.Err != nil || len(starting(out.Meta.Warnings, "Not all files of the run could be written: messages.jsonl is not complete: ")) != 1 {
		t.Errorf("exit status %d, error %v, warnings %q", out.ExitStatus(), out.Err, out.Meta.Warnings)
	}
}

func TestWhatWasOnItsWayAtTheBoundIsRecordedToItsEnd(t *testing.T) {
	dir := t.TempDir()
	r, err := NewRecording(dir, 4<<10)
	if err != nil {
		t.Fatal(err)
	}
	var sent []*network.Message
	for i := range int64(200) {
		m := &network.Message{ID: i, Src: "n1", Dest: "n2", Body: []byte(`{"type":"gossip"}`)}
		sent = append(sent, m)
		r.Sent(time.Duration(i), m)
	}
	for _, m := range sent {
		r.Received(time.Second, m)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, MessagesFile))
	if err != nil {
		t.Fatal(err)
	}
	if sends, receipts := strings.Count(string(text), `"type":"send"`), strings.Count(string(text), `"type":"recv"`); sends < 10 || sends > 190 || receipts != sends {
		t.Errorf("%d sent and %d received", sends, receipts)
	}
}

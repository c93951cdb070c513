package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/counter"
	"eddy/kv"
)

// serveLines has a node with a journal on a real disk handle some lines, and gives what it replied.
func serveLines(t *testing.T, s node.Service, bodies ...string) string {
	t.Helper()
	in := `{"src":"c1","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}` + "\n"
	for _, body := range bodies {
		in += `{"src":"c1","dest":"n1","body":{"msg_id":2,` + body + "}}\n"
	}
	var out bytes.Buffer
	err := node.Run(s, node.Options{In: strings.NewReader(in), Out: &out, Log: zap.NewNop()})
	if err != nil {
		return err.Error()
	}
	return out.String()
}

func printed(t *testing.T, path string, quiet bool) (text string, sound bool) {
	t.Helper()
	files, err := journalFiles([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	sound, err = eddy.printJournal(&out, files[0], quiet)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), sound
}

func TestJournalsArePrintedAndVerified(t *testing.T) {
	dir := t.TempDir()
	service := counter.GCounter(counter.Config{Journal: journal.Options{Dir: dir}})
	serveLines(t, service, `"type":"add","delta":3`)
	if got := serveLines(t, service, `"type":"add","delta":4`, `"type":"read"`); !strings.Contains(got, `"add_ok"`) {
		t.Fatalf("the node replied %s", got)
	}
	file := filepath.Join(dir, "n1.journal")
	got, sound := printed(t, dir, false)
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if !sound || len(lines) != 3 || lines[0] != file+": g-counter --strategy crdt, format 1, of node n1: 2 records in 2 batches, 173 bytes" ||
		!strings.HasPrefix(lines[1], `      85  {"n1-`) || !strings.HasSuffix(lines[2], `":[4,0]}`) {
		t.Errorf("sound %v:\n%s", sound, got)
	}

	all, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(bytes []byte) {
		if err := os.WriteFile(file, bytes, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(all[:170])
	if got, sound := printed(t, file, true); !sound || !strings.HasSuffix(got, ": 1 record in 1 batch, 129 bytes\n41 bytes behind the last batch were torn off by a kill: the next start cuts them off\n") {
		t.Errorf("a torn end: sound %v:\n%s", sound, got)
	}
	flipped := bytes.Clone(all)
	flipped[110] ^= 4
	write(flipped)
	want := file + " is damaged at byte 85: batch 1: its checksum is "
	if got, sound := printed(t, dir, false); sound || !strings.Contains(got, want) {
		t.Errorf("a flipped bit: sound %v:\n%s", sound, got)
	}
	if got := serveLines(t, service, `"type":"read"`); !strings.Contains(got, want) {
		t.Errorf("a node on a damaged journal: %s", got)
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, flipped) {
		t.Errorf("the damaged file was changed: %v", err)
	}
	write(all)
	if got := serveLines(t, counter.PNCounter(counter.Config{Journal: journal.Options{Dir: dir}})); !strings.Contains(got, "holds the data of g-counter --strategy crdt, and this is pn-counter --strategy crdt") {
		t.Errorf("another service: %s", got)
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, all) {
		t.Errorf("the other service's file was changed: %v", err)
	}
}

func TestJournalOfRaftIsPrintedInWords(t *testing.T) {
	dir := t.TempDir()
	serveLines(t, kv.Service(kv.Config{Data: dir}))
	got, sound := printed(t, dir, false)
	if !sound || !strings.Contains(got, "lin-kv, format 1, of node n1: ") {
		t.Errorf("sound %v:\n%s", sound, got)
	}
}

func TestJournalOfNothingSaysWhatIsMissing(t *testing.T) {
	if _, err := journalFiles([]string{t.TempDir()}); err == nil || !strings.Contains(err.Error(), "has no file *.journal: name what --data of the nodes named") {
		t.Errorf("%v", err)
	}
	if _, err := journalFiles([]string{"nowhere"}); err == nil {
		t.Error("no error")
	}
}

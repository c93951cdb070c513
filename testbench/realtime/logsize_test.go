package realtime

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLogThatGrowsWithoutEndKeepsItsStartAndItsEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n0.log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	write := func(text string) {
		if _, err := log.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	b := newLogBound(2<<20, nil, nil)
	write("first\n" + strings.Repeat("x", 3<<20))
	b.apply("n0", path)
	write("last\n")
	b.apply("n0", path)
	text, err := os.ReadFile(path)
	if err != nil || len(text) > 2<<20 || !strings.HasPrefix(string(text), "first\n") || !strings.HasSuffix(string(text), "\n[eddy: 2 MiB are left out here]\nlast\n") {
		t.Errorf("%d bytes, %v, ending in %q", len(text), err, text[max(0, len(text)-60):])
	}
	if got := b.warnings(); len(got) != 1 || got[0] != "n0 wrote more than 2 MiB to stderr: its log lacks 2 MiB from its middle. --store-max sets the bound." {
		t.Errorf("%q", got)
	}
}

func TestLogsOfTracedNodesAreNotCut(t *testing.T) {
	for _, b := range []*logBound{newLogBound(1, []string{"--trace", "full"}, nil), newLogBound(1, nil, []string{"EDDY_TRACE=full"})} {
		if b.bytesMax != 0 {
			t.Errorf("%+v", b)
		}
	}
}

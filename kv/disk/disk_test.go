package disk

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eddy/actor/node"
)

func records(t *testing.T, d node.Disk) []string {
	t.Helper()
	var all []string
	if err := d.Records(func(r []byte) error { all = append(all, string(r)); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSimulatedDiskLosesNothingThatWasSyncedAndOnlyFromTheEnd(t *testing.T) {
	kept := map[int]int{}
	for seed := range uint64(500) {
		s := &Simulated{}
		life := s.Open()
		var all []string
		add := func(n int) {
			for range n {
				all = append(all, strings.Repeat(fmt.Sprint(len(all)), 1+len(all)%7))
				must(t, life.Append([]byte(all[len(all)-1])))
			}
		}
		add(5)
		must(t, life.Sync())
		add(4)
		s.Kill(rand.New(rand.NewPCG(seed, 1)))
		must(t, life.Append([]byte("of a dead node")))
		must(t, life.Rewrite([]byte("of a dead node")))
		life = s.Open()
		found := records(t, life)
		if len(found) < 5 || !slices.Equal(found, all[:len(found)]) {
			t.Fatalf("seed %d: found %q of %q", seed, found, all)
		}
		kept[len(found)]++
		must(t, life.Append([]byte("next")))
		must(t, life.Sync())
		if again := records(t, s.Open()); !slices.Equal(again, append(found, "next")) {
			t.Fatalf("seed %d: found %q behind %q", seed, again, found)
		}
	}
	if len(kept) != 5 {
		t.Errorf("kills left so many records, so many times: %v; want each of 5 to 9", kept)
	}
}

func TestFileKeepsRecordsInOrderAndARewriteReplacesThem(t *testing.T) {
	dir := t.TempDir()
	f, err := Open(dir, "n1")
	must(t, err)
	var want []string
	for i := range 300 {
		want = append(want, fmt.Sprint("record ", i))
		must(t, f.Append([]byte(want[i])))
		if i%3 == 0 {
			must(t, f.Sync())
		}
	}
	must(t, f.Append([]byte("not synced")))
	must(t, f.Close())
	f, err = Open(dir, "n1")
	must(t, err)
	if got := records(t, f); !slices.Equal(got, want[:len(got)]) || len(got) != 298 {
		t.Errorf("%d records, the last %q", len(got), got[len(got)-1])
	}
	must(t, f.Rewrite([]byte("all")))
	must(t, f.Append([]byte("more")))
	must(t, f.Sync())
	if got := records(t, f); !slices.Equal(got, []string{"all", "more"}) {
		t.Errorf("after a rewrite %q", got)
	}
	if _, err := Open(dir, "n1"); err == nil || !strings.Contains(err.Error(), "another process has it open") {
		t.Errorf("opened twice: %v", err)
	}
	must(t, f.Close())
}

// A kill stops bbolt somewhere in writing a transaction's pages, in their order,
// and the page that switches over to them comes last. So the file is the old one
// with a part of what is new in it.
func TestFileCutOffAnywhereInASyncHasTheRecordsOfBefore(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "n1.db")
	f, err := Open(dir, "n1")
	must(t, err)
	var want []string
	write := func() {
		want = append(want, strings.Repeat(fmt.Sprint(len(want)), 200))
		must(t, f.Append([]byte(want[len(want)-1])))
		must(t, f.Sync())
	}
	for range 30 {
		write()
	}
	before, err := os.ReadFile(path)
	must(t, err)
	write()
	after, err := os.ReadFile(path)
	must(t, err)
	must(t, f.Close())
	before = append(before, make([]byte, len(after)-len(before))...)
	var changed []int // data pages first, then the two meta pages
	page := os.Getpagesize()
	for _, meta := range []bool{false, true} {
		for i := range after {
			if (i < 2*page) == meta && before[i] != after[i] {
				changed = append(changed, i)
			}
		}
	}
	if len(changed) < 200 {
		t.Fatalf("a sync changes %d bytes only", len(changed))
	}
	image := bytes.Clone(before)
	for n := 0; ; n++ {
		torn := filepath.Join(dir, "torn.db")
		must(t, os.WriteFile(torn, image, 0o644))
		g, err := Open(dir, "torn")
		if err != nil {
			t.Fatalf("cut off after %d of %d changed bytes: %v", n, len(changed), err)
		}
		got := records(t, g)
		must(t, g.Close())
		if whole := n == len(changed); !slices.Equal(got, want[:len(got)]) || len(got) < 30 || whole && len(got) != 31 {
			t.Fatalf("cut off after %d of %d changed bytes: %d records", n, len(changed), len(got))
		}
		if n == len(changed) {
			return
		}
		step := 1 // every byte of the page that switches over, every 20th of the others
		if changed[n] >= 2*page {
			step = min(20, len(changed)-n)
		}
		for _, i := range changed[n : n+step] {
			image[i] = after[i]
		}
		n += step - 1
	}
}

func TestDamageIsRefusedByNameOfTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "n1.db")
	f, err := Open(dir, "n1")
	must(t, err)
	mark := []byte("the record that will be damaged")
	for range 3 {
		must(t, f.Append(mark))
	}
	must(t, f.Sync())
	must(t, f.Close())
	sound, err := os.ReadFile(path)
	must(t, err)
	damage := func(change func([]byte)) error {
		image := bytes.Clone(sound)
		change(image)
		must(t, os.WriteFile(path, image, 0o644))
		f, err := Open(dir, "n1")
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Records(func([]byte) error { return nil })
	}
	if err := damage(func(image []byte) { image[bytes.LastIndex(image, mark)] ^= 1 }); err == nil ||
		!strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "record 3: it is damaged: its checksum is") {
		t.Errorf("a damaged record: %v", err)
	}
	if err := damage(func(image []byte) { clear(image[:2*os.Getpagesize()]) }); err == nil || !strings.Contains(err.Error(), "the file is damaged, or is none of bbolt's") {
		t.Errorf("a file without its beginning: %v", err)
	}
}

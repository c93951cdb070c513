package disk

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eddy/actor/node"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, d node.Disk) string {
	t.Helper()
	all, err := d.Read()
	must(t, err)
	return string(all)
}

// both are a disk in a file and a simulated one, each with what opens it again.
func both(t *testing.T) map[string]func() node.Disk {
	dir, s := t.TempDir(), &Simulated{}
	var f *File
	return map[string]func() node.Disk{
		"file": func() node.Disk {
			if f != nil {
				must(t, f.Close())
			}
			var err error
			f, err = Open(dir, "n1")
			must(t, err)
			return f
		},
		"simulated": func() node.Disk { return s.Open() },
	}
}

func TestDiskHasWhatWasAppendedCutAndReplaced(t *testing.T) {
	for name, open := range both(t) {
		t.Run(name, func(t *testing.T) {
			d := open()
			if got := content(t, d); got != "" {
				t.Errorf("a new disk has %q", got)
			}
			must(t, d.Append([]byte("one,")))
			must(t, d.Append([]byte("two,")))
			must(t, d.Sync())
			d = open()
			must(t, d.Append([]byte("three,")))
			if got := content(t, d); got != "one,two,three," {
				t.Errorf("%q", got)
			}
			must(t, d.Truncate(4))
			must(t, d.Append([]byte("four,")))
			must(t, d.Sync())
			if got := content(t, open()); got != "one,four," {
				t.Errorf("after a cut %q", got)
			}
			d = open()
			must(t, d.Replace([]byte("all,")))
			must(t, d.Append([]byte("more")))
			must(t, d.Sync())
			if got := content(t, open()); got != "all,more" {
				t.Errorf("after a replacement %q", got)
			}
		})
	}
}

func TestSecondProcessIsKeptFromAFile(t *testing.T) {
	dir := t.TempDir()
	f, err := Open(dir, "n1")
	must(t, err)
	defer f.Close()
	if _, err := Open(dir, "n1"); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "n1.journal")+": another process has it open") {
		t.Errorf("opened twice: %v", err)
	}
	other, err := Open(dir, "n2")
	must(t, err)
	must(t, other.Close())
}

// A kill between any two steps of a replacement leaves the old file, whatever lies beside it.
func TestRemainsOfAReplacementAreNoHindrance(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "n1.journal.new"), []byte("half of"), 0o644))
	f, err := Open(dir, "n1")
	must(t, err)
	defer f.Close()
	must(t, f.Replace([]byte("all")))
	must(t, f.Append([]byte("!")))
	if got := content(t, f); got != "all!" {
		t.Errorf("%q", got)
	}
}

func TestKillLosesOnlyWhatWasNotSynced(t *testing.T) {
	first, second := bytes.Repeat([]byte("1234567"), 200), bytes.Repeat([]byte("abcdefghi"), 200)
	lengths, zeros := map[int]bool{}, 0
	for seed := range uint64(500) {
		s := &Simulated{}
		d := s.Open()
		must(t, d.Append(first))
		must(t, d.Sync())
		must(t, d.Append(second))
		s.Kill(rand.New(rand.NewPCG(seed, 1)))
		must(t, d.Append([]byte("of a dead node")))
		must(t, d.Replace([]byte("of a dead node")))
		must(t, d.Truncate(0))
		got, rest := []byte(content(t, s.Open())), []byte(nil)
		if !bytes.HasPrefix(got, first) {
			t.Fatalf("seed %d: what was synced is gone", seed)
		}
		rest = got[len(first):]
		for i := range rest {
			if rest[i] == 0 && len(rest) == len(second) && len(bytes.Trim(rest[i:], "\x00")) == 0 {
				zeros++
				break
			}
			if rest[i] != second[i] {
				t.Fatalf("seed %d: byte %d of what was not synced is %q", seed, i, rest[i])
			}
		}
		lengths[len(rest)] = true
	}
	if len(lengths) < 200 || zeros < 50 {
		t.Errorf("%d different lengths, %d times zeros", len(lengths), zeros)
	}
}

func TestWhatAFailedSyncHasGivenUpIsNotSavedByTheNext(t *testing.T) {
	s := &Simulated{}
	d := s.Open()
	must(t, d.Append([]byte("kept")))
	must(t, d.Sync())
	s.Faults.SyncFails = true
	must(t, d.Append([]byte("lost")))
	if d.Sync() == nil {
		t.Fatal("the sync succeeds")
	}
	s.Faults.SyncFails = false
	must(t, d.Append([]byte("kept")))
	must(t, d.Sync())
	s.Kill(rand.New(rand.NewPCG(1, 1)))
	if got := content(t, s.Open()); got != "kept\x00\x00\x00\x00kept" {
		t.Errorf("%q", got)
	}
}

func TestFullDiskTakesAPartAndGivesItBack(t *testing.T) {
	s := &Simulated{}
	d := s.Open()
	must(t, d.Append([]byte("kept")))
	must(t, d.Sync())
	s.Faults.Full = true
	if err := d.Append([]byte("12")); !errors.Is(err, node.ErrDiskFull) {
		t.Errorf("%v", err)
	}
	if err := d.Replace([]byte("12")); !errors.Is(err, node.ErrDiskFull) {
		t.Errorf("%v", err)
	}
	if got := content(t, d); got != "kept1" {
		t.Errorf("%q", got)
	}
	must(t, d.Truncate(4))
	s.Faults.Full = false
	must(t, d.Append([]byte("!")))
	if got := content(t, d); got != "kept!" {
		t.Errorf("%q", got)
	}
}

func TestFlipChangesOneBitOfWhatIsSynced(t *testing.T) {
	seen := map[int]bool{}
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := &Simulated{}
		if s.Flip(rng) {
			t.Fatal("an empty disk has a bit to flip")
		}
		d := s.Open()
		must(t, d.Append([]byte("\x00\x00\x00\x00")))
		must(t, d.Sync())
		must(t, d.Append([]byte("\x00\x00\x00\x00")))
		s.Flip(rng)
		got := []byte(content(t, d))
		at := slices.IndexFunc(got, func(b byte) bool { return b != 0 })
		if at < 0 || at > 3 || got[at]&(got[at]-1) != 0 || len(bytes.Trim(got[at+1:], "\x00")) != 0 {
			t.Fatalf("%q", got)
		}
		seen[at] = true
	}
	if len(seen) != 4 {
		t.Errorf("bytes that were hit: %v", seen)
	}
}

func TestFileOfAnOlderEddyIsNotIgnored(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "n1.db")
	if err := os.WriteFile(old, []byte("bbolt"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, "n1"); err == nil || !strings.Contains(err.Error(), old+" is a file of an older eddy") {
		t.Errorf("the error is %v", err)
	}
	if names, err := filepath.Glob(filepath.Join(dir, "*.journal")); err != nil || len(names) > 0 {
		t.Errorf("%v, %v were made", names, err)
	}
	f, err := Open(dir, "n2")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

package journal

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

var wanted = Header{Node: "n1", Holds: "lists", Format: 2}

// image is a file of some batches, and where each ends.
func image(sizes ...int) (all []byte, ends []int) {
	all = wanted.line()
	ends = append(ends, len(all))
	for i, size := range sizes {
		var records [][]byte
		for j := range 1 + i%3 {
			records = append(records, bytes.Repeat([]byte{byte('a' + i), byte('a' + j)}, size/2))
		}
		all = AppendBatch(all, int64(len(all)), records)
		ends = append(ends, len(all))
	}
	return all, ends
}

func read(all []byte) (batches []Batch, end int, err error) {
	h, at, err := parseHeader("FILE", all)
	if err == nil {
		err = h.check("FILE", wanted)
	}
	if err != nil {
		return nil, 0, err
	}
	return readBatches("FILE", all, at, "")
}

func TestFileCutAtAnyByteHasTheWholeBatchesBeforeIt(t *testing.T) {
	all, ends := image(10, 600, 0, 1100, 30)
	for cut := ends[0]; cut <= len(all); cut++ {
		batches, end, err := read(all[:cut])
		want := 0
		for ends[want+1] <= cut {
			if want++; want == len(ends)-1 {
				break
			}
		}
		if err != nil || len(batches) != want || end != ends[want] {
			t.Fatalf("cut at %d: %d batches to %d, %v; want %d to %d", cut, len(batches), end, err, want, ends[want])
		}
	}
}

func TestEverySingleFlippedBitIsRefusedWithItsPlace(t *testing.T) {
	all, ends := image(10, 600, 0, 1100, 30)
	for i := range all {
		for bit := range 8 {
			all[i] ^= 1 << bit
			_, _, err := read(all)
			all[i] ^= 1 << bit
			at := 0
			for _, end := range ends {
				if end <= i {
					at = end
				}
			}
			if err == nil {
				t.Fatalf("bit %d of byte %d: not found", bit, i)
			}
			if want := fmt.Sprintf("FILE is damaged at byte %d: ", at); i >= len(magic)+2 && !strings.HasPrefix(err.Error(), want) {
				t.Fatalf("bit %d of byte %d: %v, want %q", bit, i, err, want)
			}
		}
	}
}

// A file system makes a file longer and does not come to write some of the sectors.
func TestLastBatchWithSectorsThatWereNeverWrittenIsCutOff(t *testing.T) {
	for before := range 2 * sectorBytes {
		whole, ends := image(before, 1300)
		for sector := 0; sector < len(whole); sector += sectorBytes {
			from, to := max(sector, ends[1]), min(sector+sectorBytes, len(whole))
			if from >= to {
				continue
			}
			all := bytes.Clone(whole)
			clear(all[from:to])
			batches, end, err := read(all)
			if err != nil || len(batches) != 1 || end != ends[1] {
				t.Fatalf("first batch of %d, zeros at %d to %d: %d batches, %v", before, from, to, len(batches), err)
			}
		}
	}
}

func TestZerosInTheMiddleAreDamage(t *testing.T) {
	whole, ends := image(20, 1500, 20)
	for from := ends[0]; from < ends[2]; from += 7 {
		all := bytes.Clone(whole)
		clear(all[from:min(from+sectorBytes, ends[2])])
		if _, _, err := read(all); err == nil || !strings.Contains(err.Error(), "is damaged at byte") {
			t.Fatalf("zeros from %d: %v", from, err)
		}
	}
}

func TestForeignDataIsRefusedWithASentence(t *testing.T) {
	line := func(node, holds string, format int) []byte { return Header{node, holds, format}.line() }
	for _, c := range []struct {
		all  []byte
		want string
	}{
		{line("n2", "lists", 2), "FILE holds the data of node n2, and this is n1: name the directory of n1 with --data"},
		{line("n1", "sets", 2), "FILE holds the data of sets, and this is lists: start that, or name another directory with --data"},
		{line("n1", "lists", 3), "FILE has records of lists in format 3, and this eddy reads up to 2: use the newer eddy that wrote them"},
		{[]byte("eddy journal 2 {\n"), "FILE is a journal of version 2, and this eddy reads version 1: use the newer eddy that wrote it"},
		{[]byte("something else\n"), `FILE is no journal of eddy's: it does not begin with "eddy journal ". Name another directory with --data`},
		{line("n1", "lists", 2)[:30], "FILE is damaged at byte 0: its first line has no end."},
	} {
		if _, _, err := read(c.all); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.all, err, c.want)
		}
	}
	if _, _, err := read(line("n1", "lists", 1)); err != nil {
		t.Errorf("an older format is the service's to read: %v", err)
	}
}

func FuzzReadingNeverPanicsAndKeepsWhatIsSound(f *testing.F) {
	all, _ := image(10, 600, 0)
	f.Add(all, 20, byte(1))
	f.Fuzz(func(t *testing.T, all []byte, at int, change byte) {
		if at >= 0 && at < len(all) {
			all = bytes.Clone(all)
			all[at] ^= change
		}
		if _, end, err := read(all); err == nil && end > len(all) {
			t.Errorf("the end is %d of %d", end, len(all))
		}
	})
}

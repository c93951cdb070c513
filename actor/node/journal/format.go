package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
)

// A file is a line that says what it holds, and batches behind it. A batch is what went to the disk with one sync:
//
//	1 byte   mark
//	4 bytes  length of the body
//	4 bytes  CRC-32C of the body
//	4 bytes  CRC-32C of these nine bytes and the offset of the batch, 8 bytes
//	body     the records, each behind its length, a uvarint; and a mark
//
// Numbers are little-endian. A batch is written when the one before it is synced, so that only the last can be torn: the
// file ends within it, or a sector of it was never written and reads as zeros. Anything else is damage. The header has a
// checksum of its own, so that a flipped bit in the length is not taken for a torn end; the marks are not zero, so that a
// sector with only the first or last byte of a batch is recognised; a flipped bit does not make them zero. (A flipped bit in
// the last batch is taken for a torn end if a record there has a sector of zeros.)

// Header is the first line of a file: what the file holds.
type Header struct {
	Node string `json:"node"`
	// Holds says whose records these are: the service, and the strategy where strategies keep different things.
	Holds string `json:"holds"`
	// Format is the version of the records, which only their service knows.
	Format int `json:"format"`
}

const (
	magic       = "eddy journal "
	version     = 1 // of the file's format
	mark        = 0xa5
	headBytes   = 13
	sectorBytes = 512 // what a disk writes whole or not at all
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// line is the first line of a file.
func (h Header) line() []byte {
	text, err := json.Marshal(h)
	if err != nil {
		panic("journal: " + err.Error()) // cannot happen: strings and a number
	}
	line := fmt.Appendf(nil, "%s%d %s", magic, version, text)
	return fmt.Appendf(line, " %08x\n", crc32.Checksum(line, castagnoli))
}

// parseHeader reads the first line, and gives its length.
func parseHeader(file string, all []byte) (h Header, size int, err error) {
	if !bytes.HasPrefix(all, []byte(magic)) {
		return h, 0, fmt.Errorf("%s is no journal of eddy's: it does not begin with %q. Name another directory with --data", file, magic)
	}
	end := bytes.IndexByte(all, '\n')
	if end < 0 {
		return h, 0, damaged(file, 0, "its first line has no end")
	}
	line := string(all[:end])
	var v int
	if _, err := fmt.Sscanf(line[len(magic):], "%d ", &v); err == nil && v > version {
		return h, 0, fmt.Errorf("%s is a journal of version %d, and this eddy reads version %d: use the newer eddy that wrote it", file, v, version)
	}
	text, sum := line, ""
	if i := strings.LastIndexByte(line, ' '); i >= 0 {
		text, sum = line[:i], line[i+1:]
	}
	if want := fmt.Sprintf("%08x", crc32.Checksum([]byte(text), castagnoli)); sum != want {
		return h, 0, damaged(file, 0, fmt.Sprintf("the checksum of the first line is %q, expected %s", sum, want))
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(text, fmt.Sprintf("%s%d ", magic, version))), &h); err != nil {
		return h, 0, damaged(file, 0, "the first line cannot be read: "+err.Error())
	}
	return h, end + 1, nil
}

// check refuses a file that is not for this node and service.
func (h Header) check(file string, want Header) error {
	switch {
	case h.Node != want.Node:
		return fmt.Errorf("%s holds the data of node %s, and this is %s: name the directory of %s with --data", file, h.Node, want.Node, want.Node)
	case h.Holds != want.Holds:
		return fmt.Errorf("%s holds the data of %s, and this is %s: start that, or name another directory with --data", file, h.Holds, want.Holds)
	case h.Format > want.Format:
		return fmt.Errorf("%s has records of %s in format %d, and this eddy reads up to %d: use the newer eddy that wrote them", file, h.Holds, h.Format, want.Format)
	}
	return nil
}

func damaged(file string, at int, what string) error {
	return fmt.Errorf("%s is damaged at byte %d: %s. Restore the file from a copy; or remove it, and what only this node held is lost", file, at, what)
}

// AppendBatch puts a batch behind what dst has, which is at an offset of the file.
func AppendBatch(dst []byte, at int64, records [][]byte) []byte {
	begin := len(dst)
	dst = append(dst, make([]byte, headBytes)...)
	for _, r := range records {
		dst = append(binary.AppendUvarint(dst, uint64(len(r))), r...)
	}
	dst = append(dst, mark)
	head, body := dst[begin:begin+headBytes], dst[begin+headBytes:]
	head[0] = mark
	binary.LittleEndian.PutUint32(head[1:], uint32(len(body)))
	binary.LittleEndian.PutUint32(head[5:], crc32.Checksum(body, castagnoli))
	binary.LittleEndian.PutUint32(head[9:], headSum(head, int(at)))
	return dst
}

func headSum(head []byte, at int) uint32 {
	return crc32.Checksum(binary.LittleEndian.AppendUint64(append([]byte(nil), head[:9]...), uint64(at)), castagnoli)
}

// Batch is what one sync covered.
type Batch struct {
	Offset  int // in the file
	Records [][]byte
}

// Contents are what a file holds.
type Contents struct {
	Header  Header
	Batches []Batch
	End     int // of the last batch
	Torn    int // bytes behind it, which a kill tore off
}

// Read reads the bytes of a file. An error says where the file, which it names, is damaged; the contents are then what
// is before that.
func Read(file string, all []byte) (Contents, error) {
	h, begin, err := parseHeader(file, all)
	if err != nil {
		return Contents{}, err
	}
	batches, end, err := readBatches(file, all, begin, "")
	return Contents{Header: h, Batches: batches, End: end, Torn: len(all) - end}, err
}

// readBatches gives the batches from an offset on, and where the last whole one ends. What is behind that was torn
// off by a kill. An error says where the file is damaged.
func readBatches(file string, all []byte, at int, bug Bug) (batches []Batch, end int, err error) {
	damage := func(what string) error { return damaged(file, at, fmt.Sprintf("batch %d: %s", len(batches)+1, what)) }
	for len(all)-at >= headBytes {
		rest := all[at:]
		if sum, want := binary.LittleEndian.Uint32(rest[9:]), headSum(rest, at); sum != want && bug != NoChecksum {
			if tornHead(all, at) && !anyHead(all, at+1) {
				break
			}
			return batches, at, damage(fmt.Sprintf("the checksum of its header is %08x, expected %08x", sum, want))
		}
		size := int(binary.LittleEndian.Uint32(rest[1:]))
		if len(rest)-headBytes < size {
			break
		}
		next := at + headBytes + size
		body := all[at+headBytes : next]
		if sum, want := crc32.Checksum(body, castagnoli), binary.LittleEndian.Uint32(rest[5:]); sum != want && bug != NoChecksum {
			if next == len(all) && torn(all, at, next) {
				break
			}
			return batches, at, damage(fmt.Sprintf("its checksum is %08x, expected %08x", sum, want))
		}
		records, err := readRecords(body)
		if err != nil {
			return batches, at, damage(err.Error())
		}
		batches = append(batches, Batch{at, records})
		at = next
	}
	return batches, at, nil
}

func readRecords(body []byte) (records [][]byte, err error) {
	if len(body) == 0 {
		return nil, errors.New("it has no end")
	}
	body = body[:len(body)-1]
	for len(body) > 0 {
		size, n := binary.Uvarint(body)
		if n <= 0 || uint64(len(body)-n) < size {
			return nil, fmt.Errorf("record %d has no sound length", len(records)+1)
		}
		records = append(records, body[n:n+int(size)])
		body = body[n+int(size):]
	}
	return records, nil
}

// torn reports whether a part of a batch was never written: a sector, as far as it belongs to the batch, of zeros.
// A file system may make a file longer before it writes what is in it.
func torn(all []byte, from, to int) bool {
	for from < to {
		next := min(to, sectorAfter(from))
		if len(bytes.Trim(all[from:next], "\x00")) == 0 {
			return true
		}
		from = next
	}
	return false
}

func sectorAfter(at int) int { return at - at%sectorBytes + sectorBytes }

// tornHead is torn for a batch whose length is not known: it looks at the sectors that its header is in.
func tornHead(all []byte, at int) bool {
	return torn(all, at, min(len(all), sectorAfter(at+headBytes-1)))
}

// anyHead reports whether a batch begins at an offset or behind it.
func anyHead(all []byte, at int) bool {
	for ; len(all)-at >= headBytes; at++ {
		if all[at] == mark && binary.LittleEndian.Uint32(all[at+9:]) == headSum(all[at:], at) {
			return true
		}
	}
	return false
}

package realtime

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"slices"
	"strings"

	"eddy/testbench"
)

// LineBytesMax is the longest line that a node may print. It is far beyond what makes sense, and keeps a
// node that never ends its line from taking all memory.
const LineBytesMax = 256 << 20

// batchLinesMax and batchBytesMax bound what is passed to the loop at once.
const (
	batchLinesMax = 64
	batchBytesMax = 1 << 20
)

// lineReader reads what a node prints to stdout. It runs on a goroutine of its own.
type lineReader struct {
	source  *bufio.Reader
	pass    func(lines [][]byte) // takes lines without their ends, whose memory is theirs
	tooLong func(start []byte)   // hears of a line over the limit; nothing is passed after it
	limit   int
}

// read passes on lines until the stream ends, in batches of what is there already. A last line without
// end is passed on, too. After a line over the limit the rest is read and dropped, so that the node does
// not hang.
func (r *lineReader) read() {
	var batch [][]byte
	size := 0
	for {
		line, err := r.next()
		if err == errTooLong {
			r.pass(batch)
			r.tooLong(line[:min(len(line), 300)])
			_, _ = io.Copy(io.Discard, r.source)
			return
		}
		if err == nil || len(line) > 0 {
			batch, size = append(batch, line), size+len(line)
		}
		if err != nil || len(batch) == batchLinesMax || size >= batchBytesMax || !r.lineIsThere() {
			if len(batch) > 0 {
				r.pass(batch)
			}
			batch, size = nil, 0
		}
		if err != nil {
			return
		}
	}
}

// unfinished reads what a node prints and tells of bytes that wait for the end of their line, whenever a read
// ends within one.
type unfinished struct {
	from    io.Reader
	tell    func(waiting int, start []byte)
	waiting int
	start   []byte
	told    bool
}

// Read reads what is there.
func (u *unfinished) Read(to []byte) (int, error) {
	n, err := u.from.Read(to)
	if n == 0 {
		return n, err
	}
	part := to[:n]
	if end := bytes.LastIndexByte(part, '\n'); end >= 0 {
		part, u.waiting, u.start = part[end+1:], 0, nil
	}
	u.waiting += len(part)
	if room := testbench.UnfinishedBytesMax - len(u.start); room > 0 {
		u.start = append(u.start, part[:min(room, len(part))]...)
	}
	if u.waiting > 0 || u.told {
		u.tell(u.waiting, bytes.Clone(u.start))
		u.told = u.waiting > 0
	}
	return n, err
}

// lineIsThere tells whether another line can be read without waiting.
func (r *lineReader) lineIsThere() bool {
	there, _ := r.source.Peek(r.source.Buffered())
	return bytes.IndexByte(there, '\n') >= 0
}

var errTooLong = io.ErrShortBuffer

func (r *lineReader) next() ([]byte, error) {
	var line []byte
	for {
		part, err := r.source.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > r.limit:
			return line, errTooLong
		case err == bufio.ErrBufferFull:
		case err != nil:
			return line, err
		default:
			return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
		}
	}
}

// copyStderr writes what a node prints to stderr to its log, and shows each line. It ends with the
// stream. A log that cannot be written does not keep the lines from being shown.
func copyStderr(from io.Reader, log io.Writer, show func(line string)) {
	source := bufio.NewReaderSize(from, 64<<10)
	for {
		part, err := source.ReadSlice('\n')
		if len(part) > 0 {
			_, _ = log.Write(part)
			show(strings.TrimRight(string(part), "\r\n"))
		}
		if err != nil && err != bufio.ErrBufferFull {
			return
		}
	}
}

// stderrTail bounds what is told of a node's last words.
const (
	stderrTailBytes = 4 << 10
	stderrTailLines = 10
)

// lastLines gives the last lines of a log; none if it cannot be read.
func lastLines(path string) []string {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer closeAll(file)
	if info, err := file.Stat(); err == nil && info.Size() > stderrTailBytes {
		if _, err := file.Seek(-stderrTailBytes, io.SeekEnd); err != nil {
			return nil
		}
	}
	text, err := io.ReadAll(io.LimitReader(file, stderrTailBytes))
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimRight(strings.ToValidUTF8(string(text), "\uFFFD"), "\n"), "\n")
	lines = lines[max(0, len(lines)-stderrTailLines):]
	return slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
}

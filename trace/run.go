package trace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Run is the files of one run.
type Run struct {
	Dir      string   // empty for logs that were named one by one
	Logs     []string // of nodes, sorted
	Messages string   // the network's journal; empty where there is none, as under Maelstrom
	History  string   // what clients did; empty where it is not known
	Values   []string // the fields of messages that have values of clients, by the workload; empty where it is not known

	// Sampled is from when on the network's journal has only some of the messages: it had grown too large; 0 for never.
	Sampled time.Duration

	began    int64
	untraced bool              // no node has recorded anything, but the network has
	held     map[string][]byte // the files, where they are not the system's
}

// Names of files in the directory of a run.
const (
	logDir       = "node-logs"
	messagesFile = "messages.jsonl"
	historyFile  = "history.jsonl"
	madeFile     = "run.json"
)

// Open finds the files of a run in its directory, or takes the logs that are named.
// It reads as much of them as tells when the run began.
func Open(paths ...string) (*Run, error) {
	r := &Run{}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, fmt.Errorf("open a trace: %w", err)
		case !info.IsDir():
			r.Logs = append(r.Logs, path)
		case len(paths) > 1:
			return nil, fmt.Errorf("open a trace: %s is a directory: expected one run's directory, or files", path)
		default:
			if err := r.find(path); err != nil {
				return nil, err
			}
		}
	}
	if len(r.Logs) == 0 && r.Messages == "" {
		return nil, fmt.Errorf("open a trace: there are neither logs nor %s in %s: expected the directory of a run", messagesFile, strings.Join(paths, " "))
	}
	slices.SortFunc(r.Logs, compareNames)
	return r, r.findBeginning()
}

// Held is a run whose files are held in memory, by their names in its directory. Of the history nothing but operations are
// counted. values are as in [Run].
func Held(files map[string][]byte, values []string) (*Run, error) {
	r := &Run{Values: values, held: files}
	for name := range files {
		switch {
		case path.Dir(name) == logDir:
			r.Logs = append(r.Logs, name)
		case name == messagesFile:
			r.Messages = name
		case name == historyFile:
			r.History = name
		}
	}
	slices.SortFunc(r.Logs, compareNames)
	return r, r.findBeginning()
}

// open opens a file of the run.
func (r *Run) open(path string) (io.ReadCloser, error) {
	if r.held == nil {
		return os.Open(path)
	}
	return io.NopCloser(bytes.NewReader(r.held[path])), nil
}

// find looks for a run's files in a directory, its own or that of its logs.
func (r *Run) find(dir string) error {
	if filepath.Base(dir) == logDir {
		dir = filepath.Dir(dir)
	}
	r.Dir = dir
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		r.Dir = resolved
	}
	logs, err := filepath.Glob(filepath.Join(r.Dir, logDir, "*.log"))
	if err != nil {
		return err
	}
	r.Logs = logs
	for name, place := range map[string]*string{messagesFile: &r.Messages, historyFile: &r.History} {
		path := filepath.Join(r.Dir, name)
		if _, err := os.Stat(path); err == nil {
			*place = path
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("open a trace: %w", err)
		}
	}
	made, err := os.ReadFile(filepath.Join(r.Dir, madeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var says struct {
		Values []string `json:"values"`
	}
	if err == nil {
		err = json.Unmarshal(made, &says)
	}
	if err != nil {
		return fmt.Errorf("open a trace: read %s: %w", madeFile, err)
	}
	r.Values = says.Values
	return nil
}

// compareNames orders n2 before n10.
func compareNames(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// Tally is what was read, and what could not be.
type Tally struct {
	Bytes    int64    `json:"bytes"`
	Records  int64    `json:"records"`
	LogLines int64    `json:"log_lines"` // of the ordinary log
	Foreign  int64    `json:"foreign"`   // lines that are neither
	Cut      int      `json:"cut"`       // files whose last line was cut off
	Silent   []string `json:"silent"`
}

// errStop ends a reading early, and is no error to the caller.
var errStop = errors.New("stop")

// Events gives every record of every log, file after file, each in the order in
// which it was written. An error of each ends the reading and is returned.
func (r *Run) Events(each func(e *Event) error) (Tally, error) {
	if r.untraced {
		return r.fromMessages(each)
	}
	var t Tally
	p := newParser()
	for _, path := range r.Logs {
		before := t.Records
		err := r.readLog(path, p, &t, each)
		if errors.Is(err, errStop) {
			return t, nil
		}
		if err != nil {
			return t, err
		}
		if t.Records == before {
			t.Silent = append(t.Silent, strings.TrimSuffix(filepath.Base(path), ".log"))
		}
	}
	return t, nil
}

// readBytes is how much of a file is read at once.
const readBytes = 256 << 10

func (r *Run) readLog(path string, p *parser, t *Tally, each func(*Event) error) error {
	return r.eachLine(path, func(line []byte, whole bool) error {
		t.Bytes += int64(len(line)) + 1
		kind := p.parse(line)
		switch {
		case kind == lineRecord:
			t.Records++
			p.event.At = time.Duration(p.event.Time - r.began)
			return each(&p.event)
		case kind == lineLog:
			t.LogLines++
		case !whole:
			t.Cut++
		case len(line) > 0:
			t.Foreign++
		}
		return nil
	})
}

// eachLine gives the lines of a file without their line feeds. whole is false for
// a last one that has none.
func (r *Run) eachLine(path string, each func(line []byte, whole bool) error) error {
	file, err := r.open(path)
	if err != nil {
		return fmt.Errorf("read a trace: %w", err)
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, readBytes)
	var long []byte
	for {
		part, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			long = append(long, part...)
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return fmt.Errorf("read a trace: %w", err)
		}
		line := part
		if len(long) > 0 {
			long = append(long, part...)
			line = long
		}
		whole := err == nil
		if whole {
			line = line[:len(line)-1]
		}
		if whole || len(line) > 0 {
			if err := each(line, whole); err != nil {
				return err
			}
		}
		if !whole {
			return nil
		}
		long = long[:0]
	}
}

// Began is when the run began, in ns since 1970: what [Event.At] and the
// times of its history and messages count from. Where no bench has written down
// what the network did, it is the time of the first record.
func (r *Run) Began() int64 { return r.began }

package virtual

import (
	"fmt"
	"os"
	"path/filepath"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Logs are the logs of a simulated cluster's nodes: a file for each in a
// directory, and stderr where --log-stderr asks for it. A log has the world's
// time and is written by the world's goroutine, so it is as reproducible as the
// rest.
type Logs struct {
	dir    string // empty for no files
	stderr bool
	level  zapcore.Level
	to     func(id string, lines []byte) // in place of files; nil for none
	byID   map[string]*nodeLog
	all    []*nodeLog // in the order in which nodes began
}

// LogsIn makes logs in a directory, which must exist; without files if it is empty. What nodes write at a
// level goes there, and to stderr if that is wanted.
func LogsIn(dir string, stderr bool, level zapcore.Level) *Logs {
	return &Logs{dir: dir, stderr: stderr, level: level, byID: make(map[string]*nodeLog)}
}

// LogsTo hands what nodes write to a function, in whole lines.
func LogsTo(to func(id string, lines []byte), level zapcore.Level) *Logs {
	return &Logs{to: to, level: level, byID: make(map[string]*nodeLog)}
}

// of is a node's log, the same for all its incarnations.
func (l *Logs) of(id string) *nodeLog {
	log := l.byID[id]
	if log == nil {
		log = &nodeLog{id: id, stderr: l.stderr, to: l.to}
		if l.dir != "" {
			log.path = filepath.Join(l.dir, id+".log")
			_ = os.WriteFile(log.path, nil, 0o644) // one that cannot be written stops no run
		}
		l.byID[id] = log
		l.all = append(l.all, log)
	}
	return log
}

// Records takes what a node writes to its log, in whole lines.
func (l *Logs) Records(id string) func(lines []byte) { return l.of(id).records }

// logger is zap's way into a log; nil for one that goes nowhere.
func (l *Logs) logger(id string) *zap.Logger {
	if l.dir == "" && !l.stderr && l.to == nil {
		return nil
	}
	config := zap.NewProductionEncoderConfig()
	config.TimeKey, config.EncodeTime, config.MessageKey = "time", zapcore.EpochNanosTimeEncoder, "event"
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(config), l.of(id), l.level))
}

// Close writes what is left.
func (l *Logs) Close() {
	for _, log := range l.all {
		_ = log.flush()
	}
}

// nodeLog appends to a node's log. The file is opened for each block, since there
// may be more nodes than a process may have files.
type nodeLog struct {
	path   string
	stderr bool
	to     func(id string, lines []byte)
	id     string
	buffer []byte
}

// nodeLogBytes is how much is gathered of records before it is written.
const nodeLogBytes = 256 << 10

// records takes lines of a trace.
func (l *nodeLog) records(lines []byte) {
	if l.stderr {
		fmt.Fprintf(os.Stderr, "%s: %s", l.id, lines)
	}
	if l.to != nil {
		l.to(l.id, lines)
	}
	if l.path == "" {
		return
	}
	l.buffer = append(l.buffer, lines...)
	if len(l.buffer) >= nodeLogBytes {
		_ = l.flush()
	}
}

// Write takes a line of zap's.
func (l *nodeLog) Write(line []byte) (int, error) {
	l.records(line)
	return len(line), l.flush()
}

func (l *nodeLog) flush() error {
	if len(l.buffer) == 0 {
		return nil
	}
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(l.buffer)
	l.buffer = l.buffer[:0]
	return err
}

func (l *nodeLog) Sync() error { return nil }

package node

import (
	"errors"
	"io"
	"os"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"eddy/actor"
)

// A log is written by an actor of its own, in a system of its own that ends
// last: no handler waits for standard error, and what failed can still say so.

// logSink writes log lines, all that wait in one write.
type logSink struct {
	to     io.Writer
	buffer []byte
}

const logCapacity = 4096

func (s *logSink) Receive(_ *actor.Context[[]byte], line []byte) {
	s.buffer = append(s.buffer, line...)
	if len(s.buffer) >= blockBytes {
		s.flush()
	}
}

func (s *logSink) Idle()    { s.flush() }
func (s *logSink) Stopped() { s.flush() }

// flush: a log that cannot be written stops nothing.
func (s *logSink) flush() {
	if len(s.buffer) == 0 {
		return
	}
	_, _ = s.to.Write(s.buffer)
	s.buffer = s.buffer[:0]
	if cap(s.buffer) > 4*blockBytes {
		s.buffer = nil // a long line's room is not kept
	}
}

// logEdge hands zap's lines to the sink. A burst beyond the sink's mailbox
// loses its newest lines, which the end of the log counts; it never holds up an
// actor.
type logEdge struct{ to actor.Ref[[]byte] }

func (e logEdge) Write(p []byte) (int, error) {
	e.to.Send(append([]byte(nil), p...))
	return len(p), nil
}

func (logEdge) Sync() error { return nil }

// NewLog makes a log of JSON lines on w, and the function that ends it, once
// everything that may log has ended. The last line says how many were lost, if any.
func NewLog(w io.Writer, level zapcore.Level) (*zap.Logger, func()) {
	log, _, end := NewTracedLog(w, level)
	return log, end
}

// NewTracedLog is NewLog with a way in for records, for [TraceOptions.To]: they
// pass zap by, and are lost and counted as lines are, by the burst.
func NewTracedLog(w io.Writer, level zapcore.Level) (log *zap.Logger, records func(lines []byte), end func()) {
	sys := actor.NewSystem("log", actor.Live())
	sink := actor.Spawn(sys, "stderr", func(*actor.Context[[]byte]) actor.Actor[[]byte] {
		return &logSink{to: w}
	}, actor.Capacity(logCapacity), actor.WhenFull(actor.DropNewest))
	config := zap.NewProductionEncoderConfig()
	config.TimeKey, config.EncodeTime = "time", zapcore.EpochNanosTimeEncoder
	config.MessageKey = "event"
	log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(config), logEdge{sink}, level))
	records = func(lines []byte) { sink.Send(lines) }
	return log, records, func() {
		for _, s := range sys.Stats() {
			if s.Rejected > 0 {
				log.Warn("lines of this log were lost", zap.Int("count", s.Rejected))
			}
		}
		_ = sys.Stop(time.Second)
	}
}

// defaultLog is what Run logs to when it is given nothing.
func defaultLog() (*zap.Logger, func()) { return NewLog(os.Stderr, zapcore.WarnLevel) }

// recorder writes to the log what happens to actors.
type recorder struct{ log *zap.Logger }

func (r recorder) Record(e *actor.Record) {
	level := zapcore.WarnLevel
	switch e.Kind {
	case actor.EventSpawn, actor.EventStop:
		level = zapcore.DebugLevel
	case actor.EventLate, actor.EventRestart: // a restart follows a panic, which is logged
		level = zapcore.InfoLevel
	case actor.EventPanic, actor.EventEscalate, actor.EventHung:
		level = zapcore.ErrorLevel
	}
	entry := r.log.Check(level, string(e.Kind))
	if entry == nil {
		return
	}
	fields := []zap.Field{zap.String("actor", e.Path)}
	if e.Type != "" {
		fields = append(fields, zap.String("type", e.Type))
	}
	if e.Count > 0 {
		fields = append(fields, zap.Int("count", e.Count))
	}
	if e.Err != nil {
		fields = append(fields, zap.Error(e.Err))
	}
	if e.Kind == actor.EventPanic {
		fields = append(fields, stackOf(e.Err))
	}
	entry.Write(fields...)
}

// because is an error as a field of the log, short enough to be read.
func because(err error) zap.Field { return zap.String("error", clip(err.Error())) }

// stackOf is where a panic came from, nothing for another error.
func stackOf(err error) zap.Field {
	var panicked *actor.PanicError
	if !errors.As(err, &panicked) {
		return zap.Skip()
	}
	return zap.ByteString("stack", panicked.Stack)
}

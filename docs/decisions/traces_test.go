package decisions_test

import (
	"io"
	"strconv"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// One record of a message that an actor handled, by zap and appended to a buffer
// that is written when it is full; what is written goes nowhere.

func BenchmarkRecordZap(b *testing.B) {
	log := zapTo(zapcore.InfoLevel)
	b.ReportAllocs()
	for i := range b.N {
		log.Info("receive", zap.String("node", "n1"), zap.String("actor", "gossip/link/n7"), zap.String("type", "gossip.offer"),
			zap.String("id", "n1:"+strconv.Itoa(i)), zap.String("cause", "n4/"+strconv.Itoa(i)), zap.String("from", "gossip"),
			zap.Int("depth", 3), zap.Int("waited_ns", i), zap.Int("took_ns", i), zap.Int("clock", i))
	}
}

func BenchmarkRecordAppended(b *testing.B) {
	line := make([]byte, 0, 16<<10)
	b.ReportAllocs()
	for i := range b.N {
		line = append(line, `{"time":`...)
		line = strconv.AppendInt(line, int64(i), 10)
		line = append(line, `,"event":"receive","node":"n1","actor":"gossip/link/n7","type":"gossip.offer","id":"n1:`...)
		line = strconv.AppendInt(line, int64(i), 10)
		line = append(line, `","cause":"n4/`...)
		line = strconv.AppendInt(line, int64(i), 10)
		line = append(line, `","from":"gossip","depth":3,"waited_ns":`...)
		line = strconv.AppendInt(line, int64(i), 10)
		line = append(line, `,"took_ns":`...)
		line = strconv.AppendInt(line, int64(i), 10)
		line = append(line, `,"clock":`...)
		line = strconv.AppendInt(line, int64(i), 10)
		if line = append(line, "}\n"...); len(line) > 15<<10 {
			_, _ = io.Discard.Write(line)
			line = line[:0]
		}
	}
}

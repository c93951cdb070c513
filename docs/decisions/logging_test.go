package decisions_test

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// One line with two fields, by zap and by the standard library, at a level that
// is off, looked at first or not, and at one that is on; what is written goes nowhere.

func zapTo(level zapcore.Level) *zap.Logger {
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	return zap.New(zapcore.NewCore(encoder, zapcore.AddSync(io.Discard), level))
}

func slogTo(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(io.Discard, &slog.HandlerOptions{Level: level}))
}

func BenchmarkLogOffZap(b *testing.B)  { benchmarkZap(b, zapTo(zapcore.ErrorLevel)) }
func BenchmarkLogOffSlog(b *testing.B) { benchmarkSlog(b, slogTo(slog.LevelError)) }
func BenchmarkLogOnZap(b *testing.B)   { benchmarkZap(b, zapTo(zapcore.WarnLevel)) }
func BenchmarkLogOnSlog(b *testing.B)  { benchmarkSlog(b, slogTo(slog.LevelWarn)) }

func BenchmarkLogOffLookedAtZap(b *testing.B) {
	log := zapTo(zapcore.ErrorLevel)
	b.ReportAllocs()
	for i := range b.N {
		if entry := log.Check(zapcore.WarnLevel, "late answer dropped"); entry != nil {
			entry.Write(zap.String("src", "n7"), zap.Int("count", i))
		}
	}
}

func BenchmarkLogOffLookedAtSlog(b *testing.B) {
	log := slogTo(slog.LevelError)
	b.ReportAllocs()
	for i := range b.N {
		if log.Enabled(context.Background(), slog.LevelWarn) {
			log.Warn("late answer dropped", slog.String("src", "n7"), slog.Int("count", i))
		}
	}
}

func benchmarkZap(b *testing.B, log *zap.Logger) {
	b.ReportAllocs()
	for i := range b.N {
		log.Warn("late answer dropped", zap.String("src", "n7"), zap.Int("count", i))
	}
}

func benchmarkSlog(b *testing.B, log *slog.Logger) {
	b.ReportAllocs()
	for i := range b.N {
		log.Warn("late answer dropped", slog.String("src", "n7"), slog.Int("count", i))
	}
}

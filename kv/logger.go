package kv

import (
	"fmt"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// logger lets the library speak through the node's log. What it calls news is
// for those who debug an election.
type logger struct{ log *zap.Logger }

func (l logger) say(at zapcore.Level, v []any) {
	if c := l.log.Check(at, "raft"); c != nil {
		c.Write(zap.String("says", fmt.Sprint(v...)))
	}
}

func (l logger) sayf(at zapcore.Level, format string, v []any) {
	if c := l.log.Check(at, "raft"); c != nil {
		c.Write(zap.String("says", fmt.Sprintf(format, v...)))
	}
}

func (l logger) Debug(v ...any)                   { l.say(zapcore.DebugLevel, v) }
func (l logger) Debugf(format string, v ...any)   { l.sayf(zapcore.DebugLevel, format, v) }
func (l logger) Info(v ...any)                    { l.say(zapcore.DebugLevel, v) }
func (l logger) Infof(format string, v ...any)    { l.sayf(zapcore.DebugLevel, format, v) }
func (l logger) Warning(v ...any)                 { l.say(zapcore.WarnLevel, v) }
func (l logger) Warningf(format string, v ...any) { l.sayf(zapcore.WarnLevel, format, v) }
func (l logger) Error(v ...any)                   { l.say(zapcore.ErrorLevel, v) }
func (l logger) Errorf(format string, v ...any)   { l.sayf(zapcore.ErrorLevel, format, v) }

// What the library cannot go on from ends the actor, and with it the node.

func (l logger) Fatal(v ...any)                 { panic("raft: " + fmt.Sprint(v...)) }
func (l logger) Fatalf(format string, v ...any) { panic("raft: " + fmt.Sprintf(format, v...)) }
func (l logger) Panic(v ...any)                 { panic("raft: " + fmt.Sprint(v...)) }
func (l logger) Panicf(format string, v ...any) { panic("raft: " + fmt.Sprintf(format, v...)) }

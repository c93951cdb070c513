package play

import (
	"bytes"
	"io"
	"path"

	"go.uber.org/zap/zapcore"

	"eddy/actor/node"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/diagnosis"
	"eddy/testbench/virtual"
	"eddy/trace"
)

// tracedMessagesMax is how long a run may be that is made again, traced in full, to find out what caused what.
const tracedMessagesMax = 300_000

// heldFiles are the files of a run, in memory.
type heldFiles map[string]*bytes.Buffer

func (f heldFiles) create(name string) (io.WriteCloser, error) {
	f[name] = &bytes.Buffer{}
	return held{f[name]}, nil
}

type held struct{ *bytes.Buffer }

func (held) Close() error { return nil }

// traced makes the run again, traced in full; nil for one that is too long.
func (r *reel) traced() (*trace.Run, error) {
	if r.trace != nil || len(r.film.Messages) > tracedMessagesMax {
		return r.trace, nil
	}
	files := make(heldFiles)
	logs := virtual.LogsTo(func(id string, lines []byte) {
		name := path.Join(testbench.LogDir, id+".log")
		if files[name] == nil {
			files[name] = &bytes.Buffer{}
		}
		files[name].Write(lines)
	}, zapcore.ErrorLevel)
	for _, id := range r.film.Nodes { // one that says nothing has a log, too
		files[path.Join(testbench.LogDir, id+".log")] = &bytes.Buffer{}
	}
	recording, err := testbench.NewRecordingTo(files.create, 0)
	if err != nil {
		return nil, err
	}
	config := r.Config(logs, node.TraceOptions{Mode: node.TraceFull})
	config.Recorder = recording
	out := virtual.Run(r.Options, config)
	logs.Close()
	if err := recording.Close(); err != nil {
		return nil, err
	}
	if out.Err != nil {
		return nil, out.Err
	}
	texts := make(map[string][]byte)
	for name, text := range files {
		texts[name] = text.Bytes()
	}
	w, err := r.Options.Workloads.Named(r.Options.Workload)
	if err != nil {
		return nil, err
	}
	r.trace, err = trace.Held(texts, w.Values)
	return r.trace, err
}

// explain finds out what went wrong first in a run that is not valid, as eddy sim does.
func (r *reel) explain() {
	out := &r.outcome
	if out.Results.Valid != checker.Invalid {
		return
	}
	run, err := r.traced()
	if err != nil || run == nil {
		return
	}
	diagnosis.OfRun(func() (*trace.Run, error) { return run, nil }, out)
	out.Results.Cause = out.Meta.Cause
}

package virtual

import (
	"eddy/testbench"
)

// Record makes a run and judges it as Run does, and leaves its files in a
// directory that [testbench.NewRunDir] has made: history, messages, results and
// picture. The recorder of config does not count; wrap, if not nil, may put one
// in front of the files.
//
// The files hold nothing of real time. Their writers are goroutines, but each
// file has one and gets its lines through one channel: the bytes are those of
// the run, however the goroutines are scheduled.
func Record(dir string, options testbench.Options, config Config, wrap func(testbench.Recorder) testbench.Recorder) testbench.Outcome {
	config.Meta.Dir = dir
	recording, err := testbench.NewRecording(dir, options.StoreBytesMax)
	if err != nil {
		return failed(options, config, err)
	}
	config.Recorder = recording
	if wrap != nil {
		config.Recorder = wrap(recording)
	}
	out := Run(options, config)
	out.Keep(recording)
	return out
}

func failed(options testbench.Options, config Config, err error) testbench.Outcome {
	meta := config.Meta
	meta.Workload, meta.Engine = options.Workload, engineName
	return testbench.Outcome{Options: options, Meta: meta, Err: err}
}

package virtual

import (
	"time"

	"eddy/testbench"
	"eddy/testbench/history"
	"eddy/testbench/network"
)

// Nobody is the recorder that keeps nothing of what happens.
var Nobody testbench.Recorder = nobody{}

type nobody struct{}

func (nobody) Op(history.Op)                                {}
func (nobody) Sent(time.Duration, *network.Message)         {}
func (nobody) Received(time.Duration, *network.Message)     {}
func (nobody) Lost(time.Duration, *network.Message, string) {}

package virtual

import (
	"time"

	"eddy/testbench/history"
	"eddy/testbench/network"
)

// nobody keeps nothing of what happens.
type nobody struct{}

func (nobody) Op(history.Op)                                {}
func (nobody) Sent(time.Duration, *network.Message)         {}
func (nobody) Received(time.Duration, *network.Message)     {}
func (nobody) Lost(time.Duration, *network.Message, string) {}

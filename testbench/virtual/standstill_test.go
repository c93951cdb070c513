package virtual

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/testbench"
	"eddy/workload/builtin"
)

// chatterer answers init, and then every message of a node with another one.
type chatterer struct {
	world *actor.World
	id    string
	out   func([]byte)
}

func (c *chatterer) Feed(line []byte) {
	c.world.At(c.world.Elapsed(), func() {
		other := map[string]string{"n0": "n1", "n1": "n0"}[c.id]
		if bytes.Contains(line, []byte(`"init"`)) {
			c.out(fmt.Appendf(nil, `{"src":%q,"dest":"c%s","body":{"type":"init_ok","in_reply_to":1}}`, c.id, c.id[1:]))
		}
		c.out(fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":{"type":"hello"}}`, c.id, other))
	})
}

func (c *chatterer) Err() error               { return nil }
func (c *chatterer) Kill()                    {}
func (c *chatterer) Pause()                   {}
func (c *chatterer) Resume()                  {}
func (c *chatterer) SetClock(d time.Duration) {}

func TestNodesThatNeverPauseAreFound(t *testing.T) {
	defer func(before int) { momentStepsMax = before }(momentStepsMax)
	momentStepsMax = 100_000
	o := testbench.Defaults(builtin.Workloads())
	o.Workload, o.NodeCount, o.TimeLimit = "echo", 2, time.Second
	out := Run(o, Config{Start: func(w *actor.World, id string, out func([]byte)) Process {
		return &chatterer{w, id, out}
	}})
	if out.Err == nil || !strings.Contains(out.Err.Error(), "virtual time stands still at 0s") {
		t.Errorf("the outcome is %v", out.Err)
	}
}

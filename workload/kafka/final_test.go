package kafka

import (
	"math/rand/v2"
	"testing"
	"time"

	"eddy/testbench/history"
	"eddy/workload"
)

func TestFinalPollsKeepTheirPaceWhateverTheReplyIs(t *testing.T) {
	for _, outcome := range []history.Type{history.OK, history.Fail, history.Info} {
		s := &finalScript{}
		s.keys = []string{"1"}
		s.awaited.set("1", 7)
		rng := rand.New(rand.NewPCG(1, 1))
		now, asked := time.Duration(0), map[string]int{}
		for now < 10*time.Second {
			inv, due, more := s.Next(now, rng)
			if !more {
				t.Fatal("it ends without having seen what it awaits")
			}
			now = max(now, due)
			asked[inv.F]++
			s.Ended(inv, workload.Completion{Type: outcome})
			if asked["poll"]+asked["assign"] > 1000 {
				break
			}
		}
		if asked["poll"] < 25 || asked["poll"] > 100 || asked["assign"] > asked["poll"]+1 {
			t.Errorf("after replies of type %v: %v in 10 s, want a poll every 0.2 s", outcome, asked)
		}
	}
}

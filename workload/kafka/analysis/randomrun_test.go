package analysis

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"time"

	"eddy/testbench/history"
)

// randomRun lets three workers use two logs that are mostly right.
func randomRun(r *rand.Rand) history.History {
	var h history.History
	logs := map[string][][2]int{}
	sent := map[string]int{}
	process := []int{0, 1, 2}
	open := map[int]history.Op{}
	slips := r.IntN(4) * 4 // in a hundred
	slip := func() bool { return r.IntN(100) < slips }
	for range 90 {
		worker := r.IntN(3)
		op := history.Op{Index: len(h), Time: time.Duration(len(h)) * time.Millisecond, Process: process[worker]}
		begun, busy := open[worker]
		if !busy {
			op.Type = history.Invoke
			key := string(rune('a' + r.IntN(2)))
			switch n := r.IntN(20); {
			case n < 9:
				sent[key]++
				op.F, op.Value = "send", json.RawMessage(fmt.Sprintf(`[["send",%q,%d]]`, key, sent[key]))
			case n < 17:
				op.F, op.Value = "poll", json.RawMessage(`[["poll"]]`)
			case n < 19:
				op.F, op.Value = "assign", json.RawMessage([]string{`["a"]`, `["b"]`, `["a","b"]`}[r.IntN(3)])
			default:
				op.F = "crash"
			}
			open[worker] = op
			h = append(h, op)
			continue
		}
		delete(open, worker)
		op.F, op.Value, op.Type = begun.F, begun.Value, history.OK
		if r.IntN(12) == 0 {
			op.Type = history.Fail + history.Type(r.IntN(2))
		}
		if op.F == "crash" {
			op.Type = history.Info
		}
		switch {
		case op.F == "send":
			var key string
			var message int
			fmt.Sscanf(strings.NewReplacer(`[["send","`, "", `",`, " ", `]]`, "").Replace(string(op.Value)), "%s %d", &key, &message)
			offset := 2 * len(logs[key])
			if slip() {
				offset = r.IntN(2*len(logs[key]) + 2)
			}
			if op.Type == history.OK || r.IntN(2) == 0 && (op.Type != history.Fail || slip()) {
				if !slip() {
					logs[key] = append(logs[key], [2]int{offset, message})
				}
			}
			if op.Type == history.OK {
				op.Value = json.RawMessage(fmt.Sprintf(`[["send",%q,[%d,%d]]]`, key, offset, message))
			}
		case op.F == "poll" && op.Type == history.OK:
			shown := map[string][][2]int{}
			for _, key := range []string{"a", "b"} {
				if r.IntN(3) == 0 {
					continue
				}
				all := slices.Clone(logs[key])
				sort.Slice(all, func(i, j int) bool { return all[i][0] < all[j][0] })
				from := r.IntN(len(all) + 1)
				if n := len(all[from:]); n > 2 && slip() {
					all = slices.Delete(all, from+1, from+2)
				}
				if slip() {
					slices.Reverse(all[from:])
				}
				if slip() {
					all = append(all, [2]int{2 * len(all), sent[key] + r.IntN(2)})
				}
				if slip() {
					all = append(all, [2]int{99, 1000})
				}
				shown[key] = append([][2]int{}, all[from:]...)
			}
			text, _ := json.Marshal(shown)
			op.Value = json.RawMessage(`[["poll",` + string(text) + `]]`)
		}
		if op.Type == history.Info {
			process[worker] += 3
		}
		h = append(h, op)
	}
	return h
}

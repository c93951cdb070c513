package trace

import (
	"eddy/testbench/history"
)

// Ops gives what clients and the nemesis did, where it is known.
func (r *Run) Ops() (history.History, error) {
	if r.History == "" {
		return nil, nil
	}
	return history.ReadFile(r.History)
}

// countOps counts what clients invoked.
func (r *Run) countOps() (n int64, known bool, err error) {
	if r.History == "" {
		return 0, false, nil
	}
	err = r.eachLine(r.History, func(line []byte, _ bool) error {
		if string(fieldOf(line, "type")) == `"invoke"` {
			n++
		}
		return nil
	})
	return n, true, err
}

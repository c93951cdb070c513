package builtin_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/builtin"
	"eddy/workload/set"
)

// A value that was acknowledged and that a later read misses is lost.
func ExampleWorkloads() {
	h, err := history.Read(strings.NewReader(`
		{"index":0,"time":0,       "type":"invoke","process":0,"f":"add", "value":7}
		{"index":1,"time":2000000, "type":"ok",    "process":0,"f":"add", "value":7}
		{"index":2,"time":5000000, "type":"invoke","process":1,"f":"read","value":null}
		{"index":3,"time":6000000, "type":"ok",    "process":1,"f":"read","value":[]}`), "history.jsonl")
	if err != nil {
		fmt.Println(err)
		return
	}
	results, err := builtin.Workloads().Check("g-set", h, checker.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	judged := results.Workload.(*set.Results)
	lost, _ := json.Marshal(judged.Lost)
	fmt.Println(results.Valid, string(lost))
	fmt.Println("missed by operation", results.Witnesses[0].LastMissed.Index)
	// Output:
	// invalid [7]
	// missed by operation 2
}

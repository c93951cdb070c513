package builtin_test

import (
	"fmt"
	"os"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
	"eddy/workload/builtin"
)

func Example_report() {
	h, err := history.Read(strings.NewReader(`
		{"index":0,"time":0,       "type":"invoke","process":0,"f":"generate","value":null}
		{"index":1,"time":2000000, "type":"ok",    "process":0,"f":"generate","value":"n0-1"}`), "history.jsonl")
	if err != nil {
		fmt.Println(err)
		return
	}
	results, err := builtin.Workloads().Check("unique-ids", h, checker.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	meta := report.Meta{Workload: "unique-ids", Dir: "store/latest"}
	if err := report.Terminal(os.Stdout, results, meta); err != nil {
		fmt.Println(err)
	}
	fmt.Println("exit status", report.ExitStatus(results))
	// Output:
	// VALID: 1 id given out, no two alike
	// unique-ids
	//
	//   operations              1 ok      0 failed      0 unknown
	//   ok fraction       100 %
	//   ids               1 asked for, 1 given out, 0 of them more than once
	//   range             "n0-1" to "n0-1"
	//
	//   files             store/latest
	//
	// unique-ids: valid
	// exit status 0
}

package cmdline

import (
	"fmt"
	"strconv"
	"strings"

	"eddy/cli/service"
	"eddy/testbench"
	"eddy/testbench/play"
	"eddy/workload"
)

// Scene is a run as the page's address has it.
func Scene(o testbench.Options, nodeArgs []string) play.Scene {
	scene := play.Scene{Version: play.Version, Workload: o.Workload, Flags: make(map[string]string), Args: nodeArgs}
	for _, f := range flagValues(o, "seed", "deeds") {
		scene.Flags[f.name] = f.value
	}
	return scene
}

// PlayWorkloads are the workloads of services for people who choose one.
func PlayWorkloads(services []service.Service) []play.WorkloadInfo {
	all := []play.WorkloadInfo{}
	for _, s := range services {
		if s.Flags == nil {
			continue
		}
		all = append(all, play.WorkloadInfo{
			Name: s.Workload.Name, Title: s.Short, Help: strings.TrimRight(flagUsages(s), "\n"),
			Fs: s.Workload.Judge.Fs, Flags: WatchedFlags(s.Workload), AskHints: askHints[s.Workload.Name],
		})
	}
	return all
}

// askHints are values that a client may ask with, by workload and operation.
var askHints = map[string]map[string]string{
	"echo":            {"echo": `"hello"`},
	"broadcast":       {"broadcast": "7777"},
	"g-set":           {"add": "7777"},
	"g-counter":       {"add": "3"},
	"pn-counter":      {"add": "-3"},
	"lin-kv":          {"read": "[0,null]", "write": "[0,3]", "cas": "[0,[3,4]]"},
	"txn-list-append": {"txn": `[["r",1,null],["append",1,7777]]`},
	"txn-rw-register": {"txn": `[["r",1,null],["w",1,7777]]`},
	"kafka":           {"send": `[["send","1",7777]]`, "poll": `[["poll"]]`},
}

// watchedNodes is how many nodes a run has that is watched, unless its flags say otherwise.
const watchedNodes = 5

// WatchedFlags are the flags of a small run that can be watched: with latencies, so that messages are seen on their way.
func WatchedFlags(w workload.Workload) map[string]string {
	flags := map[string]string{"node-count": strconv.Itoa(watchedNodes), "rate": "10", "latency": "50", "time-limit": "20"}
	if w.GroupsOf != nil {
		flags["concurrency"] = fmt.Sprintf("%dn", w.GroupsOf(watchedNodes)/watchedNodes)
	}
	for _, c := range w.Challenges { // what the default nodes promise is what the challenges ask for
		for _, flag := range c.Flags {
			if name, value, _ := strings.Cut(flag, "="); name == "consistency-models" {
				flags[name] = value
			}
		}
	}
	return flags
}

// flagUsages are the flags of a service of its own.
func flagUsages(s service.Service) string {
	flags := NewFlagSet(s.Workload.Name)
	s.Flags(flags)
	return flags.FlagUsages()
}

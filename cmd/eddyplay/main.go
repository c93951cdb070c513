//go:build js && wasm

// Command eddyplay is the simulator as the exported page of `eddy play` runs it, without a server: its answers are those of
// the same package. It is built for GOOS=js GOARCH=wasm alone, and waits for the page's requests.
package main

import (
	"encoding/base64"
	"encoding/json"
	"syscall/js"

	"eddy/cli/builtin"
	"eddy/cli/cmdline"
	"eddy/cli/lessons"
	"eddy/testbench/play"
)

// start is the run that the page opens, a play.Start in JSON and base64: set by the linker.
var start string

func main() {
	services := builtin.Services()
	bench := &play.Bench{Workloads: cmdline.PlayWorkloads(services), Make: cmdline.Simulations("eddy", services), Lessons: lessons.All()}
	if text, err := base64.StdEncoding.DecodeString(start); err == nil && start != "" {
		_ = json.Unmarshal(text, &bench.Start) // what --export wrote
	}
	js.Global().Set("eddyAnswer", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return string(bench.Answer([]byte(args[0].String())))
	}))
	js.Global().Call("eddyReady")
	select {}
}

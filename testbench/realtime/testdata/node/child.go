package main

import (
	"fmt"
	"os"
	"os/exec"
)

// spawnChild starts a process that holds on to the node's stdout and would outlive it.
func spawnChild() {
	sleep := exec.Command("sleep", "1000")
	sleep.Stdout = os.Stdout
	if err := sleep.Start(); err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stderr, "child", sleep.Process.Pid)
}

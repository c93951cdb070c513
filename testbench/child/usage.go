package child

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// CPU is what a process that has been waited for has used of processors, in user and system mode together.
func CPU(command *exec.Cmd) time.Duration {
	if command.ProcessState == nil {
		return 0
	}
	return command.ProcessState.UserTime() + command.ProcessState.SystemTime()
}

// PeakBytes is the most memory that a running process has held at once: what Linux tells of it, 0 elsewhere. What rusage
// tells of a child that has ended is no use: it starts from the memory of its parent.
func PeakBytes(command *exec.Cmd) int64 {
	if command.Process == nil {
		return 0
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(command.Process.Pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err == nil {
				return kib << 10
			}
		}
	}
	return 0
}

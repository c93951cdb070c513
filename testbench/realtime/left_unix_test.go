//go:build unix

package realtime

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"eddy/testbench"
)

func TestNoProcessIsLeftBehind(t *testing.T) {
	out := measure(t, quick("child"))
	names, _ := filepath.Glob(filepath.Join(out.Meta.Dir, testbench.LogDir, "*.log"))
	if len(names) != 3 {
		t.Fatal(names)
	}
	for _, name := range names {
		text, _ := os.ReadFile(name)
		var pid int
		if _, err := fmt.Sscanf(string(text), "child %d", &pid); err != nil {
			t.Fatalf("%s: %q", name, text)
		}
		awaitEnd(t, pid)
	}
}

// awaitEnd waits until a process is gone, or dead and not waited for by whoever inherited it.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for range 200 {
		if syscall.Kill(pid, 0) == syscall.ESRCH {
			return
		}
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d of a node is still there", pid)
}

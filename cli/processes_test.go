package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/actor/node/journal"
	"eddy/internal/testscale"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/realtime"
)

// killedProcesses are what real processes are held to: five of them, on real files, killed together again and again.
var killedProcesses = []struct{ workload, strategy string }{
	{"g-counter", ""},
	{"pn-counter", "--strategy seq-kv --write behind"},
	{"lin-kv", ""},
	{"broadcast", ""},
	{"g-set", "--strategy paced"},
	{"kafka", ""},
	{"kafka", "--strategy owner"},
	{"unique-ids", "--strategy snowflake"},
}

func TestKillsOfAllProcessesLoseNothingThatIsOnADisk(t *testing.T) {
	t.Parallel()
	long(t)
	bin := filepath.Join(t.TempDir(), "eddy")
	if out, err := exec.Command("go", "build", "-o", bin, "eddy/cmd/eddy").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	// Whole only under EDDY_CHECK: it takes real time.
	cases, kills := killedProcesses[:testscale.Seeds(1, 1, uint64(len(killedProcesses)))], int(testscale.Seeds(3, 3, 20))
	for _, c := range cases {
		t.Run(c.workload+" "+c.strategy, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			o := testbench.Defaults(eddy.workloads)
			o.Workload, o.Seed, o.NodeCount, o.Rate, o.Concurrency = c.workload, 1, 5, 100, "100"
			o.TimeLimit, o.Recovery = time.Duration(2*kills)*time.Second, 6*time.Second
			o.Nemesis, o.NemesisInterval, o.Faults.Kill.Targets, o.Faults.Kill.Duration = []string{"kill"}, 1300*time.Millisecond, []string{"all"}, 100*time.Millisecond
			o.Bin, o.Args = bin, append([]string{"serve", c.workload, "--data", data}, strings.Fields(c.strategy)...)
			out := realtime.Run(o, realtime.Config{Store: t.TempDir()})
			if out.Err != nil {
				t.Fatal(out.Err)
			}
			killed := 0
			for _, op := range out.Run.History {
				if op.F == "kill" && strings.Contains(string(op.Value), "killed") {
					killed++
				}
			}
			if out.Results.Valid != checker.Valid || len(out.Results.Problems) > 0 || killed < kills || out.Results.Stats.OKCount < 30*kills {
				t.Errorf("%v after %d kills, %d operations succeeded: %+v, %+v", out.Results.Valid, killed, out.Results.Stats.OKCount, out.Results.Witnesses, out.Results.Problems)
			}
			for _, id := range o.Nodes() {
				all, err := os.ReadFile(filepath.Join(data, id+".journal"))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := journal.Read(id, all); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

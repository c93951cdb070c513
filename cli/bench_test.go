package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eddy/testbench"
	"eddy/testbench/sweep"
)

// swept runs `eddy bench` with arguments and gives the file it writes.
func swept(t *testing.T, args ...string) (sweep.Sweep, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sweep.csv")
	cmd := eddy.benchCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{"--quiet", "--csv", path}, args...))
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	s, err := sweep.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return s, string(text)
}

func TestSweepCoversTheGridAndSkipsWhatMakesNoSense(t *testing.T) {
	s, _ := swept(t, "broadcast", "--time-limit", "3", "--rate", "20", "--seeds", "3",
		"--vary", "strategy=batch,flood", "--vary-test", "node-count=2,5", "--vary", "interval=50ms,100ms")
	if len(s.Rows) != 8 {
		t.Fatalf("%d rows", len(s.Rows))
	}
	for _, r := range s.Rows {
		switch {
		case r.Values[0] == "flood":
			if !strings.Contains(r.Skipped, "--interval") {
				t.Errorf("%v is skipped for %q", r.Values, r.Skipped)
			}
		case r.Runs != 3 || r.Failed != 0 || !r.Measured() || !(r.Figures[sweep.MessagesPerOp].Mean > 0):
			t.Errorf("%+v", r)
		}
	}
	small, large := s.Rows[0].Figures[sweep.MessagesPerOp].Mean, s.Rows[2].Figures[sweep.MessagesPerOp].Mean
	if small >= large {
		t.Errorf("2 nodes cost %v messages an op, 5 cost %v: the flag of the test does not reach the run", small, large)
	}
}

func TestReplayedSweepIsTheSame(t *testing.T) {
	s, text := swept(t, "broadcast", "--challenge", "3b", "--time-limit", "3", "--seeds", "2", "--vary", "topology=star,line", "--", "--interval", "70ms")
	if strings.Join(s.Command, " ") != "broadcast --seed=1 --seeds=2 --challenge=3b --time-limit=3 --vary topology=star,line -- --interval 70ms" {
		t.Errorf("the command is %q", s.Command)
	}
	path := filepath.Join(t.TempDir(), "first.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, again := swept(t, "--replay", path, "--against", path); again != text {
		t.Errorf("first\n%s\nagain\n%s", text, again)
	}
}

func TestConfigurationsAreComparedAsWholes(t *testing.T) {
	s, text := swept(t, "broadcast", "--challenge", "3b", "--time-limit", "3", "--seeds", "2",
		"--config", "", "--config", "--strategy flood --topology line", "--vary", "mailbox=8,64")
	var points []string
	for _, r := range s.Rows {
		points = append(points, strings.Join(r.Values, " | "))
	}
	want := "(default) | 8, (default) | 64, --strategy flood --topology line | 8, --strategy flood --topology line | 64"
	if got := strings.Join(points, ", "); got != want {
		t.Errorf("the points are %s", got)
	}
	if batch, flood := s.Rows[0].Figures[sweep.MessagesPerOp].Mean, s.Rows[2].Figures[sweep.MessagesPerOp].Mean; batch >= flood {
		t.Errorf("batches cost %v messages an op, flooding %v: the configuration does not reach the nodes", batch, flood)
	}
	path := filepath.Join(t.TempDir(), "first.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, again := swept(t, "--replay", path); again != text {
		t.Errorf("first\n%s\nagain\n%s", text, again)
	}
}

func TestFlagsToVaryAreFoundByName(t *testing.T) {
	for _, c := range []struct {
		flag, value  string
		ofTest       bool
		wantOfTest   bool
		wantMistaken string
	}{
		{flag: "interval", value: "1s"},
		{flag: "topology", value: "star"},
		{flag: "topology", value: "line", ofTest: true, wantOfTest: true},
		{flag: "node-count", value: "5", wantOfTest: true},
		{flag: "intervall", wantMistaken: "--vary intervall: neither"},
		{flag: "seed", wantMistaken: "--vary seed: neither"},
		{flag: "interval", ofTest: true, wantMistaken: "--vary-test interval"},
	} {
		placed, err := eddy.placeAxes([]axis{{Axis: sweep.Axis{Flag: c.flag, Values: []string{c.value}}, ofTest: c.ofTest}}, &testbench.Options{Workload: "broadcast"})
		switch {
		case c.wantMistaken != "":
			if err == nil || !strings.Contains(err.Error(), c.wantMistaken) {
				t.Errorf("%s: %v", c.flag, err)
			}
		case err != nil || placed[0].ofTest != c.wantOfTest:
			t.Errorf("%s: %+v, %v", c.flag, placed, err)
		}
	}
	twice := []axis{{Axis: sweep.Axis{Flag: "interval"}}, {Axis: sweep.Axis{Flag: "interval"}}}
	if _, err := eddy.placeAxes(twice, &testbench.Options{Workload: "broadcast"}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("the same flag twice: %v", err)
	}
}

func TestPointLeavesTheBaseAlone(t *testing.T) {
	base := testbench.Defaults(eddy.workloads)
	base.Workload, base.Nemesis, base.Rate = "broadcast", []string{"partition"}, 33
	all := []axis{{Axis: sweep.Axis{Flag: "rate"}, ofTest: true}, {Axis: sweep.Axis{Flag: "mailbox"}}}
	o, strategy, err := eddy.atPoint(base, []string{"--strategy", "flood"}, all, []string{"7", "2"})
	if err != nil {
		t.Fatal(err)
	}
	if o.Rate != 7 || base.Rate != 33 || len(o.Nemesis) != 1 || strings.Join(strategy, " ") != "--strategy flood --mailbox=2" {
		t.Errorf("the point is %+v of %q", o, strategy)
	}
}

func TestReplayTakesNoOtherFlags(t *testing.T) {
	cmd := eddy.benchCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs([]string{"--replay", "x.csv", "--rate", "5"})
	if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), "--rate with --replay") {
		t.Errorf("the error is %v", err)
	}
}

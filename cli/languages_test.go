package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/testbench/sweep"
)

// wrongNodes are the nodes of examples/nodes, each correct once and wrong in three ways, and what the report must say: of
// a run that is invalid as what went wrong first, of one that is valid anywhere.
var wrongNodes = []struct {
	language, wrong string
	valid           checker.Verdict
	says            string
}{
	{"python", "", checker.Valid, "none lost"},
	{"python", "once", checker.Invalid, ", lost in a partition, and never again."},
	{"python", "print", checker.Invalid, "printed a line to stdout that is not a message"},
	{"python", "text", checker.Invalid, ", which is a string, where the client gave a number."},
	{"javascript", "", checker.Valid, "none lost"},
	{"javascript", "silent", checker.Invalid, "and never answered again: "},
	{"javascript", "string-ids", checker.Invalid, "which answers nothing: in_reply_to is not the integer 1."},
	{"javascript", "endless", checker.Valid, `nodes send without end: `},
	{"go", "", checker.Valid, "none lost"},
	{"go", "forget", checker.Invalid, ": it did not keep it."},
	{"go", "nobody", checker.Invalid, `sent a message to "n99", which does not exist`},
	{"go", "invented", checker.Valid, "1 value was shown by reads that nobody added: -1"},
	{"rust", "", checker.Valid, "none lost"},
	{"rust", "twice", checker.Valid, "a second time; the client took the first reply"},
	{"rust", "crash", checker.Invalid, "no room for value 20"},
	{"rust", "no-newline", checker.Invalid, "a second message stands on the same line; each message ends with a line feed"},
}

// nodeIn gives the command of a node of examples/nodes in a language, built if need be. It skips the test where the
// machine lacks what runs it.
func nodeIn(t *testing.T, language, dir string) (bin string, args []string) {
	t.Helper()
	sources, err := filepath.Abs(filepath.Join("..", "examples", "nodes", language))
	if err != nil {
		t.Fatal(err)
	}
	need := map[string]string{"python": "python3", "javascript": "node", "go": "go", "rust": "cargo"}[language]
	path, err := exec.LookPath(need)
	if err != nil {
		t.Skipf("%s is not installed", need)
	}
	var build *exec.Cmd
	switch language {
	case "python":
		return path, []string{filepath.Join(sources, "broadcast.py")}
	case "javascript":
		return path, []string{filepath.Join(sources, "broadcast.js")}
	case "go":
		bin = filepath.Join(dir, "broadcast")
		build = exec.Command(path, "build", "-o", bin, ".")
	case "rust":
		bin = filepath.Join(dir, "release", "broadcast")
		build = exec.Command(path, "build", "--release", "--quiet", "--locked", "--target-dir", dir)
	}
	build.Dir = sources
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the node in %s: %v\n%s", language, err, out)
	}
	return bin, nil
}

func TestNodesInFourLanguagesAreJudgedAndDiagnosed(t *testing.T) {
	if os.Getenv("EDDY_CHECK") == "" {
		t.Skip("takes real time; EDDY_CHECK=1 runs it")
	}
	t.Parallel()
	for _, language := range []string{"python", "javascript", "go", "rust"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			bin, args := nodeIn(t, language, t.TempDir())
			for _, c := range wrongNodes {
				if c.language == language {
					t.Run(c.wrong, func(t *testing.T) { checkNode(t, bin, args, c.wrong, c.valid, c.says) })
				}
			}
		})
	}
}

func checkNode(t *testing.T, bin string, args []string, wrong string, valid checker.Verdict, says string) {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit, o.Recovery, o.Topology, o.Seed = "broadcast", 3, 20, 5*time.Second, 4*time.Second, "total", 1
	o.ClientTimeout = time.Second // whoever stops answering has stopped for several of them
	if wrong == "once" {
		o.Nemesis, o.NemesisInterval = []string{"partition"}, time.Second
	}
	o.Bin, o.Args = bin, args
	if wrong != "" {
		o.Args = append(args[:len(args):len(args)], "--wrong", wrong)
	}
	meta := report.Meta{Flags: []string{"--bin", bin}, NodeOf: o.NodeOf()}
	out := realtime.Run(o, realtime.Config{Store: t.TempDir(), Meta: meta})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	explainTest(&out, false)
	var text bytes.Buffer
	if err := report.Terminal(&text, out.Results, out.Meta); err != nil {
		t.Fatal(err)
	}
	told := out.Meta.Cause
	if valid == checker.Valid {
		told = strings.Join(strings.Fields(text.String()), " ")
	}
	if out.Results.Valid != valid || !strings.Contains(told, says) {
		t.Errorf("%v, and no %q in %q; the report:\n%s", out.Results.Valid, says, told, text.String())
	}
}

func TestProcessesAreComparedByWhatTheyUse(t *testing.T) {
	if os.Getenv("EDDY_CHECK") == "" {
		t.Skip("takes real time; EDDY_CHECK=1 runs it")
	}
	t.Parallel()
	bin, args := nodeIn(t, "python", t.TempDir())
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit, o.Recovery, o.Bin = "broadcast", 2, 20, 2*time.Second, time.Second, bin
	run, err := eddy.builtinAt(o, args)
	if err != nil {
		t.Fatal(err)
	}
	out := run(1, nil)
	s := sweep.Measure(&out)
	if out.Err != nil || out.Results.Valid != checker.Valid || !(s[sweep.PerSecond] > 0) || !(s[sweep.RequestMedianMs] > 0) || !(s[sweep.CPUPerThousand] > 0) {
		t.Errorf("%v, %v, %v", out.Err, out.Results.Valid, s)
	}
	if runtime.GOOS == "linux" && !(s[sweep.PeakMiB] > 1) {
		t.Errorf("peak memory of a Python node: %v MiB", s[sweep.PeakMiB])
	}
}

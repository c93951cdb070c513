package wasi

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/virtual"
	"eddy/workload/builtin"
)

// host is the tests' own; programs are built and compiled once, and kept where a user's are.
var host = sync.OnceValues(func() (*Host, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	return NewHost(filepath.Join(cache, "eddy"))
})

var (
	loading sync.Mutex
	loaded  = map[string]*Program{}
)

// program builds and compiles a node of testdata.
func program(t testing.TB, name string) *Program {
	t.Helper()
	h, err := host()
	if err != nil {
		t.Fatal(err)
	}
	loading.Lock()
	defer loading.Unlock()
	if loaded[name] == nil {
		p, err := h.Load(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		loaded[name] = p
	}
	return loaded[name]
}

// options are those of a short run.
func options(workload string) testbench.Options {
	o := testbench.Defaults(builtin.Workloads())
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit, o.Seed = workload, 3, 20, 3*time.Second, 1
	o.LatencyMs = 10
	return o
}

// config runs programs as nodes.
func config(t testing.TB, o testbench.Options, c Config) virtual.Config {
	t.Helper()
	h, err := host()
	if err != nil {
		t.Fatal(err)
	}
	return virtual.Config{Start: h.Cluster(o.Nodes(), c).Start}
}

func run(t testing.TB, o testbench.Options, c Config) testbench.Outcome {
	t.Helper()
	return virtual.Run(o, config(t, o, c))
}

func wantValid(t *testing.T, out testbench.Outcome) {
	t.Helper()
	if out.Err != nil || out.Results.Valid != checker.Valid {
		t.Fatalf("err %v, valid %v, problems %v", out.Err, out.Results.Valid, out.Results.Problems)
	}
}

func TestNodeWithTheOfficialLibraryAnswers(t *testing.T) {
	wantValid(t, run(t, options("echo"), Config{Programs: []*Program{program(t, "echo")}}))
}

func TestNodeThatRetriesDeliversThroughLossAndPartitions(t *testing.T) {
	o := options("broadcast")
	o.Nemesis, o.NemesisInterval = []string{"partition", "loss"}, time.Second
	wantValid(t, run(t, o, Config{Programs: []*Program{program(t, "flood")}}))
}

func TestNodeThatSendsOnceLosesWhatTheNetworkLoses(t *testing.T) {
	o := options("broadcast")
	o.Loss = 0.5
	out := run(t, o, Config{Programs: []*Program{program(t, "flood")}, Args: []string{"-once"}})
	if got := virtual.Failure(&out); got != "values lost" {
		t.Errorf("failure %q, want values lost; err %v", got, out.Err)
	}
}

// record makes a run and gives what its nodes and clients sent, as bytes.
func record(t *testing.T, o testbench.Options, c Config) []byte {
	t.Helper()
	dir := t.TempDir()
	out := virtual.Record(dir, o, config(t, o, c), nil)
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	messages, err := os.ReadFile(filepath.Join(dir, testbench.MessagesFile))
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

func TestSameSeedGivesTheSameMessages(t *testing.T) {
	o := options("broadcast")
	o.Nemesis, o.NemesisInterval = []string{"partition", "loss", "duplicate", "reorder", "pause", "kill", "skew"}, time.Second
	c := Config{Programs: []*Program{program(t, "flood")}}
	want := record(t, o, c)
	if len(want) == 0 {
		t.Fatal("the run recorded no messages")
	}
	for _, name := range []string{"again", "beside others", "beside others too"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := record(t, o, c); !bytes.Equal(got, want) {
				t.Error(firstDifference(got, want))
			}
		})
	}
	another := o
	another.Seed = 2
	if bytes.Equal(record(t, another, c), want) {
		t.Error("another seed gave the same messages")
	}
}

// firstDifference shows the first message in which two runs differ.
func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "message " + g[i] + "\nwant    " + w[i]
		}
	}
	return "one run has more messages than the other"
}

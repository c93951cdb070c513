package cli

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/cli/cmdline"
	"eddy/internal/testscale"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/virtual"
	"eddy/workload/set"
)

// cluster runs a test of eddy's own nodes in virtual time. A strategy is
// written as on the command line, behind the --.
func cluster(t *testing.T, o testbench.Options, strategy string) testbench.Outcome {
	t.Helper()
	s, err := eddy.service(o.Workload)
	if err != nil {
		t.Fatal(err)
	}
	outcome := virtual.Run(o, virtual.Config{Start: func(w *actor.World, id string, out func([]byte)) virtual.Process {
		service, err := build(s, strings.Fields(strategy))
		if err != nil {
			t.Fatal(err)
		}
		return node.Simulate(w, id, service, func(l node.Line) { out(bytes.TrimSuffix(l.Data, []byte("\n"))) }, node.Options{})
	}})
	if outcome.Err != nil {
		t.Fatalf("%s, seed %d: %v", strategy, o.Seed, outcome.Err)
	}
	return outcome
}

// build is the service of flags as a command line gives them.
func build(s Service, args []string) (node.Service, error) {
	flags := cmdline.NewFlagSet(s.Workload.Name)
	service := s.Flags(flags)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	return service()
}

// challengeOptions are a challenge's flags as options.
func challengeOptions(t *testing.T, number string, seed uint64) (testbench.Options, challenge) {
	t.Helper()
	c, err := eddy.challenge(number)
	if err != nil {
		t.Fatal(err)
	}
	o := testbench.Defaults(eddy.workloads)
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	cmdline.Declare(flags, &o)
	if err := c.apply(flags); err != nil {
		t.Fatal(err)
	}
	o.Workload, o.Seed = c.workload, seed
	return o, c
}

func TestEveryChallengeIsMetInVirtualTime(t *testing.T) {
	t.Parallel()
	long(t)
	for _, number := range eddy.challengeNumbers() {
		for seed := range testscale.Seeds(0, 1, 3) {
			o, c := challengeOptions(t, number, seed)
			processes := seed == 0 // their strategy is held to the same targets; glomers_test.go has the other
			outcome := cluster(t, o, strings.Join(c.strategyOn(processes), " "))
			if outcome.Results.Valid != checker.Valid {
				t.Errorf("challenge %s, seed %d: %+v", number, seed, outcome.Results)
			}
			for _, target := range c.Targets {
				figure, _ := target.Measure(outcome.Results)
				t.Logf("challenge %s, seed %d: %s %.4g", number, seed, target.Name, figure)
				if !target.Met(outcome.Results) {
					t.Errorf("challenge %s, seed %d: %s is %.4g, not below %g", number, seed, target.Name, figure, target.Below)
				}
			}
		}
	}
}

// acknowledged are strategies that must get every value everywhere.
var acknowledged = []string{
	"--strategy flood",
	"--strategy flood --topology tree:3 --ack cumulative",
	"--strategy flood --topology given",
	"--strategy origin",
	"--strategy origin --ack cumulative",
	"--strategy detour --topology grid",
	"--strategy detour --ack cumulative",
	"--strategy batch",
	"--strategy batch --ack each",
	"--strategy batch --topology line --interval 100ms",
	"--strategy batch --topology clusters:3 --batch-bytes 8",
	"--strategy batch --topology mesh --mailbox 1",
	"--strategy batch --topology given --leaf-interval 50ms",
	"--strategy paced",
	"--strategy paced --interval 100ms --batch-bytes 8",
}

func TestAcknowledgedStrategiesLoseNothing(t *testing.T) {
	t.Parallel()
	seeds := uint64(6)
	if testing.Short() {
		seeds = 1
	}
	for _, workload := range []string{"broadcast", "g-set"} {
		for _, strategy := range acknowledged {
			if workload == "g-set" && strings.Contains(strategy, "given") {
				continue
			}
			t.Run(workload+" "+strategy, func(t *testing.T) {
				for seed := range seeds {
					r := rand.New(rand.NewPCG(seed, 1))
					o := testbench.Defaults(eddy.workloads)
					o.Workload, o.Seed, o.NodeCount = workload, seed, 1+r.IntN(9)
					o.Rate, o.TimeLimit, o.LatencyMs = 20, 15*time.Second, int64(r.IntN(100))
					o.LatencyDist = "exponential"
					o.Nemesis, o.NemesisInterval = []string{"partition"}, 3*time.Second
					o.Loss = 0.1
					outcome := cluster(t, o, strategy)
					set := outcome.Results.Workload.(*set.Results)
					if outcome.Results.Valid != checker.Valid || set.StableCount != set.AttemptCount || set.AttemptCount < 50 {
						t.Errorf("seed %d, %d nodes: %v, %d of %d values everywhere", seed, o.NodeCount, outcome.Results.Valid, set.StableCount, set.AttemptCount)
					}
				}
			})
		}
	}
}

// The claim above can fail: without acknowledgement a lossy network shows.
func TestUnacknowledgedStrategiesLoseWhatTheNetworkLoses(t *testing.T) {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Seed, o.NodeCount = "broadcast", 1, 5
	o.Rate, o.TimeLimit, o.Loss = 20, 10*time.Second, 0.1
	if outcome := cluster(t, o, "--strategy flood --topology line --ack none"); outcome.Results.Valid != checker.Invalid {
		t.Errorf("the run is %v", outcome.Results.Valid)
	}
}

func TestASeedFixesTheRun(t *testing.T) {
	for _, strategy := range []string{"--strategy batch", "--strategy detour --topology grid"} {
		var first string
		for range 2 {
			o, _ := challengeOptions(t, "3c", 11)
			history := fmt.Sprint(cluster(t, o, strategy).History)
			if first != "" && first != history {
				t.Errorf("%s: two runs of one seed differ", strategy)
			}
			first = history
		}
		o, _ := challengeOptions(t, "3c", 12)
		if fmt.Sprint(cluster(t, o, strategy).History) == first {
			t.Errorf("%s: two seeds give one run", strategy)
		}
	}
}

func TestOneStarCostsLittle(t *testing.T) {
	o, c := challengeOptions(t, "3d", 5)
	outcome := cluster(t, o, "--strategy batch --topology star")
	for _, target := range c.Targets {
		if !target.Met(outcome.Results) {
			t.Errorf("%s: missed", target.Name)
		}
	}
	if figure := *outcome.Results.Net.Servers.MsgsPerOp; figure > 3 {
		t.Errorf("%.2f server messages an op, want at most 3", float64(figure))
	}
}

package simtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/diagnosis"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
)

// tell reports a failing seed: it looks for a smaller run that fails in the same way, makes that again with its
// files, and says how to make it another time.
func (c *Cluster) tell(t testing.TB, r result) {
	t.Helper()
	o, began := c.options(r.seed), time.Now()
	smaller, _ := virtual.Shrink(o, shrinkTriesMax, func(o testbench.Options) bool {
		if time.Since(began) > shrinkTimeMax {
			return false
		}
		out, _ := c.run(o, "")
		return c.outcome(&out) == r.failure
	})
	t.Errorf("seed %d: %s\n%s\n%s", r.seed, r.failure, c.reported(t, smaller), replayCommand(t, o, smaller))
}

// reported makes a run with its files, and gives its report.
func (c *Cluster) reported(t testing.TB, o testbench.Options) string {
	dir := filepath.Join(os.TempDir(), "eddy-"+unfit.ReplaceAllString(t.Name(), "-")+"-"+strconv.FormatUint(o.Seed, 10))
	if err := os.RemoveAll(dir); err != nil {
		return err.Error()
	}
	out, _ := c.run(o, dir)
	if out.Err != nil {
		return out.Err.Error()
	}
	if out.Results.Valid == checker.Invalid {
		diagnosis.Of(dir, &out)
	}
	var text strings.Builder
	if err := report.Terminal(&text, out.Results, out.Meta); err != nil {
		return err.Error()
	}
	return text.String()
}

// unfit is what the name of a directory should not hold.
var unfit = regexp.MustCompile(`[^A-Za-z0-9_.]+`)

// replay makes the run of one seed, and reports it whatever it came to.
func (c *Cluster) replay(t testing.TB, seed uint64, smaller string) {
	t.Helper()
	o := c.options(seed)
	if err := makeSmaller(&o, smaller); err != nil {
		t.Fatalf("-eddy.smaller: %v", err)
	}
	out, _ := c.run(o, "")
	text := c.reported(t, o)
	if failed := c.outcome(&out); failed != "" {
		t.Errorf("seed %d: %s\n%s", seed, failed, text)
		return
	}
	t.Logf("seed %d is valid\n%s", seed, text)
}

// replayCommand is what makes the smaller run again.
func replayCommand(t testing.TB, o, smaller testbench.Options) string {
	// A subtest is named by its parts, each a pattern of its own.
	parts := strings.Split(t.Name(), "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	command := fmt.Sprintf("go test -run '%s' -eddy.seed=%d", strings.Join(parts, "/"), o.Seed)
	var changed []string
	note := func(differs bool, name, value string) {
		if differs {
			changed = append(changed, name+"="+value)
		}
	}
	note(o.NodeCount != smaller.NodeCount, "nodes", strconv.Itoa(smaller.NodeCount))
	note(o.TimeLimit != smaller.TimeLimit, "time-limit", smaller.TimeLimit.String())
	note(o.Rate != smaller.Rate, "rate", strconv.FormatFloat(smaller.Rate, 'g', -1, 64))
	note(o.Loss != smaller.Loss, "loss", strconv.FormatFloat(smaller.Loss, 'g', -1, 64))
	note(len(o.Nemesis) != len(smaller.Nemesis), "faults", strings.Join(smaller.Nemesis, "+"))
	if len(changed) > 0 {
		command += " -eddy.smaller=" + strings.Join(changed, ",")
	}
	return "replay: " + command
}

// makeSmaller changes options as replayCommand wrote them down.
func makeSmaller(o *testbench.Options, text string) error {
	if text == "" {
		return nil
	}
	for _, pair := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(pair, "=")
		var err error
		switch name {
		case "nodes":
			o.NodeCount, err = strconv.Atoi(value)
		case "time-limit":
			o.TimeLimit, err = time.ParseDuration(value)
		case "rate":
			o.Rate, err = strconv.ParseFloat(value, 64)
		case "loss":
			o.Loss, err = strconv.ParseFloat(value, 64)
		case "faults":
			if o.Nemesis = nil; value != "" {
				o.Nemesis = strings.Split(value, "+")
			}
		default:
			return fmt.Errorf("%q is none of nodes, time-limit, rate, loss, faults", name)
		}
		if err != nil {
			return fmt.Errorf("%s is %q, which makes no sense", name, value)
		}
	}
	return o.Validate()
}

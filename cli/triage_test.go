package cli

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/nemesis"
	"eddy/trace/drawing"
	"eddy/trace/picture"
)

func TestFailuresOfOneReasonAreOneGroup(t *testing.T) {
	why := map[uint64]string{
		3: reason("value 0, acknowledged by n0 at 0.000 s, never reached n4: link n1 -> n4 sent it in n1/4 at 0.049 s, lost in a partition."),
		5: reason("value 17, acknowledged by n12 at 3.250 s, never reached n1: link n2 -> n1 sent it in n2/433 at 3.3 s, lost in a partition."),
		7: reason("value 17, acknowledged by n2 at 3.250 s, never reached n1: link n2 -> n1 never sent it."),
	}
	failures := []verdict{{Seed: 3, Failure: "values lost"}, {Seed: 5, Failure: "values lost"}, {Seed: 7, Failure: "values lost"}, {Seed: 9, Failure: "stuck"}}
	groups := grouped(failures, why)
	if len(groups) != 3 || len(groups[0].seeds) != 2 || groups[0].seeds[1] != 5 {
		t.Fatalf("%+v", groups)
	}
	before := earlier{{"values lost", why[7]}: 4, {"values lost", "it was forgotten"}: 2}
	var told bytes.Buffer
	tellGroups(&told, groups, before, func(g *group) string { return "eddy sim" })
	for _, want := range []string{"2 runs, new: values lost: value _, acknowledged by n_", "seeds 3, 5", "1 run, still there (4 before): values lost", "gone: values lost: it was forgotten (2 before)", "      eddy sim"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("no %q in\n%s", want, &told)
		}
	}
}

func TestAFileOfAnEarlierSweepIsThatOfTheWorkload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sweep.json")
	for text, want := range map[string]string{"{}": "is no file", `{"workload":"kafka"}`: "its runs are of kafka, these of broadcast"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readEarlier(file, "broadcast"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestMutateTellsWhichFaultsNotice(t *testing.T) {
	targets, err := eddy.targets([]string{"unique-ids"}, []string{noBug, "forgets-starts"})
	if err != nil {
		t.Fatal(err)
	}
	own := mutateFlags{seeds: 5, seed: 1, quiet: true}
	columns := []string{noFault, nemesis.FaultKill, nemesis.FaultPause, allFaults}
	correct, wrong := own.notices(targets[0], columns, never), own.notices(targets[1], columns, never)
	if correct.any() {
		t.Errorf("without a mistake: %+v", correct)
	}
	if wrong.failed[noFault] != 0 || wrong.failed[nemesis.FaultPause] != 0 || wrong.failed[nemesis.FaultKill] == 0 {
		t.Errorf("ids that begin again after a kill: %+v", wrong)
	}
}

func TestTheMomentOfNoReturnOfALostValueIsWhenItsLastCopyIsLost(t *testing.T) {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit, o.LatencyMs, o.Seed = "broadcast", 3, 2, 3*time.Second, 50, 5
	o.Nemesis, o.NemesisInterval = []string{nemesis.FaultLoss}, time.Second
	o.Faults.Loss.Rate = 0.5
	store := t.TempDir()
	made := simulated(t, o, "--strategy flood --ack none --topology line").record(store, watch{})
	if !failed(&made) {
		t.Fatalf("the run is %v", made.Results.Valid)
	}
	again, err := eddy.madeAgain(made.Meta.Dir)
	if err != nil || again.command() != simulated(t, o, "--strategy flood --ack none --topology line").command() {
		t.Fatalf("%v, %s", err, again.command())
	}
	file := filepath.Join(store, "cause.json")
	if err := eddy.runCause(made.Meta.Dir, file, quiet); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), "lost") {
		t.Errorf("%v\n%s", err, text)
	}
	var page picture.Page
	page.Event(picture.Event{At: 10 * time.Second, Lane: picture.Lane{Node: "n0"}, Kind: "state"})
	var written bytes.Buffer
	if err := markFutures(&page, made.Meta.Dir, drawing.Span{}); err != nil || page.Write(&written) != nil {
		t.Fatal(err)
	}
	if shown := shownBy(t, written.String()); !strings.Contains(shown, "of 8 futures fail") || !strings.Contains(shown, "inevitable from ") {
		t.Errorf("the picture shows %s", shown)
	}
}

// shownBy is what a page shows, unpacked.
func shownBy(t *testing.T, page string) string {
	t.Helper()
	for _, packed := range regexp.MustCompile(`H4sI[A-Za-z0-9+/=]+`).FindAllString(page, -1) {
		data, err := base64.StdEncoding.DecodeString(packed)
		if err != nil {
			continue
		}
		zip, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			continue
		}
		text, err := io.ReadAll(zip)
		if err == nil {
			return string(text)
		}
	}
	t.Fatal("the page has no packed data")
	return ""
}

func TestOnlyASimulatedRunHasOtherFutures(t *testing.T) {
	dir := t.TempDir()
	if err := eddy.runCause(dir, "", quiet); err == nil || !strings.Contains(err.Error(), "is no run") {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, testbench.RunFile), []byte(`{"workload":"echo","engine":"built-in bench","nodes":1,"concurrency":"1n"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := eddy.runCause(dir, "", quiet); err == nil || !strings.Contains(err.Error(), "made on built-in bench") {
		t.Errorf("%v", err)
	}
}

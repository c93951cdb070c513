package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eddy/trace"
	"eddy/workload/set"
)

func TestThePictureOfAFailedRunSaysWhyAndNamesTheLostValues(t *testing.T) {
	s := simulated(t, faultyOptions(1), "--fault gives-up")
	out := s.record(t.TempDir(), watch{})
	s.explain(&out)
	run, err := trace.Open(out.Meta.Dir)
	if err != nil {
		t.Fatal(err)
	}
	lost := out.Results.Workload.(*set.Results).Lost
	title, v := verdictOf(run, eddy.workloads)
	if !strings.HasPrefix(title, "broadcast ") || v.Word != "invalid" || v.Heading != "Lost values" || v.Total != len(lost) {
		t.Errorf("%s: %+v, of %d lost values", title, v, len(lost))
	}
	if v.Cause == "" || v.Cause != out.Meta.Cause {
		t.Errorf("the cause is kept as %q, not %q", v.Cause, out.Meta.Cause)
	}
	for _, value := range lost {
		if !slices.Contains(v.Values, string(value)) {
			t.Errorf("lost value %s is not among %q", value, v.Values)
		}
	}

	// Moved out of the store, what a run was under is no longer known; how it was judged is.
	moved := filepath.Join(t.TempDir(), "kept")
	if err := os.Rename(out.Meta.Dir, moved); err != nil {
		t.Fatal(err)
	}
	run, err = trace.Open(moved)
	if err != nil {
		t.Fatal(err)
	}
	if _, again := verdictOf(run, eddy.workloads); again.Word != "invalid" || again.Cause != v.Cause {
		t.Errorf("moved elsewhere it is %+v", again)
	}
}

func TestThePictureOfAValidRunNamesNoValues(t *testing.T) {
	s := simulated(t, faultyOptions(1), "")
	out := s.record(t.TempDir(), watch{})
	s.explain(&out)
	run, err := trace.Open(out.Meta.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, v := verdictOf(run, eddy.workloads); v.Word != "valid" || !strings.HasSuffix(v.Reason, "none lost") || v.Cause != "" || len(v.Values) > 0 {
		t.Errorf("%+v", v)
	}
}

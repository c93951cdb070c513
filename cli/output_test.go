package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOutputsAreTriedAndLeftAsTheyAre(t *testing.T) {
	dir := t.TempDir()
	there, missing := filepath.Join(dir, "there"), filepath.Join(dir, "missing")
	if err := os.WriteFile(there, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := tryOutputs(there, missing, "", toStdout); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(there); err != nil || string(text) != "old" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if _, err := os.Stat(missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was left: %v", err)
	}
	if err := tryOutputs(filepath.Join(dir, "no", "such")); err == nil || !strings.HasPrefix(err.Error(), "the output cannot be written: open ") {
		t.Errorf("error %v", err)
	}
}

func TestVerdictOutlivesAnOutputThatCannotBeWritten(t *testing.T) {
	trouble := errors.New("no space left on device")
	if err := unwritten(statusError(1), trouble); err != statusError(1) {
		t.Errorf("of an invalid run: %v", err)
	}
	if err := unwritten(nil, trouble); err != trouble {
		t.Errorf("of a valid run: %v", err)
	}
}

func TestGlomersTakesAProgramForEachWorkload(t *testing.T) {
	own := glomersFlags{bins: []string{"broadcast=./b", "kafka=python3 'my k.py' -x"}}
	if err := eddy.placeBins(&own); err != nil {
		t.Fatal(err)
	}
	chosen, err := eddy.chosen(&own)
	if err != nil || len(chosen) != 8 || strings.Join(own.program(chosen[7]), "|") != "python3|my k.py|-x" {
		t.Errorf("%d challenges, %q, %v", len(chosen), own.programs, err)
	}
	for _, c := range []struct{ bin, want string }{
		{"kafak=./k", `there is no workload "kafak"; did you mean kafka?`},
		{"kafka=", "expected the path of a program"},
		{"kafka='x", "--bin kafka='x: "},
	} {
		if err := eddy.placeBins(&glomersFlags{bins: []string{c.bin}}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("--bin %s: %v", c.bin, err)
		}
	}
	if err := eddy.placeBins(&glomersFlags{bins: []string{"kafka=./k"}, args: []string{"-v"}}); err == nil || !strings.Contains(err.Error(), "give those of one workload's program with it") {
		t.Errorf("error %v", err)
	}
}

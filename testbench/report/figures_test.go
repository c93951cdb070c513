package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"eddy/testbench/checker"
)

func TestFractionsNeverRoundUpToAll(t *testing.T) {
	for fraction, want := range map[float32]string{1: "100 %", 0.999999: "99.99 %", 0.9: "90 %", 0.9312: "93.12 %", 0: "0 %"} {
		if got := Percent(fraction); got != want {
			t.Errorf("Percent(%v) = %s, want %s", fraction, got, want)
		}
	}
}

func TestTargetsNeedAMeasurement(t *testing.T) {
	target := ServerMessagesPerOp(30)
	if target.Met(checker.Results{}) {
		t.Error("a target was met that nothing measured")
	}
	at := float32(30)
	r := checker.Results{Net: &checker.Net{Servers: checker.NetFigures{MsgsPerOp: &at}, All: checker.NetFigures{MsgsPerOp: &at}}}
	if target.Met(r) {
		t.Error("30 passed for less than 30")
	}
	at = 29.9
	if !target.Met(r) {
		t.Error("29.9 did not pass for less than 30")
	}
}

func TestColoursAreForTerminals(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if paletteFor(file).on || paletteFor(&bytes.Buffer{}).on {
		t.Error("a file was taken for a terminal")
	}
	if got := (palette{on: true}).good("valid"); got != "\x1b[1;32mvalid\x1b[0m" {
		t.Errorf("painted %q", got)
	}
}

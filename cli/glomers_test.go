package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eddy/cli/builtin"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/report"
)

func TestEveryChallengeHasARowAndMeetsItsTargets(t *testing.T) {
	t.Parallel()
	long(t)
	path := filepath.Join(t.TempDir(), "rows.json")
	if err := eddy.runGlomers(&glomersFlags{engine: "sim", seed: 1, jsonFile: path, quiet: true}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var written struct {
		Rows []struct {
			Challenge string
			Valid     bool `json:"valid?"`
			Met       bool
			Targets   map[string]float64
			Measured  map[string]float64
		}
	}
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, row := range written.Rows {
		numbers = append(numbers, row.Challenge)
		if !row.Valid || !row.Met {
			t.Errorf("row %+v", row)
		}
		for key, bound := range row.Targets {
			if figure, known := row.Measured[key]; !known || figure >= bound {
				t.Errorf("challenge %s: %s is %v, known %v, of at most %v", row.Challenge, key, figure, known, bound)
			}
		}
	}
	if strings.Join(numbers, " ") != strings.Join(eddy.challengeNumbers(), " ") {
		t.Errorf("rows of %v", numbers)
	}
}

func TestMissedTargetIsNotMet(t *testing.T) {
	c, err := eddy.challenge("3d")
	if err != nil {
		t.Fatal(err)
	}
	c.Targets = []report.Target{report.ServerMessagesPerOp(0.01)}
	o, err := eddy.challengeOptions(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := eddy.newSimulation(o, nil, report.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	out := s.run()
	if row := rowOf(c, &out); row.Met || row.Valid != checker.Valid || row.status != 1 {
		t.Errorf("the row is %+v", row)
	}
	failed := testbench.Outcome{Err: os.ErrNotExist}
	if row := rowOf(c, &failed); row.Met || row.status != exitCouldNotRun || row.Failure != os.ErrNotExist.Error() {
		t.Errorf("the row of what could not run is %+v", row)
	}
}

func TestOnlyRefusesWhatIsNoChallenge(t *testing.T) {
	err := eddy.runGlomers(&glomersFlags{engine: "sim", only: []string{"3d", "7z"}, quiet: true})
	if err == nil || !strings.Contains(err.Error(), "7z") || !strings.Contains(err.Error(), "3e") {
		t.Errorf("the error is %v", err)
	}
	if err := eddy.runGlomers(&glomersFlags{engine: "abacus"}); err == nil || !strings.Contains(err.Error(), "abacus") {
		t.Errorf("the error is %v", err)
	}
}

func TestGlomersOfWorkloadsWithoutChallengesSaysSo(t *testing.T) {
	echo := builtin.Echo()
	echo.Workload.Challenges = nil
	p, err := newProgram([]Service{echo})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.chosen(&glomersFlags{}); err == nil || !strings.Contains(err.Error(), "there are no challenges: none of echo has any") {
		t.Error(err)
	}
}

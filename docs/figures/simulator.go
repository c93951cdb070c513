package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// simulator runs `eddy sim`, from a build of its own.
type simulator struct {
	program string
	scratch string
}

// results are those of a run that the table shows, under Maelstrom's keys.
type results struct {
	Net struct {
		Servers struct {
			MsgsPerOp float64 `json:"msgs-per-op"`
		} `json:"servers"`
	} `json:"net"`
	Availability struct {
		OKFraction float64 `json:"ok-fraction"`
	} `json:"availability"`
	Workload struct {
		AttemptCount int              `json:"attempt-count"`
		LostCount    int              `json:"lost-count"`
		Latencies    map[string]int64 `json:"stable-latencies"`
	} `json:"workload"`
}

func (s *simulator) build() error {
	build := exec.Command("go", "build", "-o", s.program, "./cmd/eddy")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	return build.Run()
}

// once makes one simulated run with 3d's flags. An invalid one is no error.
func (s *simulator) once(seed int, strategy []string, flags ...string) (results, error) {
	return s.measure([]string{"sim", "--no-store"}, seed, strategy, flags...)
}

// measure makes one run with 3d's flags, by the command that makes runs on an engine.
func (s *simulator) measure(engine []string, seed int, strategy []string, flags ...string) (results, error) {
	file := filepath.Join(s.scratch, "results.json")
	args := append(engine[:len(engine):len(engine)], "broadcast", "--challenge", "3d", "--seed", strconv.Itoa(seed))
	args = append(append(args, flags...), "--quiet", "--json", file)
	if len(strategy) > 0 {
		args = append(append(args, "--"), strategy...)
	}
	report, err := exec.Command(s.program, args...).CombinedOutput()
	exit := new(exec.ExitError)
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return results{}, fmt.Errorf("eddy %s: %w:\n%s", strings.Join(args, " "), err, report)
	}
	return readResults(file)
}

func readResults(file string) (results, error) {
	var r results
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	return r, err
}

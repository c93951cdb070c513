package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listStrategies are the rows of the table of txn-list-append, as flags behind the --.
var listStrategies = []string{
	"--strategy raft",
	"--strategy raft --batch 50ms",
	"--strategy chunks",
	"--strategy chunks --pause 40ms",
	"--strategy chunks --pause 160ms",
}

// listLimit is how long a run takes.
const listLimit = 20 * time.Second

// lists prints what the strategies of txn-list-append cost, with the flags of the
// challenge but for the faults and the concurrency.
func (s *simulator) lists() error {
	fmt.Println("| strategy flags | faults | clients | messages an op | ok | served a second | median | 99 % | longest |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, strategy := range listStrategies {
		for _, faults := range []string{"", "partition"} {
			for _, clients := range []string{"4n", "10n"} {
				row, err := s.list(strategy, faults, clients)
				if err != nil {
					return err
				}
				fmt.Printf("| `%s` | %s | %s %s\n", strategy, orNone(faults), clients, row)
			}
		}
	}
	return nil
}

func orNone(faults string) string {
	if faults == "" {
		return "none"
	}
	return faults
}

// list measures one strategy in several runs, each of which must be valid.
func (s *simulator) list(strategy, faults, clients string) (string, error) {
	var messages, ok float64
	var latencies []time.Duration
	for seed := 1; seed <= seeds; seed++ {
		args := []string{"sim", "txn-list-append", "--challenge", "list-append", "--nemesis=" + faults, "--concurrency", clients,
			"--time-limit", strconv.Itoa(int(listLimit.Seconds())), "--seed", strconv.Itoa(seed), "--quiet", "--store", s.scratch, "--"}
		args = append(args, strings.Fields(strategy)...)
		if report, err := exec.Command(s.program, args...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("eddy %s: %w:\n%s", strings.Join(args, " "), err, report)
		}
		r, err := readResults(filepath.Join(s.scratch, "latest", "results.json"))
		if err != nil {
			return "", err
		}
		messages += r.Net.Servers.MsgsPerOp / seeds
		ok += r.Availability.OKFraction / seeds
		if latencies, err = appendLatencies(latencies, filepath.Join(s.scratch, "latest", "history.jsonl")); err != nil {
			return "", err
		}
	}
	slices.Sort(latencies)
	at := func(q float64) int64 {
		return latencies[min(int(q*float64(len(latencies))), len(latencies)-1)].Milliseconds()
	}
	return fmt.Sprintf("| %.2f | %.2f %% | %.0f | %d ms | %d ms | %d ms |",
		messages, 100*ok, float64(len(latencies))/seeds/listLimit.Seconds(), at(0.5), at(0.99), at(1)), nil
}

// appendLatencies appends how long each operation of a history took that
// succeeded.
func appendLatencies(to []time.Duration, file string) ([]time.Duration, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	began := map[int]time.Duration{} // by process
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var op struct {
			Type    string
			Process json.RawMessage
			Time    time.Duration
		}
		if err := json.Unmarshal(lines.Bytes(), &op); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		process, err := strconv.Atoi(string(op.Process))
		if err != nil {
			continue // the nemesis
		}
		if op.Type == "invoke" {
			began[process] = op.Time
		} else if op.Type == "ok" {
			to = append(to, op.Time-began[process])
		}
	}
	return to, lines.Err()
}

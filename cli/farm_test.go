package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eddy/cli/builtin"
	"eddy/cli/cmdline"
)

// captured runs a command with one of the standard files in a file of its own, and gives what was written there.
func captured(t *testing.T, standard **os.File, args ...string) string {
	t.Helper()
	was := *standard
	file, err := os.Create(filepath.Join(t.TempDir(), "captured"))
	if err != nil {
		t.Fatal(err)
	}
	*standard = file
	Run(args, builtin.Services()...)
	*standard = was
	file.Close()
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// writtenBy is what a command writes to the terminal and to FILE, less where its runs were made.
func writtenBy(t *testing.T, line string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	shown := captured(t, &os.Stdout, strings.Fields(strings.ReplaceAll(line, "FILE", file))...)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(shown, ", over an embedded NATS server", "") + string(text)
}

func TestWorkersMakeTheSameSweepByteForByte(t *testing.T) {
	for _, line := range []string{
		"sim broadcast --node-count 3 --time-limit 2 --seed 1 --seeds 60 --quiet --json FILE",
		"sim broadcast --node-count 3 --time-limit 2 --seed 1 --seeds 60 --quiet --json FILE --p-loss 0.05 --no-store --no-shrink -- --strategy flood --ack none",
		"sim broadcast --node-count 3 --time-limit 2 --seed 1 --seeds 30 --quiet --json FILE --p-loss 0.05 --no-store --no-shrink --keep-going -- --strategy flood --ack none",
		"bench broadcast --node-count 3 --time-limit 2 --vary interval=50ms,200ms --vary strategy=batch,flood --quiet --csv FILE",
	} {
		elsewhere := strings.Replace(line, "--quiet", "--quiet --on embedded", 1)
		if here, there := writtenBy(t, line), writtenBy(t, elsewhere); here != there || !strings.Contains(here, "interval") && !strings.Contains(here, "broadcast") {
			t.Errorf("%s: here\n%s\non workers\n%s", line, here, there)
		}
	}
}

func TestAWorkerRunsNothingButFlagsOfItsOwnSimulator(t *testing.T) {
	s := faulty("broadcast", 1, "partition")
	good := cmdline.Arguments(s, nil)
	work := func(runs [][]string, seeds int) json.RawMessage {
		text, err := json.Marshal(sweepWork{Runs: runs, First: 1, Seeds: seeds})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if _, err := eddy.prepareSweep(work([][]string{good}, 1)); err != nil {
		t.Fatal(err)
	}
	for wrong, text := range map[string]json.RawMessage{
		"is not JSON":            json.RawMessage(`{"runs": [`),
		"no runs":                work(nil, 1),
		"no runs ":               work([][]string{good}, 0),
		"no workload":            work([][]string{{}}, 1),
		"expected one of":        work([][]string{{"rm -rf /"}}, 1),
		"runs no programs":       work([][]string{append([]string{"broadcast"}, "--bin", "/bin/sh")}, 1),
		"unknown flag":           work([][]string{append([]string{"broadcast"}, "--exec", "sh")}, 1),
		"means":                  work([][]string{append([]string{"broadcast"}, "--node-count=3")}, 1),
		"strategy flags of":      work([][]string{append([]string{"broadcast"}, "--", "--evil", "x")}, 1),
		"expected an integer":    work([][]string{append([]string{"broadcast"}, "--node-count", "1000000000")}, 1),
		"cannot unmarshal":       json.RawMessage(`{"runs": "sh", "seeds": 1}`),
		"is not JSON of a":       json.RawMessage(``),
		"there is no service \"": work([][]string{{"broadcast", "--latency", "1"}, {"no-such"}}, 1),
	} {
		_, err := eddy.prepareSweep(text)
		if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(wrong)) && !strings.Contains(err.Error(), "expected one of") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSlipsOfSweepsElsewhereSayWhatToDo(t *testing.T) {
	for line, want := range map[string]string{
		"sim broadcast --on nats://127.0.0.1:1 --seed 1":                            "go with --seeds",
		"sim broadcast --seeds 2 --nats-token x":                                    "goes with --on",
		"sim broadcast --seeds 2 --on embedded --resume abcdefgh":                   "resume sweeps on a server that stays",
		"sim broadcast --seeds 2 --on nats://127.0.0.1:1 --bin x.wasm":              "no program",
		"sim broadcast --seeds 2 --on nats://127.0.0.1:1":                           "no NATS server answers at nats://127.0.0.1:1",
		"bench broadcast --on nats://127.0.0.1:1 --engine builtin":                  "only runs in the simulator",
		"worker --nats nats://127.0.0.1:1":                                          "no NATS server answers at nats://127.0.0.1:1",
		"worker --nats nats://127.0.0.1:1 --listen 127.0.0.1:2":                     "leave one of them out",
		"worker --listen 0.0.0.0:0":                                                 "asks for no credentials",
		"worker --cores 0":                                                          "at least 1",
		"worker --nats nats://127.0.0.1:1 --nats-creds /nowhere":                    "credentials file cannot be read",
		"worker --nats nats://127.0.0.1:1 --nats-ca /nowhere":                       "authorities cannot be read",
		"worker --nats nats://eddy:secret@127.0.0.1:1":                              "no NATS server answers at nats://127.0.0.1:1",
		"worker --nats nats://127.0.0.1:1 --nats-cert /nowhere --nats-key /nowhere": "both of its files",
	} {
		if got := captured(t, &os.Stderr, strings.Fields(line)...); !strings.Contains(got, want) || strings.Contains(got, "secret") {
			t.Errorf("%s\nsays %swant %s", line, got, want)
		}
	}
}

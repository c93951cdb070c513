package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/actor/node"
	"eddy/cli/builtin"
	"eddy/cli/cmdline"
	"eddy/gossip"
	"eddy/remote"
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
		"sim broadcast --bin " + floodNode + " --node-count 3 --time-limit 2 --seed 1 --seeds 12 --quiet --json FILE --p-loss 0.3 --no-store --no-shrink --keep-going -- -once",
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
	preparing := &preparer{program: eddy}
	if _, err := preparing.sweep(work([][]string{good}, 1)); err != nil {
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
		_, err := preparing.sweep(text)
		if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(wrong)) && !strings.Contains(err.Error(), "expected one of") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAWorkerTakesProgramsForItsSimulatorByTheirHash(t *testing.T) {
	host, err := newWASIHost()
	if err != nil {
		t.Fatal(err)
	}
	code, err := host.Code(floodNode)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string][]byte{"good": code, "none": []byte("#!/bin/sh\necho evil\n")}
	preparing := &preparer{program: eddy, wasm: true, fetch: func(hash string) ([]byte, error) {
		if kept[hash] == nil {
			return nil, errors.New("the server does not have it")
		}
		return kept[hash], nil
	}}
	work := func(bin, path, hash string) json.RawMessage {
		o := faulty("broadcast", 1, "partition")
		o.Bin = bin
		text, err := json.Marshal(sweepWork{Runs: [][]string{cmdline.Arguments(o, []string{"-once"})}, First: 1, Seeds: 1, Programs: map[string]string{path: hash}})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	jobs, err := preparing.sweep(work("/elsewhere/flood", "/elsewhere/flood", "good"))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(jobs.Do(0)); strings.Contains(text, "could not run") {
		t.Error(text)
	}
	for want, text := range map[string]json.RawMessage{
		"the server does not have it":  work("/elsewhere/flood", "/elsewhere/flood", "other"),
		"the server does not have it ": work("/bin/sh", "/elsewhere/flood", "good"), // no file of the worker's is looked at
		"this is a script":             work("/bin/sh", "/bin/sh", "none"),
	} {
		if _, err := preparing.sweep(text); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%s: %v", text, err)
		}
	}
	preparing.wasm = false
	if _, err := preparing.sweep(work("/elsewhere/flood", "/elsewhere/flood", "good")); err == nil || !strings.Contains(err.Error(), "--allow-wasm") {
		t.Error(err)
	}
}

func TestSlipsOfSweepsElsewhereSayWhatToDo(t *testing.T) {
	for line, want := range map[string]string{
		"sim broadcast --on nats://127.0.0.1:1 --seed 1":                            "go with --seeds",
		"sim broadcast --seeds 2 --nats-token x":                                    "goes with --on",
		"sim broadcast --seeds 2 --on embedded --resume abcdefgh":                   "resume sweeps on a server that stays",
		"sim broadcast --seeds 2 --on nats://127.0.0.1:1 --bin x.wasm":              "no such file",
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

func TestSlipsOfNodesOverNATSSayWhatToDo(t *testing.T) {
	for line, want := range map[string]string{
		"test echo --engine builtin --on nats://127.0.0.1:1":                                   "--on goes with --engine nats",
		"test echo --engine builtin --nats-token x":                                            "--nats-token goes with --engine nats",
		"test echo --engine nats --on nats://127.0.0.1:1 --bin /bin/sh":                        "such as --bin sh",
		"worker --allow-bin /nowhere":                                                          "expected a directory of programs",
		"serve echo --id n1":                                                                   "without --cluster: name the cluster",
		"serve echo --cluster demo":                                                            "list all of them, this one too",
		"serve echo --cluster work --id n1 --nodes n1":                                         "choose another",
		"serve echo --cluster demo --id n2 --nodes n1":                                         "is not among the nodes n1",
		"serve echo --cluster demo --id c1 --nodes c1":                                         "those of clients begin with c",
		"serve echo --cluster demo --id n1 --nodes n1 --nats nats://127.0.0.1:1":               "no NATS server answers",
		"serve echo --cluster demo --id n1 --nodes n1 --nats nats://127.0.0.1:1 --nats-data x": "leave one of them out",
		"serve echo --cluster demo --id n1 --nodes n1 --listen 0.0.0.0:0":                      "asks for no credentials",
		"serve echo --nats nats://127.0.0.1:1":                                                 "without --cluster",
		`call demo n1`:                                                                         "takes a cluster, a node and a body",
		`call demo n1 {"type"`:                                                                 "the body is not JSON",
		`call demo n1 {"type":"read"} --nats nats://127.0.0.1:1`:                               "no NATS server answers",
		`call demo n.1 {"type":"read"} --nats nats://127.0.0.1:1`:                              "no NATS server answers",
	} {
		if got := captured(t, &os.Stderr, strings.Fields(line)...); !strings.Contains(got, want) {
			t.Errorf("%s\nsays %swant %s", line, got, want)
		}
	}
}

func TestAServiceOverNATSIsAskedFromTheCommandLine(t *testing.T) {
	server, err := remote.Serve(remote.ServerOptions{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	ids := []string{"n1", "n2"}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	for _, id := range ids {
		conn, err := remote.Connect(remote.Access{URL: server.URL()})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		setup, err := setupOf(builtin.Broadcast().Workload, id, ids)
		if err != nil {
			t.Fatal(err)
		}
		ready := make(chan string, 1)
		go func() {
			_, err := conn.Serve(ctx, remote.Node{Cluster: "demo", ID: id, Nodes: ids, Setup: setup, Say: func(text string) { ready <- text },
				Run: func(in io.Reader, out io.Writer) error {
					return node.Run(gossip.Broadcast(gossip.Config{Dissemination: gossip.Flood, Topology: "given"}), node.Options{In: in, Out: out})
				}})
			ended <- err
		}()
		if text := <-ready; !strings.Contains(text, "is ready") {
			t.Error(text)
		}
	}
	call := func(node, body string) string {
		return captured(t, &os.Stdout, "call", "demo", node, body, "--nats", server.URL())
	}
	if got := call("n1", `{"type": "broadcast", "message": 7}`); got != "{\"type\":\"broadcast_ok\"}\n" {
		t.Error(got)
	}
	for until := time.Now().Add(time.Minute); call("n2", `{"type": "read"}`) != "{\"type\":\"read_ok\",\"messages\":[7]}\n"; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the value never came to n2")
		}
	}
	if got := captured(t, &os.Stderr, "call", "demo", "n3", `{"type": "read"}`, "--nats", server.URL()); !strings.Contains(got, "start it with eddy serve SERVICE --cluster demo --id n3") {
		t.Error(got)
	}
	cancel()
	for range ids {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestAWorkerIsANodeOfItsOwnServicesAndOfWhatIsAllowed(t *testing.T) {
	dir, bare := t.TempDir(), eddy.awayCommands("")
	for name, mode := range map[string]os.FileMode{"mynode": 0o755, "text": 0o644} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/bin/sh", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	allows := eddy.awayCommands(dir)
	command, err := allows(json.RawMessage(`{"bin":"mynode","args":["--x"],"env":["EDDY_TRACE=full"]}`))
	if err != nil || command.Path != filepath.Join(dir, "mynode") || len(command.Args) != 2 {
		t.Errorf("%v, %v", command, err)
	}
	command, err = bare(json.RawMessage(`{"workload":"broadcast","args":["--strategy","flood","--data","d"]}`))
	if err != nil || strings.Join(command.Args[1:], " ") != "serve broadcast --strategy flood --data d" {
		t.Errorf("%v, %v", command, err)
	}
	for want, work := range map[string]string{
		"is not JSON":                     `sh -c evil`,
		"there is no service":             `{"workload":"sh -c evil"}`,
		"strategy flags of broadcast":     `{"workload":"broadcast","args":["--evil"]}`,
		"strategy flags of broadcast ":    `{"workload":"broadcast","args":["--cluster","demo"]}`,
		"is no flag":                      `{"workload":"broadcast","args":["sh"]}`,
		"expected a relative path":        `{"workload":"broadcast","args":["--data","/etc"]}`,
		"expected a relative path, withi": `{"workload":"broadcast","args":["--data","../../x"]}`,
		"only EDDY_TRACE may":             `{"workload":"broadcast","env":["LD_PRELOAD=/tmp/evil.so"]}`,
	} {
		if _, err := bare(json.RawMessage(work)); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%s: %v", work, err)
		}
	}
	if _, err := bare(json.RawMessage(`{"bin":"mynode"}`)); err == nil || !strings.Contains(err.Error(), "its owner allows more with --allow-bin DIR") {
		t.Error(err)
	}
	for want, bin := range map[string]string{"expected a name": "/bin/sh", "expected a name in": "../mynode", "expected a name ": "..", "is not in the": "sh", "is no executable": "text", "no executable file": "link"} {
		if _, err := allows(json.RawMessage(`{"bin":"` + bin + `"}`)); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%s: %v", bin, err)
		}
	}
}

func TestNodesOnWorkersGetTheVerdictsOfProcessesHere(t *testing.T) {
	if testing.Short() {
		t.Skip("takes real time")
	}
	t.Parallel()
	bin := filepath.Join(t.TempDir(), "eddy")
	if out, err := exec.Command("go", "build", "-o", bin, "eddy/cmd/eddy").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	worker := exec.Command(bin, "worker", "--listen", "127.0.0.1:0", "--name", "one", "--allow-bin", filepath.Dir(bin))
	said, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	url := ""
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Worker one") {
		url = strings.TrimSuffix(strings.Fields(lines.Text())[3], ",")
	}
	second := exec.Command(bin, "worker", "--nats", url, "--name", "two", "--allow-bin", filepath.Dir(bin))
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, w := range []*exec.Cmd{second, worker} {
			_ = w.Process.Signal(os.Interrupt)
			_ = w.Wait()
		}
	})
	elsewhere := "--engine nats --on " + url
	for _, c := range []struct {
		line, engine, says string
		status             int
	}{
		{"broadcast --node-count 3 --concurrency 2n --rate 30 --time-limit 3 --recovery 2s --latency 5 --nemesis partition,loss,kill,pause --kill-targets one --pause-targets one --nemesis-interval 1.2 -- --data d --interval 50ms",
			elsewhere, "on NATS, nodes on one, two", 0},
		{"broadcast --node-count 3 --rate 20 --time-limit 2 --recovery 1s --p-loss 0.5 -- --strategy flood --ack none", elsewhere, "broadcast: invalid", 1},
		{"broadcast --node-count 3 --rate 20 --time-limit 2 --recovery 1s --p-loss 0.5 -- --strategy flood --ack none", "--engine builtin", "broadcast: invalid", 1},
		{"echo --node-count 2 --time-limit 1 --recovery 0s --bin eddy -- serve echo", elsewhere, "echo: valid", 0},
		{"echo --node-count 2 --time-limit 1 --recovery 0s --bin nothing", elsewhere, "is not in the --allow-bin directory", 2},
		{"echo --node-count 2 --time-limit 1 --recovery 0s --bin " + bin, elsewhere, "give its name there, such as --bin eddy", 2},
		{"echo --node-count 2 --time-limit 1 --recovery 0s --bin " + bin + " -- serve echo", "--engine nats", "nodes on this machine", 0},
	} {
		test := exec.Command(bin, strings.Fields("test --quiet --seed 3 "+c.engine+" "+c.line)...)
		test.Dir = t.TempDir()
		out, _ := test.CombinedOutput()
		if status := test.ProcessState.ExitCode(); status != c.status || !strings.Contains(string(out), c.says) {
			t.Errorf("%s %s: status %d\n%s", c.line, c.engine, status, out)
		}
	}
}

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// sizesDefault are the clusters of the table.
var sizesDefault = []string{"10", "100", "1000", "10000"}

// sizeRows are the strategies, {root} for the root of the number of nodes; the
// last is left out of the largest clusters, where it takes the better part of an
// hour.
var sizeRows = []string{
	"",
	"--topology star --interval 250ms",
	"--topology star --interval 500ms",
	"--topology tree:{root} --interval 250ms",
	"--topology clusters:{root} --interval 250ms",
	"--topology clusters:{root} --interval 500ms",
	"--topology clusters:{root} --interval 1s",
	pushOnly,
}

// pushOnly is what a Plumtree costs at least: its eager pushes, without the lazy
// ones, without acknowledgements and without what a repair takes.
const pushOnly = "--strategy flood --topology tree:4 --ack none"

const pushOnlyMax = 1000

// sizes prints what strategies cost in clusters of several sizes.
func (s *simulator) sizes(clusters []string) error {
	if len(clusters) == 0 {
		clusters = sizesDefault
	}
	fmt.Println("| nodes | strategy flags | messages an op | median | max | lost | busiest node sends, a second | processor time | memory |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, cluster := range clusters {
		nodes, err := strconv.Atoi(cluster)
		if err != nil || nodes < 1 {
			return fmt.Errorf("%q: expected a number of nodes", cluster)
		}
		for _, row := range sizeRows {
			if row == pushOnly && nodes > pushOnlyMax {
				continue
			}
			if err := s.size(nodes, strings.ReplaceAll(row, "{root}", strconv.Itoa(root(nodes)))); err != nil {
				return err
			}
		}
	}
	return nil
}

// root is the square root, rounded up.
func root(n int) int {
	r := 1
	for r*r < n {
		r++
	}
	return r
}

// size makes one run, with the files that a run leaves, and prints its row.
func (s *simulator) size(nodes int, strategy string) error {
	store, file := filepath.Join(s.scratch, "store"), filepath.Join(s.scratch, "results.json")
	defer os.RemoveAll(store)
	args := append([]string{"sim", "broadcast", "--node-count", strconv.Itoa(nodes), "--rate", "100", "--time-limit", "20",
		"--latency", "100", "--seed", "1", "--store", store, "--quiet", "--json", file, "--"}, strings.Fields(strategy)...)
	command := exec.Command(s.program, args...)
	report, err := command.CombinedOutput()
	exit := new(exec.ExitError)
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return fmt.Errorf("eddy %s: %w:\n%s", strings.Join(args, " "), err, report)
	}
	r, err := readResults(file)
	if err != nil {
		return err
	}
	busiest, err := busiest(filepath.Join(store, "latest", "messages.jsonl"))
	if err != nil {
		return err
	}
	name := "(none: the default)"
	if strategy != "" {
		name = "`" + strategy + "`"
	}
	fmt.Printf("| %d | %s | %.3g | %d ms | %d ms | %d | %.0f | %.1f s | %s |\n", nodes, name, r.Net.Servers.MsgsPerOp,
		r.Workload.Latencies["0.5"], r.Workload.Latencies["1"], r.Workload.LostCount, busiest, processor(command.ProcessState).Seconds(), memory(command.ProcessState))
	return nil
}

// processor is how long a process had a processor, all its threads together: on
// two cores with nothing else to do a little more than the run takes.
func processor(p *os.ProcessState) time.Duration { return p.UserTime() + p.SystemTime() }

// memory is the most that a process has used.
func memory(p *os.ProcessState) string {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return "?"
	}
	return fmt.Sprintf("%.2f GiB", float64(usage.Maxrss)/(1<<20)) // Linux counts in KiB
}

// loadFrom and loadTo bound the seconds of the run that busiest looks at: those
// with operations.
const (
	loadFrom = 1 * time.Second
	loadTo   = 20 * time.Second
)

// busiest is how many messages to other nodes the node that sends the most of
// them sends a second.
func busiest(messages string) (float64, error) {
	file, err := os.Open(messages)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	sent := make(map[string]int)
	most := 0
	lines := bufio.NewReaderSize(file, 1<<20)
	for {
		line, err := lines.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) { // the rest of a long body
			_, err = lines.ReadSlice('\n')
		}
		if err != nil {
			break
		}
		src, counts := sender(line)
		if counts {
			sent[src]++
			most = max(most, sent[src])
		}
	}
	return float64(most) / (loadTo - loadFrom).Seconds(), nil
}

// sender is the node that sends by this line of messages.jsonl to another.
func sender(line []byte) (src string, counts bool) {
	text, isSend := bytes.CutPrefix(line, []byte(`{"time":`))
	at, text, _ := bytes.Cut(text, []byte(`,"type":"send",`))
	ns, err := strconv.ParseInt(string(at), 10, 64)
	if !isSend || err != nil || time.Duration(ns) < loadFrom || time.Duration(ns) >= loadTo {
		return "", false
	}
	_, text, _ = bytes.Cut(text, []byte(`"src":"`))
	from, text, _ := bytes.Cut(text, []byte(`","dest":"`))
	to, _, _ := bytes.Cut(text, []byte(`"`))
	return string(from), bytes.HasPrefix(from, []byte("n")) && bytes.HasPrefix(to, []byte("n"))
}

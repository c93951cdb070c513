// Command figures measures every strategy that docs/broadcast.md tells of, and
// prints them as a Markdown table:
//
//	go run ./docs/figures
//
// It runs `eddy sim` with 3d's flags, several seeds a strategy: calm, with
// partitions, and with messages lost. Virtual time makes it quick, and its
// figures the same on every machine.
//
//	go run ./docs/figures engines
//
// holds the simulator against the built-in bench, strategy by strategy. The
// built-in bench takes real time, so that takes some minutes, and a machine with
// nothing else to do.
//
//	go run ./docs/figures sizes [nodes ...]
//
// measures strategies in clusters of 10 to 10,000 nodes, or of those sizes, with
// the time and the memory that the simulator takes for each.
//
//	go run ./docs/figures lists
//
// measures the strategies of txn-list-append, for docs/list-append.md.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// seeds is how many runs are made of each row and column.
const seeds = 5

// strategies are the rows of the table, as flags behind the --.
var strategies = []string{
	"",
	"--interval 1s --leaf-interval 300ms",
	"--strategy paced",
	"--strategy paced --interval 1700ms",
	"--ack each",
	"--topology tree:4",
	"--topology clusters:5",
	"--topology mesh",
	"--strategy flood",
	"--strategy flood --ack none",
	"--strategy flood --topology tree:4",
	"--strategy flood --topology tree:4 --ack cumulative",
	"--strategy flood --topology tree:4 --ack none",
	"--strategy origin",
	"--strategy origin --ack cumulative",
	"--strategy origin --ack none",
	"--strategy detour",
	"--strategy detour --ack none",
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run() error {
	scratch, err := os.MkdirTemp("", "eddy-figures")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	s := simulator{program: filepath.Join(scratch, "eddy"), scratch: scratch}
	if err := s.build(); err != nil {
		return err
	}
	if len(os.Args) > 1 {
		switch {
		case os.Args[1] == "sizes":
			return s.sizes(os.Args[2:])
		case os.Args[1] == "engines" && len(os.Args) == 2:
			return s.engines()
		case os.Args[1] == "lists" && len(os.Args) == 2:
			return s.lists()
		}
		return fmt.Errorf("%q: the only arguments there are are engines, lists, and sizes with numbers of nodes", os.Args[1:])
	}
	fmt.Println("| strategy flags | messages an op | median | max | lost in partitions | lost where 5 % of messages are |")
	fmt.Println("| --- | --- | --- | --- | --- | --- |")
	for _, strategy := range strategies {
		row, err := s.row(strings.Fields(strategy))
		if err != nil {
			return err
		}
		name := "(none: the default)"
		if strategy != "" {
			name = "`" + strategy + "`"
		}
		fmt.Printf("| %s %s\n", name, row)
	}
	return nil
}

// row measures one strategy.
func (s *simulator) row(strategy []string) (string, error) {
	calm, err := s.runs(strategy)
	if err != nil {
		return "", err
	}
	cut, err := s.runs(strategy, "--nemesis", "partition")
	if err != nil {
		return "", err
	}
	lossy, err := s.runs(strategy, "--p-loss", "0.05")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("| %.2f | %d ms | %d ms | %s | %s |",
		calm.messages, calm.median, calm.max, cut.loss(), lossy.loss()), nil
}

// summary is several runs of one strategy under the same flags.
type summary struct {
	messages    float64 // an op between nodes, mean
	median      int64   // of the stable latencies in ms, mean
	max         int64   // of the stable latencies in ms, the largest
	added, lost int
}

func (s *summary) loss() string {
	if s.lost == 0 {
		return "0"
	}
	return fmt.Sprintf("%d of %d", s.lost, s.added)
}

func (s *simulator) runs(strategy []string, flags ...string) (summary, error) {
	var all summary
	for seed := 1; seed <= seeds; seed++ {
		r, err := s.once(seed, strategy, flags...)
		if err != nil {
			return all, err
		}
		all.messages += r.Net.Servers.MsgsPerOp / seeds
		all.median += r.Workload.Latencies["0.5"]
		all.max = max(all.max, r.Workload.Latencies["1"])
		all.added += r.Workload.AttemptCount
		all.lost += r.Workload.LostCount
	}
	all.median /= seeds
	return all, nil
}

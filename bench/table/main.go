// Command table turns the output of benchmarks that hold Eddy beside others (bench/codec, bench/peers), on its standard
// input, into one Markdown table a benchmark: a row for each rival, a column for each line of work.
//
//	go test -run '^$' -bench . | go run eddy/bench/table -own eddy
//
// A cell is the time of one operation, its ratio to Eddy's own row and the allocations; or, where the benchmark
// reports it, the bytes of an actor and that ratio. Of the repetitions of a figure the least counts: what else runs
// on the machine only ever adds.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	own := flag.String("own", "eddy", "the row that others are held against")
	flag.Parse()
	r := results{own: *own, lines: map[string][]string{}, rivals: map[string][]string{}, cells: map[string]cell{}}
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "table: reading the benchmarks' output:", err)
		os.Exit(2)
	}
	for _, benchmark := range r.benchmarks {
		r.print(os.Stdout, benchmark)
	}
}

// cell is one figure.
type cell struct {
	ns     float64
	allocs int
	bytes  float64 // of an actor; 0 where the benchmark is one of times
}

// results are the figures by "benchmark/line/rival", and the names in the order in which they came: the lines
// and the rivals by their benchmark.
type results struct {
	own           string
	benchmarks    []string
	lines, rivals map[string][]string
	cells         map[string]cell
}

// figure is a line such as "BenchmarkDecode/echo/eddy-wire-2  100  512 ns/op  0 B/op  0 allocs/op".
var figure = regexp.MustCompile(`^Benchmark(\w+)/([^/\s]+)/(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op(?:\s+([\d.]+) B/actor)?.*\s(\d+) allocs/op`)

func (r *results) read(in io.Reader) error {
	scanner := bufio.NewScanner(in)
	for scanner.Scan() {
		m := figure.FindStringSubmatch(scanner.Text())
		if m == nil {
			continue
		}
		ns, err := strconv.ParseFloat(m[4], 64)
		if err != nil {
			return err
		}
		bytes, _ := strconv.ParseFloat(m[5], 64) // 0 where there is none
		allocs, err := strconv.Atoi(m[6])
		if err != nil {
			return err
		}
		r.benchmarks = with(r.benchmarks, m[1])
		r.lines[m[1]] = with(r.lines[m[1]], m[2])
		r.rivals[m[1]] = with(r.rivals[m[1]], m[3])
		key := strings.Join(m[1:4], "/")
		if known, ok := r.cells[key]; ok {
			ns, allocs, bytes = min(ns, known.ns), min(allocs, known.allocs), min(bytes, known.bytes)
		}
		r.cells[key] = cell{ns, allocs, bytes}
	}
	return scanner.Err()
}

func with(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

func (r *results) print(out io.Writer, benchmark string) {
	lines := r.lines[benchmark]
	fmt.Fprintf(out, "| %s | %s |\n|%s\n", benchmark, strings.Join(lines, " | "), strings.Repeat(" --- |", len(lines)+1))
	for _, rival := range r.rivals[benchmark] {
		fmt.Fprintf(out, "| %s |", rival)
		for _, line := range lines {
			fmt.Fprintf(out, " %s |", r.text(benchmark, line, rival))
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out)
}

// text is a cell in words: "512ns · 1 · 0", "3366 B · 1".
func (r *results) text(benchmark, line, rival string) string {
	c, ok := r.cells[benchmark+"/"+line+"/"+rival]
	if !ok {
		return ""
	}
	own, compared := r.cells[benchmark+"/"+line+"/"+r.own]
	switch {
	case compared && c.bytes > 0:
		return fmt.Sprintf("%.0f B · %.2g", c.bytes, c.bytes/own.bytes)
	case compared:
		return fmt.Sprintf("%s · %.2g · %d", duration(c.ns), c.ns/own.ns, c.allocs)
	}
	return fmt.Sprintf("%s · %d", duration(c.ns), c.allocs)
}

// duration is a time to three digits.
func duration(ns float64) string {
	unit := time.Duration(1)
	for ns/float64(unit) >= 1000 {
		unit *= 10
	}
	return time.Duration(ns).Round(max(unit, 1)).String()
}

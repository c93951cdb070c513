package sweep

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

// The file of a sweep is CSV after one line of comment, which holds the
// arguments that make the sweep again as a JSON array:
//
//	# eddy bench ["broadcast","--vary","interval=50ms,100ms","--seed","1"]
//	interval,messages_per_op,messages_per_op_ci95,median_ms,median_ms_ci95,max_ms,max_ms_ci95,runs,invalid,note
//	50ms,2.31,0.04,122,1.2,301,4.1,5,0,
//
// A ci95 is half the width of the interval. What was not measured is empty; a
// point that was skipped has no runs and the reason as its note.

const commandPrefix = "# eddy bench "

var figureColumns = [figures]string{
	"messages_per_op", "median_ms", "max_ms", "request_median_ms", "request_p99_ms", "ops_per_second", "cpu_s_per_1000_ops", "peak_mib", "excess_p95_ms",
}

const intervalSuffix = "_ci95"

// trailing columns, after the figures.
var trailing = []string{"runs", "invalid", "note"}

// WriteCSV writes the file.
func (s Sweep) WriteCSV(w io.Writer) error {
	command, err := json.Marshal(s.Command)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s%s\n", commandPrefix, command)
	out := csv.NewWriter(&text)
	var header []string
	for _, axis := range s.Axes {
		header = append(header, axis.Flag)
	}
	for _, f := range Figures() {
		header = append(header, figureColumns[f], figureColumns[f]+intervalSuffix)
	}
	_ = out.Write(append(header, trailing...)) // a bytes.Buffer takes everything
	for _, r := range s.Rows {
		record := slices.Clone(r.Values)
		for _, f := range Figures() {
			record = append(record, cell(r.Figures[f].Mean, r.Figures[f].N, 1), cell(r.Figures[f].Half, r.Figures[f].N, 2))
		}
		note := r.Failure
		if r.Skipped != "" {
			note = r.Skipped
		}
		_ = out.Write(append(record, strconv.Itoa(r.Runs), strconv.Itoa(r.Failed), note))
	}
	out.Flush()
	_, err = w.Write(text.Bytes())
	return err
}

// cell writes a number that at least so many measurements give.
func cell(x float64, n, atLeast int) string {
	if n < atLeast || math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// ReadFile reads the file of a sweep.
func ReadFile(path string) (Sweep, error) {
	file, err := os.Open(path)
	if err != nil {
		return Sweep{}, fmt.Errorf("read a sweep: %w", err)
	}
	defer file.Close()
	s, err := Read(file)
	if err != nil {
		return Sweep{}, fmt.Errorf("read a sweep from %s: %w", path, err)
	}
	return s, nil
}

// Read is the inverse of WriteCSV. Of the axes it gives only values that some
// row has.
func Read(r io.Reader) (Sweep, error) {
	var s Sweep
	in := bufio.NewReader(r)
	first, err := in.ReadString('\n')
	command, ours := strings.CutPrefix(first, commandPrefix)
	if err != nil || !ours {
		return s, fmt.Errorf("the first line is not %q and arguments: was it written by eddy bench --csv?", strings.TrimSpace(commandPrefix))
	}
	if err := json.Unmarshal([]byte(command), &s.Command); err != nil {
		return s, fmt.Errorf("the arguments in the first line: %w", err)
	}
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return s, err
	}
	if len(records) == 0 {
		return s, fmt.Errorf("there are no columns")
	}
	columns, known := columnsOf(records[0])
	if !known {
		return s, fmt.Errorf("the columns are not those of a sweep: expected axes, then %s and so on", figureColumns[0])
	}
	for _, flag := range records[0][:columns.axes] {
		s.Axes = append(s.Axes, Axis{Flag: flag})
	}
	for i, record := range records[1:] {
		row, err := parseRow(record, columns)
		if err != nil {
			return s, fmt.Errorf("point %d: %w", i+1, err)
		}
		for a, value := range row.Values {
			if !slices.Contains(s.Axes[a].Values, value) {
				s.Axes[a].Values = append(s.Axes[a].Values, value)
			}
		}
		s.Rows = append(s.Rows, row)
	}
	return s, nil
}

// columns are where things stand in a file. One that was written before there was a figure lacks its columns.
type columns struct {
	axes     int
	figures  [figures]int // 0 for those that it lacks
	trailing int
}

func columnsOf(header []string) (columns, bool) {
	c := columns{axes: slices.Index(header, figureColumns[0]), trailing: len(header) - len(trailing)}
	if c.axes < 0 || c.trailing < c.axes || !slices.Equal(header[c.trailing:], trailing) {
		return c, false
	}
	for f, name := range figureColumns {
		if at := slices.Index(header[c.axes:], name); at >= 0 {
			c.figures[f] = c.axes + at
		}
	}
	return c, true
}

func parseRow(record []string, c columns) (Row, error) {
	row := Row{Values: record[:c.axes]}
	rest := record[c.trailing:]
	var err error
	if row.Runs, err = strconv.Atoi(rest[0]); err != nil {
		return row, fmt.Errorf("runs is %q: expected a whole number", rest[0])
	}
	if row.Failed, err = strconv.Atoi(rest[1]); err != nil {
		return row, fmt.Errorf("invalid is %q: expected a whole number", rest[1])
	}
	row.Failure = rest[2]
	if row.Runs == 0 {
		row.Skipped, row.Failure = rest[2], ""
	}
	for _, f := range Figures() {
		e := Estimate{Mean: math.NaN(), Half: math.NaN()}
		at := c.figures[f]
		if at == 0 && f > 0 {
			row.Figures[f] = e
			continue
		}
		mean, half := record[c.axes], record[c.axes+1]
		if f > 0 {
			mean, half = record[at], record[at+1]
		}
		if mean != "" {
			e.N = 1
			if e.Mean, err = strconv.ParseFloat(mean, 64); err != nil {
				return row, fmt.Errorf("%s is %q: expected a number", figureColumns[f], mean)
			}
		}
		if half != "" {
			e.N = row.Runs - row.Failed
			if e.Half, err = strconv.ParseFloat(half, 64); err != nil {
				return row, fmt.Errorf("%s is %q: expected a number", figureColumns[f]+intervalSuffix, half)
			}
		}
		row.Figures[f] = e
	}
	return row, nil
}

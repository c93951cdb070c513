package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/report"
	"eddy/trace"
	"eddy/trace/drawing"
	"eddy/trace/picture"
	"eddy/workload"
)

// writeHTML writes the picture of a run, or of the part that --between asks for.
func (own *traceCommandFlags) writeHTML(to io.Writer, run *trace.Run) error {
	var part drawing.Span
	if own.filter.Between {
		part = drawing.Span{From: own.filter.From, To: own.filter.To}
	}
	return writePicture(to, run, part, own.html, own.workloads)
}

// traceForPicture has a run traced in full that --html wants to draw and that nobody has asked to trace.
func (own *testFlags) traceForPicture(flags *pflag.FlagSet) error {
	if own.html == "" || flags.Changed("trace") {
		return nil
	}
	return flags.Set("trace", string(node.TraceFull))
}

// draw draws a run that has been reported, if --html asks for it. Its own failure counts unless the verdict is one
// already.
func (own *testFlags) draw(dir string, verdict error) error {
	if own.html == "" || dir == "" {
		return verdict
	}
	run, err := trace.Open(dir)
	if err == nil {
		err = writePicture(os.Stdout, run, drawing.Span{}, own.html, own.workloads)
	}
	return unwritten(verdict, err)
}

// crowdedEvents is from how many events on a picture is slow to look at.
const crowdedEvents = 400_000

func writePicture(to io.Writer, run *trace.Run, part drawing.Span, path string, workloads workload.Workloads) error {
	page, err := drawing.Draw(run, part)
	if err != nil {
		return err
	}
	if page.Events() == 0 {
		return fmt.Errorf("--html %s: there is nothing to draw: was the run made with --trace messages or full?", path)
	}
	page.Title, page.Verdict = verdictOf(run, workloads)
	if run.Dir != "" {
		if err := markFutures(page, run.Dir, part); err != nil {
			return err
		}
	}
	if err := writeOutput(path, page.Write); err != nil {
		return err
	}
	fmt.Fprintf(to, "%s: %d events\n", path, page.Events())
	if page.Events() > crowdedEvents {
		fmt.Fprintln(to, "That many are slow to look at; eddy trace --html FILE --between 3s..5s draws a part.")
	}
	return nil
}

// verdictOf names a run by its place in the store, and says how it was judged.
func verdictOf(run *trace.Run, workloads workload.Workloads) (title string, v picture.Verdict) {
	if run.Dir == "" {
		return strings.Join(run.Logs, " "), v
	}
	name := filepath.Base(filepath.Dir(run.Dir))
	title = name + " " + filepath.Base(run.Dir)
	text, err := os.ReadFile(filepath.Join(run.Dir, testbench.ResultsFile))
	if err != nil {
		return title, v
	}
	r, err := decodeResults(workloads, run.Dir, text)
	if err != nil {
		return title, v
	}
	v = picture.Verdict{Word: r.Valid.String(), Reason: report.Reasons(r), Cause: r.Cause}
	if r.Valid != checker.Invalid {
		return title, v
	}
	v.Heading, v.Total = r.Workload.Title()
	for _, value := range concerned(r) {
		if len(v.Values) == concernedMax {
			break
		}
		if text := string(value); len(text) <= concernedBytesMax && !slices.Contains(v.Values, text) {
			v.Values = append(v.Values, text)
		}
	}
	v.Total = max(v.Total, len(v.Values))
	return title, v
}

// Of the values that a failure is about a picture names so many, of at most so many bytes each.
const (
	concernedMax      = 200
	concernedBytesMax = 60
)

// concerned are the values that a failure is about: all of them, where the workload names them, else those of the witnesses.
func concerned(r checker.Results) []json.RawMessage {
	if naming, names := r.Workload.(checker.Naming); names {
		if values := naming.Concerned(); len(values) > 0 {
			return values
		}
	}
	var values []json.RawMessage
	for _, w := range r.Witnesses {
		values = append(values, w.Value)
	}
	return values
}

package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/testbench"
	"eddy/trace"
	"eddy/trace/drawing"
)

// writeHTML writes the picture of a run, or of the part that --between asks for.
func (own *traceCommandFlags) writeHTML(to io.Writer, run *trace.Run) error {
	var part drawing.Span
	if own.filter.Between {
		part = drawing.Span{From: own.filter.From, To: own.filter.To}
	}
	return writePicture(to, run, part, own.html)
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
		err = writePicture(os.Stdout, run, drawing.Span{}, own.html)
	}
	if verdict != nil && err != nil {
		fmt.Fprintln(os.Stderr, "eddy:", err)
		return verdict
	}
	return cmp.Or(verdict, err)
}

// crowdedEvents is from how many events on a picture is slow to look at.
const crowdedEvents = 400_000

func writePicture(to io.Writer, run *trace.Run, part drawing.Span, path string) error {
	page, err := drawing.Draw(run, part)
	if err != nil {
		return err
	}
	if page.Events() == 0 {
		return fmt.Errorf("--html %s: there is nothing to draw: was the run made with --trace messages or full?", path)
	}
	page.Title, page.Subtitle = titleOf(run)
	if err := writeOutput(path, page.Write); err != nil {
		return err
	}
	fmt.Fprintf(to, "%s: %d events\n", path, page.Events())
	if page.Events() > crowdedEvents {
		fmt.Fprintln(to, "That many are slow to look at; eddy trace --html FILE --between 3s..5s draws a part.")
	}
	return nil
}

// titleOf names a run by its place in the store, and says how it was judged.
func titleOf(run *trace.Run) (title, subtitle string) {
	if run.Dir == "" {
		return strings.Join(run.Logs, " "), ""
	}
	title = filepath.Base(filepath.Dir(run.Dir)) + " " + filepath.Base(run.Dir)
	text, err := os.ReadFile(filepath.Join(run.Dir, testbench.ResultsFile))
	var results struct {
		Valid any `json:"valid?"`
	}
	if err != nil || json.Unmarshal(text, &results) != nil {
		return title, "not judged"
	}
	switch results.Valid {
	case true:
		return title, "valid"
	case false:
		return title, "invalid"
	}
	return title, "validity unknown"
}

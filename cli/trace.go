package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/internal/suggest"
	"eddy/testbench"
	"eddy/trace"
	"eddy/workload"
)

// traceCommandFlags are those of `eddy trace`.
type traceCommandFlags struct {
	filter  trace.Filter
	between string
	follow  string
	diff    bool
	json    bool
	otlp    string
	html    string
	store   string
	list    int

	workloads workload.Workloads // that judged the runs
}

func (p *program) traceCommand() *cobra.Command {
	own := traceCommandFlags{workloads: p.workloads}
	cmd := &cobra.Command{
		Use:   "trace [run directory | log files]",
		Short: "Look at what the nodes of a run did",
		Long: `Trace reads the messages of a run, whatever its nodes are written in, and what
nodes recorded under --trace messages or --trace full: of the latest run, or of
the run or the logs that are named.

  eddy sim broadcast --seed 7 --trace full
  eddy trace                        what happened, and what stands out
  eddy trace --follow 412           how a value got around
  eddy trace --follow n4/17         what led to a message and what it led to
  eddy trace --actor 'gossip/link/*' --event retry,drop --between 3.2s..4s
  eddy trace --html run.html        a picture to look at
  eddy trace --otlp spans.json      OpenTelemetry's spans
  eddy trace --diff A B             where two runs part`,
		Args: cobra.ArbitraryArgs,
	}
	own.declare(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("follow") && own.follow == "" {
			return errors.New("--follow \"\": expected a value, such as 412, a message's id, such as n4/17, or a key")
		}
		return own.run(besides(own.otlp, own.html), args)
	}
	return cmd
}

func (own *traceCommandFlags) declare(flags *pflag.FlagSet) {
	flags.StringVar(&own.filter.Actor, "actor", "", "only records of actors of this path; * stands for any part of it: gossip/link/*")
	flags.StringVar(&own.filter.Node, "node", "", "only records of these nodes, with commas between")
	flags.StringVar(&own.filter.Event, "event", "", "only these events, with commas between")
	flags.StringVar(&own.between, "between", "", "only records of this time of the run: 3.2s..4s")
	flags.StringVar(&own.follow, "follow", "", "follow a value, a message by its id, or a key")
	flags.BoolVar(&own.diff, "diff", false, "show where two runs part")
	flags.BoolVar(&own.json, "json", false, "for machines")
	flags.StringVar(&own.otlp, "otlp", "", "write OpenTelemetry spans to this file")
	flags.StringVar(&own.html, "html", "", "write a space-time diagram to this file, a page that stands alone; --between draws a part")
	flags.StringVar(&own.store, "store", testbench.DefaultStore, "directory for the files of runs")
	flags.IntVar(&own.list, "list", linesShown, "with a filter: show so many records; 0: all")
}

// linesShown is how many records a filter shows by default.
const linesShown = 200

func (own *traceCommandFlags) run(to io.Writer, args []string) error {
	if err := own.parseBetween(); err != nil {
		return err
	}
	if err := own.checkEvents(); err != nil {
		return err
	}
	if err := tryOutputs(own.otlp, own.html); err != nil {
		return err
	}
	if own.diff {
		return own.runDiff(to, args)
	}
	if len(args) == 0 {
		args = []string{filepath.Join(own.store, "latest")}
	}
	run, err := trace.Open(args...)
	if err != nil {
		return err
	}
	switch {
	case own.otlp != "":
		return own.writeOTLP(to, run)
	case own.html != "":
		return own.writeHTML(to, run)
	case own.follow != "":
		return own.runFollow(to, run)
	case !own.filter.Any():
		return own.runFilter(to, run)
	}
	s, err := trace.Summarise(run)
	if err != nil {
		return err
	}
	if own.json {
		return writeJSON(to, s)
	}
	return s.WriteText(to)
}

// checkEvents refuses events that no node records.
func (own *traceCommandFlags) checkEvents() error {
	if own.filter.Event == "" {
		return nil
	}
	for kind := range strings.SplitSeq(own.filter.Event, ",") {
		if !slices.Contains(trace.Kinds(), kind) {
			return fmt.Errorf("--event %s: no node records such an event%s", kind, suggest.Among(kind, trace.Kinds()))
		}
	}
	return nil
}

// parseBetween reads from..to; either may be missing.
func (own *traceCommandFlags) parseBetween() error {
	if own.between == "" {
		return nil
	}
	from, until, found := strings.Cut(own.between, "..")
	wrong := fmt.Errorf("--between %s: expected two times of the run, such as 3.2s..4s", own.between)
	if !found {
		return wrong
	}
	own.filter.Between, own.filter.From, own.filter.To = true, 0, 1<<63-1
	for _, end := range []struct {
		text string
		to   *time.Duration
	}{{from, &own.filter.From}, {until, &own.filter.To}} {
		if end.text == "" {
			continue
		}
		if err := (cmdline.Seconds{To: end.to}).Set(end.text); err != nil {
			return wrong
		}
	}
	return nil
}

func (own *traceCommandFlags) runFilter(to io.Writer, run *trace.Run) error {
	limit := own.list
	if own.json {
		limit = 0
	}
	return trace.List(to, run, own.filter, limit, own.json)
}

func (own *traceCommandFlags) runFollow(to io.Writer, run *trace.Run) error {
	story, err := trace.Follow(run, own.follow)
	if err != nil {
		return err
	}
	if own.json {
		return writeJSON(to, story)
	}
	return story.WriteText(to)
}

func (own *traceCommandFlags) runDiff(to io.Writer, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("--diff: expected the directories of two runs, found %d", len(args))
	}
	var runs [2]*trace.Run
	for i, path := range args {
		var err error
		if runs[i], err = trace.Open(path); err != nil {
			return err
		}
	}
	parting, err := trace.Diff(runs[0], runs[1])
	if err != nil {
		return err
	}
	if own.json {
		err = writeJSON(to, parting)
	} else {
		err = parting.WriteText(to)
	}
	if err == nil && !parting.Same {
		return exitStatus(1)
	}
	return err
}

func (own *traceCommandFlags) writeOTLP(to io.Writer, run *trace.Run) error {
	spans := 0
	err := writeOutput(own.otlp, func(w io.Writer) (err error) {
		buffered := bufio.NewWriter(w)
		spans, err = trace.WriteOTLP(buffered, run, own.filter)
		return errors.Join(err, buffered.Flush())
	})
	if err == nil {
		_, err = fmt.Fprintf(to, "%d spans in %s\n", spans, own.otlp)
	}
	return err
}

package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/testbench/report"
	"eddy/testbench/search"
	"eddy/testbench/virtual"
	"eddy/trace/drawing"
	"eddy/trace/picture"
	"eddy/workload"
)

func (p *program) causeCommand() *cobra.Command {
	var jsonFile, store string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "cause [run]",
		Short: "Find out when the failure of a simulated run became inevitable",
		Long: `Cause makes a failed run of eddy sim again and again, each time the same up to a
moment, and with another future from there: other latencies, other losses, other
faults. The earliest moment from which every future fails in the same way is when
the failure became inevitable; what was decided last before it is the culprit.

  eddy cause                        the latest run
  eddy cause store/lin-kv/20261130T023136.158Z

The share of futures that fail is shown over the time of the run, and marked in its
picture that eddy trace --html makes from then on.

Exit status: 0 found out, 2 could not.`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVar(&store, "store", testbench.DefaultStore, "directory for the files of runs")
	cmd.Flags().StringVar(&jsonFile, "json", "", "also write what was found to this file")
	cmd.Flags().BoolVar(&quiet, "quiet", false, "no progress")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		dir := filepath.Join(store, "latest")
		if len(args) == 1 {
			dir = args[0]
		}
		return p.runCause(dir, jsonFile, newProgress(quiet))
	}
	return cmd
}

// madeAgain is the simulation that left the files of a directory.
func (p *program) madeAgain(dir string) (simulation, error) {
	made, ok, err := testbench.ReadMade(dir)
	switch {
	case err != nil:
		return simulation{}, err
	case !ok:
		return simulation{}, fmt.Errorf("%s is no run, or one of an older version: name the directory of a run of eddy sim that failed", dir)
	case len(made.Again) == 0:
		return simulation{}, fmt.Errorf("%s was made on %s: only a run of eddy sim can be given another future", dir, cmp.Or(made.Engine, "another engine"))
	}
	o, nodeArgs, err := cmdline.Parse(p.workloads, made.Again)
	if err != nil {
		return simulation{}, fmt.Errorf("%s says that it was made by %s, which this version does not know: %w", dir, cmdline.Shell(made.Again), err)
	}
	return p.newSimulation(o, nodeArgs, report.Meta{})
}

func (p *program) runCause(dir, jsonFile string, shown *progress) error {
	if err := prepareOutputs(jsonFile, ""); err != nil {
		return err
	}
	s, err := p.madeAgain(dir)
	if err != nil {
		return err
	}
	collectLess(&s.options)
	var d decisions
	c := s.config(nil)
	c.Recorder = &d
	out := virtual.Run(s.options, c)
	failure := virtual.Failure(&out)
	switch {
	case out.Err != nil:
		return out.Err
	case failure == "":
		return fmt.Errorf("%s is valid: there is nothing to find a cause of", dir)
	case virtual.Vacuous(&out):
		return fmt.Errorf("%s proved nothing (%s), and did not fail: name a run that did", dir, failure)
	}
	same, said := virtual.SameFailure(&out)
	fmt.Fprintf(os.Stdout, "%s: %s\n", s.options.Workload, said)
	interrupted, release := untilInterrupted()
	defer release()
	found := search.FindInevitable(virtual.LastMoment(out.History), func(at time.Duration, futures int) int {
		shown.show(fmt.Sprintf("%d futures from %.3f s on", futures, at.Seconds()))
		if interrupted() {
			return 0
		}
		return virtual.FailingFutures(s.options, func() virtual.Config { return s.config(nil) }, same, at, futures)
	})
	shown.clear()
	if interrupted() {
		return errors.New("interrupted before the moment was found")
	}
	cause := causeFile{Failure: said, Inevitable: found, Decisions: d.last(found.From.At)}
	cause.tell(os.Stdout)
	for _, path := range []string{filepath.Join(dir, causeName), jsonFile} {
		if path == "" {
			continue
		}
		if err := writeOutput(path, func(w io.Writer) error { return writeJSON(w, cause) }); err != nil {
			return err
		}
	}
	return nil
}

// causeName is the file of a run in which what was found is kept, for its picture.
const causeName = "cause.json"

// futuresShade is the kind of shade by which a picture marks how many futures fail.
const futuresShade = "futures"

// markFutures marks in the picture of a run of which eddy cause was asked, how many futures fail over its time, and
// from when on all do.
func markFutures(page *picture.Page, dir string, part drawing.Span) error {
	text, err := os.ReadFile(filepath.Join(dir, causeName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var c causeFile
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return fmt.Errorf("read what eddy cause found out: %w", err)
	}
	until := page.End
	if part.To > 0 {
		until = part.To
	}
	mark := func(from, to time.Duration, format string, args ...any) {
		if from, to = max(from, part.From), min(to, until); from < to {
			page.Shade(picture.Shade{Kind: futuresShade, From: from, To: to, Label: fmt.Sprintf(format, args...)})
		}
	}
	for i, m := range c.Curve {
		if m.At >= c.From.At {
			break
		}
		to := c.From.At
		if i+1 < len(c.Curve) {
			to = min(to, c.Curve[i+1].At)
		}
		mark(m.At, to, "%d of %d futures fail", m.Failing, m.Futures)
	}
	if c.From.Futures > 1 {
		mark(c.From.At, until, "inevitable from %.3f s on: all futures fail", c.From.At.Seconds())
	}
	return nil
}

// causeFile is what was found.
type causeFile struct {
	Failure string `json:"failure"`
	search.Inevitable
	Decisions []decision `json:"decisions"` // the last before the moment, the latest first
}

// decision is something that might have gone otherwise.
type decision struct {
	At   time.Duration `json:"at_ns"`
	Text string        `json:"text"`
	rank int           // of several at a moment the gravest is the culprit: a fault before a loss before a delivery
}

// tell says it in a sentence and draws the curve.
func (f *causeFile) tell(to io.Writer) {
	fmt.Fprintln(to, f.Inevitable)
	if f.From.At > 0 && len(f.Decisions) > 0 {
		fmt.Fprintln(to, "\nDecided last before it:")
		for _, d := range f.Decisions {
			fmt.Fprintf(to, "  %9.3f s  %s\n", d.At.Seconds(), d.Text)
		}
	}
	fmt.Fprintln(to, "\nHow many of the futures fail, by the moment at which they begin:")
	for _, m := range f.Curve {
		fmt.Fprintf(to, "  %9.3f s  %-24s %d of %d\n", m.At.Seconds(), strings.Repeat("#", 24*m.Failing/max(m.Futures, 1)), m.Failing, m.Futures)
	}
}

// decisions records a run's: what messages between nodes met with, and what the nemesis did.
type decisions struct {
	all  []decision
	acts int // of the nemesis, asked for and done
}

var _ testbench.Recorder = (*decisions)(nil)

// The ranks.
const (
	rankFault = iota // of nodes or links
	rankLoss
	rankSpell // of messages, of which each may be lost or not
	rankDelivery
)

// Sent is no decision by itself.
func (*decisions) Sent(time.Duration, *network.Message) {}

// Received is one of the order in which messages come.
func (d *decisions) Received(at time.Duration, m *network.Message) {
	d.add(at, rankDelivery, "%s was sent %s", m.Dest, messageText(m))
}

// Lost is one of the network.
func (d *decisions) Lost(at time.Duration, m *network.Message, why string) {
	d.add(at, rankLoss, "%s did not get %s: %s", m.Dest, messageText(m), map[string]string{
		network.LostInPartition: "lost in a partition", network.LostOnTheWay: "lost on the way", network.LostWithNode: "it was down"}[why])
}

// Op is one where the nemesis acts. It is in the history when it is asked for, and when it is done.
func (d *decisions) Op(op history.Op) {
	if op.Process != history.Nemesis {
		return
	}
	if d.acts++; d.acts%2 == 1 {
		return
	}
	if fault, _, begins := nemesis.Begins(op.F); begins {
		label, nodes := nemesis.Label(fault, op.Value)
		rank := rankFault
		if len(op.Value) == 0 || op.Value[0] != '{' && op.Value[0] != '[' {
			rank = rankSpell
		}
		d.add(op.Time, rank, "%s", strings.TrimSpace(strings.Join(nodes, ", ")+" "+label))
	} else if fault, ends := nemesis.Ends(op.F); ends {
		d.add(op.Time, rankSpell, "the end of %s", fault)
	}
}

func (d *decisions) add(at time.Duration, rank int, format string, args ...any) {
	d.all = append(d.all, decision{At: at, Text: fmt.Sprintf(format, args...), rank: rank})
}

// messageText names a message for people.
func messageText(m *network.Message) string {
	return fmt.Sprintf("%s of %s (message %d, %d bytes)", cmp.Or(workload.ParseReply(m.Body).Type, "a message"), m.Src, m.ID, len(m.Body))
}

// decisionsShown is how many are named.
const decisionsShown = 3

// last are the last decisions before a moment, the culprit first.
func (d *decisions) last(before time.Duration) []decision {
	n := slices.IndexFunc(d.all, func(of decision) bool { return of.At >= before })
	if n < 0 {
		n = len(d.all)
	}
	some := slices.Clone(d.all[max(0, n-lookedAt):n])
	slices.SortStableFunc(some, func(a, b decision) int {
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(a.rank, b.rank))
	})
	return some[:min(decisionsShown, len(some))]
}

// lookedAt is among how many decisions the last ones are found: those of one moment come in no order.
const lookedAt = 64

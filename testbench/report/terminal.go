package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"eddy/testbench/checker"
)

// Terminal writes the report of a run: the verdict, a table of figures, what
// the reader should know about the bench, the proofs of a failure, where the
// files are, and as the last line the verdict again, in a word. It fails only if
// w does.
func Terminal(w io.Writer, r checker.Results, meta Meta) error {
	p := &Page{palette: paletteFor(w)}
	p.headline(r, meta)
	p.figures(r)
	for _, answered := range meta.Errors {
		label := padded("errors answered", labelWidth)
		p.Paragraph(p.Faint(label)+" ", label+" ", answered, "  ")
	}
	if len(meta.Harm) > 0 {
		label := padded("messages harmed", labelWidth)
		p.Paragraph(p.Faint(label)+" ", label+" ", strings.Join(meta.Harm, ", "), "  ")
	}
	if !meta.Interrupted {
		p.targets(r, meta)
	}
	for _, finding := range r.Stricter {
		p.section()
		title := "stricter than Maelstrom: "
		p.Paragraph(p.doubt(title), title, finding+". It decides with --strict.", "  ")
	}
	p.warnings(r, meta.Warnings, meta.NodeOf)
	p.problems(r.Problems)
	if !meta.Interrupted {
		p.witnesses(r, meta.NodeOf)
	}
	p.cause(meta)
	p.files(meta.Dir)
	p.lastLine(r, meta)
	_, err := io.WriteString(w, p.text.String())
	return err
}

// CouldNotRun writes the report of a run without results: why there are none,
// and the last line.
func CouldNotRun(w io.Writer, reason error, meta Meta) error {
	p := &Page{palette: paletteFor(w)}
	p.Line(p.Bad("COULD NOT RUN") + ": " + reason.Error())
	p.warnings(checker.Results{}, meta.Warnings, nil)
	p.files(meta.Dir)
	p.section()
	p.Line(subject(meta) + ": " + p.Bad("could not run"))
	_, err := io.WriteString(w, p.text.String())
	return err
}

// Page is a report in the making.
type Page struct {
	palette
	text strings.Builder
}

// Line writes a line.
func (p *Page) Line(text string) {
	p.text.WriteString(strings.TrimRight(text, " "))
	p.text.WriteByte('\n')
}

// section leaves a blank line before something new.
func (p *Page) section() { p.text.WriteByte('\n') }

// labelWidth is the width of the table's first column.
const labelWidth = 17

// Row writes a line of the table. The label is padded before it is painted,
// since colours have no width.
func (p *Page) Row(label, text string) {
	p.Line("  " + p.Faint(padded(label, labelWidth)) + " " + text)
}

func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

func (p *Page) headline(r checker.Results, meta Meta) {
	if meta.Interrupted {
		p.Line(p.doubt("INTERRUPTED") + ": no verdict, for what was on its way was not waited for")
	} else {
		p.Line(p.verdict(r.Valid, strings.ToUpper(r.Valid.String())) + ": " + Reasons(r) + beyond(r))
	}
	run := subject(meta)
	if meta.Engine != "" {
		run += " on " + meta.Engine
	}
	if len(meta.Flags) > 0 {
		run += ", " + meta.flagLine()
	}
	p.Line(p.Faint(run))
}

// beyond keeps a valid run from looking like a complete success where something was found that Maelstrom's checkers
// do not look for.
func beyond(r checker.Results) string {
	if r.Valid != checker.Valid || len(r.Stricter) == 0 {
		return ""
	}
	return ", but " + Plural(len(r.Stricter), "thing is", "things are") + " wrong that Maelstrom does not look for"
}

func subject(meta Meta) string {
	if meta.Workload == "" {
		return "run"
	}
	return meta.Workload
}

func (p *Page) verdict(v checker.Verdict, text string) string {
	switch v {
	case checker.Valid:
		return p.good(text)
	case checker.Unknown:
		return p.doubt(text)
	}
	return p.Bad(text)
}

func (p *Page) figures(r checker.Results) {
	p.section()
	p.operations(r.Stats)
	p.Row("ok fraction", Percent(r.Availability.OKFraction))
	p.latencies(r.Latencies)
	if r.Net != nil && r.Net.Servers.MsgsPerOp != nil {
		p.Row("messages an op", fmt.Sprintf("%s between nodes (%s messages), %s in all",
			figure(float64(*r.Net.Servers.MsgsPerOp)), Grouped(r.Net.Servers.MsgCount), figure(float64(*r.Net.All.MsgsPerOp))))
	}
	if f, ok := r.Workload.(Figured); ok {
		f.Figures(p)
	}
}

// operations writes how operations ended: a line for each kind if there are
// several, and one for all.
func (p *Page) operations(s checker.Stats) {
	names := slices.Sorted(maps.Keys(s.ByF))
	if len(names) > 1 {
		for _, f := range names {
			p.Row(f, endings(s.ByF[f]))
		}
	}
	p.Row("operations", endings(s.Counts))
}

// latencies writes how long clients waited, a line for each kind of operation.
func (p *Page) latencies(l checker.Latencies) {
	for _, f := range slices.Sorted(maps.Keys(l)) {
		q := l[f]
		ms := func(x float64) string { return figure(x) + " ms" }
		text := fmt.Sprintf("median %s   p95 %s   p99 %s   max %s", ms(q.MedianMs), ms(q.P95Ms), ms(q.P99Ms), ms(q.MaxMs))
		if q.PerSecond > 0 {
			text += fmt.Sprintf("   %s a second", figure(q.PerSecond))
		}
		p.Row(f+" latency", text)
	}
}

func endings(c checker.Counts) string {
	return fmt.Sprintf("%7s ok  %5s failed  %5s unknown", Grouped(c.OKCount), Grouped(c.FailCount), Grouped(c.InfoCount))
}

// Quantiles writes a row of latencies; nothing where there are none.
func (p *Page) Quantiles(label string, q *checker.Quantiles) {
	if q == nil {
		return
	}
	ms := func(n int64) string { return Grouped(int(n)) + " ms" }
	p.Row(label, fmt.Sprintf("median %s   p95 %s   p99 %s   max %s", ms(q.MedianMs), ms(q.P95Ms), ms(q.P99Ms), ms(q.MaxMs)))
}

func (p *Page) targets(r checker.Results, meta Meta) {
	targets := meta.Targets
	if len(targets) == 0 {
		return
	}
	p.section()
	if len(meta.Unofficial) > 0 {
		p.Paragraph(p.doubt("not the official flags")+": ", "not the official flags: ", strings.Join(meta.Unofficial, " ")+". No target is met or missed.", "  ")
	}
	width := 0
	for _, t := range targets {
		width = max(width, utf8.RuneCountInString(bound(t)))
	}
	for i, t := range targets {
		label := ""
		if i == 0 {
			label = "targets"
		}
		measured, known := t.Measure(r)
		answer, figures := p.Bad("missed"), figure(measured)+unitOf(t)
		if t.Met(r) {
			answer = p.good("met")
		}
		switch {
		case !known:
			answer, figures = p.doubt("not measured"), "-"
		case len(meta.Unofficial) > 0:
			answer = ""
		}
		p.Row(label, fmt.Sprintf("%s  %9s  %s", padded(bound(t), width), figures, answer))
	}
}

func bound(t Target) string { return t.Name + " < " + figure(t.Below) + unitOf(t) }

func unitOf(t Target) string {
	if t.Unit == "" {
		return ""
	}
	return " " + t.Unit
}

func (p *Page) warnings(r checker.Results, warnings []string, nodeOf func(int) string) {
	if w, ok := r.Workload.(Warning); ok {
		warnings = append(slices.Clone(warnings), w.Warnings(Placer{nodeOf})...)
	}
	if len(warnings) == 0 {
		return
	}
	p.section()
	for _, warning := range warnings {
		p.Paragraph(p.doubt("warning")+": ", "warning: ", warning, "  ")
	}
}

func (p *Page) problems(problems []checker.Problem) {
	if len(problems) == 0 {
		return
	}
	p.section()
	p.Line("  " + p.strong("What nodes did that the protocol does not allow"))
	for _, problem := range problems {
		title := strings.TrimSpace(problem.Node+" "+problem.Kind) + ": "
		p.Paragraph(p.Bad(strings.TrimSuffix(title, ": "))+": ", title, problem.Text, "    ")
		if problem.Line != "" {
			p.Line("      it wrote  " + Clip(problem.Line))
		}
		if problem.Expected != "" {
			p.Paragraph("expected  ", "expected  ", problem.Expected, "      ")
		}
		for i, line := range problem.Stderr {
			if i == 0 {
				p.Line("      the last it wrote to stderr:")
			}
			p.Line("        " + ClipRunes(line, stderrRunesMax))
		}
	}
}

// stderrRunesMax is how much of a line of stderr is shown.
const stderrRunesMax = 160

func (p *Page) files(dir string) {
	if dir != "" {
		p.section()
		p.Row("files", dir)
	}
}

// lastLine says which of valid and invalid it is. Unknown counts as invalid: a
// run that proves nothing is not a run that passed.
func (p *Page) lastLine(r checker.Results, meta Meta) {
	p.section()
	if meta.Interrupted {
		p.Line(subject(meta) + ": " + p.Bad("interrupted") + ", no verdict")
		return
	}
	switch r.Valid {
	case checker.Valid:
		p.Line(subject(meta) + ": " + p.good("valid") + beyond(r) + missedTargets(r, meta))
	case checker.Unknown:
		p.Line(subject(meta) + ": " + p.Bad("invalid") + ", for it is unknown whether it is valid")
	case checker.Invalid:
		p.Line(subject(meta) + ": " + p.Bad("invalid"))
	default:
		p.Line(subject(meta) + ": " + p.Bad("could not run"))
	}
}

// missedTargets keeps a valid run from looking like a complete success when it
// is not.
func missedTargets(r checker.Results, meta Meta) string {
	missed := Missed(r, meta)
	if missed == 0 {
		return ""
	}
	return fmt.Sprintf(", but %d of %s missed", missed, Plural(len(meta.Targets), "target", "targets"))
}

// Missed counts the targets that a run has missed; none of one that was not made with the official flags.
func Missed(r checker.Results, meta Meta) int {
	missed := 0
	for _, t := range meta.Targets {
		if _, measured := t.Measure(r); measured && !t.Met(r) && len(meta.Unofficial) == 0 {
			missed++
		}
	}
	return missed
}

// pageWidth is where paragraphs are broken.
const pageWidth = 96

// Paragraph writes text in lines of at most pageWidth, all indented, the first
// opened by a title. bare is the title without colours, whose width counts.
func (p *Page) Paragraph(title, bare, text, indent string) {
	line, width := indent+title, len(indent)+utf8.RuneCountInString(bare)
	fresh := true
	for _, word := range strings.Fields(text) {
		size := utf8.RuneCountInString(word)
		if !fresh && width+1+size > pageWidth {
			p.Line(line)
			line, width, fresh = indent+"  ", len(indent)+2, true
		}
		if !fresh {
			line, width = line+" ", width+1
		}
		line, width, fresh = line+word, width+size, false
	}
	p.Line(line)
}

package testbench

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"eddy/internal/suggest"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/testbench/service"
	"eddy/workload"
)

// Deed is something that is done to a run by hand, at a moment of it: where the nemesis draws, a deed is given. With the
// same options, seed and deeds the simulator makes the same run.
//
// Deeds are done while the workload runs, between its first operation and its last; those that are due earlier, with
// the first. What they broke is mended then, as the nemesis's faults are: so a run with deeds is judged by the rules
// of any other.
type Deed struct {
	At time.Duration
	Do string // one of those below
	// Nodes are those that it is done to; of a cut and a heal one side, Others the other. A heal without nodes heals
	// all. Of what is done to messages that are still to come, Nodes is who sends them and Others to whom.
	Nodes, Others []string
	Message       int64         // for drop and delay: the network's number of it; for lose, late and twice which of those to come, from 1
	For           time.Duration // for delay, late, twice and skew
	Harm          string        // for disk: one of [nemesis.DiskHarms]
	F             string        // for ask: the operation, and its value
	Value         json.RawMessage
	Number        float64 // for rate and latency
}

// The deeds.
const (
	DoCut     = "cut"
	DoHeal    = "heal"
	DoKill    = "kill"
	DoRestart = "restart"
	DoPause   = "pause"
	DoResume  = "resume"
	DoSkew    = "skew"
	DoDeafen  = "deafen"
	DoDisk    = "disk"
	DoMend    = "mend"
	DoLose    = "lose"
	DoLate    = "late"
	DoTwice   = "twice"
	DoDrop    = "drop"
	DoDelay   = "delay"
	DoAsk     = "ask"
	DoRate    = "rate"
	DoLatency = "latency"
	DoEnd     = "end"
)

// deedForms are the deeds, and what is written after each of them.
var deedForms = []struct{ do, form string }{
	{DoCut, "NODES NODES"}, {DoDeafen, "NODES NODES"}, {DoHeal, "[NODES NODES]"}, {DoKill, "NODES"}, {DoRestart, "NODES"}, {DoPause, "NODES"}, {DoResume, "NODES"},
	{DoSkew, "NODES TIME"}, {DoDisk, "NODES HARM [SLOWDOWN]"}, {DoMend, "NODES"},
	{DoLose, "FROM TO [WHICH]"}, {DoLate, "FROM TO TIME [WHICH]"}, {DoTwice, "FROM TO TIME [WHICH]"}, {DoDrop, "MESSAGE"}, {DoDelay, "MESSAGE TIME"}, {DoAsk, "NODE OPERATION [VALUE]"},
	{DoRate, "OPERATIONS-A-SECOND"}, {DoLatency, "MILLISECONDS"}, {DoEnd, ""},
}

// String is the deed as [ParseDeeds] reads it.
func (d Deed) String() string {
	words := []string{d.At.String(), d.Do}
	if len(d.Nodes) > 0 {
		words = append(words, strings.Join(d.Nodes, ","))
	}
	if len(d.Others) > 0 {
		words = append(words, strings.Join(d.Others, ","))
	}
	switch d.Do {
	case DoDrop, DoDelay:
		words = append(words, strconv.FormatInt(d.Message, 10))
	case DoAsk:
		words = append(words, d.F)
		if d.Value != nil {
			words = append(words, string(d.Value))
		}
	case DoRate, DoLatency:
		words = append(words, strconv.FormatFloat(d.Number, 'g', -1, 64))
	}
	switch d.Do {
	case DoSkew, DoDelay, DoLate, DoTwice:
		words = append(words, d.For.String())
	case DoDisk:
		if words = append(words, d.Harm); d.Number > 0 {
			words = append(words, strconv.FormatFloat(d.Number, 'g', -1, 64))
		}
	}
	if d.toCome() && d.Message > 1 {
		words = append(words, strconv.FormatInt(d.Message, 10))
	}
	return strings.Join(words, " ")
}

// DeedsText writes deeds as [ParseDeeds] reads them.
func DeedsText(deeds []Deed) string {
	var all []string
	for _, d := range deeds {
		all = append(all, d.String())
	}
	return strings.Join(all, "; ")
}

// ParseDeeds reads deeds with semicolons between, such as "1.5s cut n0 n1,n2; 4s heal". The error names the first
// that is wrong and how it is written rightly.
func ParseDeeds(text string) ([]Deed, error) {
	var deeds []Deed
	for _, one := range splitDeeds(text) {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		d, err := parseDeed(one)
		if err != nil {
			return nil, fmt.Errorf("deed %q: %w", network.Abbreviate([]byte(one), 80), err)
		}
		deeds = append(deeds, d)
	}
	slices.SortStableFunc(deeds, func(a, b Deed) int { return int(a.At - b.At) })
	return deeds, nil
}

// splitDeeds cuts a text at its semicolons, but for those in JSON strings.
func splitDeeds(text string) []string {
	var all []string
	begin, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			all = append(all, text[begin:i])
			begin = i + 1
		}
	}
	return append(all, text[begin:])
}

var errDeedForm = errors.New("expected a time and what is done then, such as 1.5s cut n0 n1")

func parseDeed(text string) (Deed, error) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return Deed{}, errDeedForm
	}
	at, err := time.ParseDuration(words[0])
	if err != nil || at < 0 {
		return Deed{}, errDeedForm
	}
	d := Deed{At: at, Do: words[1]}
	var names []string
	for _, f := range deedForms {
		names = append(names, f.do)
		if f.do != d.Do {
			continue
		}
		if err := d.parse(words[2:], text); err != nil {
			return d, fmt.Errorf("%w; it is written %s", err, strings.TrimSpace("TIME "+f.do+" "+f.form))
		}
		return d, nil
	}
	return d, fmt.Errorf("there is no %q%s", d.Do, suggest.Among(d.Do, names))
}

// parse takes what stands after what is done.
func (d *Deed) parse(words []string, text string) (err error) {
	takes := map[string][2]int{
		DoCut: {2, 2}, DoDeafen: {2, 2}, DoDisk: {2, 3}, DoLose: {2, 3}, DoLate: {3, 4}, DoTwice: {3, 4}, DoHeal: {0, 2}, DoSkew: {2, 2}, DoDrop: {1, 1}, DoDelay: {2, 2}, DoAsk: {2, len(words)}, DoEnd: {0, 0},
	}
	least, most := 1, 1
	if n, other := takes[d.Do]; other {
		least, most = n[0], n[1]
	}
	if len(words) < least || len(words) > most || d.Do == DoHeal && len(words) == 1 {
		return fmt.Errorf("%d words after it", len(words))
	}
	switch d.Do {
	case DoDrop, DoDelay:
		if d.Message, err = strconv.ParseInt(words[0], 10, 64); err != nil || d.Message < 0 {
			return fmt.Errorf("%q is no number of a message", words[0])
		}
	case DoRate, DoLatency:
		d.Number, err = strconv.ParseFloat(words[0], 64)
		if err != nil || !(d.Number >= 0 && d.Number <= LatencyMsMax) || d.Do == DoRate && d.Number <= 0 || d.Do == DoLatency && d.Number != float64(int64(d.Number)) {
			return fmt.Errorf("%q is no such number", words[0])
		}
	case DoEnd:
	default:
		if len(words) > 0 {
			d.Nodes = strings.Split(words[0], ",")
		}
	}
	switch d.Do {
	case DoCut, DoHeal, DoDeafen:
		if len(words) == 2 {
			d.Others = strings.Split(words[1], ",")
		}
	case DoLose, DoLate, DoTwice:
		return d.parseToCome(words)
	case DoDisk:
		if d.Harm = words[1]; !slices.Contains(nemesis.DiskHarms(), d.Harm) {
			return fmt.Errorf("%q is no harm of a disk: %s are", d.Harm, strings.Join(nemesis.DiskHarms(), ", "))
		}
		if len(words) > 2 {
			if d.Number, err = strconv.ParseFloat(words[2], 64); err != nil || d.Number < 1 || d.Number > 1e6 {
				return fmt.Errorf("%q is not how many times slower it gets", words[2])
			}
		}
	case DoSkew, DoDelay:
		if d.For, err = time.ParseDuration(words[1]); err != nil || d.Do == DoDelay && d.For < 0 {
			return fmt.Errorf("%q is no time", words[1])
		}
	case DoAsk:
		d.F = words[1]
		if len(words) > 2 {
			_, after, _ := strings.Cut(text, " "+d.F+" ")
			d.Value = json.RawMessage(strings.TrimSpace(after))
			if !json.Valid(d.Value) {
				return fmt.Errorf("the value %s is not JSON", network.Abbreviate(d.Value, 40))
			}
		}
	}
	return nil
}

// EndedBy tells whether a later deed ends this one.
func (d Deed) EndedBy(later Deed) bool {
	ends := map[string]string{DoCut: DoHeal, DoDeafen: DoHeal, DoKill: DoRestart, DoPause: DoResume, DoDisk: DoMend, DoSkew: DoSkew}
	return later.Do == ends[d.Do] && slices.Equal(later.Nodes, d.Nodes) && slices.Equal(later.Others, d.Others) && (d.Do != DoSkew || later.For == 0)
}

// toCome tells a deed that is done to messages that are still to come.
func (d Deed) toCome() bool { return d.Do == DoLose || d.Do == DoLate || d.Do == DoTwice }

// parseToCome takes who sends to whom, a time where there is one, and which of these messages is meant.
func (d *Deed) parseToCome(words []string) (err error) {
	d.Others, d.Message = []string{words[1]}, 1
	which := words[2:]
	if d.Do != DoLose {
		if d.For, err = time.ParseDuration(words[2]); err != nil || d.For < 0 {
			return fmt.Errorf("%q is no time", words[2])
		}
		which = words[3:]
	}
	if len(which) > 0 {
		if d.Message, err = strconv.ParseInt(which[0], 10, 64); err != nil || d.Message < 1 || d.Message > 1e6 {
			return fmt.Errorf("%q does not say which message: 2 is the second from then on", which[0])
		}
	}
	return nil
}

// checkDeeds finds deeds that name what a run does not have.
func (o *Options) checkDeeds(w *workload.Workload) error {
	if len(o.Deeds) == 0 {
		return nil
	}
	nodes := o.Nodes()
	for _, d := range o.Deeds {
		for _, name := range slices.Concat(d.Nodes, d.Others) {
			if !slices.Contains(nodes, name) && !(d.toCome() && slices.Contains(service.Names(), name)) {
				return fmt.Errorf("deed %q: there is no node %q%s", d, name, suggest.Among(name, nodes))
			}
		}
		if i := slices.IndexFunc(d.Nodes, func(node string) bool { return slices.Contains(d.Others, node) }); i >= 0 {
			return fmt.Errorf("deed %q: %s is on both sides, and a node always hears itself", d, d.Nodes[i])
		}
		if d.toCome() && (len(d.Nodes) != 1 || len(d.Others) != 1) {
			return fmt.Errorf("deed %q: messages have one sender and one receiver", d)
		}
		if d.Do != DoAsk {
			continue
		}
		if len(d.Nodes) != 1 {
			return fmt.Errorf("deed %q: one node is asked, not %d", d, len(d.Nodes))
		}
		if !slices.Contains(w.Judge.Fs, d.F) {
			return fmt.Errorf("deed %q: there is no operation %q%s", d, d.F, suggest.Among(d.F, w.Judge.Fs))
		}
	}
	return nil
}

// holdsUp tells whether a deed may keep a request so long that its client has stopped waiting.
func (d Deed) holdsUp() bool {
	return d.Do == DoPause || d.Do == DoDelay || d.Do == DoLate || d.Do == DoTwice || d.Do == DoDisk
}

package nemesis

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"eddy/testbench/network"
)

// Fault is one kind of fault, whole: its name, its options, what it does, and what pictures call it. Each is a
// file of this package and a line of [Options].
type Fault struct {
	Name string // under which it is asked for
	// Begins and Ends are its acts in a history; empty stands for start-x and stop-x.
	Begins, Ends string
	Settings     []Setting
	// Package makes the fault for a run. The error says why it cannot be done to the cluster.
	Package func(c Cluster) (Package, error)

	// HoldsUp says that it may keep a node, or a request on its way to one, so long that the client has stopped
	// waiting when the reply comes: that is not the node's doing then.
	HoldsUp bool
	// NeedsLatency says that it does nothing where messages between nodes take no time.
	NeedsLatency bool

	// Label names it in pictures, given the value that its beginning has in the history; nil for the name and
	// the value. OfNodes says that this value is an object of the nodes concerned.
	Label   func(value json.RawMessage) string
	OfNodes bool
}

// Setting is one option of a fault.
type Setting struct {
	Flag  string // its name on a command line
	Help  string
	Value any // a *float64, *time.Duration or *[]string: where the option is, at its default to begin with
	// Check calls report for each value that makes no sense, with what would.
	Check func(report func(value any, allowed string))
}

// Cluster is what faults are done to, and what they may use. It is touched on its owner's goroutine only.
type Cluster interface {
	Links
	Nodes() []string
	Rand() *rand.Rand
	// Port is the way to a node, which can do what the engine has it do; see [Skewable].
	Port(node string) any
	Weather() network.Weather
	SetWeather(w network.Weather)

	// Kill ends a node and Pause stops it, and give what became of it, a JSON value; nil if nothing did.
	Kill(node string) json.RawMessage
	Pause(node string) json.RawMessage
	// Restart starts all nodes that were killed and Resume all that were paused; done is called, now or later, with
	// what became of each.
	Restart(done func(became map[string]json.RawMessage))
	Resume(done func(became map[string]json.RawMessage))

	// Ask sends a node a request of a type, with another node's name in the field node, as a client does. It calls done with the
	// type of the reply, [NotSupported] for the error of that name, that of another error in words, or with [NoReply].
	Ask(node, request, about string, done func(answer string))
}

// What an answer may be besides the type of a reply.
const (
	NotSupported = "not-supported"
	NoReply      = "no reply"
)

// begins and ends are the fault's acts.
func (f *Fault) begins() string { return orElse(f.Begins, "start-"+f.Name) }
func (f *Fault) ends() string   { return orElse(f.Ends, "stop-"+f.Name) }

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// Begins tells which fault an act of a history begins, and which act ends it. Faults that are not known here follow
// the rule of start-x and stop-x.
func Begins(act string) (fault, end string, ok bool) {
	for _, f := range known() {
		if f.begins() == act {
			return f.Name, f.ends(), true
		}
	}
	fault, ok = strings.CutPrefix(act, "start-")
	return fault, "stop-" + fault, ok
}

// Ends tells which fault an act of a history ends.
func Ends(act string) (fault string, ok bool) {
	for _, f := range known() {
		if f.ends() == act {
			return f.Name, true
		}
	}
	return strings.CutPrefix(act, "stop-")
}

// Label names in a picture what an act of a fault began, and the nodes concerned, none for all of them.
func Label(fault string, value json.RawMessage) (label string, nodes []string) {
	for _, f := range known() {
		if f.Name != fault {
			continue
		}
		if f.OfNodes {
			var became map[string]string
			if json.Unmarshal(value, &became) == nil {
				for node := range became {
					nodes = append(nodes, node)
				}
				slices.Sort(nodes)
			}
		}
		if f.Label != nil {
			return f.Label(value), nodes
		}
	}
	return fmt.Sprintf("%s %s", fault, value), nodes
}

// Known lists the faults that can be asked for by name.
func Known() []string {
	var names []string
	for _, f := range known() {
		names = append(names, f.Name)
	}
	return names
}

// known are the faults, with the default options.
func known() []Fault {
	o := Defaults()
	return o.All()
}

// ParseFaults takes a list of names separated by commas, as --nemesis does. Empty is no fault. The
// error names what is not known, and what is.
func ParseFaults(list string) ([]string, error) {
	if strings.TrimSpace(list) == "" {
		return nil, nil
	}
	var faults []string
	for _, name := range strings.Split(list, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(Known(), name) {
			return nil, fmt.Errorf("%q is not a fault: %s", name, strings.Join(Known(), ", "))
		}
		if !slices.Contains(faults, name) {
			faults = append(faults, name)
		}
	}
	return faults, nil
}

// ofMessages makes the package of a fault that changes the network's weather while it is on. The history shows
// the value.
func ofMessages(name string, lasting time.Duration, shown float64, change func(w *network.Weather, on bool)) func(Cluster) (Package, error) {
	return func(c Cluster) (Package, error) {
		turn := func(on bool) func() {
			return func() {
				w := c.Weather()
				change(&w, on)
				c.SetWeather(w)
			}
		}
		value, err := json.Marshal(shown)
		if err != nil {
			return nil, fmt.Errorf("--nemesis %s: %w", name, err)
		}
		return &Spell{Fault: name, Value: value, Lasting: lasting, Begin: turn(true), End: turn(false)}, nil
	}
}

func when(on bool, value float64) float64 {
	if on {
		return value
	}
	return 0
}

// able refuses a fault that some node cannot suffer.
func able[T any](c Cluster, fault string) error {
	for _, node := range c.Nodes() {
		if _, can := c.Port(node).(T); !can {
			return fmt.Errorf("--nemesis %s: this engine cannot do that to its nodes", fault)
		}
	}
	return nil
}

// The settings that several faults have.

// lastingSetting is how long a fault lasts each time; 0 lets it last until the nemesis acts again.
func lastingSetting(fault string, value *time.Duration) Setting {
	return Setting{
		Flag: fault + "-duration", Value: value,
		Help: "how long --nemesis " + fault + " lasts each time (default: as --nemesis-interval has it)",
		Check: func(report func(any, string)) {
			if *value < 0 {
				report(*value, "a time, such as 3s, or 0 to leave it to --nemesis-interval")
			}
		},
	}
}

func rateSetting(flag, help string, value *float64) Setting {
	return Setting{Flag: flag, Help: help, Value: value, Check: func(report func(any, string)) {
		if *value <= 0 || *value > 1 {
			report(*value, "a probability above 0 and up to 1")
		}
	}}
}

func namesSetting(flag, help string, value *[]string, names []string) Setting {
	return Setting{Flag: flag, Help: help, Value: value, Check: func(report func(any, string)) {
		for _, name := range *value {
			if !slices.Contains(names, name) {
				report(name, "one of "+strings.Join(names, ", "))
			}
		}
	}}
}

func targetsSetting(fault string, value *[]string) Setting {
	return namesSetting(fault+"-targets",
		"which nodes --nemesis "+fault+" hits together, of "+strings.Join(Targets(), ", ")+" (default: all)", value, Targets())
}

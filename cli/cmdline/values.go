package cmdline

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"eddy/testbench"
	"eddy/testbench/network"
)

// Seconds is a duration given as Maelstrom gives it: a number of seconds. A
// unit is understood too.
type Seconds struct{ To *time.Duration }

func (s Seconds) String() string {
	if s.To == nil {
		return ""
	}
	return strconv.FormatFloat(s.To.Seconds(), 'g', -1, 64)
}

func (s Seconds) Set(value string) error {
	if n, err := strconv.ParseFloat(value, 64); err == nil && n >= 0 && n < 1e9 {
		*s.To = time.Duration(math.Round(n * float64(time.Second)))
		return nil
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 {
		return fmt.Errorf("%q is no time: write a number of seconds, such as 20", value)
	}
	*s.To = d
	return nil
}

func (Seconds) Type() string { return "seconds" }

// Milliseconds is a latency given as Maelstrom gives it: a number of milliseconds. A
// unit is understood too.
type Milliseconds struct{ To *int64 }

func (m Milliseconds) String() string {
	if m.To == nil {
		return ""
	}
	return strconv.FormatInt(*m.To, 10)
}

func (m Milliseconds) Set(value string) error {
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		*m.To = n
		return nil
	}
	d, err := time.ParseDuration(value)
	if err != nil || d%time.Millisecond != 0 {
		return fmt.Errorf("%q is no latency: write a whole number of milliseconds, such as 100", value)
	}
	*m.To = d.Milliseconds()
	return nil
}

func (Milliseconds) Type() string { return "ms" }

// mebibytes is a size given in MiB.
type mebibytes struct{ to *int64 }

func (m mebibytes) String() string {
	if m.to == nil {
		return ""
	}
	return strconv.FormatInt(*m.to>>20, 10)
}

func (m mebibytes) Set(value string) error {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 || n > 1<<40 {
		return fmt.Errorf("%q is no size: write a whole number of MiB, such as 512, or 0 for no bound", value)
	}
	*m.to = n << 20
	return nil
}

func (mebibytes) Type() string { return "MiB" }

// distribution is the shape of latencies.
type distribution network.Distribution

func (d *distribution) String() string { return fmt.Sprint(network.Distribution(*d)) }
func (d *distribution) Type() string   { return "shape" }
func (d *distribution) Set(v string) error {
	*d = distribution(v)
	return nil
}

// deeds are what is done to a run by hand.
type deeds struct{ to *[]testbench.Deed }

func (d deeds) String() string {
	if d.to == nil {
		return ""
	}
	return testbench.DeedsText(*d.to)
}

func (d deeds) Set(text string) (err error) {
	*d.to, err = testbench.ParseDeeds(text)
	return err
}

func (deeds) Type() string { return "deeds" }

// branches are moments at which a simulated run takes another course.
type branches struct{ to *[]testbench.Branch }

func (b branches) Type() string { return "time=seed" }

func (b branches) String() string {
	if b.to == nil {
		return ""
	}
	return strings.Join(b.GetSlice(), ",")
}

func (b branches) Set(value string) error {
	for text := range strings.SplitSeq(value, ",") {
		if err := b.Append(text); err != nil {
			return err
		}
	}
	return nil
}

// Append, Replace and GetSlice make it a list, as the command that makes a run again writes it.
func (b branches) Append(text string) error {
	branch, err := testbench.ParseBranch(text)
	if err == nil {
		*b.to = append(*b.to, branch)
	}
	return err
}

func (b branches) Replace(texts []string) error {
	*b.to = nil
	for _, text := range texts {
		if err := b.Append(text); err != nil {
			return err
		}
	}
	return nil
}

func (b branches) GetSlice() []string {
	var texts []string
	for _, branch := range *b.to {
		texts = append(texts, branch.String())
	}
	return texts
}

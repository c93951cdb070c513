package builtin

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// bugsMin is how many bugs the collection holds at least: a search that finds a few favourites proves little.
const bugsMin = 30

func TestEveryBugOfTheCollectionIsSwitchedOnByItsFlag(t *testing.T) {
	all := map[string]bool{}
	for _, s := range Services() {
		for _, b := range s.Bugs {
			name := s.Workload.Name + " " + b.Name
			if all[name] {
				t.Errorf("%s comes twice", name)
			}
			all[name] = true
			flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
			flags.SetOutput(io.Discard)
			build := s.Flags(flags)
			if flag := flags.Lookup("bug"); flag == nil || !flag.Hidden {
				t.Errorf("%s: there is no --bug that help leaves out", name)
				continue
			}
			if err := flags.Parse(append([]string{"--bug", b.Name}, b.Flags...)); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if _, err := build(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if b.Breaks == "" || strings.HasSuffix(b.Breaks, ".") {
				t.Errorf("%s breaks %q, want a clause", name, b.Breaks)
			}
		}
		if len(s.Bugs) > 0 && len(s.Hunt) == 0 {
			t.Errorf("%s has bugs, and no flags of a run that looks for them", s.Workload.Name)
		}
	}
	if len(all) < bugsMin {
		t.Errorf("%d bugs, want at least %d", len(all), bugsMin)
	}
}

func TestABugThatThereIsNotIsRefusedByName(t *testing.T) {
	flags := pflag.NewFlagSet("lin-kv", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	LinKV().Flags(flags)
	err := flags.Parse([]string{"--bug", "lease-to-long"})
	if err == nil || !strings.Contains(err.Error(), "lease-to-long") || !strings.Contains(err.Error(), "lease-too-long") {
		t.Errorf("%v", err)
	}
}

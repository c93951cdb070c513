package cli

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli/builtin"
	"eddy/cli/service"
	"eddy/workload"
	workloads "eddy/workload/builtin"
)

func TestServicesThatNoCommandCanBeMadeOfAreRefusedByName(t *testing.T) {
	refusing := func(*pflag.FlagSet) service.Build {
		return func() (node.Service, error) { return nil, errors.New("--size 0: must be above 0") }
	}
	twice := func(set *pflag.FlagSet) service.Build {
		set.Int("size", 1, "")
		set.Int("size", 1, "")
		return nil
	}
	for _, c := range []struct {
		name   string
		change func(*Service)
		want   string
	}{
		{"no name", func(s *Service) { s.Workload.Name = "" }, "a workload has no Name"},
		{"no checker", func(s *Service) { s.Workload.Judge.Check = nil }, `workload "echo" lacks a checker: give it Judge.Check`},
		{"no generator", func(s *Service) { s.Workload.NewGenerator = nil }, `workload "echo" lacks a generator`},
		{"no calls", func(s *Service) { s.Workload.Calls = nil }, `workload "echo" lacks calls`},
		{"a name that is no word", func(s *Service) { s.Workload.Name = "my echo" }, `workload "my echo": a Name is lower-case letters, digits and hyphens`},
		{"a call less", func(s *Service) { s.Workload.Judge.Fs = []string{"echo", "shout"} }, `workload "echo" has an operation "shout" in Judge.Fs that is none of its Calls`},
		{"no type of reply", func(s *Service) { s.Workload.Calls[0].Reply = workload.Schema{} }, `workload "echo": the call for "echo" does not say of which type the reply is: give it Reply.Type, such as "echo_ok"`},
		{"no kind of field", func(s *Service) { s.Workload.Calls[0].Reply.Kind = nil }, `the reply's field "echo" holds: give it Reply.Kind`},
		{"a flag twice", func(s *Service) { s.Flags = twice }, "service echo cannot declare its flags: echo flag redefined: size"},
		{"nil for a service", func(s *Service) { s.Flags = service.Fixed(nil) }, "service echo: what Flags returns builds no service, but nil"},
		{"bad defaults", func(s *Service) { s.Flags = refusing }, "service echo does not accept its own defaults: --size 0: must be above 0"},
		{"no build", func(s *Service) { s.Flags = func(*pflag.FlagSet) service.Build { return nil } }, "service echo: Flags returns nil"},
		{"a challenge of others", func(s *Service) { s.Best = map[string]service.Strategy{"3d": {}} }, "service echo has flags for a challenge 3d"},
	} {
		s := builtin.Echo()
		c.change(&s)
		if _, err := newProgram([]Service{builtin.Broadcast(), s}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.name, err, c.want)
		}
	}
	if _, err := newProgram([]Service{builtin.Echo(), builtin.Echo()}); err == nil || !strings.Contains(err.Error(), `two services are tested by a workload named "echo"`) {
		t.Errorf("twice the same: %v", err)
	}
	if _, err := newProgram(nil); err == nil {
		t.Error("a program without services was made")
	}
}

func TestTheServicesThatComeWithEddyAreTestedByTheWorkloadsThatDo(t *testing.T) {
	served, listed := eddy.workloads.Names(), workloads.Workloads().Names()
	slices.Sort(served)
	slices.Sort(listed)
	if !slices.Equal(served, listed) {
		t.Errorf("services for %v, workloads %v", served, listed)
	}
}

func TestAProgramKnowsOnlyTheServicesThatItWasGiven(t *testing.T) {
	p, err := newProgram([]Service{builtin.Echo()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.service("broadcast"); err == nil || p.challengeNumbers()[0] != "1" || len(p.challenges) != 1 {
		t.Errorf("broadcast: %v; challenges %v", err, p.challengeNumbers())
	}
}

// Examples in help are commands that work.
func TestHelpNamesServicesThatTheProgramHas(t *testing.T) {
	p, err := newProgram([]Service{builtin.Echo()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.rootCommand().Commands() {
		for line := range strings.Lines(c.Long) {
			if strings.HasPrefix(line, "  eddy ") && (strings.Contains(line, "broadcast") || strings.Contains(line, "3d")) {
				t.Errorf("%s: %s", c.Name(), line)
			}
		}
	}
	for _, want := range []string{"\n  eddy sim echo --seeds 100    the same", "\n  eddy glomers                 every challenge"} {
		if long := p.rootCommand().Long; !strings.Contains(long, want) {
			t.Errorf("help lacks %q:\n%s", want, long)
		}
	}
}

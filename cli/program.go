package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/cli/service"
	"eddy/internal/suggest"
	"eddy/workload"
)

// Service is something that a node can be, and the workload that tests it.
type Service = service.Service

// program is what the command knows: the services it was made of.
type program struct {
	services   []Service
	workloads  workload.Workloads // of the services, in their order
	challenges []challenge        // of the workloads, by number
}

// newProgram makes a program of services. An error names what is wrong with which of them.
func newProgram(services []Service) (*program, error) {
	if len(services) == 0 {
		return nil, errors.New("no service was given to cli.Main: give it at least one")
	}
	p := &program{services: services}
	var wrong []error
	for _, s := range services {
		if err := p.check(s); err != nil {
			wrong = append(wrong, err)
			continue
		}
		p.workloads = append(p.workloads, s.Workload)
		for _, c := range s.Workload.Challenges {
			best := s.Best[c.Number]
			p.challenges = append(p.challenges, challenge{Challenge: c, workload: s.Workload.Name, strategy: best.Flags, processes: best.Processes})
		}
	}
	slices.SortFunc(p.challenges, func(a, b challenge) int { return strings.Compare(a.Number, b.Number) })
	return p, errors.Join(wrong...)
}

// check refuses a service that no command could be made of, in the words of who wrote it.
func (p *program) check(s Service) error {
	w := s.Workload
	if err := w.Validate(); err != nil {
		return err
	}
	if slices.Contains(p.workloads.Names(), w.Name) {
		return fmt.Errorf("two services are tested by a workload named %q: give each its own name", w.Name)
	}
	for number := range s.Best {
		if !slices.ContainsFunc(w.Challenges, func(c workload.Challenge) bool { return c.Number == number }) {
			return fmt.Errorf("service %s has flags for a challenge %s, which its workload does not have", w.Name, number)
		}
	}
	if s.Flags == nil {
		return nil
	}
	flags := cmdline.NewFlagSet(w.Name)
	build, err := declared(s, flags)
	if err != nil {
		return err
	}
	if build == nil {
		return fmt.Errorf("service %s: Flags returns nil: return the function that builds the service", w.Name)
	}
	cmdline.DeclareNode(flags)
	declareCluster(flags)
	made, err := build()
	switch {
	case err != nil:
		return fmt.Errorf("service %s does not accept its own defaults: %w", w.Name, err)
	case made == nil:
		return fmt.Errorf("service %s: what Flags returns builds no service, but nil", w.Name)
	}
	return nil
}

// declared has a service declare its flags. pflag panics at a flag that there is already.
func declared(s Service, flags *pflag.FlagSet) (build service.Build, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("service %s cannot declare its flags: %v", s.Workload.Name, value)
		}
	}()
	return s.Flags(flags), nil
}

// service finds the service that a workload tests.
func (p *program) service(name string) (Service, error) {
	for _, s := range p.services {
		if s.Workload.Name != name {
			continue
		}
		if s.Flags == nil {
			return s, fmt.Errorf("there is no service for the workload %s", name)
		}
		return s, nil
	}
	return Service{}, fmt.Errorf("there is no service %q%s", name, suggest.Among(name, p.serviceNames()))
}

// serviceNames are those that can be served.
func (p *program) serviceNames() []string {
	var names []string
	for _, s := range p.services {
		if s.Flags != nil {
			names = append(names, s.Workload.Name)
		}
	}
	return names
}

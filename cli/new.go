package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"eddy/cli/cmdline"
	"eddy/cli/scaffold"
	"eddy/cli/service"
	"eddy/internal/suggest"
)

// offersNew reports whether the program has every workload that there are templates for, so
// that the nodes it writes can be tested with it.
func (p *program) offersNew() bool {
	for _, w := range scaffold.Workloads() {
		if !slices.Contains(p.workloads.Names(), w) {
			return false
		}
	}
	return true
}

func newCommand() *cobra.Command {
	lang, workload, checkout := "go", "broadcast", ""
	cmd := &cobra.Command{
		Use:   "new DIR",
		Short: "Write the first version of a node, in one of five languages",
		Long: `New makes a directory with a node for one of Maelstrom's workloads: it builds,
runs and passes a test, and its README says how. It is a beginning: correct, simple,
and yours to change.

  eddy new mynode                                     actors in Go
  eddy new mynode --lang python --workload kafka      Python without a library

The languages are

  go            actors, on Eddy's own runtime, with all of eddy's commands
  go-library    Maelstrom's library for Go
  python        Python 3, without a library
  javascript    Node.js, without a library
  rust          Rust, with serde_json`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 || args[0] == "":
				return errors.New("new what? name the directory to make, as in eddy new mynode")
			case len(args) > 1:
				return fmt.Errorf("new makes one directory, not %s", strings.Join(args, " and "))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			project, err := newProject(args[0], lang, workload, checkout)
			if err != nil {
				return err
			}
			written, err := scaffold.Write(project)
			if err != nil {
				return err
			}
			fmt.Printf("%s: a node for %s in %s\n", args[0], workload, lang)
			for _, f := range written.Files {
				fmt.Printf("  %s\n", f)
			}
			fmt.Printf("\nNext:\n  cd %s\n", args[0])
			for _, line := range written.Next {
				fmt.Printf("  %s\n", line)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&lang, "lang", lang, "language: "+strings.Join(scaffold.Languages(), ", "))
	cmd.Flags().StringVarP(&workload, "workload", "w", workload, "workload: "+strings.Join(scaffold.Workloads(), ", "))
	cmd.Flags().StringVar(&checkout, "eddy", "", "directory of Eddy's source, for go (default: what this program was built from)")
	for name, known := range map[string][]string{"lang": scaffold.Languages(), "workload": scaffold.Workloads()} {
		_ = cmd.RegisterFlagCompletionFunc(name, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return known, cobra.ShellCompDirectiveNoFileComp
		})
	}
	return cmd
}

// newProject checks what was given, in words.
func newProject(dir, lang, workload, checkout string) (scaffold.Project, error) {
	if known := scaffold.Languages(); !slices.Contains(known, lang) {
		return scaffold.Project{}, fmt.Errorf("--lang %s: there is no template in that language%s", lang, suggest.Among(lang, known))
	}
	if known := scaffold.Workloads(); !slices.Contains(known, workload) {
		return scaffold.Project{}, fmt.Errorf("--workload %s: there is no template for that workload%s", workload, suggest.Among(workload, known))
	}
	source, err := eddySource(checkout)
	if err != nil {
		return scaffold.Project{}, err
	}
	if lang == "go" && source.Version == "" && source.Checkout == "" {
		return scaffold.Project{}, errors.New("the source that this program was built from is not where it was: say where Eddy's source is with --eddy DIR")
	}
	return scaffold.Project{Dir: dir, Lang: lang, Workload: workload, Eddy: source}, nil
}

// eddySource is where a new node finds Eddy: the checkout that was given, else the release that this
// program was built from, else the checkout.
func eddySource(given string) (scaffold.Source, error) {
	s := scaffold.Source{Module: strings.TrimSuffix(reflect.TypeFor[service.Service]().PkgPath(), "/cli/service")}
	switch _, file, _, ok := runtime.Caller(0); {
	case given != "":
		dir, err := filepath.Abs(given)
		if err != nil {
			return s, err
		}
		if !holdsModule(dir, s.Module) {
			return s, fmt.Errorf("--eddy %s: its go.mod is not that of the module %s", given, s.Module)
		}
		s.Checkout = dir
	case released(s.Module) != "":
		s.Version = released(s.Module)
	case ok:
		if dir := filepath.Dir(filepath.Dir(file)); holdsModule(dir, s.Module) {
			s.Checkout = dir
		}
	}
	s.Command, s.Setup = callsEddy(s)
	return s, nil
}

// released is the release of Eddy's module that this program was built from; empty for a checkout.
// A module whose path does not begin with a domain has none.
func released(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok || !strings.Contains(strings.Split(module, "/")[0], ".") {
		return ""
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == module && m.Replace == nil && strings.HasPrefix(m.Version, "v") && !strings.ContainsAny(m.Version, "-+") {
			return m.Version
		}
	}
	return ""
}

func holdsModule(dir, module string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && slices.Contains(strings.Split(string(data), "\n"), "module "+module)
}

// callsEddy is how a README calls the command: by its name where the PATH leads to this very program;
// else it is built first, or called by its path.
func callsEddy(s scaffold.Source) (command, setup string) {
	self, err := os.Executable()
	if err != nil {
		self = programName()
	}
	name := filepath.Base(self)
	if found, err := exec.LookPath(name); err == nil && sameFile(found, self) {
		return name, ""
	}
	switch {
	case s.Checkout != "":
		return "./eddy", "go build -C " + cmdline.Shell([]string{s.Checkout}) + ` -o "$PWD/eddy" ./cmd/eddy`
	case s.Version != "":
		return "./eddy", `GOBIN="$PWD" go install ` + s.Module + "/cmd/eddy@" + s.Version
	}
	return cmdline.Shell([]string{self}), ""
}

func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

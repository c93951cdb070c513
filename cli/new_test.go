package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"eddy/cli/scaffold"
)

func TestNewSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ dir, lang, workload, checkout, want string }{
		{"x", "pyton", "echo", "", "--lang pyton: there is no template in that language; did you mean python? There are " + strings.Join(scaffold.Languages(), ", ")},
		{"x", "cobol", "echo", "", "--lang cobol: there is no template in that language; choose one of " + strings.Join(scaffold.Languages(), ", ")},
		{"x", "python", "kafak", "", "--workload kafak: there is no template for that workload; did you mean kafka? There are " + strings.Join(scaffold.Workloads(), ", ")},
		{"x", "python", "lock", "", "--workload lock: there is no template for that workload"},
		{"x", "go", "echo", "testdata", "--eddy testdata: its go.mod is not that of the module eddy"},
	} {
		if _, err := newProject(c.dir, c.lang, c.workload, c.checkout); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v:\n%v", c, err)
		}
	}
	cmd := newCommand()
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "new what? name the directory to make, as in eddy new mynode"},
		{[]string{""}, "new what? name the directory to make, as in eddy new mynode"},
		{[]string{"a", "b"}, "new makes one directory, not a and b"},
	} {
		if err := cmd.Args(cmd, c.args); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v", c.args, err)
		}
	}
}

// The checkout that a node in Go is built from is the one that this program was built from.
func TestNewFindsEddysSource(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, given := range []string{"", ".."} {
		s, err := eddySource(given)
		if err != nil || s.Module != "eddy" || s.Version != "" || s.Checkout != root {
			t.Errorf("--eddy %q: %+v, %v", given, s, err)
		}
		if want := "go build -C " + root + ` -o "$PWD/eddy" ./cmd/eddy`; s.Command != "./eddy" || s.Setup != want {
			t.Errorf("a program that is not on the PATH is called by %q after %q", s.Command, s.Setup)
		}
	}
}

// A program of other services could not test what it writes.
func TestNewIsForProgramsWithAllWorkloads(t *testing.T) {
	if !eddy.offersNew() {
		t.Error("eddy has no new")
	}
	few := &program{services: eddy.services[:2], workloads: eddy.workloads[:2]}
	for _, c := range few.rootCommand().Commands() {
		if c.Name() == "new" {
			t.Error("a program of two services has new")
		}
	}
}

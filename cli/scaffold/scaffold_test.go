package scaffold

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// everyProject calls f for each workload in each language.
func everyProject(f func(lang, workload string)) {
	for _, lang := range Languages() {
		for _, workload := range Workloads() {
			f(lang, workload)
		}
	}
}

// here is Eddy as these tests find it.
var here = Source{Module: "eddy", Checkout: "../..", Command: "eddy"}

func TestEveryLanguageHasEveryWorkload(t *testing.T) {
	everyProject(func(lang, workload string) {
		dir := filepath.Join(t.TempDir(), "My Node!")
		written, err := Write(Project{Dir: dir, Lang: lang, Workload: workload, Eddy: here})
		if err != nil {
			t.Errorf("%s, %s: %v", lang, workload, err)
			return
		}
		if !slices.Contains(written.Files, "README.md") || len(written.Files) < 3 {
			t.Errorf("%s, %s: files %q", lang, workload, written.Files)
		}
		for _, name := range written.Files {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(string(text), "«»") || strings.Contains(string(text), "<no value>") {
				t.Errorf("%s, %s: %s was not filled in:\n%s", lang, workload, name, text)
			}
			if len(text) == 0 || text[len(text)-1] != '\n' || strings.Contains(string(text), "\n\n\n\n") {
				t.Errorf("%s, %s: %s has no end of line at its end, or three empty lines together", lang, workload, name)
			}
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || (info.Mode()&0o100 != 0) != strings.HasPrefix(string(text), "#!") {
				t.Errorf("%s, %s: %s: mode %v, %v", lang, workload, name, info.Mode(), err)
			}
		}
	})
}

func TestDirectoriesThatHoldSomethingAreLeftAlone(t *testing.T) {
	at := func(dir string) error {
		_, err := Write(Project{Dir: dir, Lang: "python", Workload: "echo", Eddy: here})
		return err
	}
	full := t.TempDir()
	file := filepath.Join(full, "notes.txt")
	if err := os.WriteFile(file, []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	repository := t.TempDir()
	if err := os.Mkdir(filepath.Join(repository, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, want string }{
		{"", "the name of the directory is empty"},
		{full, full + " is not empty (it holds notes.txt): name a directory that is not there yet"},
		{file, file + " is a file: name a directory that is not there yet"},
		{repository, ""},
		{filepath.Join(t.TempDir(), "some", "where"), ""},
	} {
		if err := at(c.dir); (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%q: error %v, want %q", c.dir, err, c.want)
		}
	}
	if entries, _ := os.ReadDir(full); len(entries) != 1 {
		t.Errorf("the refused directory holds %d files", len(entries))
	}
}

func TestNamesOfProjectsFollowTheRulesOfTheirLanguage(t *testing.T) {
	for base, want := range map[string]string{"My Node!": "my-node", "3e": "node-3e", "---": "node-", "kafka_2": "kafka_2"} {
		s, err := newPage(Project{Dir: filepath.Join("some", base), Eddy: here}, languages[0], workloads[0])
		if err != nil || s.Package != want || s.Module != "example.org/"+want || s.Name != base {
			t.Errorf("%q: package %q, module %q, name %q, %v", base, s.Package, s.Module, s.Name, err)
		}
	}
}

func TestGoIsFormatted(t *testing.T) {
	everyProject(func(lang, workload string) {
		dir := filepath.Join(t.TempDir(), "node")
		written, err := Write(Project{Dir: dir, Lang: lang, Workload: workload, Eddy: here})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range written.Files {
			if !strings.HasSuffix(name, ".go") {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			formatted, err := format.Source(text)
			if err != nil || !bytes.Equal(formatted, text) {
				t.Errorf("%s, %s: %s is not as gofmt writes it: %v", lang, workload, name, err)
			}
		}
	})
}

// A project names the version of Maelstrom's library that Eddy itself is built with.
func TestLibraryIsTheOneOfEddy(t *testing.T) {
	for _, name := range []string{"go.mod", "go.sum"} {
		ours, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := templates.ReadFile("templates/go-library/" + name + ".tmpl")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(theirs)) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "require ")
			if strings.HasPrefix(line, "github.com/") && !strings.Contains(string(ours), line) {
				t.Errorf("%s of templates in go-library: %s is not in Eddy's", name, line)
			}
		}
	}
}

// With a release go.mod names it, and go mod tidy finds out the rest.
func TestNodeOfAReleaseNamesIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "node")
	released := Source{Module: "example.org/eddy", Version: "v1.2.3", Command: "eddy"}
	written, err := Write(Project{Dir: dir, Lang: "go", Workload: "echo", Eddy: released})
	if err != nil || slices.Contains(written.Files, "go.sum") {
		t.Fatal(written.Files, err)
	}
	for name, wants := range map[string][]string{
		"go.mod":    {"require example.org/eddy v1.2.3"},
		"main.go":   {`"example.org/eddy/cli"`},
		"README.md": {"go mod tidy\ngo build -o node ."},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
		if strings.Contains(string(text), "replace") {
			t.Errorf("%s has a replace line:\n%s", name, text)
		}
	}
}

// A command that is not on the PATH is built first, and then called where it is.
func TestREADMESaysHowToComeByEddy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "node")
	from := here
	from.Command, from.Setup = "./eddy", "go build -C /src/eddy -o \"$PWD/eddy\" ./cmd/eddy"
	if _, err := Write(Project{Dir: dir, Lang: "rust", Workload: "echo", Eddy: from}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{from.Setup, "./eddy test echo --bin target/debug/node", "./eddy trace"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("README.md lacks %q:\n%s", want, text)
		}
	}
}

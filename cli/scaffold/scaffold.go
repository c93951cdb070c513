// Package scaffold writes the first version of a node: a directory that builds, runs and passes a
// test, for each workload of Maelstrom in each of a few languages.
//
// The templates are in the folder templates, one folder a language: what all nodes of the language
// share (its side of the protocol), and one file of handlers a workload. They are text/template
// with the delimiters « and », which no language here uses. The table of languages below says which
// files make a project; the table of workloads, in workloads.go, what a README says about each.
package scaffold

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// Project is what is to be written.
type Project struct {
	Dir      string // made if it is not there; otherwise it must be empty
	Lang     string // one of Languages
	Workload string // one of Workloads
	Eddy     Source
}

// Source is where a project finds Eddy.
type Source struct {
	Module   string // the path of Eddy's module
	Version  string // a release, or empty
	Checkout string // where there is no release: the directory of the module, or empty where that is unknown
	Command  string // what calls the command
	Setup    string // what is to be done first for Command to work; empty for nothing
}

// Languages are the languages of templates, as Project names them.
func Languages() []string {
	var names []string
	for _, l := range languages {
		names = append(names, l.name)
	}
	return names
}

// Workloads are the workloads that every language has a template for.
func Workloads() []string {
	var names []string
	for _, w := range workloads {
		names = append(names, w.name)
	}
	return names
}

// Writing is a project that has been written.
type Writing struct {
	Files []string // paths inside of the directory
	Next  []string // commands that build, run and test it, from inside of the directory
}

// Write makes the project's directory and files.
func Write(p Project) (Writing, error) {
	l, w, err := p.find()
	if err != nil {
		return Writing{}, err
	}
	if err := makeEmpty(p.Dir); err != nil {
		return Writing{}, err
	}
	page, err := newPage(p, l, w)
	if err != nil {
		return Writing{}, err
	}
	done := Writing{Next: page.next()}
	for _, f := range append([]File{{From: "README.md", To: "README.md"}}, page.Files...) {
		text, err := page.render(f)
		if err != nil {
			return Writing{}, err
		}
		to := filepath.Join(p.Dir, filepath.FromSlash(f.To))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return Writing{}, err
		}
		mode := fs.FileMode(0o644)
		if bytes.HasPrefix(text, []byte("#!")) {
			mode = 0o755
		}
		if err := os.WriteFile(to, text, mode); err != nil {
			return Writing{}, err
		}
		done.Files = append(done.Files, f.To)
	}
	return done, nil
}

func (p Project) find() (language, workload, error) {
	l := slices.IndexFunc(languages, func(l language) bool { return l.name == p.Lang })
	w := slices.IndexFunc(workloads, func(w workload) bool { return w.name == p.Workload })
	switch {
	case l < 0:
		return language{}, workload{}, fmt.Errorf("there is no template in the language %q", p.Lang)
	case w < 0:
		return language{}, workload{}, fmt.Errorf("there is no template for the workload %q", p.Workload)
	case languages[l].needsEddy && p.Eddy.Version == "" && p.Eddy.Checkout == "":
		return language{}, workload{}, errors.New("a node in go needs Eddy's source, and this program does not know where it is")
	}
	return languages[l], workloads[w], nil
}

// makeEmpty makes a directory, or leaves one that holds nothing, or nothing but .git.
func makeEmpty(dir string) error {
	if dir == "" {
		return errors.New("the name of the directory is empty")
	}
	entries, err := os.ReadDir(dir)
	switch info, statErr := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return os.MkdirAll(dir, 0o755)
	case statErr == nil && !info.IsDir():
		return fmt.Errorf("%s is a file: name a directory that is not there yet", dir)
	case err != nil:
		return err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".git" })
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty (it holds %s): name a directory that is not there yet", dir, entries[0].Name())
	}
	return nil
}

// page is what templates see.
type page struct {
	Name, Workload, Language, About string
	Module, Package                 string // of a project in Go; Package is a crate's or npm's name
	Source
	Eddy            string // what calls the command
	WorkloadPackage string // where the workload is in Eddy
	Files           []File
	Hand            []string // messages to send by hand
	HandNote        string   // more about that
	Building        string
	Build           string
	Run             string // calls the node by hand
	Test            string
	Seeding, Seeds  string
	Maelstrom       string
	WorkloadNew     string // the function that makes the workload
	Short           string
	TestOptions     string
	GoVersion       string
	Requires        string // the blocks of a go.mod that say what Eddy is built of
	lang            string
	sums            []byte // the go.sum that goes with it
}

// File is one file of a project.
type File struct {
	From string // in the language's folder of templates; empty for what is not a template
	To   string
	Says string // what it is, for the README
	only []string
}

var notInNames = regexp.MustCompile(`[^a-z0-9_-]+`)

func newPage(p Project, l language, w workload) (*page, error) {
	abs, err := filepath.Abs(p.Dir)
	if err != nil {
		return nil, err
	}
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(filepath.Base(abs)), "-"), "-_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "node-" + name // crates and binaries begin with a letter
	}
	s := &page{
		Name: filepath.Base(abs), Workload: w.name, Language: l.title, About: w.about,
		Module: "example.org/" + name, Package: name, Source: p.Eddy, Eddy: p.Eddy.Command, WorkloadPackage: w.goPackage, WorkloadNew: cmp.Or(w.goNew, "New"), Short: w.short, TestOptions: w.goOptions,
		Hand: append([]string{initLine}, w.hand...), lang: l.name,
	}
	for _, f := range l.files {
		if f.only == nil || slices.Contains(f.only, w.name) {
			f.From = strings.ReplaceAll(f.From, "WORKLOAD", w.template)
			s.Files = append(s.Files, f)
		}
	}
	if l.needsEddy {
		if err := s.requireEddy(); err != nil {
			return nil, err
		}
	}
	l.commands(s, "--node-count 5 --rate 20 --time-limit 10 --latency 20 --nemesis partition --nemesis-interval 3"+w.flags)
	return s, nil
}

// goOfReleases is the version of Go in the go.mod of a node that is built with a release of Eddy; go mod tidy raises it.
const goOfReleases = "1.26.0"

var (
	goLine      = regexp.MustCompile(`(?m)^go (\S+)$`)
	requirement = regexp.MustCompile(`(?ms)^require \(.*?^\)\n`)
)

// requireEddy has go.mod and go.sum name all that Eddy is built of, as its checkout does, so that the node builds at once. With
// a release, go mod tidy finds out.
func (s *page) requireEddy() error {
	if s.Version != "" {
		s.GoVersion = goOfReleases
		s.Files = slices.DeleteFunc(s.Files, func(f File) bool { return f.To == "go.sum" })
		return nil
	}
	mod, err := os.ReadFile(filepath.Join(s.Checkout, "go.mod"))
	if err != nil {
		return err
	}
	s.sums, err = os.ReadFile(filepath.Join(s.Checkout, "go.sum"))
	if err != nil {
		return err
	}
	version := goLine.FindSubmatch(mod)
	if version == nil {
		return fmt.Errorf("%s: there is no line with the version of Go", filepath.Join(s.Checkout, "go.mod"))
	}
	s.GoVersion = string(version[1])
	for _, block := range requirement.FindAll(mod, -1) {
		s.Requires += "\n" + string(block)
	}
	if strings.ContainsAny(s.Checkout, " \t'`") {
		s.Checkout = strconv.Quote(s.Checkout) // as go.mod wants it
	}
	return nil
}

// next are the commands that a user types after the directory is made.
func (s *page) next() []string {
	var all []string
	for _, line := range []string{s.Setup, s.Build, s.Test} {
		if line != "" {
			all = append(all, strings.Split(line, "\n")...)
		}
	}
	return all
}

func (s *page) render(f File) ([]byte, error) {
	if f.To == "go.sum" && s.sums != nil {
		return s.sums, nil
	}
	from := path.Join("templates", s.lang, f.From)
	if f.To == "README.md" {
		from = path.Join("templates", f.From)
	}
	text, err := templates.ReadFile(from)
	if err != nil {
		return nil, err
	}
	t, err := template.New(f.From).Delims("«", "»").Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, s)
	return out.Bytes(), err
}

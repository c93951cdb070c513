package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// withExamples are the packages that whoever writes a service or a workload calls, and the functions of each that are for
// others: of the bench, and of those who carry traces and logs.
var withExamples = map[string][]string{
	"actor":       {"NewTracing", "WithTracing"},
	"actor/node":  {"NewLog", "NewTracedLog"},
	"cli":         nil,
	"cli/service": nil,
	"simtest":     nil,
	"workload":    {"DefaultOptions", "InitRequest", "InitRequests", "IsList", "Malformed", "NewKeyPool", "Topologies", "Topology", "TopologyRequest"},
}

func TestEveryFunctionThatServicesCallHasAnExample(t *testing.T) {
	for dir, others := range withExamples {
		exported, examples := functionsOf(t, filepath.Join(root, dir))
		for name := range exported {
			if !examples["Example"+name] && !slices.Contains(others, name) {
				t.Errorf("package %s: %s has no example", dir, name)
			}
		}
		for _, name := range others {
			if !exported[name] || examples["Example"+name] {
				t.Errorf("package %s: %s needs no exception", dir, name)
			}
		}
	}
}

// functionsOf gives the exported functions of a package that are no methods, and its examples.
func functionsOf(t *testing.T, dir string) (exported, examples map[string]bool) {
	t.Helper()
	exported, examples = map[string]bool{}, map[string]bool{}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no Go files, %v", dir, err)
	}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			switch {
			case !ok || f.Recv != nil:
			case strings.HasSuffix(name, "_test.go"):
				examples[f.Name.Name] = true
			case f.Name.IsExported():
				exported[f.Name.Name] = true
			}
		}
	}
	return exported, examples
}

// The code that go doc eddy/actor shows is that of an example, which is run.
func TestCodeInThePageOfActorsIsAnExample(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "actor/doc.go"))
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile(filepath.Join(root, "actor/example_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(example)) {
		known[strings.TrimSpace(line)] = true
	}
	count := 0
	for line := range strings.Lines(string(page)) {
		if code, ok := strings.CutPrefix(line, "//\t"); ok {
			if count++; !known[strings.TrimSpace(code)] {
				t.Errorf("this stands in no example: %s", code)
			}
		}
	}
	if count < 20 {
		t.Errorf("only %d lines of code found: the search is broken", count)
	}
}

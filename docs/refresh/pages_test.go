package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// pages gives every Markdown file of the project by its path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := filesOf(t, ".md")
	if len(all) < 5 {
		t.Fatalf("only %d pages found: the walk is broken", len(all))
	}
	return all
}

func filesOf(t *testing.T, ending string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "store" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ending):
			return nil
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What a page shows as Go stands in a Go file, which the compiler reads and the
// tests run.
func TestEveryGoBlockOfAPageIsCodeThatCompiles(t *testing.T) {
	var code []string
	for name, text := range filesOf(t, ".go") {
		if !strings.HasPrefix(name, "docs/refresh/") {
			code = append(code, text)
		}
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```")
	for name, text := range pages(t) {
		for _, block := range blocks.FindAllStringSubmatch(text, -1) {
			if !anyContains(code, block[1]) {
				t.Errorf("%s: this stands in no Go file as it is:\n%s", name, block[1])
			}
		}
	}
}

func anyContains(texts []string, part string) bool {
	for _, text := range texts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func TestEveryLinkOfAPageLeadsSomewhere(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	for name, text := range pages(t) {
		for _, link := range links.FindAllStringSubmatch(text, -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			target := filepath.Join(root, filepath.Dir(name), link[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", name, link[1])
			}
		}
	}
}

func TestEveryCommandOfAPageIsFollowedByWhatItPrints(t *testing.T) {
	for name, text := range pages(t) {
		lines := strings.Split(text, "\n")
		all, err := places(lines)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, p := range all {
			commandLines := 0
			if p.console {
				commandLines = strings.Count(p.script(), "\n") + 1
			}
			if p.end-p.begin <= commandLines {
				t.Errorf("%s, line %d: nothing is printed below %q", name, p.begin, p.commands[0])
			}
		}
	}
}

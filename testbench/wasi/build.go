package wasi

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// build builds the Go package main in a directory for WASI. What it is built of decides where the result
// is kept: the same sources and dependencies under the same Go are built once.
func (h *Host) build(dir string) ([]byte, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, fmt.Errorf("%s: to build a Go package the simulator needs the Go toolchain, and there is no go on the PATH: install it (https://go.dev/dl), or build the node elsewhere with GOOS=wasip1 GOARCH=wasm and name the module", dir)
	}
	if err := checkPackage(dir); err != nil {
		return nil, err
	}
	parts, err := goCommand(dir, "list", "-trimpath", "-export", "-deps", "-f", "{{.ImportPath}} {{.BuildID}}", ".")
	if err != nil {
		return nil, buildError(dir, err)
	}
	kept := filepath.Join(h.builds, fmt.Sprintf("%x.wasm", sha256.Sum256(parts)))
	if code, err := os.ReadFile(kept); err == nil {
		return code, nil
	}
	made, err := os.MkdirTemp("", "eddy-wasi-")
	if err != nil {
		return nil, fmt.Errorf("%s: build for WASI: %w", dir, err)
	}
	defer os.RemoveAll(made)
	fresh := filepath.Join(made, "node.wasm")
	if _, err := goCommand(dir, "build", "-trimpath", "-o", fresh, "."); err != nil {
		return nil, buildError(dir, err)
	}
	code, err := os.ReadFile(fresh)
	if err != nil {
		return nil, fmt.Errorf("%s: build for WASI: %w", dir, err)
	}
	keep(kept, code)
	return code, nil
}

// keep writes a file whole or not at all. One that cannot be kept is built again the next time.
func keep(path string, code []byte) {
	if os.MkdirAll(filepath.Dir(path), 0o755) != nil {
		return
	}
	file, err := os.CreateTemp(filepath.Dir(path), "new-")
	if err != nil {
		return
	}
	_, err = file.Write(code)
	if errors.Join(err, file.Close()) != nil || os.Rename(file.Name(), path) != nil {
		_ = os.Remove(file.Name())
	}
}

// goCommand runs go for WASI in a directory, and gives what it prints or, as the error, what it complains of.
func goCommand(dir string, args ...string) ([]byte, error) {
	command := exec.Command("go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil && complaint.Len() > 0 {
		err = errors.New(strings.TrimSpace(complaint.String()))
	}
	return out, err
}

// checkPackage says why a directory holds no program in Go.
func checkPackage(dir string) error {
	if goFiles, _ := filepath.Glob(filepath.Join(dir, "*.go")); len(goFiles) == 0 {
		if others := mainsBelow(dir); others != "" {
			return fmt.Errorf("%s: this directory holds no Go files: expected the directory of a package main%s", dir, others)
		}
		return fmt.Errorf("%s: this directory holds no Go package: expected a program built for WASI, or the directory of a Go package main; a node that cannot be built for WASI, such as one in Python, runs with eddy test --bin", dir)
	}
	name, err := goCommand(dir, "list", "-e", "-f", "{{.Name}}", ".")
	switch found := strings.TrimSpace(string(name)); {
	case err != nil:
		return buildError(dir, err)
	case found != "main" && found != "": // where there is no name, the build says what is wrong
		return fmt.Errorf("%s: this is the Go package %s, a library: expected the directory of a package main%s", dir, found, mainsBelow(dir))
	}
	return nil
}

// mainsBelow names the programs of a module, for whoever named its root.
func mainsBelow(dir string) string {
	out, err := goCommand(dir, "list", "-e", "-f", `{{if eq .Name "main"}}{{.Dir}}{{end}}`, "./...")
	if err != nil {
		return ""
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	const namedMax = 8
	var mains []string
	for main := range strings.FieldsSeq(string(out)) {
		if rel, err := filepath.Rel(root, main); err == nil && len(mains) < namedMax {
			mains = append(mains, filepath.Join(dir, rel))
		}
	}
	if len(mains) == 0 {
		return ""
	}
	return ", such as " + strings.Join(mains, ", ")
}

// hints are what to do about complaints of go whose cause is known.
var hints = []struct {
	complaint *regexp.Regexp
	remedy    string
}{
	{regexp.MustCompile(`sirupsen/logrus`), "logrus older than 1.9.3 does not build for WASI: run go get github.com/sirupsen/logrus@v1.9.3 in the module"},
	{regexp.MustCompile(`missing go\.sum entry|updates to go\.(mod|sum) needed|no required module provides`), "run go mod tidy in the module"},
	{regexp.MustCompile(`go\.mod file not found|cannot find main module`), "make the directory a module: go mod init node, then go mod tidy"},
	{regexp.MustCompile(`unsupported GOOS/GOARCH pair`), "this Go is older than 1.21, the first that builds for WASI: install a newer one"},
	{regexp.MustCompile(`requires go >= `), "the module asks for a newer Go than this one: install that"},
	{regexp.MustCompile(`dial tcp|proxyconnect|i/o timeout|no such host`), "a dependency could not be fetched: fetch it with go mod download where there is a network, or vendor it"},
	{regexp.MustCompile(`undefined: (syscall|unix)\.|undefined: os\.|build constraints exclude all Go files|golang.org/x/sys`), "WASI has no signals, processes or sockets: keep what needs them in files that are not built for wasip1 (//go:build !wasip1)"},
}

// buildError shows what go complains of, and what to do where that is known.
func buildError(dir string, complaint error) error {
	text := complaint.Error()
	const shownBytes = 4000
	if len(text) > shownBytes {
		text = text[:shownBytes] + "\n..."
	}
	text = strings.ReplaceAll("\n"+text, "\n", "\n  ")
	for _, hint := range hints {
		if hint.complaint.MatchString(text) {
			return fmt.Errorf("%s: this Go package does not build with GOOS=wasip1 GOARCH=wasm: %s. Go says:%s", dir, hint.remedy, text)
		}
	}
	return fmt.Errorf("%s: this Go package does not build with GOOS=wasip1 GOARCH=wasm. Go says:%s", dir, text)
}

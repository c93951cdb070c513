package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"eddy/testbench/play"
)

// exportPlay writes the page and the simulator compiled to WebAssembly into a directory: a site of files alone.
func (p *program) exportPlay(dir string, open opened) error {
	if !p.offersNew() {
		return errors.New("--export: it writes a page of eddy's own services, and this program has others")
	}
	if open.stored != nil {
		return errors.New("--export of a run of processes: a page alone makes runs, and this one cannot be made again; name a run of eddy sim")
	}
	start := open.start
	if open.bin != "" {
		return errors.New("--export with --bin: a page alone runs no programs of yours; leave one of them out")
	}
	source, err := eddySource("")
	if err != nil {
		return err
	}
	if source.Checkout == "" {
		return errors.New("--export compiles the simulator from Eddy's source, which is not where this program was built from: clone it, and run go run ./cmd/eddy play --export there")
	}
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("--export compiles the simulator with Go, and there is no go on the PATH: install Go 1.26 or later")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := compilePlay(source.Checkout, filepath.Join(dir, "eddy.wasm"), start); err != nil {
		return err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("--export: go env GOROOT: %w", err)
	}
	runtime, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return fmt.Errorf("--export: Go's wasm_exec.js: %w", err)
	}
	files := play.Site()
	files["wasm_exec.js"] = runtime
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return fmt.Errorf("--export: %w", err)
		}
	}
	return nil
}

// compilePlay compiles the simulator of the page, with what it opens.
func compilePlay(checkout, to string, start play.Start) error {
	text, err := json.Marshal(start)
	if err != nil {
		return err
	}
	build := exec.Command("go", "build", "-C", checkout, "-trimpath", "-ldflags=-s -w -X main.start="+base64.StdEncoding.EncodeToString(text), "-o", to, "./cmd/eddyplay")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	var said bytes.Buffer
	build.Stdout, build.Stderr = &said, &said
	if err := build.Run(); err != nil {
		return fmt.Errorf("--export: the simulator cannot be compiled: %w\n%s", err, said.String())
	}
	return nil
}

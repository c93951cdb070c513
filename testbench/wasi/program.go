package wasi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"
)

// Host compiles programs and runs them. It may be used by several goroutines at once.
type Host struct {
	runtime wazero.Runtime
	builds  string // directory of what was built of Go packages
}

// MemoryBytesMax is what one guest may use.
const MemoryBytesMax = 512 << 20

const wasmPageBytes = 64 << 10

// NewHost makes a host that keeps what it has compiled and built below a directory, for the next time. A
// directory that cannot be used costs time and nothing else.
func NewHost(cacheDir string) (*Host, error) {
	ctx := context.Background()
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(MemoryBytesMax / wasmPageBytes)
	if cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(cacheDir, "wazero")); err == nil {
		config = config.WithCompilationCache(cache)
	}
	h := &Host{runtime: wazero.NewRuntimeWithConfig(ctx, config), builds: filepath.Join(cacheDir, "builds")}
	if err := instantiate(ctx, h.runtime); err != nil {
		return nil, fmt.Errorf("make the host of WASI programs: %w", err)
	}
	return h, nil
}

// Program is a program of a node, compiled. It may be used by several goroutines at once.
type Program struct {
	name     string
	module   wazero.CompiledModule
	nonblock bool // its standard input is told to be non-blocking
}

// Load compiles the program at path: a WASI module, or a directory with a Go package main, which is built.
// The error says what is wrong with it and what to do.
func (h *Host) Load(path string) (*Program, error) {
	code, err := h.Code(path)
	if err != nil {
		return nil, err
	}
	return h.Compile(path, code)
}

// Code is the module at path, which is built if it is a package.
func (h *Host) Code(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file: expected a program built for WASI, or the directory of a Go package", path)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case info.IsDir():
		return h.build(path)
	}
	code, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return code, nil
}

// Compile compiles a module that is the program at path. The guest is called by the last part of that.
func (h *Host) Compile(path string, code []byte) (*Program, error) {
	if err := checkMagic(code); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	prepared, err := prepare(code)
	if err != nil {
		return nil, fmt.Errorf("%s: this is a damaged WebAssembly module: %w; build it again", path, err)
	}
	ctx := experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0))
	module, err := h.runtime.CompileModule(ctx, prepared)
	if err != nil {
		return nil, fmt.Errorf("%s: this WebAssembly module cannot be compiled: %s; build it again, for WASI preview 1 and without proposals that are not in WebAssembly 2.0", path, firstLine(err.Error()))
	}
	if err := checkModule(module); err != nil {
		_ = module.Close(ctx)
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Program{name: filepath.Base(path), module: module, nonblock: isGo(code)}, nil
}

// howToBuild is the remedy for a program that is no WASI module.
const howToBuild = "build the node for WASI (Go: GOOS=wasip1 GOARCH=wasm go build -o node.wasm; Rust: --target wasm32-wasip1; C: clang --target=wasm32-wasi), or name the directory of its Go package"

var (
	wasmMagic     = []byte("\x00asm")
	moduleVersion = []byte{1, 0, 0, 0}
)

// checkMagic says of what is no WASI module what it is.
func checkMagic(code []byte) error {
	switch {
	case bytes.HasPrefix(code, wasmMagic) && len(code) >= 8:
		if !bytes.Equal(code[4:8], moduleVersion) {
			return errors.New("this is a WebAssembly component (WASI preview 2 or later): expected a module of preview 1; build it with the target wasm32-wasip1")
		}
		return nil
	case bytes.HasPrefix(code, []byte("#!")):
		interpreter, _, _ := strings.Cut(string(code[2:]), "\n")
		return fmt.Errorf("this is a script (%s), which cannot be built for WASI: the simulator runs programs built for WASI; use eddy test --bin for this one", strings.TrimSpace(interpreter))
	case bytes.HasPrefix(code, []byte("\x7fELF")), bytes.HasPrefix(code, []byte("MZ")), bytes.HasPrefix(code, []byte("\xcf\xfa\xed\xfe")):
		return fmt.Errorf("this is a program for a machine, not for WASI: %s; or run it as it is with eddy test --bin", howToBuild)
	case len(code) == 0:
		return fmt.Errorf("the file is empty: %s", howToBuild)
	}
	return fmt.Errorf("this is no WebAssembly module: %s; a node that cannot be built for WASI, such as one in Python, runs with eddy test --bin", howToBuild)
}

// checkModule says why a module is no program of a node.
func checkModule(module wazero.CompiledModule) error {
	known := map[string]bool{"proc_exit": true}
	for _, f := range functions {
		known[f.name] = true
	}
	for _, f := range module.ImportedFunctions() {
		from, name, _ := f.Import()
		switch {
		case from == moduleName && known[name]:
		case from == moduleName:
			return fmt.Errorf("the module imports %s.%s, which is no function of WASI preview 1; build it with the target wasm32-wasip1", from, name)
		case from == "gojs" || from == "go":
			return errors.New("this is a Go program for browsers (GOOS=js): build it with GOOS=wasip1 GOARCH=wasm")
		case from == "wasi_unstable":
			return errors.New("the module was built for the WASI of 2019 (wasi_unstable): build it with a newer compiler, for preview 1 (wasm32-wasip1)")
		default:
			return fmt.Errorf("the module imports %s.%s, a function of another host: the simulator has WASI preview 1 (%s) and nothing else; build the node for it, with the target wasm32-wasip1", from, name, moduleName)
		}
	}
	if len(module.ImportedMemories()) > 0 {
		return errors.New("the module imports its memory from another host: build it with the target wasm32-wasip1, without threads")
	}
	if module.ExportedFunctions()["_start"] == nil {
		return errors.New("the module has no function _start, so it is a library and no program: build one with a main (Go: package main, without -buildmode=c-shared)")
	}
	if len(module.ExportedMemories()) == 0 {
		return errors.New("the module exports no memory, so the functions of WASI cannot reach it: build it with the target wasm32-wasip1")
	}
	return nil
}

package wasi

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// module is a hand-made module: a function without effect, exported as name, after an import if from is not
// empty.
func module(export, from, name string) string {
	vector := func(parts ...string) string { return string(uleb(uint64(len(parts)))) + strings.Join(parts, "") }
	text := func(s string) string { return string(uleb(uint64(len(s)))) + s }
	section := func(id byte, content string) string { return string([]byte{id}) + text(content) }
	code := "\x00asm\x01\x00\x00\x00" + section(1, vector("\x60\x00\x00"))
	function := "\x00"
	if from != "" {
		code += section(sectionImport, vector(text(from)+text(name)+"\x00\x00"))
		function = "\x01"
	}
	return code + section(3, vector("\x00")) + section(5, vector("\x00\x01")) +
		section(sectionExport, vector(text(export)+"\x00"+function, text("memory")+"\x02\x00")) +
		section(sectionCode, vector(text("\x00\x0b")))
}

func TestWhatIsNoProgramIsRefusedWithItsRemedy(t *testing.T) {
	h, err := host()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, want string }{
		"text":              {"hello", "no WebAssembly module: build the node for WASI (Go: GOOS=wasip1"},
		"empty":             {"", "the file is empty: build"},
		"python":            {"#!/usr/bin/env python3\n", "a script (/usr/bin/env python3), which cannot be built for WASI"},
		"executable":        {"\x7fELF\x02", "a program for a machine, not for WASI"},
		"component":         {"\x00asm\x0d\x00\x01\x00", "a WebAssembly component (WASI preview 2 or later)"},
		"cut":               {module("_start", "", "")[:30], "a damaged WebAssembly module: it ends in the middle"},
		"library":           {module("run", "", ""), "has no function _start"},
		"foreign import":    {module("_start", "env", "emscripten_sleep"), "imports env.emscripten_sleep, a function of another host"},
		"browser":           {module("_start", "gojs", "runtime.wasmExit"), "a Go program for browsers (GOOS=js)"},
		"unstable":          {module("_start", "wasi_unstable", "fd_write"), "the WASI of 2019"},
		"unknown function":  {module("_start", moduleName, "thread_spawn"), "no function of WASI preview 1"},
		"another signature": {module("_start", moduleName, "fd_sync"), ""}, // found at the start of a node
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "node.wasm")
			if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := h.Load(path)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, err := h.Load("nowhere.wasm"); err == nil || !strings.Contains(err.Error(), "there is no such file") {
		t.Errorf("error %v", err)
	}
}

func TestDirectoryThatDoesNotBuildIsRefusedWithItsRemedy(t *testing.T) {
	h, err := host()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no Go":        {map[string]string{"node.py": "print()"}, "a node that cannot be built for WASI, such as one in Python, runs with eddy test --bin"},
		"library":      {map[string]string{"go.mod": "module node\n", "a.go": "package node\n"}, "this is the Go package node, a library"},
		"below":        {map[string]string{"go.mod": "module node\n", "cmd/n/a.go": "package main\nfunc main() {}\n"}, "such as "},
		"syntax error": {map[string]string{"go.mod": "module node\n", "a.go": "package main\nfunc main() { x }\n"}, "undefined: x"},
		"no module":    {map[string]string{"a.go": "package main\nimport \"example.invalid/x\"\nfunc main() { x.X() }\n"}, "go mod"},
		"signals": {map[string]string{"go.mod": "module node\n", "a.go": "package main\nimport \"syscall\"\nfunc main() { syscall.Setpgid(0, 0) }\n"},
			"WASI has no signals, processes or sockets"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range c.files {
				path := filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := h.Load(dir)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), dir+": ") {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestOldLogrusIsNamedAsTheCause(t *testing.T) {
	err := buildError("node", errors.New("../sirupsen/logrus@v1.9.0/terminal_check_unix.go:13:7: undefined: ioctlReadTermios"))
	if want := "go get github.com/sirupsen/logrus@v1.9.3"; !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestMissingToolchainIsNamed(t *testing.T) {
	h, err := host()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := h.Load("testdata/echo"); err == nil || !strings.Contains(err.Error(), "there is no go on the PATH") {
		t.Errorf("error %v", err)
	}
}

func TestClusterMayMixPrograms(t *testing.T) {
	o := options("broadcast")
	out := run(t, o, Config{Programs: []*Program{program(t, "flood"), program(t, "echo")}})
	if out.Err == nil { // the second node is no broadcast node, so it does not answer topology
		t.Fatal("every node was of the first program")
	}
	if text := out.Err.Error(); !strings.Contains(text, "n1") || strings.Contains(text, "n0") || strings.Contains(text, "n2") {
		t.Errorf("error %v, want one of n1 alone", out.Err)
	}
}

func TestTornFileKeepsWhatWasSynced(t *testing.T) {
	torn := map[int]bool{}
	for seed := range uint64(64) {
		d := newDisk()
		f := d.make(false, 0)
		d.link(d.root, "log", f, 0)
		d.write(f, 0, []byte("synced"), 0)
		f.sync()
		d.write(f, 6, []byte("dirty"), time.Second)
		d.kill(rand.New(rand.NewPCG(seed, 0)))
		if got := string(f.data); !strings.HasPrefix("synceddirty", got) || len(got) < len("synced") {
			t.Fatalf("seed %d: %q is there", seed, got)
		}
		torn[len(f.data)] = true
		before := string(f.data)
		d.kill(rand.New(rand.NewPCG(seed+1, 0)))
		if got := string(f.data); got != before {
			t.Fatalf("seed %d: a second kill changed %q to %q", seed, before, got)
		}
	}
	if len(torn) < 4 {
		t.Errorf("files were cut at %d places only", len(torn))
	}
}

func TestOverwrittenBytesAreTheOldOrTheNewOnes(t *testing.T) {
	for seed := range uint64(32) {
		d := newDisk()
		f := d.make(false, 0)
		d.link(d.root, "page", f, 0)
		d.write(f, 0, []byte("aaaaaa"), 0)
		f.sync()
		d.write(f, 0, []byte("bbb"), 0)
		d.kill(rand.New(rand.NewPCG(seed, 0)))
		got := string(f.data)
		if strings.Trim(got, "ab") != "" || len(got) != 6 || strings.Contains(got, "ab") {
			t.Fatalf("seed %d: %q is there", seed, got)
		}
	}
}

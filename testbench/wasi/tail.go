package wasi

import (
	"bytes"
	"slices"
	"strings"
)

// tail keeps the end of what a guest wrote to its standard error.
type tail struct {
	text []byte
}

// Bounds on what is told of a guest's last words.
const (
	tailBytes = 16 << 10
	tailLines = 10
)

func (t *tail) add(text []byte) {
	t.text = append(t.text, text...)
	if len(t.text) > 2*tailBytes {
		t.text = append(t.text[:0], t.text[len(t.text)-tailBytes:]...)
	}
}

// lines are the last ones.
func (t *tail) lines() []string {
	if len(bytes.TrimSpace(t.text)) == 0 {
		return nil
	}
	lines := strings.Split(strings.TrimRight(strings.ToValidUTF8(string(t.text), "\uFFFD"), "\n"), "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	return lines[max(0, len(lines)-tailLines):]
}

// crash is the line that says why a Go or a Rust program gave up; empty if there is none. The stack that
// such programs print comes after it, and pushes it out of the last lines.
func (t *tail) crash() string {
	lines := strings.Split(strings.ToValidUTF8(string(t.text), "\uFFFD"), "\n")
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "fatal error: "):
			return line
		case strings.HasPrefix(line, "thread '") && strings.Contains(line, "panicked at") && i+1 < len(lines):
			return strings.TrimSpace(line + " " + lines[i+1])
		}
	}
	return ""
}

package maelstrom

import "strings"

// tail keeps the last of what is written to it.
type tail struct{ text []byte }

const (
	tailBytesMax = 16 << 10
	tailLinesMax = 20
)

// Write keeps p, or the end of it.
func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if len(t.text) > 2*tailBytesMax {
		t.text = append(t.text[:0], t.text[len(t.text)-tailBytesMax:]...)
	}
	return len(p), nil
}

// String gives the last lines.
func (t *tail) String() string {
	lines := strings.Split(strings.TrimRight(strings.ToValidUTF8(string(t.text), "\uFFFD"), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLinesMax):], "\n")
}

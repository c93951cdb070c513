package report

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// palette paints text, or leaves it alone.
type palette struct{ on bool }

// paletteFor decides by where the text goes: only a terminal shows colours, and
// not where the user has asked for none (https://no-color.org).
func paletteFor(w io.Writer) palette {
	file, ok := w.(*os.File)
	return palette{on: ok && isatty.IsTerminal(file.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func (p palette) paint(code, text string) string {
	if !p.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p palette) good(text string) string   { return p.paint("1;32", text) }
func (p palette) Bad(text string) string    { return p.paint("1;31", text) }
func (p palette) doubt(text string) string  { return p.paint("1;33", text) }
func (p palette) strong(text string) string { return p.paint("1", text) }
func (p palette) Faint(text string) string  { return p.paint("2", text) }

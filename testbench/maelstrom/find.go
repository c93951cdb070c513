package maelstrom

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// Variable is the environment variable that says where Maelstrom is: its program, or the directory that
// holds it.
const Variable = "MAELSTROM"

// ErrNotFound says that there is no Maelstrom here.
var ErrNotFound = errors.New("there is no Maelstrom here: expected the variable " + Variable + " to name its program or the directory that holds it, or a maelstrom on the PATH (https://github.com/jepsen-io/maelstrom)")

// Find gives the absolute path of Maelstrom's program: what $MAELSTROM names, or else the maelstrom on
// the PATH. The error is [ErrNotFound] if neither is there, and another if $MAELSTROM is set to something
// that is not Maelstrom: a slip there should not silently choose another engine.
func Find() (string, error) {
	named := os.Getenv(Variable)
	if named == "" {
		found, err := exec.LookPath("maelstrom")
		if err != nil {
			return "", ErrNotFound
		}
		return filepath.Abs(found)
	}
	info, err := os.Stat(named)
	if err == nil && info.IsDir() {
		named = filepath.Join(named, "maelstrom")
		info, err = os.Stat(named)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("$%s is %q: there is no %s: expected Maelstrom's program or the directory that holds it", Variable, os.Getenv(Variable), named)
	case err != nil:
		return "", fmt.Errorf("$%s is %q: %w", Variable, os.Getenv(Variable), err)
	case info.IsDir() || info.Mode()&0o111 == 0:
		return "", fmt.Errorf("$%s is %q: %s cannot be executed: expected Maelstrom's program or the directory that holds it", Variable, os.Getenv(Variable), named)
	}
	return filepath.Abs(named)
}

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"eddy/testbench/checker"
)

// ExitStatus is what a command ends with: 0 if the run is valid; 1 if it is
// invalid, or if it is unknown whether it is valid; 2 if it could not run, which
// is what results nobody filled in mean.
func ExitStatus(r checker.Results) int {
	switch r.Valid {
	case checker.Valid:
		return 0
	case checker.Invalid, checker.Unknown:
		return 1
	}
	return 2
}

// WriteJSON writes the results to a file, indented, under Maelstrom's keys.
func WriteJSON(path string, r checker.Results) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return fmt.Errorf("write results to %s: %w", path, err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

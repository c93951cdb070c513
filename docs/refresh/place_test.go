package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func everything(string) bool { return true }

// loud prints each command in capitals.
func loud(commands []string, _ bool) ([]string, error) {
	var printed []string
	for _, c := range commands {
		printed = append(printed, strings.ToUpper(c)+"\n")
	}
	return printed, nil
}

const before = "# Page\n" +
	"```console\n$ first\nstale\n$ second \\\n>\n> line\n```\n" +
	"```sh\n$ untouched\n```\n" +
	"<!-- $ table -->\nstale\n<!-- end -->\n"

func TestOutputsAreReplacedAndNothingElse(t *testing.T) {
	const after = "# Page\n" +
		"```console\n$ first\nFIRST\n$ second \\\n>\n> line\nSECOND \\\n\nLINE\n```\n" +
		"```sh\n$ untouched\n```\n" +
		"<!-- $ table -->\nTABLE\n<!-- end -->\n"
	got, err := refresh(before, everything, loud)
	if err != nil || got != after {
		t.Errorf("%v\n%s", err, got)
	}
	if again, _ := refresh(got, everything, loud); again != got {
		t.Errorf("the second time changes the page again:\n%s", again)
	}
}

func TestPlacesAreChosenByTheirCommands(t *testing.T) {
	chosen, err := choice("first|table", "table")
	if err != nil {
		t.Fatal(err)
	}
	got, err := refresh(before, chosen, loud)
	if err != nil || !strings.Contains(got, "FIRST") || strings.Contains(got, "TABLE") {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestAnOpenBlockIsRefused(t *testing.T) {
	for _, page := range []string{"```console\n$ first\n", "<!-- $ table -->\n", "```console\nno command\n```\n"} {
		if _, err := refresh(page, everything, loud); err == nil {
			t.Errorf("accepted:\n%s", page)
		}
	}
}

func TestAShellKeepsTheStatusAndHidesProgress(t *testing.T) {
	printed, err := shell([]string{"printf ' 12.5s  running  7 operations: 7 ok\\n'; false", "echo $?"}, true)
	if err != nil || len(printed) != 2 || printed[0] != "" || printed[1] != "1\n" {
		t.Errorf("%q %v", printed, err)
	}
}

func TestACommandThatIsNotThereIsNoOutput(t *testing.T) {
	_, err := shell([]string{"echo one", "./no-such-program"}, true)
	if err == nil || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("%v; want an error that names the program", err)
	}
}

func TestCheckNamesTheLineThatIsNotWhatTheCommandPrints(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	for text, want := range map[string]string{
		"# Page\n\n```console\n$ echo one\none\n```\n":      "",
		"# Page\n\n```console\n$ echo one\ntwo\n```\n":      `line 5 is "two", and its command prints "one"`,
		"# Page\n\n```console\n$ echo one\none\ntwo\n```\n": `line 6 is "two", and its command prints "` + "```" + `"`,
	} {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		err := run([]string{"--check", page})
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasSuffix(err.Error(), want)) {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
		if after, _ := os.ReadFile(page); string(after) != text {
			t.Errorf("%q was written: %q", text, after)
		}
	}
}

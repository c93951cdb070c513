package scaffold

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// needs are the programs that nodes of a language are built and run with.
var needs = map[string][]string{
	"python": {"python3"}, "javascript": {"node"}, "rust": {"cargo"},
}

// shorter ends every test's command line: flags given twice count as given last.
const shorter = " --time-limit 2 --recovery 2s --nemesis-interval 1 --engine builtin --quiet"

// fewer does the same for a sweep.
const fewer = " --seeds 3 --time-limit 3 --quiet"

// Every command of every README is run as it is printed, but for the length of a run.
func TestEveryCommandOfEveryREADMEWorks(t *testing.T) {
	if os.Getenv("EDDY_CHECK") == "" {
		t.Skip("builds and runs fifty nodes: only with EDDY_CHECK=1")
	}
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin, "../../cmd/eddy").CombinedOutput(); err != nil {
		t.Fatalf("build eddy: %v\n%s", err, out)
	}
	r := reader{path: bin + string(os.PathListSeparator) + os.Getenv("PATH"), crates: t.TempDir()}
	everyProject(func(lang, workload string) {
		t.Run(lang+"/"+workload, func(t *testing.T) {
			for _, program := range needs[lang] {
				if _, err := exec.LookPath(program); err != nil {
					t.Skipf("%s is not installed: nodes in %s are not tried", program, lang)
				}
			}
			t.Parallel()
			r.follow(t, lang, workload)
		})
	})
}

// linked are the workloads whose tests in Go are run. Those of the others are the same but for a name: they are compiled, and
// the seeds run by the command that the README has.
var linked = []string{"broadcast", "lin-kv"}

// reader is somebody who reads a README and types what it says.
type reader struct {
	path   string // to find eddy
	crates string // where all crates are built, so that what they depend on is built once
}

func (r reader) follow(t *testing.T, lang, workload string) {
	parent := t.TempDir()
	r.run(t, parent, "eddy new "+workload+" --lang "+lang+" --workload "+workload)
	dir := filepath.Join(parent, workload)
	if lang == "rust" {
		if err := os.Symlink(r.crates, filepath.Join(dir, "target")); err != nil {
			t.Fatal(err)
		}
	}
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var seen []string // what kind of commands there were
	for _, block := range strings.Split(string(readme), "```sh\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		for command := range strings.Lines(block) {
			command = strings.TrimSpace(command)
			switch {
			case strings.HasPrefix(command, "maelstrom "): // is not here
			case strings.HasPrefix(command, "eddy sim ") && workload != "broadcast": // builds for WASI, which takes its time: one stands for all
			case command == "go test ./..." && !slices.Contains(linked, workload):
				r.run(t, dir, "go vet ./...")
			case strings.Contains(command, " sim "):
				r.run(t, dir, command+fewer)
			case strings.HasPrefix(command, "printf "):
				seen = append(seen, "hand")
				out := r.run(t, dir, command)
				answers := strings.Count(out, `_ok"`)
				want := strings.Count(command, `"msg_id"`)
				if strings.Contains(out, `"lin-kv"`) {
					want-- // the service is not here, and the node says so
				}
				if answers != want {
					t.Errorf("%s\n%d answers to %d messages:\n%s", command, answers, want, out)
				}
			case strings.Contains(command, " test "+workload):
				seen = append(seen, "test")
				if out := r.run(t, dir, command+shorter); !strings.Contains(out, "VALID: ") || strings.Contains(out, "INVALID") {
					t.Errorf("%s\n%s", command, out)
				}
			default:
				seen = append(seen, strings.Fields(command)[0])
				r.run(t, dir, command)
			}
		}
	}
	if !slices.Contains(seen, "hand") || !slices.Contains(seen, "test") {
		t.Errorf("the README has commands for %q only", seen)
	}
}

// run runs a command line in a directory, which must succeed.
func (r reader) run(t *testing.T, dir, line string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "bash", "-c", line)
	c.Dir = dir
	c.Env = append(os.Environ(), "PATH="+r.path)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		t.Fatalf("%s\n%v\n%s", line, err, out.String())
	}
	return out.String()
}

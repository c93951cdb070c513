package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/pflag"

	"eddy/remote"
	"eddy/testbench"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
)

// away is where the nodes of eddy test run with --engine nats: on the workers of a NATS server.
type away struct {
	on     string
	access *remote.Access
	node   awayNode
}

// awayNode is what a worker is asked to run: a service of its own, or a program that its owner allows.
type awayNode struct {
	Workload string   `json:"workload,omitempty"`
	Bin      string   `json:"bin,omitempty"` // a name in the worker's --allow-bin directory
	Args     []string `json:"args,omitempty"`
	Env      []string `json:"env,omitempty"`
}

func declareAway(flags *pflag.FlagSet) *away {
	a := &away{access: declareAccess(flags)}
	flags.StringVar(&a.on, "on", "", "with --engine nats: run nodes on the workers of the NATS server at this URL (default: embedded, one in this program)")
	return a
}

func (a *away) check(flags *pflag.FlagSet, engine string) error {
	if engine == engineNATS {
		if a.on == "" {
			a.on = embedded
		}
		return nil
	}
	for _, name := range append([]string{"on"}, accessFlags...) {
		if flags.Changed(name) {
			return fmt.Errorf("--%s goes with --engine %s", name, engineNATS)
		}
	}
	return nil
}

// settle notes what the workers are asked to run: a program by its name, for they have no other of this machine's.
func (a *away) settle(bin string, o *testbench.Options, args []string) error {
	a.node = awayNode{Workload: o.Workload, Args: args}
	if bin == "" {
		return nil
	}
	a.node = awayNode{Bin: bin, Args: args, Env: o.Env}
	if a.on == embedded {
		var err error
		a.node.Bin, err = realtime.FindProgram(bin)
		return err
	}
	if bin != filepath.Base(bin) {
		return fmt.Errorf("--bin %s: workers run programs of their own --allow-bin directory: give its name there, such as --bin %s", bin, filepath.Base(bin))
	}
	return nil
}

// run makes a run with nodes on workers.
func (a *away) run(p *program) processRunner {
	return func(o testbench.Options, own *testFlags, meta report.Meta, interrupts <-chan os.Signal) testbench.Outcome {
		if o.Seed == 0 {
			o.Seed = rand.Uint64()
		}
		failed := func(err error) testbench.Outcome {
			return testbench.Outcome{Options: o, Meta: meta, Err: err}
		}
		build, err := remote.Build()
		if err != nil {
			return failed(err)
		}
		work, err := json.Marshal(a.node)
		if err != nil {
			return failed(err)
		}
		access := withEnvironment(*a.access)
		access.URL, access.Name = a.on, "eddy test"
		if a.on == embedded {
			end, url, err := a.hostHere(build, work)
			if err != nil {
				return failed(err)
			}
			defer end()
			access = remote.Access{URL: url, Name: access.Name}
		}
		conn, err := remote.Connect(access)
		if err != nil {
			return failed(err)
		}
		defer conn.Close()
		bench, err := conn.OpenBench(context.Background(), build, func(text string) { fmt.Fprintln(os.Stderr, text) })
		if err != nil {
			return failed(err)
		}
		defer bench.Close()
		return realtime.Run(o, realtime.Config{
			Meta: meta, Store: own.store, Interrupts: interrupts, Host: placing{bench, work, o.Nodes()},
			Progress: own.progress(), Terminal: isatty.IsTerminal(os.Stderr.Fd()),
		})
	}
}

// placing gives each node its worker, in turn.
type placing struct {
	bench *remote.Bench
	work  json.RawMessage
	nodes []string
}

func (b placing) String() string {
	names := b.bench.Workers()
	return fmt.Sprintf("NATS, nodes on %s", strings.Join(names, ", "))
}

func (b placing) Start(id string) (realtime.Process, error) {
	p, err := b.bench.Start(slices.Index(b.nodes, id), id, b.work)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// hostHere starts a server and a worker within this program, which runs nothing but the nodes of this run.
func (a *away) hostHere(build string, work []byte) (end func(), url string, err error) {
	server, err := remote.Serve(remote.ServerOptions{Listen: "127.0.0.1:0"})
	if err != nil {
		return nil, "", err
	}
	node := a.node
	host := remote.Host{Name: "this machine", Build: build, Cores: runtime.GOMAXPROCS(0), Say: func(string) {},
		Command: func(asked json.RawMessage) (*exec.Cmd, error) {
			if !bytes.Equal(asked, work) {
				return nil, errors.New("this program runs the nodes of its own test and no others")
			}
			if node.Bin == "" {
				return serveCommand(node)
			}
			return awayCommand(node.Bin, node), nil
		}}
	conn, err := remote.Connect(remote.Access{URL: server.URL(), Name: "eddy runs nodes for itself"})
	if err != nil {
		server.Close()
		return nil, "", err
	}
	stop := hosting(conn, host)
	return func() {
		_, _ = stop()
		conn.Close()
		server.Close()
	}, server.URL(), nil
}

// hosting runs nodes until stop is called.
func hosting(conn *remote.Conn, host remote.Host) (stop func() (remote.Hosted, error)) {
	ctx, cancel := context.WithCancel(context.Background())
	type result struct {
		hosted remote.Hosted
		err    error
	}
	ended := make(chan result, 1)
	go func() {
		hosted, err := conn.Host(ctx, host)
		ended <- result{hosted, err}
	}()
	return func() (remote.Hosted, error) {
		cancel()
		r := <-ended
		return r.hosted, r.err
	}
}

// awayCommands makes of what comes to a worker what it runs: services of this very program with flags that they have, and
// programs of a directory, if there is one. No path, no environment and no shell come over the wire.
func (p *program) awayCommands(allowed string) func(json.RawMessage) (*exec.Cmd, error) {
	return func(work json.RawMessage) (*exec.Cmd, error) {
		var node awayNode
		if err := json.Unmarshal(work, &node); err != nil {
			return nil, fmt.Errorf("its work is not JSON of a node: %w", err)
		}
		for _, variable := range node.Env {
			if !strings.HasPrefix(variable, "EDDY_TRACE=") {
				return nil, fmt.Errorf("it sets %.40q in the environment, which only EDDY_TRACE may be", variable)
			}
		}
		if node.Bin != "" {
			return allowedCommand(allowed, node)
		}
		f, err := p.declareStrategy(node.Workload)
		if err != nil {
			return nil, err
		}
		if _, err := f.Parse(node.Args); err != nil {
			return nil, err
		}
		if data := f.Set.Lookup("data"); data != nil && data.Value.String() != "" && !filepath.IsLocal(data.Value.String()) {
			return nil, fmt.Errorf("--data %s: expected a relative path, within the directory that the node gets here", data.Value)
		}
		return serveCommand(node)
	}
}

func serveCommand(node awayNode) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program of the nodes: %w", err)
	}
	node.Args = append([]string{"serve", node.Workload}, node.Args...)
	return awayCommand(self, node), nil
}

func awayCommand(path string, node awayNode) *exec.Cmd {
	command := exec.Command(path, node.Args...)
	if len(node.Env) > 0 {
		command.Env = append(os.Environ(), node.Env...)
	}
	return command
}

// allowedCommand is a program of the directory, and nothing that a link there leads to.
func allowedCommand(dir string, node awayNode) (*exec.Cmd, error) {
	switch {
	case dir == "":
		return nil, fmt.Errorf("it asks for the program %q, and this worker runs its own services only: its owner allows more with --allow-bin DIR", node.Bin)
	case node.Bin != filepath.Base(node.Bin) || !filepath.IsLocal(node.Bin):
		return nil, fmt.Errorf("it asks for the program %q: expected a name in the --allow-bin directory", node.Bin)
	}
	path := filepath.Join(dir, node.Bin)
	switch info, err := os.Lstat(path); {
	case err != nil:
		return nil, fmt.Errorf("it asks for the program %q, which is not in the --allow-bin directory", node.Bin)
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return nil, fmt.Errorf("it asks for %q of the --allow-bin directory, which is no executable file", node.Bin)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return awayCommand(path, node), nil
}

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/remote"
	"eddy/testbench"
	"eddy/testbench/report"
	"eddy/testbench/wasi"
)

// farm is where the runs of a sweep are made, if not here: on the workers that a NATS server connects.
type farm struct {
	program *program
	on      string
	resume  string
	access  *remote.Access
	id      string // of the order, once it has begun
}

// farmFlags are its flags.
var farmFlags = append([]string{"on", "resume"}, accessFlags...)

func (p *program) declareFarm(flags *pflag.FlagSet) *farm {
	f := &farm{program: p, access: declareAccess(flags)}
	flags.StringVar(&f.on, "on", "", "have the runs made by the workers of the NATS server at this URL, or embedded: one in this program, with all cores")
	flags.StringVar(&f.resume, "resume", "", "with --on: go on with this sweep, which was interrupted")
	return f
}

// embedded is the value of --on for a server within this program.
const embedded = "embedded"

// asked is false for a nil farm, too.
func (f *farm) asked() bool { return f != nil && f.on != "" }

// where says in reports where runs are made.
func (f *farm) where() string {
	switch {
	case !f.asked():
		return ""
	case f.on == embedded:
		return ", over an embedded NATS server"
	}
	return ", on the workers of " + remote.WithoutSecrets(f.on)
}

func (f *farm) check(flags *pflag.FlagSet, o *testbench.Options) error {
	switch {
	case !f.asked():
		for _, name := range farmFlags {
			if flags.Changed(name) {
				return fmt.Errorf("--%s goes with --on", name)
			}
		}
	case f.on == embedded && f.resume != "":
		return errors.New("--resume with --on embedded: an embedded server keeps nothing when it ends; resume sweeps on a server that stays")
	}
	return nil
}

// tellResume says how to go on with an order that was interrupted.
func (f *farm) tellResume(to io.Writer, command string, more ...string) {
	if !f.asked() || f.on == embedded || f.id == "" {
		return
	}
	own, nodes, some := strings.Cut(command, " -- ")
	own = strings.Join(append(append([]string{own}, more...), "--on", cmdline.Shell([]string{remote.WithoutSecrets(f.on)}), "--resume", f.id), " ")
	if some {
		own += " -- " + nodes
	}
	fmt.Fprintf(to, "  go on   %s\n", own)
}

// sweepWork is what workers are asked for: seeds First to First+Seeds-1 of each run. Job j is seed First+j%Seeds of
// run j/Seeds.
type sweepWork struct {
	Runs  [][]string `json:"runs"` // arguments as [cmdline.Arguments] writes them
	First uint64     `json:"first"`
	Seeds int        `json:"seeds"`
	// Programs are what --bin names among the arguments, by the SHA-256 under which the server keeps them.
	Programs map[string]string `json:"programs,omitempty"`
}

// pool has the work done by the workers.
func (f *farm) pool(work sweepWork, shown *progress, interrupted func() bool) pool {
	return func(jobs int, _ func(int) verdict, take func(int, verdict) bool) error {
		build, err := remote.Build()
		if err != nil {
			return err
		}
		f.access.URL, f.access.Name = f.on, "eddy asks for a sweep"
		if f.on == embedded {
			end, err := f.serveHere(build)
			if err != nil {
				return err
			}
			defer end()
		}
		conn, err := remote.Connect(withEnvironment(*f.access))
		if err != nil {
			return err
		}
		defer conn.Close()
		if err := f.keepPrograms(conn, &work); err != nil {
			return err
		}
		text, err := json.Marshal(work)
		if err != nil {
			return err
		}
		err = conn.Do(remote.NewOrder(build, jobs, text), f.resume, remote.Asker{
			Take: func(job int, result json.RawMessage) (bool, error) {
				var v verdict
				if err := json.Unmarshal(result, &v); err != nil {
					return true, err
				}
				if want := work.First + uint64(job%work.Seeds); v.Seed != want {
					return true, fmt.Errorf("it is of seed %d, not of %d", v.Seed, want)
				}
				return take(job, v), nil
			},
			Attend: func(s remote.Status) bool {
				shown.suffix = fmt.Sprintf(", on %s with %s", report.Plural(s.Workers, "worker", "workers"), report.Plural(s.Cores, "core", "cores"))
				if s.Made == 0 {
					shown.show(bar(0, s.Jobs, "runs"))
				}
				return !interrupted()
			},
			Say:   shown.say,
			Began: func(id string) { f.id = id },
		})
		shown.suffix = ""
		if errors.Is(err, remote.ErrEnded) {
			return nil // who interrupts knows it
		}
		return err
	}
}

// keepPrograms has the server keep the programs of the runs.
func (f *farm) keepPrograms(conn *remote.Conn, work *sweepWork) error {
	for _, args := range work.Runs {
		o, _, err := cmdline.Parse(f.program.workloads, args)
		if err != nil {
			return err
		}
		for _, path := range programPaths(o.Bin) {
			if work.Programs[path] != "" {
				continue
			}
			code, err := wasiHost.Code(path) // it has been loaded
			if err != nil {
				return fmt.Errorf("--bin %w", err)
			}
			if work.Programs == nil {
				work.Programs = make(map[string]string)
			}
			if work.Programs[path], err = conn.Keep(context.Background(), code); err != nil {
				return fmt.Errorf("--bin %s: %w", path, err)
			}
		}
	}
	return nil
}

// serveHere starts a server and a worker with all cores within this program.
func (f *farm) serveHere(build string) (end func(), err error) {
	server, err := remote.Serve(remote.ServerOptions{Listen: "127.0.0.1:0"})
	if err != nil {
		return nil, err
	}
	f.access.URL = server.URL()
	conn, err := remote.Connect(remote.Access{URL: server.URL(), Name: "eddy works for itself"})
	if err != nil {
		server.Close()
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, err := conn.Work(ctx, f.program.worker(conn, "here", build, runtime.GOMAXPROCS(0), true, func(string) {}))
		if err != nil {
			fmt.Fprintf(os.Stderr, "The worker in this program cannot work: %v\n", err)
		}
	}()
	return func() {
		cancel()
		<-ended
		conn.Close()
		server.Close()
	}, nil
}

// worker makes runs of sweeps.
func (p *program) worker(conn *remote.Conn, name, build string, cores int, wasm bool, say func(string)) remote.Worker {
	preparing := &preparer{program: p, wasm: wasm, fetch: func(hash string) ([]byte, error) { return conn.Kept(context.Background(), hash) }}
	return remote.Worker{Name: name, Build: build, Cores: cores, Say: say, Prepare: preparing.sweep}
}

// preparer makes of what is asked for simulations, on the goroutine that owns the worker.
type preparer struct {
	program *program
	wasm    bool // programs built for WASI are taken
	fetch   func(hash string) ([]byte, error)
	host    *wasi.Host
}

// sweep makes simulations of what is asked for. It takes nothing but the flags of eddy sim, and programs for its
// simulator by their hashes: what they do not mean to this program is refused.
func (p *preparer) sweep(text json.RawMessage) (remote.Jobs, error) {
	var work sweepWork
	if err := json.Unmarshal(text, &work); err != nil {
		return nil, fmt.Errorf("its work is not JSON of a sweep: %w", err)
	}
	if work.Seeds < 1 || len(work.Runs) < 1 {
		return nil, errors.New("it asks for no runs")
	}
	s := sweepJobs{work: work}
	loaded := make(map[string]*guests) // by the value of --bin
	for _, args := range work.Runs {
		made, err := p.simulationOf(args, &work, loaded)
		if err != nil {
			return nil, fmt.Errorf("its flags are wrong: %w", err)
		}
		s.simulations = append(s.simulations, made)
	}
	collectLess(&s.simulations[0].options)
	return s, nil
}

// simulationOf makes a simulation of the arguments that [cmdline.Arguments] writes. Arguments that mean something
// else here are refused.
func (p *preparer) simulationOf(args []string, work *sweepWork, loaded map[string]*guests) (simulation, error) {
	o, nodeArgs, err := cmdline.Parse(p.program.workloads, args)
	if err != nil {
		return simulation{}, err
	}
	if meant := cmdline.Arguments(o, nodeArgs); !slices.Equal(meant, args) {
		return simulation{}, fmt.Errorf("%s means %s here", cmdline.Shell(args), cmdline.Shell(meant))
	}
	if o.Bin != "" && loaded[o.Bin] == nil {
		if loaded[o.Bin], err = p.guests(o.Bin, work.Programs); err != nil {
			return simulation{}, err
		}
	}
	s, err := p.program.simulationWith(o, nodeArgs, report.Meta{}, func(bin string) (*guests, error) { return loaded[bin], nil })
	if err == nil {
		err = s.checkDisks()
	}
	return s, err
}

// guests compiles the programs of a --bin. Of the paths nothing but what the guests are called is used: no file is
// opened.
func (p *preparer) guests(bin string, hashes map[string]string) (g *guests, err error) {
	if !p.wasm {
		return nil, errors.New("--bin: this worker runs no programs but its own services; its owner takes those built for WASI with --allow-wasm")
	}
	if p.host == nil {
		if p.host, err = newWASIHost(); err != nil {
			return nil, err
		}
	}
	g = &guests{host: p.host}
	for _, path := range programPaths(bin) {
		code, err := p.fetch(hashes[path])
		if err != nil {
			return nil, fmt.Errorf("--bin %s: %w", path, err)
		}
		program, err := p.host.Compile(path, code)
		if err != nil {
			return nil, fmt.Errorf("--bin %w", err)
		}
		g.programs = append(g.programs, program)
	}
	return g, nil
}

// sweepJobs are the runs of a sweep as a worker makes them.
type sweepJobs struct {
	work        sweepWork
	simulations []simulation
}

func (s sweepJobs) seed(job int) uint64 { return s.work.First + uint64(job%s.work.Seeds) }

// Do makes a run.
func (s sweepJobs) Do(job int) json.RawMessage {
	if run := job / s.work.Seeds; run < len(s.simulations) {
		out := s.simulations[run].seeded(s.seed(job)).run()
		return verdictOn(s.seed(job), &out).json()
	}
	return s.GiveUp(job, 0)
}

// GiveUp says of a run that it could not be made.
func (s sweepJobs) GiveUp(job, times int) json.RawMessage {
	out := testbench.Outcome{Err: fmt.Errorf("%d workers took this run and none came back: it may need more memory than they have", times)}
	return verdictOn(s.seed(job), &out).json()
}

// textMax bounds what a verdict says, so that a range of them fits a message.
const textMax = 4 << 10

func (v verdict) json() json.RawMessage {
	v.Failure, v.Trouble = v.Failure[:min(len(v.Failure), textMax)], v.Trouble[:min(len(v.Trouble), textMax)]
	text, err := json.Marshal(v)
	if err != nil { // a figure that is infinite
		text, _ = json.Marshal(verdict{Seed: v.Seed, Failure: "could not run", Trouble: err.Error(), Status: testbench.ExitCouldNot})
	}
	return text
}

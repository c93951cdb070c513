package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"eddy/testbench"
	"eddy/testbench/virtual"
	"eddy/testbench/wasi"
)

// guests are the programs of a simulated cluster whose nodes are not eddy's own.
type guests struct {
	host     *wasi.Host
	programs []*wasi.Program
}

// wasiHost is this process's; made when the first program is loaded.
var wasiHost *wasi.Host

// loadedGuests are the programs loaded so far, by the value of --bin.
var loadedGuests = make(map[string]*guests)

// programPaths are those that a value of --bin names.
func programPaths(bin string) []string {
	if bin == "" {
		return nil
	}
	return strings.Split(bin, ",")
}

// loadGuests compiles the programs that --bin names for the simulator.
func loadGuests(bin string) (*guests, error) {
	if loaded := loadedGuests[bin]; loaded != nil {
		return loaded, nil
	}
	if wasiHost == nil {
		var err error
		if wasiHost, err = newWASIHost(); err != nil {
			return nil, err
		}
	}
	g := &guests{host: wasiHost}
	for _, path := range programPaths(bin) {
		program, err := wasiHost.Load(path)
		if err != nil {
			return nil, fmt.Errorf("--bin %w", err)
		}
		g.programs = append(g.programs, program)
	}
	loadedGuests[bin] = g
	return g, nil
}

// guestConfig is that of an engine whose nodes are programs built for WASI.
func (s simulation) guestConfig(logs *virtual.Logs) virtual.Config {
	config := wasi.Config{Programs: s.guests.programs, Args: s.nodeArgs, ServiceTime: s.options.ServiceTime}
	if logs != nil {
		config.Log = func(id string, text []byte) { logs.Records(id)(text) }
	}
	return virtual.Config{Meta: s.meta, Start: s.guests.host.Cluster(s.options.Nodes(), config).Start}
}

// checkServiceTime says where --service-time makes no sense.
func checkServiceTime(o *testbench.Options) error {
	if o.ServiceTime != 0 && o.Bin == "" {
		return fmt.Errorf("--service-time without --bin: the time of a step is for programs built for WASI; handling costs eddy's own nodes none")
	}
	return nil
}

// newWASIHost makes a host that keeps what it has compiled in the user's cache.
func newWASIHost() (*wasi.Host, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	return wasi.NewHost(filepath.Join(cache, "eddy"))
}

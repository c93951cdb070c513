package wasi

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"eddy/actor"
	"eddy/testbench/virtual"
)

// Config says what the nodes of a run are.
type Config struct {
	Programs    []*Program    // of the nodes in their order; where there are more nodes it begins again with the first
	Args        []string      // of every program
	ServiceTime time.Duration // what a step costs in virtual time; 0 for nothing
	// Log takes what a node writes to its standard error; nil for nobody.
	Log func(id string, text []byte)
}

// Cluster is the nodes of one run. It belongs to the goroutine of the run's world.
type Cluster struct {
	host    *Host
	config  Config
	program map[string]*Program
	disks   map[string]*disk
	told    map[string]bool // functions that are missing and have been named

	loopsMax, callsMax int // of a step; fewer in a test
}

// Cluster makes the nodes of a run, whose names are ids.
func (h *Host) Cluster(ids []string, config Config) *Cluster {
	c := &Cluster{host: h, config: config, program: make(map[string]*Program), disks: make(map[string]*disk), told: make(map[string]bool),
		loopsMax: stepLoopsMax, callsMax: stepCallsMax}
	for i, id := range ids {
		c.program[id] = config.Programs[i%len(config.Programs)]
	}
	return c
}

func (c *Cluster) disk(id string) *disk {
	if c.disks[id] == nil {
		c.disks[id] = newDisk()
	}
	return c.disks[id]
}

// Start starts an incarnation of a node, as [virtual.Start].
func (c *Cluster) Start(w *actor.World, id string, out func(line []byte)) virtual.Process {
	var seed [32]byte
	for i := range 4 {
		binary.LittleEndian.PutUint64(seed[8*i:], w.Rand().Uint64())
	}
	program := c.program[id]
	g := &Guest{world: w, cluster: c, id: id, program: program, out: out,
		random: rand.NewChaCha8(seed), files: newFileTable(c.disk(id), program.nonblock)}
	g.start()
	return g
}

// missing names a function that the host does not have, once in a run.
func (c *Cluster) missing(g *Guest, name string) {
	if c.told[name] {
		return
	}
	c.told[name] = true
	if g.bench != nil {
		g.bench.Warn("wasi", fmt.Sprintf("called WASI's %s, which the simulator does not have; it was answered with ENOSYS, there and wherever else it was called", name), "")
	}
}

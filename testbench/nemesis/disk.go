package nemesis

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// FaultDisk harms the disks of nodes.
const FaultDisk = "disk"

// What can be wrong with a disk.
const (
	DiskFull = "full" // it takes no more bytes
	DiskSlow = "slow" // its syncs take long
	// DiskSync has syncs fail, and with each goes what it should have made last. The node is restarted when the fault
	// ends, since no later sync makes up for one that failed.
	DiskSync = "sync"
	// DiskFlip flips a bit of what is synced. That is found when the node is started the next time, and the node
	// refuses to: it is only done when it is asked for.
	DiskFlip = "flip"
)

// DiskHarms lists what can be wrong with a disk.
func DiskHarms() []string { return []string{DiskFull, DiskSlow, DiskSync, DiskFlip} }

// Disked is a node's port through which its disk can be harmed.
type Disked interface {
	// HarmDisk does one of [DiskHarms] to the node's disk, and reports whether the node keeps anything there. slowdown
	// is how many times slower syncs get.
	HarmDisk(harm string, slowdown int) bool
	// MendDisk ends all harms, and reports whether the node must be restarted.
	MendDisk() (restart bool)
}

// DiskOptions are those of [FaultDisk].
type DiskOptions struct {
	Targets  []string // whose disks are harmed together; none stands for all of [Targets]
	Harms    []string // what is drawn from; none stands for full, slow and sync
	Slowdown float64  // how many times slower a slow disk syncs
	Duration time.Duration
}

var diskDefaults = DiskOptions{Slowdown: 100}

func (o *DiskOptions) fault() Fault {
	return Fault{
		Name: FaultDisk,
		Settings: []Setting{
			namesSetting("disk-harms", "what --nemesis disk does, of full, slow, sync, flip (default full,slow,sync)", &o.Harms, DiskHarms()),
			{
				Flag: "disk-slowdown", Help: "how many times slower a slow disk of --nemesis disk syncs", Value: &o.Slowdown,
				Check: func(report func(any, string)) {
					if o.Slowdown < 1 || o.Slowdown > 1e6 {
						report(o.Slowdown, "a number from 1 to 1000000")
					}
				},
			},
			targetsSetting(FaultDisk, &o.Targets),
			lastingSetting(FaultDisk, &o.Duration),
		},
		HoldsUp: true,
		OfNodes: true,
		Label:   func(json.RawMessage) string { return "bad disk" },
		Package: func(c Cluster) (Package, error) {
			d := bad{cluster: c, options: *o, now: make(map[string]bool)}
			if len(d.options.Harms) == 0 {
				d.options.Harms = []string{DiskFull, DiskSlow, DiskSync}
			}
			err := able[Mortal](c, FaultDisk)
			if err == nil {
				err = able[Disked](c, FaultDisk)
			}
			return &Strike{Hit: "start-disk", Relieve: "stop-disk", Nodes: c.Nodes(), Targets: o.Targets, Lasting: o.Duration,
				Rand: c.Rand(), Harm: d.harm, Mend: d.mend}, err
		},
	}
}

// bad is the fault in a run.
type bad struct {
	cluster Cluster
	options DiskOptions
	now     map[string]bool // nodes whose disk is bad
}

func (d *bad) disk(node string) Disked { return d.cluster.Port(node).(Disked) }

func (d *bad) harm(node string) json.RawMessage {
	harm := d.options.Harms[d.cluster.Rand().IntN(len(d.options.Harms))]
	if !d.disk(node).HarmDisk(harm, int(d.options.Slowdown)) {
		return nil
	}
	d.now[node] = true
	return quote(harm)
}

// mend mends all disks, and restarts the nodes that must be.
func (d *bad) mend(done func(map[string]json.RawMessage)) {
	became := make(map[string]json.RawMessage)
	restarts := false
	for _, node := range d.cluster.Nodes() {
		if !d.now[node] {
			continue
		}
		became[node] = quote("mended")
		if d.disk(node).MendDisk() {
			d.cluster.Kill(node)
			restarts = true
		}
	}
	clear(d.now)
	if !restarts {
		done(became)
		return
	}
	d.cluster.Restart(func(started map[string]json.RawMessage) {
		for _, node := range slices.Sorted(maps.Keys(started)) {
			became[node] = started[node]
		}
		done(became)
	})
}

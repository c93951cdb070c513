package testbench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// RunFile is the file in the directory of a run that says how it was made.
const RunFile = "run.json"

// Made is how a run was made, as far as it matters to whoever judges it again.
type Made struct {
	Workload          string   `json:"workload"`
	Engine            string   `json:"engine"`
	Flags             []string `json:"flags,omitempty"` // of the command that made it
	Again             []string `json:"again,omitempty"` // of a simulated run: what comes after "eddy sim" to make it again
	Seed              uint64   `json:"seed,omitempty"`
	Nodes             int      `json:"nodes"`                // 0: Maelstrom's own cluster of five
	NodeNames         []string `json:"node-names,omitempty"` // where the run named them itself
	Concurrency       string   `json:"concurrency"`
	Availability      string   `json:"availability,omitempty"`
	ConsistencyModels []string `json:"consistency-models,omitempty"`
	Strict            bool     `json:"strict,omitempty"`
	KillsForget       bool     `json:"kills-forget,omitempty"`
	Values            []string `json:"values,omitempty"` // the workload's: see [workload.Workload]
}

// saveMade writes the file.
func (o *Outcome) saveMade() error {
	made := Made{
		Workload: o.Options.Workload, Engine: o.Meta.Engine, Flags: o.Meta.Flags, Again: o.Meta.Again, Seed: o.Options.Seed,
		Nodes: o.Options.NodeCount, NodeNames: o.Options.NodeNames, Concurrency: o.Options.Concurrency,
		Availability: o.Options.Availability, ConsistencyModels: o.Options.ConsistencyModels, Strict: o.Options.Strict, KillsForget: o.Options.KillsForget,
	}
	if w, err := o.Options.Workloads.Named(o.Options.Workload); err == nil {
		made.Values = w.Values
	}
	text, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.Meta.Dir, RunFile), append(text, '\n'), 0o644)
}

// Cluster is what of the options says which node a client talks to.
func (m *Made) Cluster() Options {
	return Options{NodeCount: m.Nodes, NodeNames: m.NodeNames, Concurrency: m.Concurrency}
}

// NodeOf gives the node that a process of the history talks to, as [Options.NodeOf] does.
func (m *Made) NodeOf() func(process int) string {
	o := m.Cluster()
	return o.NodeOf()
}

// ReadMade reads how the run of a directory was made; ok is false where nobody has written it down.
func ReadMade(dir string) (made Made, ok bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, RunFile))
	if errors.Is(err, fs.ErrNotExist) {
		return made, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &made)
	}
	o := made.Cluster()
	if err == nil && (made.Nodes < 0 || made.Nodes > NodesMax) {
		err = fmt.Errorf("nodes is %d", made.Nodes)
	}
	if err == nil {
		_, err = o.workers()
	}
	if err != nil {
		return made, false, fmt.Errorf("read %s: %w", filepath.Join(dir, RunFile), err)
	}
	return made, true, nil
}

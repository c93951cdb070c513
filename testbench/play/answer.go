package play

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"eddy/actor/node"
	"eddy/testbench"
	"eddy/testbench/virtual"
)

// Simulation is a run that a command line asks for, to be made as often as wanted.
type Simulation struct {
	Options testbench.Options
	Config  func(*virtual.Logs, node.TraceOptions) virtual.Config // of nodes that log and trace there
	Command string                                                // makes it on the command line
}

// Make makes a simulation of what comes after eddy sim: a workload, flags as --name=value and, after --, those of the
// nodes.
type Make func(arguments []string) (Simulation, error)

// Bench answers requests. It has one owner.
type Bench struct {
	Workloads []WorkloadInfo
	Make      Make
	Start     Start
	Lessons   []Lesson
	Local     bool
	Stored    *Stored // that was opened; nil for none

	films   []kept // the latest first
	moments []*moment
}

// Answer answers a request. The answer to one that cannot be met is a [Failed].
func (b *Bench) Answer(request []byte) []byte {
	answer, err := b.answer(request)
	if err != nil {
		answer = Failed{Error: sentence(err)}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		text, _ = json.Marshal(Failed{Error: sentence(err)})
	}
	return text
}

// sentence is an error as the page shows it.
func sentence(err error) string {
	text := err.Error()
	if text != "" && !bytes.ContainsAny([]byte(text[len(text)-1:]), ".!?") {
		text += "."
	}
	return text
}

func (b *Bench) answer(text []byte) (any, error) {
	var r Request
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("the request is not understood (%w): load the page again, it may be of another version", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the request is followed by something else: send one JSON object")
	}
	if r.Do == DoHello {
		return Hello{Version: Version, Workloads: b.Workloads, Start: b.Start, Lessons: b.lessonInfos(), Local: b.Local}, nil
	}
	do, known := map[string]func(*Bench, *Request) (any, error){
		DoFilm: (*Bench).film, DoVerdict: (*Bench).verdict, DoLook: (*Bench).look, DoMessage: (*Bench).message, DoSeek: (*Bench).seek, DoCause: (*Bench).cause,
	}[r.Do]
	if !known {
		return nil, fmt.Errorf("there is no request %q: load the page again, it may be of another version", r.Do)
	}
	if r.Scene.Version != Version {
		return nil, fmt.Errorf("this address is of version %s, and this page knows version %s: make the scene again here, or open the address with the eddy that made it", quoted(r.Scene.Version), Version)
	}
	if r.Scene.Run != "" {
		return b.stored(&r)
	}
	return do(b, &r)
}

func quoted(version string) string {
	if version == "" {
		return "none"
	}
	return strconv.Quote(version)
}

// arguments are the command line of a request's run, but for "eddy sim".
func (r *Request) arguments() []string {
	args := []string{r.Scene.Workload, "--seed=" + strconv.FormatUint(r.Seed, 10)}
	for _, name := range sortedKeys(r.Scene.Flags) {
		args = append(args, "--"+name+"="+r.Scene.Flags[name])
	}
	if r.Deeds != "" {
		args = append(args, "--deeds="+r.Deeds)
	}
	if len(r.Scene.Args) > 0 {
		args = append(append(args, "--"), r.Scene.Args...)
	}
	return args
}

// simulation is the run of a request.
func (b *Bench) simulation(r *Request) (Simulation, error) {
	for _, name := range []string{"seed", "deeds"} {
		if _, given := r.Scene.Flags[name]; given {
			return Simulation{}, fmt.Errorf("--%s is among the scene's flags: it has its own place in the address", name)
		}
	}
	return b.Make(r.arguments())
}

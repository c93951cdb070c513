package play

import "encoding/json"

// Version is that of the protocol, and of the addresses of moments. It changes with what either of them means.
const Version = "1"

// Request is what the page asks. Do says what; the rest is what that needs.
type Request struct {
	Do    string `json:"do"`
	Scene Scene  `json:"scene"`
	Seed  uint64 `json:"seed,string"` // as text: numbers of a page are exact up to 2^53 only
	Deeds string `json:"deeds"`       // as eddy sim --deeds takes them

	At     *int64 `json:"at,omitempty"`   // look, verdict: the moment, in ns; of the whole run without
	Node   string `json:"node,omitempty"` // look
	ID     int64  `json:"id,omitempty"`   // message
	Lesson string `json:"lesson,omitempty"`

	From  int64 `json:"from,omitempty"`  // film: ns
	To    int64 `json:"to,omitempty"`    // film: ns; 0 for the end
	Count int   `json:"count,omitempty"` // seek: seeds, that of the request the first
}

// Scene is a run but for its seed and deeds, in the words of the command line.
type Scene struct {
	Version  string            `json:"version"`
	Workload string            `json:"workload"`
	Flags    map[string]string `json:"flags,omitempty"` // of eddy sim, by name
	Args     []string          `json:"args,omitempty"`  // of the nodes: what comes after --
	Run      string            `json:"run,omitempty"`   // in place of all that: a stored run that can only be shown
}

// The requests.
const (
	DoHello   = "hello"
	DoFilm    = "film"
	DoLook    = "look"
	DoMessage = "message"
	DoVerdict = "verdict"
	DoSeek    = "seek"
	DoCause   = "cause"
)

// Failed is the answer to a request that cannot be met.
type Failed struct {
	Error string `json:"error"` // a sentence with the remedy
}

// Hello says what there is to be played.
type Hello struct {
	Version   string         `json:"version"`
	Workloads []WorkloadInfo `json:"workloads"`
	Start     Start          `json:"start"` // what was asked for where the page was opened
	Lessons   []LessonInfo   `json:"lessons"`
	Local     bool           `json:"local"` // answered by a program on this machine
}

// Start is a run and a moment of it.
type Start struct {
	Scene Scene  `json:"scene"`
	Seed  uint64 `json:"seed,string"`
	Deeds string `json:"deeds"`
	At    int64  `json:"at"` // ns
}

// WorkloadInfo is a workload for people.
type WorkloadInfo struct {
	Name     string            `json:"name"`
	Title    string            `json:"title"`
	Help     string            `json:"help"`  // the flags of its nodes
	Fs       []string          `json:"fs"`    // what clients do
	Flags    map[string]string `json:"flags"` // of a run that can be watched
	AskHints map[string]string `json:"askHints"`
}

// LessonInfo is a lesson.
type LessonInfo struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Text  []string `json:"text"` // paragraphs
	Start Start    `json:"start"`
	Task  string   `json:"task"`
}

// Film is a whole run. Times are in ns. Places are indices: a node below len(Nodes), else len(Nodes) plus one into Ends.
type Film struct {
	End      int64       `json:"end"`
	Nodes    []string    `json:"nodes"`
	Ends     []string    `json:"ends"` // clients and services
	Messages []Hop       `json:"messages"`
	Left     int         `json:"left"`  // how many messages between from and to are left out
	Types    []string    `json:"types"` // of messages
	Lost     []string    `json:"lost"`  // why messages were lost
	States   []State     `json:"states"`
	Cuts     [][4]int64  `json:"cuts"` // ns, source, destination, and 1 for cut or 0 for mended
	Ops      []Operation `json:"ops"`
	Idle     []string    `json:"idle"` // deeds that did nothing, and why
	Verdict  Verdict     `json:"verdict"`
	Command  string      `json:"command"` // makes the same run on the command line
}

// Hop is a message, or one copy of it, on its way: id, source, destination, sent, arrives, type, why it was lost. Of
// one that was lost, arrives is when the receiver would have taken it. Of one that is still on its way when the run
// ends, arrives is -1; of one that was not lost, why is -1.
type Hop [7]int64

const (
	colID = iota
	colSrc
	colDest
	colSent
	colArrives
	colType
	colLost
)

// Lost is the index of why it was lost; -1 if it was not.
func (h Hop) Lost() int64 { return h[colLost] }

// State is that of a node from a moment on: running, down, starting, paused, or skewed by so many ns.
type State struct {
	At    int64
	Node  int
	State string
	Extra int64
}

// MarshalJSON writes a row.
func (s State) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{s.At, s.Node, s.State, s.Extra})
}

// Operation is one that a client performed: from when to when, or -1 for one that has no end, by which process at which
// node, what with which value, and how it ended.
type Operation struct {
	Invoked, Done int64
	Process, Node int
	F, Value      string
	End           string // ok, fail or info
}

// MarshalJSON writes a row.
func (o Operation) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{o.Invoked, o.Done, o.Process, o.Node, o.F, o.Value, o.End})
}

// Verdict is what the checker says.
type Verdict struct {
	Valid   string   `json:"valid"` // true, false or unknown
	Reasons []string `json:"reasons"`
	Lost    []string `json:"lost"`  // values that the failure is about
	First   string   `json:"first"` // what went wrong first
	Figures Figures  `json:"figures"`
	Task    *Task    `json:"task,omitempty"` // of the lesson that the request names
}

// Figures are measures by name.
type Figures map[string]float64

// Task is how the task of a lesson stands.
type Task struct {
	Done bool   `json:"done"`
	Text string `json:"text"`
}

// Look is a node at a moment.
type Look struct {
	At         int64       `json:"at"`
	State      string      `json:"state"`
	ClockAhead int64       `json:"clockAhead"` // ns
	Actors     []ActorView `json:"actors"`
	Log        []LogLine   `json:"log"`
	Program    bool        `json:"program"` // not made of actors
}

// ActorView is an actor at a moment.
type ActorView struct {
	Name    string `json:"name"`
	Mailbox int    `json:"mailbox"` // messages waiting
	Handled uint64 `json:"handled"`
	View    string `json:"view"` // lines
}

// LogLine is one of a node's log.
type LogLine struct {
	At    int64  `json:"at"`
	Level string `json:"level"`
	Text  string `json:"text"`
}

package scaffold

// language is what projects of one language have in common.
type language struct {
	name      string // as users give it
	title     string // as a README says it
	needsEddy bool   // to be built
	files     []File
	// commands sets how a node is built, run and tested. The flags are those of the test.
	commands func(s *page, flags string)
}

// What only the nodes need that send something until it is acknowledged.
var reliable = []string{"broadcast", "txn-rw-register"}

var languages = []language{
	{
		name: "go", title: "Go, made of actors", needsEddy: true,
		files: []File{
			{From: "WORKLOAD.go.tmpl", To: "node.go", Says: "the node: its messages and the actor that takes them"},
			{From: "outbox.go.tmpl", To: "outbox.go", Says: "what is sent to all other nodes until they acknowledge it", only: reliable},
			{From: "main.go.tmpl", To: "main.go", Says: "the program: the node, and eddy's commands for it"},
			{From: "main_test.go.tmpl", To: "main_test.go", Says: "a hundred clusters in virtual time, with faults"},
			{From: "go.mod.tmpl", To: "go.mod", Says: "says where Eddy is"},
			{To: "go.sum", Says: "the sums of what it is built of"},
			{From: "gitignore", To: ".gitignore", Says: "leaves out the program and the files of runs"},
		},
		commands: func(s *page, flags string) {
			s.Setup, s.Eddy = "", "./node" // it has eddy's commands itself
			s.Building, s.Build = "Build the node, and run its tests", "go build -o node .\ngo test ./..."
			if s.Version != "" {
				s.Build = "go mod tidy\n" + s.Build
			}
			s.Run = "./node serve " + s.Workload
			s.Test = "./node test " + s.Workload + " " + flags
			s.Seeding = "The same in virtual time, a hundred seeds, which take seconds; a seed that fails is made smaller and repeats exactly"
			s.Seeds = "./node sim " + s.Workload + " --seeds 100 " + flags
			s.Maelstrom = "maelstrom test -w " + s.Workload + " --bin ./node " + flags + " -- serve " + s.Workload
		},
	},
	{
		name: "go-library", title: "Go, with Maelstrom's library",
		files: []File{
			{From: "WORKLOAD.go.tmpl", To: "main.go", Says: "the node: a handler for each type of message"},
			{From: "outbox.go.tmpl", To: "outbox.go", Says: "what is sent to all other nodes until they acknowledge it", only: reliable},
			{From: "go.mod.tmpl", To: "go.mod", Says: "says which version of the library"},
			{From: "go.sum.tmpl", To: "go.sum", Says: "its sums"},
			{From: "gitignore", To: ".gitignore", Says: "leaves out the program and the files of runs"},
		},
		commands: func(s *page, flags string) {
			s.program("./node", flags)
			s.Building, s.Build = "Build the node", "go build -o node ."
			s.Run = "while read -r line; do echo \"$line\"; sleep 0.1; done | ./node 2>/dev/null"
			s.HandNote = " (the library handles each message in a goroutine of its own, so the lines come a moment apart; what it logs is left out)"
			s.Seeding = "The same in virtual time, ten seeds, from the same source built for WASI; a seed that fails is made smaller and repeats exactly"
			s.Seeds = s.Eddy + " sim " + s.Workload + " --bin . --seeds 10 " + flags
		},
	},
	{
		name: "python", title: "Python",
		files: []File{
			{From: "WORKLOAD.py", To: "node.py", Says: "the node: a handler for each type of message"},
			{From: "maelstrom.py", To: "maelstrom.py", Says: "the protocol: lines, requests and replies. It needs Python 3.8 and nothing else"},
			{From: "outbox.py", To: "outbox.py", Says: "what is sent to all other nodes until they acknowledge it", only: reliable},
			{From: "gitignore", To: ".gitignore", Says: "leaves out the files of runs"},
		},
		commands: func(s *page, flags string) { s.program("./node.py", flags) },
	},
	{
		name: "javascript", title: "JavaScript",
		files: []File{
			{From: "WORKLOAD.js", To: "node.js", Says: "the node: a handler for each type of message"},
			{From: "maelstrom.js", To: "maelstrom.js", Says: "the protocol: lines, requests and replies. It needs Node.js 18 and nothing else"},
			{From: "outbox.js", To: "outbox.js", Says: "what is sent to all other nodes until they acknowledge it", only: reliable},
			{From: "package.json", To: "package.json", Says: "has `npm test` run the test below"},
			{From: "gitignore", To: ".gitignore", Says: "leaves out the files of runs"},
		},
		commands: func(s *page, flags string) { s.program("./node.js", flags) },
	},
	{
		name: "rust", title: "Rust",
		files: []File{
			{From: "WORKLOAD.rs", To: "src/main.rs", Says: "the node: what it does with each type of message"},
			{From: "maelstrom.rs", To: "src/maelstrom.rs", Says: "the protocol: lines, requests and replies"},
			{From: "outbox.rs", To: "src/outbox.rs", Says: "what is sent to all other nodes until they acknowledge it", only: reliable},
			{From: "Cargo.toml", To: "Cargo.toml", Says: "names the one crate that it needs, serde_json"},
			{From: "Cargo.lock", To: "Cargo.lock", Says: "its version, and those of what it needs"},
			{From: "gitignore", To: ".gitignore", Says: "leaves out what is built and the files of runs"},
		},
		commands: func(s *page, flags string) {
			s.program("target/debug/"+s.Package, flags)
			s.Building, s.Build = "Build the node", "cargo build"
		},
	},
}

// program sets the commands for a node that Eddy runs by --bin.
func (s *page) program(bin, flags string) {
	s.Run = bin
	s.Test = s.Eddy + " test " + s.Workload + " --bin " + bin + " " + flags
	s.Maelstrom = "maelstrom test -w " + s.Workload + " --bin " + bin + " " + flags
}

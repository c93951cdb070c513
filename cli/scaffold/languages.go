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
}

// program sets the commands for a node that Eddy runs by --bin.
func (s *page) program(bin, flags string) {
	s.Run = bin
	s.Test = s.Eddy + " test " + s.Workload + " --bin " + bin + " " + flags
	s.Maelstrom = "maelstrom test -w " + s.Workload + " --bin " + bin + " " + flags
}

// Command rogue is a node of the workload echo that does what a node should not, at its first echo: -do
// says what.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"net"
	"os"
	"runtime"
	"strings"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

var sink [][]byte

func misbehave(do string) {
	switch do {
	case "panic":
		var none map[string]int
		none["a"] = 1
	case "exit":
		fmt.Fprintln(os.Stderr, "had enough")
		os.Exit(3)
	case "loop":
		for i := 0; ; i++ {
			if i < 0 {
				fmt.Fprintln(os.Stderr, "overflow")
			}
		}
	case "spin": // on a clock that does not move while a step lasts
		for began := time.Now(); time.Since(began) < time.Second; {
		}
	case "memory":
		for {
			sink = append(sink, make([]byte, 16<<20))
		}
	case "line":
		text := strings.Repeat("x", 1<<20)
		for range 80 {
			os.Stdout.WriteString(text)
		}
	case "reach":
		reach()
	}
}

// reach tries to get at the machine, and panics if it gets anywhere.
func reach() {
	for _, path := range []string{"/etc/passwd", "/proc/self/environ", "../../../../etc/hostname", "/tmp", "."} {
		found, err := os.ReadFile(path)
		if err == nil {
			panic("read " + path + ": " + string(found))
		}
	}
	if names, err := os.ReadDir("/"); err != nil || len(names) > 0 {
		panic(fmt.Sprint("the root has ", names, err))
	}
	if all := os.Environ(); len(all) > 0 {
		panic(fmt.Sprint("the environment has ", all))
	}
	for fd := uintptr(4); fd < 64; fd++ {
		if _, err := os.NewFile(fd, "inherited").Stat(); err == nil {
			panic(fmt.Sprint("file descriptor ", fd, " is open"))
		}
	}
	if c, err := net.Dial("tcp", "127.0.0.1:22"); err == nil {
		panic("connected to " + c.RemoteAddr().String())
	}
	if l, err := net.FileListener(os.NewFile(3, "listener")); err == nil {
		panic("listens at " + l.Addr().String())
	}
	if err := os.Symlink("/etc/passwd", "/link"); !errors.Is(err, errors.ErrUnsupported) {
		panic(fmt.Sprint("made a link: ", err))
	}
	if _, err := os.Stat("/link"); !errors.Is(err, fs.ErrNotExist) {
		panic("there is a link")
	}
	if year := time.Now().Year(); year != 2025 {
		panic(fmt.Sprint("it is the year ", year))
	}
	if runtime.NumCPU() != 1 {
		panic("knows the processors")
	}
}

func main() {
	do := flag.String("do", "", "what to do")
	flag.Parse()
	n := maelstrom.NewNode()
	n.Handle("echo", func(m maelstrom.Message) error {
		misbehave(*do)
		var body map[string]any
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		body["type"] = "echo_ok"
		return n.Reply(m, body)
	})
	if err := n.Run(); err != nil {
		log.Fatal(err)
	}
}

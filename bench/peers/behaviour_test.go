package peers

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/behaviour.md anew")

// moments are the bad ones: what is said of each is a cell of the table.
var moments = []struct {
	name string
	look func(runtime) string
}{
	{"a mailbox of 16, 100 messages more", fullMailbox},
	{"a panic over the second of three", panicInHandler},
	{"a stop with 10,000 queued", stopWithQueue},
}

// momentOf names, in a child's environment, the peer and the moment to look at: a panic can take a process along.
const momentOf = "PEERS_MOMENT"

// TestBehaviour holds what the peers do against testdata/behaviour.md; with -update it is written anew.
func TestBehaviour(t *testing.T) {
	if of := os.Getenv(momentOf); of != "" {
		for _, p := range peers {
			for _, m := range moments {
				if of == p.name+"/"+m.name {
					fmt.Printf("\nsays: %s\n", m.look(p.open()))
					os.Exit(0)
				}
			}
		}
	}
	var table strings.Builder
	table.WriteString("|")
	for _, m := range moments {
		fmt.Fprintf(&table, " | %s", m.name)
	}
	fmt.Fprintf(&table, " |\n|%s\n", strings.Repeat(" --- |", len(moments)+1))
	for _, p := range peers {
		fmt.Fprintf(&table, "| %s |", p.name)
		for _, m := range moments {
			fmt.Fprintf(&table, " %s |", inChild(p.name+"/"+m.name))
		}
		table.WriteString("\n")
	}
	fmt.Print(table.String())
	const file = "testdata/behaviour.md"
	if *update {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != table.String() {
		t.Errorf("%s is not what the peers do now (%v)", file, err)
	}
}

func inChild(moment string) string {
	child := exec.Command(os.Args[0], "-test.run", "^TestBehaviour$", "-test.timeout", "60s")
	child.Env = append(os.Environ(), momentOf+"="+moment)
	out, err := child.Output()
	if _, says, found := strings.Cut(string(out), "\nsays: "); found {
		return strings.TrimSpace(says)
	}
	if err != nil {
		return "the process ends"
	}
	return "nothing was said"
}

// gate is an actor's handler that keeps hold of its first message until it is opened, and counts.
type gate struct {
	inHand, open chan struct{}
	handled      atomic.Int64
}

func newGate() *gate { return &gate{inHand: make(chan struct{}), open: make(chan struct{})} }

func (g *gate) handle(*message) {
	if g.handled.Add(1) == 1 {
		close(g.inHand)
		<-g.open
	}
}

// settled waits until nothing more is handled, and says how many were.
func (g *gate) settled() int {
	last, since := int64(-1), 0
	for since < 5 {
		time.Sleep(100 * time.Millisecond)
		if now := g.handled.Load(); now != last {
			last, since = now, 0
			continue
		}
		since++
	}
	return int(last)
}

func fullMailbox(r runtime) string {
	const more = 100
	g := newGate()
	to := r.spawn(16, g.handle)
	to.pour(&message{})
	<-g.inHand
	var sent, told atomic.Int64
	go func() {
		for range more {
			if to.tell(&message{}) != nil {
				told.Add(1)
			}
			sent.Add(1)
		}
	}()
	for i := 0; i < 10 && sent.Load() < more; i++ {
		time.Sleep(100 * time.Millisecond)
	}
	atFull := sent.Load()
	close(g.open)
	handled := g.settled() - 1
	switch lost := more - handled; {
	case atFull < more:
		return fmt.Sprintf("the sender waits after %d", atFull)
	case lost == 0:
		return "grows: all are handled"
	default:
		return fmt.Sprintf("%d not handled, the sender told of %d", lost, told.Load())
	}
}

func panicInHandler(r runtime) string {
	var handled [4]atomic.Int64
	to := r.spawn(16, func(m *message) {
		handled[m.n].Add(1)
		if m.n == 2 && handled[2].Load() == 1 {
			panic("the second")
		}
	})
	for n := 1; n <= 3; n++ {
		to.pour(&message{n})
	}
	for i := 0; i < 60 && handled[3].Load() == 0; i++ { // some wait seconds before they go on
		time.Sleep(100 * time.Millisecond)
	}
	switch {
	case handled[3].Load() == 0:
		return "the actor ends, the third is lost"
	case handled[2].Load() > 1:
		return "goes on, with the second once more"
	}
	return "goes on with the third"
}

func stopWithQueue(r runtime) string {
	const queued = 10_000
	g := newGate()
	to := r.spawn(queued+1, g.handle)
	to.pour(&message{})
	<-g.inHand
	for range queued {
		to.pour(&message{})
	}
	go to.stop()
	time.Sleep(100 * time.Millisecond)
	close(g.open)
	switch handled := g.settled() - 1; handled {
	case queued:
		return "all are handled"
	case 0:
		return "none is handled, nobody is told"
	default:
		return fmt.Sprintf("%d are handled, nobody is told of the rest", handled)
	}
}

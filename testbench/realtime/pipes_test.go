package realtime

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func readAll(input string, limit int) (lines []string, tooLong string) {
	r := &lineReader{source: bufio.NewReaderSize(strings.NewReader(input), 16), limit: limit}
	r.pass = func(batch [][]byte) {
		for _, line := range batch {
			lines = append(lines, string(line))
		}
	}
	r.tooLong = func(start []byte) { tooLong = string(start) }
	r.read()
	return lines, tooLong
}

func TestLinesAreTakenWhole(t *testing.T) {
	long := strings.Repeat("x", 1000)
	cases := []struct {
		input string
		want  []string
	}{
		{"", nil},
		{"a\nb\n", []string{"a", "b"}},
		{"a\r\nb", []string{"a", "b"}},
		{"\n\na", []string{"", "", "a"}},
		{long + "\n" + long, []string{long, long}},
	}
	for _, c := range cases {
		if got, _ := readAll(c.input, 1<<20); !slices.Equal(got, c.want) {
			t.Errorf("%.20q: %.60q", c.input, got)
		}
	}
}

func TestLineOverTheLimitIsToldAndTheRestDropped(t *testing.T) {
	got, tooLong := readAll("ok\n"+strings.Repeat("y", 5000)+"\nmore\n", 1000)
	if !slices.Equal(got, []string{"ok"}) || len(tooLong) != 300 || tooLong[0] != 'y' {
		t.Errorf("lines %q, then %q", got, tooLong)
	}
}

// Each line has memory of its own: the reader goes on while the loop uses it.
func TestLinesDoNotShareMemory(t *testing.T) {
	var kept [][]byte
	r := &lineReader{source: bufio.NewReaderSize(strings.NewReader(strings.Repeat("0123456789\n", 500)), 64), limit: 1000}
	r.pass = func(batch [][]byte) { kept = append(kept, batch...) }
	r.read()
	for _, line := range kept {
		line = append(line, "overrun"...)
		copy(line, "XXXXXXXXXX")
	}
	for _, line := range kept {
		if string(line) != "0123456789" && string(line) != "XXXXXXXXXX" {
			t.Fatalf("%q", line)
		}
	}
}

func TestLastLinesOfALog(t *testing.T) {
	path := t.TempDir() + "/log"
	if lastLines(path) != nil {
		t.Error("lines of a log that is not there")
	}
	var text bytes.Buffer
	for i := range 5000 {
		fmt.Fprintf(&text, "line %d\n\n", i)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := lastLines(path); len(got) != 5 || got[4] != "line 4999" {
		t.Errorf("%q", got)
	}
}

// A reader that takes nothing keeps lines waiting, in order, without holding up who hands them over; it is
// told once.
func TestInputThatIsNotReadWaitsWithoutHoldingUpTheLoop(t *testing.T) {
	from, to := io.Pipe()
	l := newLoop()
	in := newInput(l, to)
	told := 0
	in.stalls = func(int, time.Duration) { told++; go readSlowly(t, from, l) }
	in.drops = func() { t.Error("a line was dropped") }
	for i := range 3 * inputLinesMax {
		in.put(fmt.Appendf(nil, "%d\n", i), 0)
	}
	l.run() // until the reader has seen the last line
	in.end()
	<-in.result
	if told != 1 {
		t.Errorf("told %d times that the node does not read", told)
	}
}

func readSlowly(t *testing.T, from io.Reader, l *loop) {
	lines := bufio.NewScanner(from)
	for i := range 3 * inputLinesMax {
		if !lines.Scan() || lines.Text() != fmt.Sprint(i) {
			t.Errorf("line %d is %q", i, lines.Text())
			break
		}
	}
	l.events <- l.stop
}

func TestInputBeyondItsBoundIsDropped(t *testing.T) {
	l := newLoop()
	from, to := io.Pipe()
	in := newInput(l, to)
	drops := 0
	in.drops = func() { drops++ }
	line := bytes.Repeat([]byte("z"), waitingBytesMax/8)
	for range inputLinesMax + 20 {
		in.put(line, 0)
	}
	if drops < 5 {
		t.Errorf("%d lines dropped", drops)
	}
	from.Close()
	in.end()
	<-in.result
}

func TestLoopRunsCallbacksInOrderOfTime(t *testing.T) {
	l := newLoop()
	var order []int
	note := func(i int) func() { return func() { order = append(order, i) } }
	now := l.Now()
	l.At(now+3*time.Millisecond, note(4))
	l.At(now+2*time.Millisecond, note(2))
	l.At(now+2*time.Millisecond, note(3))
	l.At(0, note(1))
	l.At(now+4*time.Millisecond, l.stop)
	l.run()
	if !slices.Equal(order, []int{1, 2, 3, 4}) {
		t.Error(order)
	}
}

func TestStatusStaysBelowLinesOnATerminal(t *testing.T) {
	var out strings.Builder
	s := screen{to: &out, terminal: true}
	s.show("12 ok")
	s.line("n0: hello", true)
	s.show("13 ok")
	s.clear()
	want := noWrap + "12 ok" + wrap + clearLine + "n0: hello\n" + noWrap + "12 ok" + wrap + clearLine + noWrap + "13 ok" + wrap + clearLine
	if out.String() != want {
		t.Errorf("%q", out.String())
	}
}

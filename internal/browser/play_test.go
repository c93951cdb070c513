package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// playing serves eddy play with flags, and opens it at a place: what comes after the # of an address.
func playing(t *testing.T, place string, flags ...string) *tab {
	t.Helper()
	if len(flags) == 0 {
		flags = []string{"broadcast", "--node-count", "5", "--rate", "10", "--time-limit", "10", "--latency", "100", "--", "--strategy", "flood", "--ack", "none"}
	}
	server := exec.Command(eddy, append([]string{"play", "--port", "0"}, flags...)...)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at := strings.Index(lines.Text(), "http://"); at >= 0 {
			address, _, _ := strings.Cut(lines.Text()[at:], "#")
			if place != "" {
				place = "#" + place
			}
			b := open(t, strings.TrimSpace(address)+place)
			b.settled()
			return b
		}
	}
	t.Fatal("eddy play ended without an address")
	return nil
}

// settled waits until the page has the run that it asked for.
func (b *tab) settled() {
	b.t.Helper()
	b.do(chromedp.Query(chromedp.CSS(`html[data-ready="true"]:not([data-busy="true"])`)))
	b.do(chromedp.Query(chromedp.CSS(`#verdict:not(.old)`)))
	b.frames(2)
}

// press presses keys while the picture of the cluster has the focus.
func (b *tab) press(keys string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS("#cluster")), chromedp.KeyEvent(keys))
	b.settled()
}

// click presses a button.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
	b.settled()
}

// node is where a node of a circle stands in the window.
func (b *tab) node(i, of int) (x, y float64) {
	b.t.Helper()
	type rectangle struct{ Left, Top, Width, Height float64 }
	box := run(b, chromedp.Evaluate[rectangle](`(() => { const r = document.getElementById("cluster").getBoundingClientRect(); return {Left: r.left, Top: r.top, Width: r.width, Height: r.height}; })()`))
	unit := 1.6 * (min(box.Width, box.Height)/2 - 26)
	angle := -math.Pi/2 + 2*math.Pi*float64(i)/float64(of)
	return box.Left + box.Width/2 + 0.86*min(box.Width/2-26, unit)*math.Cos(angle), box.Top + box.Height/2 + 0.86*min(box.Height/2-26, unit)*math.Sin(angle)
}

func (b *tab) value(expression string) string {
	b.t.Helper()
	return run(b, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
}

// place is the address after its #, without the flags that playing gives.
func (b *tab) place() string {
	b.t.Helper()
	place := b.value("location.hash")
	deeds := regexp.MustCompile(`deeds=([^&]*)`).FindStringSubmatch(place)
	at := regexp.MustCompile(`at=([^&]*)`).FindStringSubmatch(place)
	if at == nil {
		b.t.Fatalf("the address is %s", place)
	}
	if deeds == nil {
		return at[1]
	}
	return strings.ReplaceAll(deeds[1], "+", " ") + " | " + at[1]
}

// says fails the test if an element does not contain a text.
func (b *tab) says(selector, want string) {
	b.t.Helper()
	if got := b.text(selector); !strings.Contains(got, want) {
		b.t.Errorf("%s says %q, without %q", selector, got, want)
	}
}

// comes waits until an element contains a text.
func (b *tab) comes(selector, want string) {
	b.t.Helper()
	for begun := time.Now(); time.Since(begun) < time.Minute; time.Sleep(30 * time.Millisecond) {
		if strings.Contains(b.text(selector), want) {
			return
		}
	}
	b.t.Errorf("%s says %q, never %q", selector, b.text(selector), want)
}

func (b *tab) drag(x1, y1, x2, y2 float64) {
	b.t.Helper()
	b.dragWith(0, x1, y1, x2, y2)
}

// dragWith drags while keys are held: 8 is shift.
func (b *tab) dragWith(keys int64, x1, y1, x2, y2 float64) {
	b.t.Helper()
	for _, e := range []input.DispatchMouseEventParams{
		{Type: chromedp.MousePressed, X: x1, Y: y1, Button: input.MouseButtonLeft, ClickCount: 1},
		{Type: chromedp.MouseMoved, X: (x1 + x2) / 2, Y: (y1 + y2) / 2, Button: input.MouseButtonLeft},
		{Type: chromedp.MouseMoved, X: x2, Y: y2, Button: input.MouseButtonLeft},
		{Type: chromedp.MouseReleased, X: x2, Y: y2, Button: input.MouseButtonLeft, ClickCount: 1},
	} {
		e.Modifiers = keys
		if _, err := chromedp.Call(b, input.DispatchMouseEvent, e); err != nil {
			b.t.Fatal(err)
		}
	}
	b.settled()
}

func TestTimePlaysStepsAndScrubs(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&at=2s")
	b.shoot("play")
	if got := b.place(); got != "2s" {
		t.Errorf("at first the moment is %s", got)
	}
	b.says("#time", "2.000 s of ")
	b.do(chromedp.Click(chromedp.CSS("#play")))
	b.says("#play", "Stop")
	b.frames(20)
	b.click("#play")
	played := b.place()
	if d, err := time.ParseDuration(played); err != nil || d <= 2*time.Second {
		t.Errorf("after playing the moment is %s", played)
	}
	b.says("#status", "on the way")
	b.click("#next")
	if b.place() == played {
		t.Error("a step to the next event leaves the moment")
	}
	b.click("#back")
	b.click("#back")
	b.click("#next")
	stepped := b.place()
	b.click("#next")
	b.click("#back")
	if got := b.place(); got != stepped {
		t.Errorf("a step forth and one back lead from %s to %s", stepped, got)
	}
	b.press(kb.End)
	b.says("#verdict", "At the end: ")
	b.press(kb.Home)
	if got := b.place(); got != "0s" {
		t.Errorf("the begin is at %s", got)
	}
	b.do(chromedp.Click(chromedp.CSS("#timeline"))) // its middle
	b.settled()
	if d, _ := time.ParseDuration(b.place()); d < 5*time.Second || d > 15*time.Second {
		t.Errorf("the middle of the timeline is %v", d)
	}
	speed := b.text("#speed")
	b.click("#faster")
	if b.text("#speed") == speed {
		t.Errorf("faster leaves the speed at %s", speed)
	}
	b.click("#slower")
	if got := b.text("#speed"); got != speed {
		t.Errorf("faster and slower lead from %s to %s", speed, got)
	}
	b.quiet()
}

// The picture of a moment is the same however one came there.
func TestAMomentIsTheSameFromBothSides(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&deeds=2s+cut+n0+n1;+3s+kill+n2;+3.5s+heal&at=2.2s")
	picture := func() string { return b.value(`document.getElementById("cluster").toDataURL()`) }
	for _, at := range []string{"2.2s", "3.05s", "3.7s"} {
		b.goTo(at)
		before := picture()
		b.press(kb.End)
		if picture() == before {
			t.Errorf("the end looks as %s does", at)
		}
		b.goTo(at)
		if picture() != before {
			t.Errorf("%s looks another way, come to from the end", at)
		}
		b.press(kb.Home)
		b.goTo(at)
		if picture() != before {
			t.Errorf("%s looks another way, come to from the begin", at)
		}
	}
	b.quiet()
}

// goTo goes to a moment by the address, as a link does.
func (b *tab) goTo(at string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`location.hash = location.hash.replace(/at=[^&]*/, "at=%s")`, at)))
	b.comes("#time", fmt.Sprintf("%.3f s of", seconds(at)))
	b.settled()
}

func seconds(at string) float64 {
	d, _ := time.ParseDuration(at)
	return d.Seconds()
}

func TestEveryDeedIsDoneByItsButton(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&at=2s")
	deed := func(want string) {
		t.Helper()
		b.settled()
		if got := b.place(); got != want {
			t.Errorf("the deeds are %q, not %q; the status is %q", got, want, b.text("#status"))
		}
	}
	// Each is undone, so that the next is alone.
	undo := func() { t.Helper(); b.press("z"); deed("2s") }
	choose := func(nodes ...int) {
		t.Helper()
		b.press(kb.Escape)
		for _, n := range nodes {
			x, y := b.node(n, 5)
			b.do(chromedp.MouseClickXY(x, y, func(p *input.DispatchMouseEventParams) { p.Modifiers = 8 } /* shift */))
		}
		b.settled()
	}
	button := func(name string) { t.Helper(); b.click(`[data-deed="` + name + `"]`) }

	button("cut")
	b.says("#status", "Choose the nodes to cut off first")
	deed("2s")
	choose(0)
	button("cut")
	deed("2s cut n0 n1,n2,n3,n4 | 2s")
	b.says("#status", "cut n0")
	button("heal")
	deed("2s cut n0 n1,n2,n3,n4; 2s heal n0 n1,n2,n3,n4 | 2s")
	b.press("z")
	undo()
	choose(1, 3)
	button("cut")
	deed("2s cut n1 n3 | 2s")
	choose()
	button("heal")
	deed("2s cut n1 n3; 2s heal | 2s")
	b.press("z")
	undo()
	choose(2)
	for _, name := range []string{"kill", "pause"} {
		button(name)
		deed("2s " + name + " n2 | 2s")
		b.press(".")
		b.click("#tab-nodes")
		b.says("#nodes", map[string]string{"kill": "down", "pause": "paused"}[name])
		b.click("#back")
		undo()
	}
	button("kill")
	b.goTo("2.5s")
	button("restart")
	deed("2s kill n2; 2.5s restart n2 | 2.5s")
	b.press("z")
	b.goTo("2s")
	undo()
	button("pause")
	b.goTo("2.5s")
	button("resume")
	deed("2s pause n2; 2.5s resume n2 | 2.5s")
	b.press("z")
	b.goTo("2s")
	undo()
	button("skew")
	deed("2s skew n2 5s | 2s")
	undo()
	button("ask")
	deed("2s ask n2 broadcast 7777 | 2s")
	undo()
	b.do(chromedp.SendKeys(chromedp.CSS("#rate"), "50"+kb.Enter))
	deed("2s rate 50 | 2s")
	undo()
	b.do(chromedp.SendKeys(chromedp.CSS("#latency"), "200"))
	button("latency")
	deed("2s latency 200 | 2s")
	undo()
	button("end")
	deed("2s end | 2s")
	undo()
	b.quiet()
}

func TestNodesAreChosenInABoxAndTypesAreHidden(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&at=2.1s")
	x1, y1 := b.node(1, 5)
	x2, y2 := b.node(2, 5)
	b.dragWith(8, x2-60, y1-40, x1+40, y2+40) // shift: the right half
	b.says("#whom", "n1, n2")
	b.press("x")
	if got := b.place(); got != "2.1s cut n1 n2 | 2.1s" {
		t.Errorf("the deeds are %s", got)
	}
	b.press("z" + kb.Escape + "m")
	rows := func() int {
		return run(b, chromedp.Evaluate[int](`document.querySelectorAll("#messages tbody tr").length`))
	}
	if rows() == 0 {
		t.Error("no message is on its way")
	}
	b.click("#types input")
	b.press("m")
	if n := rows(); n != 0 {
		t.Errorf("with their type hidden %d messages are listed", n)
	}
	b.click("#types input")
	b.press("n")
	b.do(chromedp.SendKeys(chromedp.CSS("#filter"), "n3"))
	b.settled()
	if got := b.value(`[...document.querySelectorAll("#nodes tbody button")].map(e => e.textContent).join()`); got != "n3" {
		t.Errorf("found are %s", got)
	}
	b.press(kb.PageUp + kb.PageUp + "0")
	b.quiet()
}

// The picture that README.md shows is one of these.
func TestThePictureOfTheREADME(t *testing.T) {
	b := playing(t, "broadcast?node-count=9&rate=40&time-limit=10&latency=100&args=--strategy+flood+--ack+none+--topology+tree:4&deeds=2s+cut+n1+n0;+2.2s+kill+n7;+2.3s+skew+n4+2s&at=2.42s")
	b.do(chromedp.MouseClickXY(b.node(1, 9)))
	b.comes("#details", "n1 at 2.420 s")
	b.shoot("play-readme")
	b.quiet()
}

func TestADragFromNodeToNodeCutsTheLinkAndHealsIt(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&at=2s")
	x1, y1 := b.node(1, 5)
	x2, y2 := b.node(4, 5)
	b.drag(x1, y1, x2, y2)
	if got := b.place(); got != "2s cut n1 n4 | 2s" {
		t.Errorf("after a drag the deeds are %s", got)
	}
	b.shoot("play-cut")
	b.drag(x2, y2, x1, y1)
	if got := b.place(); got != "2s cut n1 n4; 2s heal n4 n1 | 2s" {
		t.Errorf("after a drag back the deeds are %s", got)
	}
	b.quiet()
}

// What is done later than a new deed is another future: Back brings it back.
func TestABranchGivesUpWhatWasDoneLaterAndBackReturns(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&deeds=2s+cut+n0+n1;+4s+heal&at=3s")
	b.press(kb.ArrowRight) // chooses n0
	b.press("k")
	if got := b.place(); got != "2s cut n0 n1; 3s kill n0 | 3s" {
		t.Errorf("after the branch the deeds are %s", got)
	}
	b.says("#status", "Back brings it back")
	b.do(chromedp.Evaluate[chromedp.Void](`history.back()`))
	for range 100 {
		if b.place() == "2s cut n0 n1; 4s heal | 3s" {
			break
		}
		b.frames(2)
	}
	b.settled()
	if got := b.place(); got != "2s cut n0 n1; 4s heal | 3s" {
		t.Errorf("Back leads to %s", got)
	}
	b.click("#tab-deeds")
	b.says("#deeds", "cut n0 n1")
	b.says("#command", "--deeds '2s cut n0 n1; 4s heal'")
	b.do(chromedp.Click(chromedp.CSS(`#deeds [aria-label^="Undo: heal"]`)))
	b.settled()
	if got := b.place(); got != "2s cut n0 n1 | 3s" {
		t.Errorf("without the heal the deeds are %s", got)
	}
	b.quiet()
}

func TestANodeShowsItsInsideAndAMessageItsCauses(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&at=2.1s")
	x, y := b.node(3, 5)
	b.do(chromedp.MouseClickXY(x, y))
	b.comes("#details", "n3 at 2.100 s")
	b.says("#details", "gossip")
	b.says("#details", "in its mailbox")
	b.shoot("play-node")
	b.click("#tab-messages")
	b.do(chromedp.Click(chromedp.CSS(`#messages td button`)))
	b.comes("#details", "What led to it")
	b.says("#details", `"type": "gossip"`)
	b.shoot("play-message")
	id := regexp.MustCompile(`Message (\d+)`).FindStringSubmatch(b.text("#details h2"))
	if id == nil {
		t.Fatalf("the details are %s", b.text("#details"))
	}
	b.press("[")
	b.comes("#details", "What it led to: ")
	b.goTo("2.1s")
	b.press("m")
	b.do(chromedp.Click(chromedp.CSS(`#messages td button`)))
	b.settled()
	b.click(`[data-deed="delay"]`)
	if got, want := b.place(), "2.1s delay "+id[1]+" 500ms | 2.1s"; got != want {
		t.Errorf("the deeds are %s, not %s", got, want)
	}
	b.press("z")
	b.press("d")
	if got, want := b.place(), "2.1s drop "+id[1]+" | 2.1s"; got != want {
		t.Errorf("the deeds are %s, not %s", got, want)
	}
	b.quiet()
}

// The film and the verdict on the page are the run that the command line makes: the command that the page shows is run.
func TestARunOnThePageIsTheRunOfTheCommandLine(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=20&time-limit=8&latency=50&seed=11&args=--strategy+flood+--ack+none&deeds=2s+cut+n0+n1,n2,n3,n4;+4s+heal;+5s+kill+n3;+6s+restart+n3&at=3s")
	b.press(kb.End)
	b.click("#tab-deeds")
	store := t.TempDir()
	_, flags, _ := strings.Cut(b.text("#command"), " sim ")
	before, after, _ := strings.Cut(flags, " -- ")
	out, _ := exec.Command("sh", "-c", eddy+" sim "+before+" --quiet --store "+store+" -- "+after).CombinedOutput()
	verdict := b.text("#verdict strong") + b.text("#verdict strong + span")
	if said := regexp.MustCompile(`(?m)^(IN)?VALID: .*`).FindString(string(out)); strings.ReplaceAll(said, ": ", "") != verdict {
		t.Errorf("the page says %q, the command line %q", verdict, said)
	}
	// Every message, with where it went and when.
	messages, err := filepath.Glob(filepath.Join(store, "broadcast", "2*", "messages.jsonl"))
	if err != nil || len(messages) != 1 {
		t.Fatalf("%v %v: %s", messages, err, out)
	}
	text, err := os.ReadFile(messages[0])
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		Time int64
		Type string
		ID   int64
		Src  string
		Dest string
		Body struct{ Type string }
		Why  string
	}
	var want []string
	for _, row := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var l line
		if err := json.Unmarshal([]byte(row), &l); err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprint(l.Time, l.Type, l.ID, l.Src, l.Dest, l.Body.Type, l.Why))
	}
	got := strings.Split(b.value(`(async () => {
		const fields = new URLSearchParams(location.hash.split("?")[1]);
		const flags = Object.fromEntries(["node-count", "rate", "time-limit", "latency"].map(name => [name, fields.get(name)]));
		const request = {do: "film", scene: {version: fields.get("v"), workload: "broadcast", flags, args: fields.get("args").split(" ")}, seed: fields.get("seed"), deeds: fields.get("deeds")};
		const film = await (await fetch("ask", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(request)})).json();
		const name = i => [...film.nodes, ...film.ends][i];
		return film.messages.flatMap(([id, from, to, sent, arrives, type, why]) => [
			[sent, "send", id, name(from), name(to), film.types[type], ""],
			...(arrives < 0 ? [] : [[arrives, why < 0 ? "recv" : "lost", id, name(from), name(to), "", why < 0 ? "" : film.lost[why]]]),
		]).map(row => row.join("\t")).join("\n");
	})()`), "\n")
	all := make(map[string]bool)
	for _, row := range got {
		var cells []any
		for i, cell := range strings.Split(row, "\t") {
			if n, err := strconv.ParseInt(cell, 10, 64); err == nil && (i == 0 || i == 2) {
				cells = append(cells, n)
			} else {
				cells = append(cells, cell)
			}
		}
		all[fmt.Sprint(cells...)] = true
	}
	if len(all) != len(want) {
		t.Errorf("%d lines of messages on the page, %d on the command line", len(all), len(want))
	}
	for _, row := range want {
		if !all[row] {
			t.Fatalf("the page does not have %s", row)
		}
	}
	t.Logf("%d lines of messages are the same", len(want))
	b.quiet()
}

func TestAFailureIsFoundAndTheMomentOfItsCause(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&nemesis=partition&nemesis-interval=3&args=--strategy+flood+--ack+none&at=0s")
	b.do(chromedp.Click(chromedp.CSS("#find")))
	b.comes("#status", "fails: ")
	b.settled()
	b.says("#scene", "seed ")
	b.do(chromedp.Click(chromedp.CSS("#cause")))
	b.comes("#status", " futures ")
	b.settled()
	t.Logf("%s, at %s: %s", b.text("#scene"), b.place(), b.text("#status"))
	b.shoot("play-cause")
	b.press(kb.End)
	b.says("#verdict", "At the end: INVALID")
	b.do(chromedp.Evaluate[chromedp.Void](`history.back()`))
	b.comes("#scene", "seed 1")
	b.settled()
	b.quiet()
}

func TestAWorkloadWithoutFlagsIsPlayed(t *testing.T) {
	b := playing(t, "", "broadcast")
	b.says("#scene", "broadcast, 5 nodes, seed ")
	b.says("#verdict", "If it ended now: ")
	b.quiet()
}

func TestALessonKnowsWhenItsTaskIsDone(t *testing.T) {
	b := playing(t, "")
	b.press("l")
	if n := run(b, chromedp.Evaluate[int](`document.querySelectorAll("#lesson li").length`)); n != 6 {
		t.Errorf("there are %d lessons", n)
	}
	b.do(chromedp.Click(chromedp.CSS("#lesson li button")))
	b.comes("#lesson", "Make the cluster lose a value with one cut.")
	b.comes("#task", "Cut a link while values travel.")
	b.goTo("2s")
	x1, y1 := b.node(1, 5)
	x2, y2 := b.node(2, 5)
	b.drag(x1, y1, x2, y2)
	b.goTo("4s")
	b.comes("#task", "Done.")
	b.says("#lesson li", "✓")
	b.shoot("play-lesson")
	b.quiet()
}

// A run of processes cannot be made again: it is looked at, moment by moment.
func TestARecordedRunIsLookedAt(t *testing.T) {
	store := t.TempDir()
	if out, err := exec.Command(eddy, "test", "broadcast", "--node-count", "3", "--rate", "20", "--time-limit", "2", "--recovery", "1s", "--latency", "50", "--engine", "builtin", "--quiet", "--store", store).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b := playing(t, "", filepath.Join(store, "latest"))
	b.says("#scene", "recorded in ")
	b.says("#verdict", "VALID")
	b.press(kb.ArrowRight + "k")
	b.says("#status", "This run was recorded")
	if got := b.value(`[...document.querySelectorAll("#find, #cause")].filter(e => !e.hidden).map(e => e.id).join()`); got != "" {
		t.Errorf("buttons that cannot act on it are shown: %s", got)
	}
	b.click("#next")
	b.says("#status", " s: ")
	b.do(chromedp.MouseClickXY(b.node(1, 3)))
	b.comes("#details", "A program")
	b.shoot("play-recorded")
	address := b.value("location.href")
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(address))
	b.settled()
	b.says("#scene", "recorded in ")
	b.quiet()
}

// An exported site has the simulator in it: files alone answer as the server does.
func TestAnExportedSiteRunsTheSimulatorInThePage(t *testing.T) {
	site := t.TempDir()
	if out, err := exec.Command(eddy, "play", "broadcast", "--node-count", "5", "--rate", "10", "--time-limit", "10", "--latency", "100", "--export", site, "--", "--strategy", "flood", "--ack", "none").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(site)))
	defer server.Close()
	place := "#broadcast?seed=3&node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&deeds=2s+cut+n0+n1,n2,n3,n4&at=2.3s"
	exported := open(t, server.URL+"/"+place)
	exported.settled()
	local := playing(t, place[1:])
	for _, b := range []*tab{exported, local} {
		b.press("k") // needs a node
		b.says("#status", "Choose the nodes to kill first")
		b.press(kb.ArrowRight + "k")
		b.press(kb.End)
	}
	for _, selector := range []string{"#verdict", "#time", "#status", "#scene", "#types"} {
		if e, l := exported.text(selector), local.text(selector); e != l {
			t.Errorf("%s says %q in the site, and %q of the server", selector, e, l)
		}
	}
	if e, l := exported.place(), local.place(); e != l {
		t.Errorf("the site is at %q, the server at %q", e, l)
	}
	exported.shoot("play-export")
	exported.quiet()
	local.quiet()
}

// Everything that can be used has a name for a screen reader, everything that moves is told in words, and nothing
// comes from elsewhere.
func TestAScreenReaderHasAllOfIt(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&deeds=2s+kill+n2&at=2.1s")
	for _, tab := range []string{"nodes", "messages", "ops", "deeds", "details"} {
		b.click("#tab-" + tab)
		nameless := b.value(`[...document.querySelectorAll("button, input, select, [tabindex], [role=application], [role=slider], table")].filter(e => e.offsetParent !== null).filter(e =>
			!(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.textContent.trim() || e.labels?.length || e.tagName === "TABLE")).map(e => e.outerHTML).join()`)
		if nameless != "" {
			t.Errorf("without a name: %s", nameless)
		}
	}
	if got := b.value(`[...document.querySelectorAll("#verdict, #status")].map(e => e.getAttribute("aria-live")).join()`); got != "polite,polite" {
		t.Errorf("what is spoken: %s", got)
	}
	b.press("n")
	b.says("#nodes", "down")
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	if got := b.value(`document.activeElement.id`); got != "tab-messages" {
		t.Errorf("an arrow on a tab leads to %s", got)
	}
	if got := b.value(`document.getElementById("timeline").getAttribute("aria-valuetext")`); !strings.HasPrefix(got, "2.100 s of ") {
		t.Errorf("the timeline says %s", got)
	}
	if got := b.value(`performance.getEntriesByType("resource").map(e => e.name).filter(name => !name.startsWith(location.origin)).join()`); got != "" {
		t.Errorf("loaded from elsewhere: %s", got)
	}
	b.quiet()
}

func TestTheKeyboardIsEnoughToPlay(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&at=2s")
	b.press("?")
	if open := run(b, chromedp.Evaluate[bool](`document.getElementById("help").open`)); !open {
		t.Error("? opens no help")
	}
	b.shoot("play-keys")
	b.do(chromedp.KeyEvent(kb.Escape))
	b.press(kb.ArrowRight + kb.ArrowRight)
	b.says("#whom", "n1")
	b.press("x")
	if got := b.place(); got != "2s cut n1 n0,n2,n3,n4 | 2s" {
		t.Errorf("after x the deeds are %s", got)
	}
	b.press("z")
	b.press("k")
	b.press(".")
	b.press("n")
	b.says("#nodes", "down")
	b.do(chromedp.Focus(chromedp.CSS("#timeline")), chromedp.KeyEvent(kb.ArrowRight))
	b.settled()
	if d := b.place(); !strings.HasPrefix(d, "2s kill n1 | 2.") {
		t.Errorf("an arrow on the timeline leads to %s", d)
	}
	b.do(chromedp.KeyEvent(" "))
	b.frames(3)
	b.says("#play", "Stop")
	b.do(chromedp.KeyEvent(" "))
	b.settled()
	b.says("#play", "Play")
	b.press("s")
	b.shoot("play-scene")
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("field-nodes").value = "7"`), chromedp.Focus(chromedp.CSS("#apply")), chromedp.KeyEvent(kb.Enter))
	b.comes("#scene", "7 nodes")
	b.settled()
	for _, workload := range []string{"lin-kv", "kafka", "g-counter"} {
		b.press("s")
		b.do(chromedp.Focus(chromedp.CSS("#field-workload")), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{const e = document.getElementById("field-workload"); e.value = %q; e.dispatchEvent(new Event("change"))}`, workload)), chromedp.Focus(chromedp.CSS("#apply")), chromedp.KeyEvent(kb.Enter))
		b.comes("#scene", workload)
		b.goTo("5.33s")
		b.shoot("play-" + workload)
	}
	b.quiet()
}

// What cannot be played is said in a sentence, on the page.
func TestAWrongAddressIsASentence(t *testing.T) {
	b := playing(t, "")
	for place, want := range map[string]string{
		"broadcats?v=1&at=0s":                      "broadcast",
		"broadcast?v=99&at=0s":                     "version",
		"broadcast?v=1&node-count=none&at=0s":      "node-count",
		"broadcast?v=1&at=yesterday":               "2.5s",
		"broadcast?v=1&seed=x":                     "seed",
		"broadcast?v=1&deeds=2s+kiss+n0&at=0s":     "kiss",
		"broadcast?v=1&args=--strategy+gossipping": "strategy",
	} {
		b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.getElementById('problem').textContent = ''; location.hash = %q", "#"+place)))
		b.comes("#problem", want)
		t.Logf("%s: %s", place, b.text("#problem"))
	}
	b.shoot("play-problem")
}

// How smooth it is depends on the machine, so frames are reported.
func Test25NodesPlayAt60FramesASecond(t *testing.T) {
	b := playing(t, "broadcast?node-count=25&rate=100&time-limit=20&latency=100&at=2s&deeds=4s+cut+n0,n1,n2,n3,n4,n5+n6,n7,n8,n9,n10,n11,n12,n13,n14,n15,n16,n17,n18,n19,n20,n21,n22,n23,n24;+2.5s+kill+n3;+2.6s+pause+n4;+2.7s+skew+n7+3s")
	b.goTo("4.2s")
	b.shoot("play-25")
	b.press("n")
	b.do(chromedp.Click(chromedp.CSS("#play")))
	t.Logf("25 nodes: a frame takes %+v ms", b.pace(240))
	b.click("#play")
	b.dark()
	b.shoot("play-25-dark")
	b.quiet()
}

func TestAThousandNodesAreUsable(t *testing.T) {
	b := playing(t, "broadcast?node-count=1000&rate=100&time-limit=5&latency=100&at=2.1s")
	b.shoot("play-1000")
	b.do(chromedp.Click(chromedp.CSS("#play")))
	t.Logf("1,000 nodes: a frame takes %+v ms", b.pace(120))
	b.click("#play")
	left, _ := b.node(3, 4)
	top, _ := b.node(0, 4)
	_, middle := b.node(1, 4)
	b.do(chromedp.MouseClickXY(top+0.12*(top-left), middle)) // the first group stands right of the middle
	b.settled()
	b.says("#whom", "32 nodes")
	b.press("k")
	b.press(".")
	b.press("n")
	b.says("#nodes", "down")
	b.shoot("play-1000-down")
	b.quiet()
}

func TestAPhoneHasAllOfIt(t *testing.T) {
	b := playing(t, "broadcast?node-count=5&rate=10&time-limit=10&latency=100&args=--strategy+flood+--ack+none&deeds=2s+cut+n0+n1,n2,n3,n4&at=2.3s")
	b.narrow()
	b.settled()
	b.shoot("play-phone")
	if wide := run(b, chromedp.Evaluate[int]("document.documentElement.scrollWidth")); wide > 360 {
		t.Errorf("the page is %d pixels wide", wide)
	}
	for _, tab := range []string{"nodes", "messages", "ops", "deeds", "details"} {
		b.click("#tab-" + tab)
		if wide := run(b, chromedp.Evaluate[int]("document.documentElement.scrollWidth")); wide > 360 {
			t.Errorf("with %s the page is %d pixels wide", tab, wide)
		}
	}
	b.dark()
	b.press("s")
	b.shoot("play-phone-scene")
	b.quiet()
}

func (b *tab) dark() {
	b.t.Helper()
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}); err != nil {
		b.t.Fatal(err)
	}
	b.frames(2)
}

func (b *tab) narrow() {
	b.t.Helper()
	if _, err := chromedp.Call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 360, Height: 740, DeviceScaleFactor: 2, Mobile: true}); err != nil {
		b.t.Fatal(err)
	}
	b.frames(2)
}

// pace is how long frames take, in ms: from one to the next, which depends on what else the machine does, and in the
// page's program.
type pace struct{ Median, P95, Program float64 }

func (b *tab) pace(frames int) (p pace) {
	b.t.Helper()
	p = run(b, chromedp.Evaluate[pace](fmt.Sprintf(`new Promise(done => {
		const all = [], own = []; let last = performance.now();
		const real = requestAnimationFrame;
		requestAnimationFrame = act => real(now => { const began = performance.now(); act(now); if (act !== f) own.push(performance.now() - began); });
		const f = () => {
			const now = performance.now(); all.push(now - last); last = now;
			if (all.length < %[1]d) return requestAnimationFrame(f);
			requestAnimationFrame = real;
			for (const each of [all, own]) each.sort((a, b) => a - b);
			done({Median: all[all.length >> 1], P95: all[Math.floor(all.length * 0.95)], Program: own[own.length >> 1] ?? 0});
		};
		requestAnimationFrame(f);
	})`, frames), chromedp.EvalAwaitPromise))
	return p
}

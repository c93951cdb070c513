package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"eddy/trace/picture"
)

const ms = time.Millisecond

// spread is a page of values that spread from the nodes where clients gave them over a star of 25. Value 42
// does not reach n7.
func spread(values int) *picture.Page {
	p := &picture.Page{Title: "broadcast", Verdict: picture.Verdict{
		Word: "invalid", Reason: "1 value lost, of 100 added", Heading: "Lost values", Total: 1, Values: []string{"42"},
		Cause: "value 42, acknowledged by n17 at 12.600 s, never reached n7: n0 sent it in n0/42-7 at 12.700 s, lost in a partition.",
	}}
	every := 30 * time.Second / time.Duration(values)
	for v := range values {
		at := time.Duration(v) * every
		entry := fmt.Sprint("n", v%25)
		client, first := fmt.Sprintf("c%d/%d", v%25, v), fmt.Sprintf("%s/%d", entry, v)
		p.Message(picture.Message{ID: client, Type: "broadcast", Body: fmt.Sprintf(`{"type":"broadcast","message":%d}`, v)})
		p.Hop(picture.Hop{Message: client, From: picture.Lane{Node: picture.Clients, Actor: fmt.Sprint("c", v%25)}, To: picture.Lane{Node: entry, Actor: "stdin"}, Sent: at, Got: at})
		p.Event(picture.Event{At: at, Lane: picture.Lane{Node: entry, Actor: "gossip"}, Kind: "receive", Message: client, Depth: 1 + v%3, Text: fmt.Sprint("+value ", v)})
		cause := client
		if entry != "n0" {
			hop(p, v, first, cause, entry, "n0", at, false)
			cause, at = first, at+100*ms
		}
		for n := 1; n < 25; n++ {
			if to := fmt.Sprint("n", n); to != entry {
				hop(p, v, fmt.Sprintf("n0/%d-%d", v, n), cause, "n0", to, at, v == 42 && n == 7)
			}
		}
	}
	p.Shade(picture.Shade{Kind: "partition", From: 4 * time.Second, To: 9 * time.Second, Label: "n7 alone"})
	p.Shade(picture.Shade{Kind: "pause", From: 12 * time.Second, To: 14 * time.Second, Nodes: []string{"n3"}, Label: "paused"})
	return p
}

func hop(p *picture.Page, v int, id, cause, from, to string, at time.Duration, lost bool) {
	h := picture.Hop{Message: id, From: picture.Lane{Node: from, Actor: "stdout"}, To: picture.Lane{Node: to, Actor: "stdin"}, Sent: at, Got: at + 100*ms, Lost: lost}
	if lost {
		h.Why = "partition"
	}
	p.Message(picture.Message{ID: id, Type: "gossip", Cause: cause, Body: fmt.Sprintf(`{"type":"gossip","values":[%d]}`, v)})
	p.Hop(h)
	if !lost {
		p.Event(picture.Event{At: h.Got, Lane: picture.Lane{Node: to, Actor: "gossip"}, Kind: "receive", Message: id, Depth: 1, Text: fmt.Sprint("+value ", v)})
	}
}

func written(t *testing.T, p *picture.Page) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSearchFindsAValueAndFollowingItLightsItsPath(t *testing.T) {
	b := open(t, written(t, spread(100)))
	b.shoot("whole")
	b.search("42")
	if got := b.text("#status"); !strings.HasPrefix(got, "1 of 25: broadcast c17/42 at 12.600 s, 0 led to it, it led to 24, 25 carry the value, 1 of them lost, 24 of 25 nodes learned it, n7 never") {
		t.Errorf("after the search the status is %q", got)
	}
	details := b.text("#details")
	for _, want := range []string{`"message":42`, "Nothing led to it", "It led to: 24", "+value 42"} {
		if !strings.Contains(details, want) {
			t.Errorf("the details lack %q:\n%s", want, details)
		}
	}
	b.keys("]")
	if got := b.text("#status"); !strings.Contains(got, "gossip n17/42 at 12.600 s, 1 led to it, it led to 23") {
		t.Errorf("one step on the status is %q", got)
	}
	b.shoot("followed")
	b.keys("[")
	if got := b.text("#status"); !strings.Contains(got, "broadcast c17/42") {
		t.Errorf("one step back the status is %q", got)
	}
	b.keys(kb.Escape)
	if got := b.text("#status"); got != "" {
		t.Errorf("let go, the status is %q", got)
	}
	b.quiet()
}

// In a run whose nodes learn no values a number is one in a body, and not part of an id.
func TestANumberIsFoundAsAValue(t *testing.T) {
	p := &picture.Page{Title: "ticket"}
	for i, body := range []string{`{"type":"take","msg_id":7}`, `{"type":"take_ok","in_reply_to":7,"number":5}`, `{"type":"take_ok","in_reply_to":8,"number":7}`} {
		id := fmt.Sprint("c1/", 6+i) // the second is c1/7
		p.Message(picture.Message{ID: id, Type: "take", Body: body})
		p.Hop(picture.Hop{Message: id, From: picture.Lane{Node: picture.Clients, Actor: "c1"}, To: picture.Lane{Node: "n1", Actor: "stdin"}, Sent: time.Duration(i) * ms, Got: time.Duration(i) * ms})
	}
	b := open(t, written(t, p))
	b.search("7")
	if got := b.text("#status"); !strings.HasPrefix(got, "1 of 1: take c1/8 at 0.002 s") {
		t.Errorf("7 is found with the status %q", got)
	}
	b.search("c1/7")
	if got := b.text("#status"); !strings.HasPrefix(got, "1 of 1: take c1/7 at 0.001 s") {
		t.Errorf("c1/7 is found with the status %q", got)
	}
	b.quiet()
}

func TestALostMessageSaysWhy(t *testing.T) {
	b := open(t, written(t, spread(100)))
	b.search("n0/42-7")
	if got := b.text("#details"); !strings.Contains(got, "never: partition") {
		t.Errorf("the details are:\n%s", got)
	}
	b.shoot("lost")
	b.quiet()
}

func TestNodesOpenIntoActorsAndHide(t *testing.T) {
	b := open(t, written(t, spread(50)))
	lines := func(selector string) int {
		return run(b, chromedp.Evaluate[int](fmt.Sprintf(`document.querySelectorAll(%q).length`, selector)))
	}
	if n := lines("#gutter .actor"); n != 0 {
		t.Fatalf("%d actors are shown at first", n)
	}
	b.do(chromedp.Click(chromedp.CSS(`[aria-label="Open n0, 3 actors"]`)))
	b.frames(2)
	if n := lines("#gutter .actor"); n != 3 {
		t.Errorf("n0 opens into %d actors", n)
	}
	before := lines("#gutter .node")
	b.do(chromedp.Click(chromedp.CSS(`[aria-label="Hide n1"]`)))
	b.frames(2)
	if n := lines(`[aria-label="Hide n1"]`); n != 0 || lines("#gutter .node") > before {
		t.Errorf("n1 is still shown, among %d nodes", lines("#gutter .node"))
	}
	b.do(chromedp.Click(chromedp.CSS("#unhide")))
	b.frames(2)
	if n := lines(`[aria-label="Hide n1"]`); n != 1 {
		t.Errorf("n1 is shown %d times", n)
	}
	b.keys("o")
	b.shoot("opened")
	b.quiet()
}

func TestAClickOnAnArrowFollowsIt(t *testing.T) {
	b := open(t, written(t, spread(10)))
	// The middle of the arrow from n1 to n0 that leaves at 3.000 s, by the page's own measures.
	b.search("n1/1")
	b.do(chromedp.Click(chromedp.CSS("#close")))
	b.frames(2)
	if got := b.text("#status"); got != "" {
		t.Fatalf("the status is %q", got)
	}
	type rectangle struct{ Left, Top, Width, Line float64 }
	box := run(b, chromedp.Evaluate[rectangle](`(() => { const r = document.getElementById("diagram").getBoundingClientRect(); return {Left: r.left, Top: r.top, Width: r.width, Line: document.querySelector("#gutter .node").offsetHeight}; })()`))
	found := false
	for x := 0.0; x < box.Width && !found; x += 5 {
		b.do(chromedp.MouseClickXY(box.Left+x, box.Top+2*box.Line)) // between the lines of n0 and n1
		found = strings.Contains(b.text("#status"), "gossip n1/1 ")
	}
	if !found {
		t.Error("no click between n0 and n1 found the message")
	}
	b.quiet()
}

func TestTheVerdictItsCauseAndTheLostValuesAreOnTop(t *testing.T) {
	b := open(t, written(t, spread(100)))
	if got := b.text("#verdict"); got != "INVALID1 value lost, of 100 added" {
		t.Errorf("the verdict is %q", got)
	}
	if got := b.text("#cause"); !strings.Contains(got, "never reached n7: n0 sent it in n0/42-7 at 12.700 s") {
		t.Errorf("the cause is %q", got)
	}
	if large := run(b, chromedp.Evaluate[bool](`parseFloat(getComputedStyle(document.querySelector("#verdict strong")).fontSize) >= 24`)); !large {
		t.Error("the verdict is not large")
	}
	b.do(chromedp.Click(chromedp.CSS(`#values button[data-value="42"]`)))
	b.frames(2)
	if got := b.text("#status"); got != "broadcast c17/42 at 12.600 s, 0 led to it, it led to 24, 25 carry the value, 1 of them lost, 24 of 25 nodes learned it, n7 never" {
		t.Errorf("after a click on the lost value the status is %q", got)
	}
	if pressed := run(b, chromedp.Evaluate[bool](`["#follow", "#values button"].every(each => document.querySelector(each).getAttribute("aria-pressed") === "true")`)); !pressed {
		t.Error("the value is not shown as followed")
	}
	lines := run(b, chromedp.Evaluate[string](`[...document.querySelectorAll("#gutter .node")].map(each => each.textContent).join("|")`))
	for _, want := range []string{"n7never", "n1712.600 s", "n012.700 s"} {
		if !strings.Contains(strings.ReplaceAll(lines, "▸ ", ""), want) {
			t.Errorf("beside the lanes there is no %q: %s", want, lines)
		}
	}
	b.shoot("followed-lost")
	b.do(chromedp.Click(chromedp.CSS(`#cause button[title="Show n0/42-7"]`)))
	b.frames(2)
	if got := b.text("#details"); !strings.Contains(got, "never: partition") {
		t.Errorf("the message of the cause has the details:\n%s", got)
	}
	b.quiet()
}

func TestEveryLaneOf25NodesIsInSight(t *testing.T) {
	b := open(t, written(t, spread(100)))
	if n := run(b, chromedp.Evaluate[int](`[...document.querySelectorAll("#gutter .node")].filter(each => each.getBoundingClientRect().bottom <= innerHeight).length`)); n != 26 {
		t.Errorf("%d of 26 lanes are in sight, clients' with them", n)
	}
	b.quiet()
}

// Everything that the mouse does the keyboard does, too.
func TestTheKeyboardIsEnough(t *testing.T) {
	b := open(t, written(t, spread(100)))
	isOpen := func() bool { return run(b, chromedp.Evaluate[bool](`document.getElementById("help").open`)) }
	b.keys("?")
	if !isOpen() {
		t.Fatal("? opens no help")
	}
	b.shoot("help")
	b.do(chromedp.KeyEvent("f"), chromedp.KeyEvent(kb.Escape))
	b.frames(2)
	if isOpen() {
		t.Error("Esc leaves the help open")
	}
	if got := b.text("#status"); got != "" {
		t.Errorf("a key that was pressed in the help acted beneath it: the status is %q", got)
	}
	b.do(chromedp.Focus(chromedp.CSS("#values button")), chromedp.KeyEvent(kb.Enter))
	b.frames(2)
	if got := b.text("#status"); !strings.HasPrefix(got, "broadcast c17/42 at 12.600 s") {
		t.Errorf("Enter on the lost value gives the status %q", got)
	}
	followed := func() string {
		return run(b, chromedp.Evaluate[string](`document.getElementById("follow").getAttribute("aria-pressed")`))
	}
	b.keys("f")
	if got := followed(); got != "false" {
		t.Errorf("f leaves following at %s", got)
	}
	b.keys("f")
	if got := followed(); got != "true" {
		t.Errorf("f again leaves following at %s", got)
	}
	b.keys(kb.Escape)
	if got := followed() + b.text("#status"); got != "false" {
		t.Errorf("let go, following and the status are %q", got)
	}
	b.keys("f")
	if got := b.text("#status"); !strings.HasPrefix(got, "Find a value first") {
		t.Errorf("with nothing to follow the status is %q", got)
	}
	b.quiet()
}

func TestReadableInTheDark(t *testing.T) {
	b := open(t, written(t, spread(100)))
	colour := func() string {
		return run(b, chromedp.Evaluate[string](`getComputedStyle(document.body).backgroundColor`))
	}
	light := colour()
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, dark); err != nil {
		t.Fatal(err)
	}
	b.frames(2)
	if dark := colour(); dark == light {
		t.Errorf("the background is %s in light and dark", dark)
	}
	b.search("42")
	b.shoot("dark")
	b.quiet()
}

// TestARunOf25NodesTracedInFullIsFollowed draws challenge 3d as eddy does. How long it takes to load is reported.
func TestARunOf25NodesTracedInFullIsFollowed(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "page.html")
	for _, command := range [][]string{
		{eddy, "sim", "broadcast", "--challenge", "3d", "--nemesis", "partition", "--nemesis-interval", "5", "--seed", "1", "--quiet", "--store", dir, "--html", page},
	} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
		}
	}
	b := open(t, page)
	b.shoot("run")
	b.search("100")
	if got := b.text("#status"); !strings.HasPrefix(got, "1 of ") || !strings.Contains(got, ": broadcast c") {
		t.Errorf("value 100 begins as a broadcast, and the status is %q", got)
	}
	if got := b.text("#details"); !strings.Contains(got, `"message":100`) || !strings.Contains(got, "state +value 100") {
		t.Errorf("the details are:\n%s", got)
	}
	if got := b.text("#status"); !regexp.MustCompile(`, [1-9]\d* carry the value, [1-9]\d* of them lost, 25 of 25 nodes learned it$`).MatchString(got) {
		t.Errorf("its path is not lit: the status is %q", got)
	}
	if got := b.text("#verdict"); !strings.HasPrefix(got, "VALID") || !strings.Contains(got, "values added, none lost") {
		t.Errorf("the verdict is %q", got)
	}
	b.keys("f")
	b.shoot("run-followed")
	b.quiet()
}

func TestClientsAreOneLineUntilTheyAreOpened(t *testing.T) {
	b := open(t, written(t, spread(100)))
	lines := func() int {
		return run(b, chromedp.Evaluate[int](`document.querySelectorAll("#gutter .actor").length`))
	}
	if n := lines(); n != 0 {
		t.Errorf("%d clients are shown at first", n)
	}
	b.do(chromedp.Click(chromedp.CSS(`[aria-label="Open clients, 25 actors"]`)))
	b.frames(2)
	if n := lines(); n != 25 {
		t.Errorf("opened, there are %d clients", n)
	}
	b.shoot("clients")
	b.quiet()
}

// TestALostValueOfARealRunIsFollowed draws a run of five nodes that loses values: the page of eddy sim, and the one that
// eddy trace makes of its files later.
func TestALostValueOfARealRunIsFollowed(t *testing.T) {
	dir := t.TempDir()
	sim, later := filepath.Join(dir, "sim.html"), filepath.Join(dir, "later.html")
	if out, err := exec.Command(eddy, "sim", "broadcast", "--node-count", "5", "--rate", "20", "--time-limit", "10", "--latency", "50", "--nemesis", "partition,loss",
		"--seed", "7", "--quiet", "--store", dir, "--html", sim, "--", "--fault", "gives-up").CombinedOutput(); err == nil || !strings.Contains(string(out), "INVALID") {
		t.Fatalf("the run is not invalid: %v\n%s", err, out)
	}
	latest, err := filepath.Glob(filepath.Join(dir, "broadcast", "2*"))
	if err != nil || len(latest) != 1 {
		t.Fatalf("%v, %v", latest, err)
	}
	if out, err := exec.Command(eddy, "trace", latest[0], "--html", later).CombinedOutput(); err != nil {
		t.Fatalf("eddy trace: %v\n%s", err, out)
	}
	for _, page := range []string{sim, later} {
		b := open(t, page)
		if got := b.text("#verdict"); !strings.HasPrefix(got, "INVALID") || !strings.Contains(got, " values lost, of ") {
			t.Errorf("the verdict is %q", got)
		}
		value := run(b, chromedp.Evaluate[string](`document.querySelector("#cause button").textContent`))
		if got := b.text("#cause"); !strings.HasPrefix(got, "What went wrong first: value "+value+", acknowledged by n") {
			t.Errorf("the cause is %q", got)
		}
		b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`#values button[data-value=%q]`, value))))
		b.frames(2)
		status := regexp.MustCompile(`^broadcast c\S+ at .*, \d+ carry the value, [1-9]\d* of them lost, [1-4] of 5 nodes learned it, .*\bn\d never$`)
		if got := b.text("#status"); !status.MatchString(got) {
			t.Errorf("after a click on %s the status is %q", value, got)
		}
		if got := b.text("#details"); !strings.Contains(got, `"message":`+value) {
			t.Errorf("the first message of %s has the details\n%s", value, got)
		}
		b.shoot(strings.TrimSuffix(filepath.Base(page), ".html") + "-lost-value")
		b.quiet()
	}
}

// TestAHundredThousandEventsPan reports how long frames take; how smooth that is depends on the machine.
func TestAHundredThousandEventsPan(t *testing.T) {
	p := spread(2100)
	if p.Events() < 100_000 {
		t.Fatalf("%d events", p.Events())
	}
	b := open(t, written(t, p))
	for _, zoom := range []string{"", "+++++", "++++++"} {
		b.keys(zoom)
		type frames struct{ Median, Longest float64 }
		took := run(b, chromedp.Evaluate[frames](`new Promise(done => {
			const frames = []; let last = performance.now(), n = 0;
			const key = k => document.dispatchEvent(new KeyboardEvent("keydown", {key: k}));
			const f = () => {
				const now = performance.now(); frames.push(now - last); last = now;
				if (n++ == 60) { frames.sort((a, b) => a - b); done({Median: frames[30], Longest: frames[60]}); return; }
				key(n % 20 < 10 ? "ArrowRight" : "ArrowLeft"); key(n % 2 ? "+" : "-");
				requestAnimationFrame(f);
			};
			requestAnimationFrame(f);
		})`, chromedp.EvalAwaitPromise))
		t.Logf("%d events, zoomed in by %q: a frame takes %.0f ms in the median, %.0f at most", p.Events(), zoom, took.Median, took.Longest)
	}
	b.shoot("crowded")
	b.quiet()
}

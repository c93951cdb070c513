package browser

import (
	"context"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var eddy string // the command, built for all tests

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "eddy")
	if err != nil {
		panic(err)
	}
	eddy = filepath.Join(dir, "eddy")
	out, err := exec.Command("go", "build", "-C", "../..", "-o", eddy, "./cmd/eddy").CombinedOutput()
	status := 1
	if err == nil {
		status = m.Run()
	} else {
		fmt.Fprintf(os.Stderr, "build eddy: %v\n%s", err, out)
	}
	os.RemoveAll(dir)
	os.Exit(status)
}

// tab is a page that has been loaded, and what its console says.
type tab struct {
	context.Context
	t       *testing.T
	console iter.Seq2[chromedp.ConsoleMessage, error]
}

// open loads a page, by its file or its address, in a Chromium of its own.
func open(t *testing.T, page string) *tab {
	t.Helper()
	if !strings.Contains(page, "://") {
		page = "file://" + page
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("there is no chromium on the PATH: install Debian's package of that name")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.WindowSize(1400, 800), chromedp.WSURLReadTimeout(time.Minute))
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(allocator)
	ctx, expire := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(func() { expire(); leave(); end() })
	b := &tab{Context: ctx, t: t, console: chromedp.Console(ctx)}
	b.do(chromedp.Navigate("about:blank"))
	began := time.Now()
	b.do(chromedp.Navigate(page))
	b.do(chromedp.Query(chromedp.CSS(`html[data-ready="true"]`)))
	b.frames(2)
	t.Logf("loaded in %v", time.Since(began).Round(ms))
	return b
}

func run[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	result, err := chromedp.Run(b, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// frames waits until so many frames have been drawn.
func (b *tab) frames(n int) {
	b.t.Helper()
	run(b, chromedp.Evaluate[int](fmt.Sprintf(`new Promise(done => { let left = %d; const f = () => left-- > 0 ? requestAnimationFrame(f) : done(0); f(); })`, n), chromedp.EvalAwaitPromise))
}

// keys are pressed while the diagram has the focus.
func (b *tab) keys(keys string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS("#diagram")), chromedp.KeyEvent(keys))
	b.frames(2)
}

// text is what an element says, shown or not.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return run(b, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q).textContent", selector)))
}

func (b *tab) search(text string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS("#query")), chromedp.Evaluate[chromedp.Void](`document.getElementById("query").value = ""`), chromedp.SendKeys(chromedp.CSS("#query"), text+kb.Enter))
	b.frames(2)
}

// quiet fails the test if the console complained.
func (b *tab) quiet() {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](`console.log("the end")`, chromedp.EvalIgnoreExceptions))
	for m, err := range b.console {
		switch {
		case err != nil:
			b.t.Fatal(err)
		case m.Text == "the end":
			return
		default:
			b.t.Errorf("the console says: %s", m)
		}
	}
}

// shoot leaves a picture of the tab where $SCREENSHOTS asks for them.
func (b *tab) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	image := run(b, chromedp.CaptureScreenshot())
	if err := os.WriteFile(filepath.Join(dir, name+".png"), image, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/play"
	"eddy/testbench/virtual"
)

// flooded is a small scene that loses values when a link is cut.
func flooded() play.Scene {
	return play.Scene{Version: play.Version, Workload: "broadcast", Args: []string{"--strategy", "flood", "--ack", "none"},
		Flags: map[string]string{"node-count": "5", "rate": "10", "time-limit": "10", "latency": "50"}}
}

const floodedDeeds = "2s cut n0 n1,n2,n3,n4; 4s heal; 5s kill n3; 5500ms restart n3; 6s pause n1; 7s resume n1; 7s skew n2 -3s"

// asking asks a bench, and fails on a refusal.
func asking[A any](t *testing.T, b *play.Bench, r play.Request) (answer A) {
	t.Helper()
	request, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	text := b.Answer(request)
	if bytes.HasPrefix(text, []byte(`{"error"`)) {
		t.Fatalf("%s: %s", request, text)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s: %v in %.200s", request, err, text)
	}
	return answer
}

// filmed is a film as its rows are in JSON.
type filmed struct {
	End      int64
	Nodes    []string
	Ends     []string
	Messages []play.Hop
	Left     int
	Types    []string
	Lost     []string
	States   [][]any
	Cuts     [][4]int64
	Ops      [][]any
	Idle     []string
	Verdict  play.Verdict
	Command  string
}

// What the page shows is the run of the command line, for the same seed and deeds: each message, its times and its
// fate, the operations and the results.
func TestAFilmIsTheRunOfTheCommandLine(t *testing.T) {
	b := eddy.playBench(opened{})
	film := asking[filmed](t, b, play.Request{Do: play.DoFilm, Scene: flooded(), Seed: 3, Deeds: floodedDeeds})
	store := t.TempDir()
	o, nodeArgs, err := cmdline.Parse(eddy.workloads, []string{"broadcast", "--seed=3", "--node-count=5", "--rate=10", "--time-limit=10", "--latency=50", "--deeds=" + floodedDeeds, "--", "--strategy", "flood", "--ack", "none"})
	if err != nil {
		t.Fatal(err)
	}
	s := simulation{}
	if s, err = eddy.newSimulation(o, nodeArgs, s.meta); err != nil {
		t.Fatal(err)
	}
	out := s.record(store, watch{})
	s.explain(&out)
	if out.Err != nil || out.Results.Valid != checker.Invalid {
		t.Fatalf("%v, %v", out.Results.Valid, out.Err)
	}
	if film.Verdict.Valid != "false" || film.Verdict.First == "" || film.Verdict.First != out.Results.Cause {
		t.Errorf("the page says %q, the command line %q", film.Verdict.First, out.Results.Cause)
	}
	if film.Command != s.command() {
		t.Errorf("the command is %s, not %s", film.Command, s.command())
	}
	name := func(place int64) string {
		if place < int64(len(film.Nodes)) {
			return film.Nodes[place]
		}
		return film.Ends[place-int64(len(film.Nodes))]
	}
	sent, ended := make(map[int64]string), make(map[int64][]string)
	for _, m := range film.Messages {
		sent[m[0]] = fmt.Sprintf("%d %s>%s %s", m[3], name(m[1]), name(m[2]), film.Types[m[5]])
		switch {
		case m.Lost() >= 0:
			ended[m[0]] = append(ended[m[0]], fmt.Sprintf("%d %s", m[4], film.Lost[m.Lost()]))
		case m[4] >= 0:
			ended[m[0]] = append(ended[m[0]], fmt.Sprintf("%d", m[4]))
		}
	}
	journal, err := os.ReadFile(filepath.Join(out.Meta.Dir, testbench.MessagesFile))
	if err != nil {
		t.Fatal(err)
	}
	journalled, fates := 0, make(map[int64][]string)
	for line := range bytes.Lines(journal) {
		var m struct {
			Time           int64
			Type           string
			ID             int64
			Src, Dest, Why string
			Body           struct{ Type string }
		}
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		switch m.Type {
		case "send":
			journalled++
			if want := fmt.Sprintf("%d %s>%s %s", m.Time, m.Src, m.Dest, m.Body.Type); sent[m.ID] != want {
				t.Fatalf("message %d is %s in the film, %s in the journal", m.ID, sent[m.ID], want)
			}
		default:
			fates[m.ID] = append(fates[m.ID], strings.TrimSpace(fmt.Sprintf("%d %s", m.Time, m.Why)))
		}
	}
	if journalled != len(sent) {
		t.Errorf("%d messages in the film, %d in the journal", len(sent), journalled)
	}
	for id, want := range fates {
		if !slices.Equal(ended[id], want) {
			t.Errorf("message %d ends %v in the film, %v in the journal", id, ended[id], want)
		}
	}
	invoked := 0
	for _, op := range out.History {
		if op.Type.String() == "invoke" {
			invoked++
		}
	}
	if invoked != len(film.Ops) || film.End != int64(out.Run.Elapsed) {
		t.Errorf("%d operations up to %d, where the run has %d up to %d", len(film.Ops), film.End, invoked, out.Run.Elapsed)
	}
	for _, want := range []string{"[5000000000 3 down 0]", "[5500000000 3 starting 0]", "[6000000000 1 paused 0]", "[7000000000 1 running 0]", "[7000000000 2 skewed -3000000000]"} {
		if !slices.ContainsFunc(film.States, func(s []any) bool {
			return fmt.Sprintf("[%.0f %.0f %v %.0f]", s[0], s[1], s[2], s[3]) == want
		}) {
			t.Errorf("the states lack %s: %v", want, film.States)
		}
	}
	if len(film.Cuts) != 16 || film.Cuts[0] != [4]int64{2_000_000_000, 0, 1, 1} {
		t.Errorf("the cuts are %v", film.Cuts)
	}
}

// However a run came to a moment, in one go or by steps to and fro, it is the same there, and its end is that of a run
// that is never looked at.
func TestAMomentIsTheSameHoweverOneGotThere(t *testing.T) {
	ask := func(b *play.Bench, ms int64, node string) string {
		at := ms * int64(time.Millisecond)
		request, err := json.Marshal(play.Request{Do: play.DoLook, Scene: flooded(), Seed: 3, Deeds: floodedDeeds, At: &at, Node: node})
		if err != nil {
			t.Fatal(err)
		}
		return string(b.Answer(request))
	}
	walked := eddy.playBench(opened{})
	for _, ms := range []int64{100, 2001, 2000, 9000, 5100, 5600, 6500, 3, 12_000, 7001, 25_000} {
		for _, node := range []string{"n0", "n3"} {
			if got, want := ask(walked, ms, node), ask(eddy.playBench(opened{}), ms, node); got != want || !strings.Contains(got, `"state":`) {
				t.Errorf("%s at %d ms, by steps:\n%s\nat once:\n%s", node, ms, got, want)
			}
		}
	}
	if got := ask(walked, 5100, "n3"); !strings.Contains(got, `"state":"down"`) {
		t.Error(got)
	}
	if got := ask(walked, 7001, "n2"); !strings.Contains(got, `"clockAhead":-3000000000`) || !strings.Contains(got, " values: ") {
		t.Error(got)
	}
}

func TestASessionThatStopsOftenMakesTheRunOfOneThatDoesNot(t *testing.T) {
	s := byHand(t, "broadcast", "", everyDeed)
	want := s.run()
	session, err := virtual.Begin(s.options, s.config(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	for at := time.Duration(0); session.To(at); at += 777 * time.Microsecond {
		session.Stats(0)
	}
	run, err := session.Run()
	if err != nil {
		t.Fatal(err)
	}
	if len(run.History) != len(want.History) || run.Net != want.Run.Net || run.Elapsed != want.Run.Elapsed {
		t.Errorf("%d entries, %+v, in %v, where the whole run has %d, %+v, in %v", len(run.History), run.Net, run.Elapsed, len(want.History), want.Run.Net, want.Run.Elapsed)
	}
}

func TestAMessageTellsWhatCausedIt(t *testing.T) {
	b := eddy.playBench(opened{})
	film := asking[filmed](t, b, play.Request{Do: play.DoFilm, Scene: flooded(), Seed: 3})
	caused := 0
	for _, m := range film.Messages {
		if film.Types[m[5]] != "gossip" {
			continue
		}
		letter := asking[play.Letter](t, b, play.Request{Do: play.DoMessage, Scene: flooded(), Seed: 3, ID: m[0]})
		if letter.ID != m[0] || letter.Src != film.Nodes[m[1]] || !bytes.Contains(letter.Body, []byte(`"values":`)) {
			t.Fatalf("message %d is %+v", m[0], letter)
		}
		first := slices.IndexFunc(film.Messages, func(f play.Hop) bool { return len(letter.Causes) > 0 && f[0] == letter.Causes[len(letter.Causes)-1] })
		if first < 0 || film.Types[film.Messages[first][5]] != "broadcast" {
			t.Fatalf("message %d goes back to %v, which is no client's broadcast", m[0], letter.Causes)
		}
		caused++
	}
	if caused < 100 {
		t.Errorf("%d messages between nodes", caused)
	}
}

func TestTheVerdictOfAMomentCountsWhatCameBefore(t *testing.T) {
	b := eddy.playBench(opened{})
	at := int64(1500 * time.Millisecond)
	if v := asking[play.Verdict](t, b, play.Request{Do: play.DoVerdict, Scene: flooded(), Seed: 3, Deeds: floodedDeeds, At: &at}); v.Valid != "true" {
		t.Errorf("before the cut: %+v", v)
	}
	at = int64(4 * time.Second)
	if v := asking[play.Verdict](t, b, play.Request{Do: play.DoVerdict, Scene: flooded(), Seed: 3, Deeds: floodedDeeds, At: &at}); v.Valid != "false" || len(v.Lost) == 0 || v.First == "" {
		t.Errorf("after it: %+v", v)
	}
}

func TestAFailureIsFoundAndItsCause(t *testing.T) {
	b := eddy.playBench(opened{})
	scene := flooded()
	scene.Flags["nemesis"], scene.Flags["nemesis-interval"] = "partition", "3"
	found := asking[play.Sought](t, b, play.Request{Do: play.DoSeek, Scene: scene, From: 1, Count: 20})
	if found.Seed == nil || found.At == 0 || len(found.Reasons) == 0 {
		t.Fatalf("%+v", found)
	}
	if v := asking[play.Verdict](t, b, play.Request{Do: play.DoVerdict, Scene: scene, Seed: *found.Seed}); v.Valid != "false" {
		t.Errorf("seed %d: %+v", *found.Seed, v)
	}
	if testing.Short() {
		return
	}
	if cause := asking[play.Cause](t, b, play.Request{Do: play.DoCause, Scene: scene, Seed: *found.Seed}); !strings.Contains(cause.Text, "nevitable") {
		t.Errorf("%+v", cause)
	}
}

func TestScenesOfEveryWorkloadThatCanBeWatchedAreValid(t *testing.T) {
	b := eddy.playBench(opened{})
	for _, w := range b.Workloads {
		v := asking[play.Verdict](t, b, play.Request{Do: play.DoVerdict, Seed: 1, Scene: play.Scene{Version: play.Version, Workload: w.Name, Flags: w.Flags}})
		if v.Valid != "true" {
			t.Errorf("%s: %+v", w.Name, v)
		}
	}
}

func TestWhatCannotBeAnsweredIsASentenceWithTheRemedy(t *testing.T) {
	b := eddy.playBench(opened{})
	for _, c := range []struct{ request, want string }{
		{`{"do":"film"`, "load the page again"},
		{`{"do":"film","nodes":3}`, "load the page again"},
		{`{"do":"dance"}`, `there is no request "dance"`},
		{`{"do":"film","scene":{"version":"0","workload":"broadcast"}}`, `this address is of version "0", and this page knows version`},
		{`{"do":"film","scene":{"version":"1","workload":"brodcast"}}`, "did you mean broadcast?"},
		{`{"do":"film","scene":{"version":"1","workload":"broadcast","flags":{"node-cuont":"3"}}}`, "did you mean --node-count?"},
		{`{"do":"film","scene":{"version":"1","workload":"broadcast","flags":{"node-count":"100000"}}}`, "choose a --node-count up to"},
		{`{"do":"film","scene":{"version":"1","workload":"broadcast","flags":{"seed":"3"}}}`, "its own place"},
		{`{"do":"film","scene":{"version":"1","workload":"broadcast","flags":{"bin":"/bin/true"}}}`, "was not given to this eddy play"},
		{`{"do":"film","scene":{"version":"1","workload":"broadcast"},"deeds":"2s cut n0"}`, "it is written TIME cut NODES NODES"},
		{`{"do":"film","scene":{"version":"1","workload":"broadcast","args":["--strategy","shout"]}}`, "shout"},
		{`{"do":"look","scene":{"version":"1","workload":"echo"},"node":"n1"}`, "give at"},
		{`{"do":"look","scene":{"version":"1","workload":"echo"},"at":5,"node":"n17"}`, `there is no node "n17"`},
		{`{"do":"message","scene":{"version":"1","workload":"echo"},"id":-5}`, "no message -5"},
		{`{"do":"cause","scene":{"version":"1","workload":"echo"}}`, "this run does not fail"},
		{`{"do":"seek","scene":{"version":"1","workload":"echo"}}`, "give a count"},
		{`{"do":"verdict","scene":{"version":"1","workload":"echo"},"lesson":"algebra"}`, `there is no lesson "algebra"`},
	} {
		var failed play.Failed
		if answer := b.Answer([]byte(c.request)); json.Unmarshal(answer, &failed) != nil || !strings.Contains(failed.Error, c.want) {
			t.Errorf("%s: %s; want %s", c.request, answer, c.want)
		}
	}
}

// served is a server, and what fetches from it with the headers of a browser's page.
func served(t *testing.T) (*playServer, func(method, path, body string, headers ...string) *http.Response) {
	t.Helper()
	l, err := listenForPlay(0)
	if err != nil {
		t.Fatal(err)
	}
	s := newPlayServer(l, eddy.playBench(opened{}))
	t.Cleanup(func() { l.Close() })
	return s, func(method, path, body string, headers ...string) *http.Response {
		r := httptest.NewRequest(method, "http://"+s.hosts[0]+path, strings.NewReader(body))
		for i := 0; i < len(headers); i += 2 {
			if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
				r.Host = headers[i+1]
			}
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Result()
	}
}

func TestThePageIsServedToNobodyElse(t *testing.T) {
	s, fetch := served(t)
	page := "/" + s.token + "/"
	for _, c := range []struct {
		what         string
		method, path string
		headers      []string
		want         int
	}{
		{"the page", "GET", page, nil, 200},
		{"its script", "GET", page + "page.js", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"a request", "POST", page + "ask", []string{"Origin", "http://" + s.hosts[0]}, 200},
		{"a request by the name localhost", "POST", page + "ask", []string{"Host", s.hosts[1], "Origin", "http://" + s.hosts[1]}, 200},
		{"no token", "GET", "/", nil, 403},
		{"another token", "GET", "/ABCDEFGHIJKLMNOPQRSTUVWXYZ/", nil, 403},
		{"a request without the token", "POST", "/ask", nil, 403},
		{"a name that leads here", "GET", page, []string{"Host", "evil.example"}, 403},
		{"another port", "GET", page, []string{"Host", "127.0.0.1:1"}, 403},
		{"another page", "POST", page + "ask", []string{"Origin", "https://evil.example"}, 403},
		{"a page without an origin", "POST", page + "ask", []string{"Origin", "null"}, 403},
		{"a page of another site", "GET", page + "page.js", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a file of the machine", "GET", page + "../../../etc/passwd", nil, 404},
		{"a file by its absolute name", "GET", page + "/etc/passwd", nil, 404},
		{"a source of the program", "GET", page + "answer.go", nil, 404},
		{"a request by GET", "GET", page + "ask", nil, 405},
	} {
		response := fetch(c.method, c.path, `{"do":"hello"}`, c.headers...)
		if response.StatusCode != c.want {
			t.Errorf("%s: %s", c.what, response.Status)
		}
		if response.Header.Get("Access-Control-Allow-Origin") != "" || !strings.Contains(response.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", c.what, response.Header)
		}
	}
	if response := fetch("POST", page+"ask", strings.Repeat(" ", requestBytesMax+1)); response.StatusCode != 400 {
		t.Errorf("a request that does not end: %s", response.Status)
	}
}

func TestThePageIsServedOnLoopbackOnly(t *testing.T) {
	l, err := listenForPlay(0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().(*net.TCPAddr)
	if !address.IP.IsLoopback() {
		t.Errorf("it listens on %v", address)
	}
	if _, err := listenForPlay(address.Port); err == nil || !strings.Contains(err.Error(), "is in use by another program: choose another --port") {
		t.Errorf("a busy port: %v", err)
	}
}

func TestAStoredRunIsOpenedWithItsFlags(t *testing.T) {
	store := t.TempDir()
	s := byHand(t, "broadcast", "--strategy flood --ack none", "2s cut n0 n1")
	out := s.record(store, watch{})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	open, err := eddy.playStored(cmdline.NewFlagSet("play"), out.Meta.Dir)
	if err != nil || open.bin != "" || open.stored != nil {
		t.Fatal(open, err)
	}
	start := open.start
	if start.Scene.Workload != "broadcast" || start.Scene.Flags["node-count"] != "5" || start.Seed != 1 || start.Deeds != "2s cut n0 n1" || !slices.Equal(start.Scene.Args, []string{"--strategy", "flood", "--ack", "none"}) {
		t.Errorf("%+v", start)
	}
	gone := filepath.Join(store, "gone")
	if _, err := eddy.playStart(cmdline.NewFlagSet("play"), []string{gone}, nil, &testbench.Options{}, &playFlags{}); err == nil || err.Error() != "there is no run "+gone+": eddy runs lists those of the store" {
		t.Errorf("a run that is gone: %v", err)
	}
	if _, err := eddy.playStored(cmdline.NewFlagSet("play"), filepath.Join(store, "gone")); err == nil || !strings.Contains(err.Error(), "is no run") {
		t.Errorf("a store that is gone: %v", err)
	}
}

// asksOnce has Node.js run the page's simulator as a browser would, and ask it what standard input has, a request a
// line.
const asksOnce = `
const fs = require("fs"), vm = require("vm"), dir = process.argv[2];
vm.runInThisContext(fs.readFileSync(dir + "/wasm_exec.js", "utf8"));
globalThis.eddyReady = () => {
  for (const line of fs.readFileSync(0, "utf8").trim().split("\n")) fs.writeSync(1, globalThis.eddyAnswer(line) + "\n");
  process.exit(0);
};
const go = new Go();
WebAssembly.instantiate(fs.readFileSync(dir + "/eddy.wasm"), go.importObject).then(({instance}) => go.run(instance));
`

// The simulator in the browser gives the answers that the one on this machine gives, byte for byte.
func TestThePageAloneAnswersAsTheServerDoes(t *testing.T) {
	if os.Getenv("EDDY_CHECK") == "" {
		t.Skip("compiles the simulator to WebAssembly: set EDDY_CHECK=1")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("there is no Node.js")
	}
	dir := t.TempDir()
	if err := eddy.exportPlay(dir, opened{start: play.Start{Scene: flooded(), Seed: 3}}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ask.cjs"), []byte(asksOnce), 0o644); err != nil {
		t.Fatal(err)
	}
	at := int64(4 * time.Second)
	var requests []play.Request
	for _, w := range eddy.playBench(opened{}).Workloads {
		requests = append(requests, play.Request{Do: play.DoFilm, Seed: 7, Scene: play.Scene{Version: play.Version, Workload: w.Name, Flags: w.Flags}})
	}
	for _, do := range []string{play.DoFilm, play.DoLook, play.DoMessage, play.DoVerdict} {
		requests = append(requests, play.Request{Do: do, Scene: flooded(), Seed: 3, Deeds: floodedDeeds, Node: "n2", ID: 100})
		requests[len(requests)-1].At = &at
	}
	requests = append(requests, play.Request{Do: play.DoVerdict, Scene: play.Scene{Version: "0"}})
	var lines, want bytes.Buffer
	b := eddy.playBench(opened{})
	for _, r := range requests {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(text, '\n'))
		want.Write(append(b.Answer(text), '\n'))
	}
	node := exec.Command("node", filepath.Join(dir, "ask.cjs"), dir)
	node.Stdin, node.Stderr = &lines, os.Stderr
	got, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := bytes.Split(got, []byte("\n")), bytes.Split(want.Bytes(), []byte("\n"))
	for i := range requests {
		if i >= len(gotLines) || !bytes.Equal(gotLines[i], wantLines[i]) {
			t.Errorf("%+v: in the page\n%.300s\non the machine\n%.300s", requests[i], gotLines[min(i, len(gotLines)-1)], wantLines[i])
		}
	}
}

// A run of processes has left its files, and that is all there is: it is shown as they have it.
func TestARunOfProcessesIsShownAsItsFilesHaveIt(t *testing.T) {
	s := byHand(t, "broadcast", "--strategy flood --ack none", "2s cut n0 n1,n2,n3,n4; 4s heal; 5s kill n3; 5500ms restart n3; 6s pause n1; 7s resume n1")
	out := s.record(t.TempDir(), watch{})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	request := play.Request{Do: play.DoFilm, Scene: cmdline.Scene(s.options, s.nodeArgs), Seed: 1, Deeds: testbench.DeedsText(s.options.Deeds)}
	want := asking[filmed](t, eddy.playBench(opened{}), request)
	made := filepath.Join(out.Meta.Dir, testbench.RunFile)
	text, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`"again"`), []byte(`"was"`), 1) // as if it were one of processes
	if err := os.WriteFile(made, text, 0o644); err != nil {
		t.Fatal(err)
	}
	open, err := eddy.playStored(cmdline.NewFlagSet("play"), out.Meta.Dir)
	if err != nil || open.stored == nil {
		t.Fatal(err)
	}
	b := eddy.playBench(open)
	request = play.Request{Do: play.DoFilm, Scene: open.start.Scene}
	got := asking[filmed](t, b, request)
	if !slices.Equal(got.Messages, want.Messages) || !slices.Equal(got.Types, want.Types) || !slices.Equal(got.Nodes, want.Nodes) || len(got.Ops) != len(want.Ops) || got.End != want.End {
		t.Errorf("%d messages, %d operations up to %d, where the run has %d, %d, %d", len(got.Messages), len(got.Ops), got.End, len(want.Messages), len(want.Ops), want.End)
	}
	if len(got.Cuts) != len(want.Cuts) || len(got.States) < 4 || got.Verdict.Valid != want.Verdict.Valid || !slices.Equal(got.Verdict.Lost, want.Verdict.Lost) {
		t.Errorf("cuts %v, states %v, verdict %+v, where the run has %v, %v, %+v", got.Cuts, got.States, got.Verdict, want.Cuts, want.States, want.Verdict)
	}
	at := int64(5100 * time.Millisecond)
	if look := asking[play.Look](t, b, play.Request{Do: play.DoLook, Scene: open.start.Scene, At: &at, Node: "n3"}); look.State != testbench.NodeDown || !look.Program {
		t.Errorf("%+v", look)
	}
	if letter := asking[play.Letter](t, b, play.Request{Do: play.DoMessage, Scene: open.start.Scene, ID: 100}); letter.ID != 100 || len(letter.Body) == 0 {
		t.Errorf("%+v", letter)
	}
	for _, r := range []play.Request{
		{Do: play.DoFilm, Scene: open.start.Scene, Deeds: "2s kill n0"}, {Do: play.DoVerdict, Scene: open.start.Scene, At: &at},
		{Do: play.DoSeek, Scene: open.start.Scene, Count: 3}, {Do: play.DoFilm, Scene: play.Scene{Version: play.Version, Run: "/etc"}},
	} {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var failed play.Failed
		if answer := b.Answer(text); json.Unmarshal(answer, &failed) != nil || failed.Error == "" {
			t.Errorf("%s: %.200s", text, answer)
		}
	}
}

package picture

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// relayed is a page of three nodes: n1 gets a value from a client, sends it to n2 and to n10; what goes to
// n10 is lost in a partition.
func relayed() *Page {
	p := &Page{Title: "a <b> & c", Verdict: Verdict{Word: "invalid", Reason: "1 value lost"}, End: time.Second}
	p.Hop(Hop{Message: "n1/2", From: Lane{"n1", "stdout"}, To: Lane{"n10", "stdin"}, Sent: 11 * ms, Lost: true, Why: "partition"})
	p.Hop(Hop{Message: "n1/1", From: Lane{"n1", "stdout"}, To: Lane{"n2", "stdin"}, Sent: 10 * ms, Got: 110 * ms})
	p.Hop(Hop{Message: "c1/1", From: Lane{Clients, "c1"}, To: Lane{"n1", "stdin"}, Sent: 9 * ms, Got: 9 * ms})
	p.Event(Event{At: 9 * ms, Lane: Lane{"n1", "gossip"}, Kind: "receive", Message: "c1/1", Depth: 1, Text: "+value 42"})
	p.Message(Message{ID: "n1/1", Type: "gossip", Cause: "c1/1"})
	p.Message(Message{ID: "n1/2", Type: "gossip", Cause: "c1/1", Body: `{"values":[42]}`})
	p.Message(Message{ID: "c1/1", Type: "broadcast", Body: `{"message":42}`})
	p.Shade(Shade{Kind: "partition", From: 5 * ms, To: 20 * ms, Label: "n10 alone"})
	p.Shade(Shade{Kind: "pause", From: 5 * ms, To: 20 * ms, Nodes: []string{"n2", "n99"}, Label: "paused"})
	return p
}

func TestLanesAreInTheOrderInWhichPeopleCount(t *testing.T) {
	k := relayed().pack()
	var got []string
	for _, n := range k.Nodes {
		got = append(got, n.Name+":"+strings.Join(n.Actors, ","))
	}
	if text := strings.Join(got, " "); text != "clients:c1 n1:stdin,gossip,stdout n2:stdin n10:stdin" {
		t.Errorf("the lanes are %s", text)
	}
}

func TestPackedPageTellsWhatLedToWhat(t *testing.T) {
	k := relayed().pack()
	if !slices.IsSorted(k.Hops.Sent) || k.Hops.Sent[0] != 9000 {
		t.Errorf("hops are sent at %v µs", k.Hops.Sent)
	}
	id := func(m int) string { return k.Strings[k.Messages.ID[m]] }
	for m := range k.Messages.ID {
		cause := k.Messages.Cause[m]
		switch {
		case id(m) == "c1/1" && cause >= 0, id(m) != "c1/1" && (cause < 0 || id(cause) != "c1/1"):
			t.Errorf("the cause of %s is number %d", id(m), cause)
		}
	}
	lost := slices.Index(k.Hops.Got, -1)
	if lost < 0 || id(k.Hops.Message[lost]) != "n1/2" || k.Strings[k.Hops.Why[lost]] != "partition" {
		t.Errorf("of hops that are got at %v, number %d is the lost one", k.Hops.Got, lost)
	}
	if len(k.Shades) != 2 || len(k.Shades[0].Nodes) != 0 || !slices.Equal(k.Shades[1].Nodes, []int{2}) {
		t.Errorf("shades are %+v", k.Shades)
	}
}

func TestPageHoldsItsDataAndEscapesItsTitle(t *testing.T) {
	var first, second bytes.Buffer
	for _, to := range []*bytes.Buffer{&first, &second} {
		if err := relayed().Write(to); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same page is written differently")
	}
	html := first.String()
	if !strings.Contains(html, "<title>a &lt;b&gt; &amp; c</title>") {
		t.Error("the title is not there, or not escaped")
	}
	for _, foreign := range []string{`src="`, `href="http`, "@import"} {
		if strings.Contains(html, foreign) {
			t.Errorf("the page wants something from elsewhere: %s", foreign)
		}
	}
	_, data, _ := strings.Cut(html, `<script id="data" type="text/plain">`)
	data, _, _ = strings.Cut(data, "</script>")
	zipped, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	var k packed
	if err := json.NewDecoder(unzipped).Decode(&k); err != nil || k.Title != "a <b> & c" || len(k.Hops.Sent) != 3 {
		t.Errorf("%+v, %v", k, err)
	}
}

func TestAnEmptyPageHasEmptyColumns(t *testing.T) {
	text, err := json.Marshal(new(Page).pack())
	if err != nil || bytes.Contains(text, []byte("null")) {
		t.Errorf("%s, %v", text, err)
	}
}

// BenchmarkWrite writes a page of a hundred thousand arrows and ticks.
func BenchmarkWrite(b *testing.B) {
	var p Page
	for i := range 50_000 {
		at := time.Duration(i) * 600 * time.Microsecond
		from, to := Lane{fmt.Sprint("n", i%25), "stdout"}, Lane{fmt.Sprint("n", (i*7+1)%25), "stdin"}
		id := fmt.Sprint(from.Node, "/", i)
		p.Message(Message{ID: id, Type: "gossip", Body: fmt.Sprintf(`{"type":"gossip","values":[%d]}`, i)})
		p.Hop(Hop{Message: id, From: from, To: to, Sent: at, Got: at + 100*ms})
		p.Event(Event{At: at + 100*ms, Lane: to, Kind: "receive", Message: id, Depth: 1})
	}
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := p.Write(&out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len())/1e6, "MB")
}

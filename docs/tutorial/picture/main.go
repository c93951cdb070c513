// Command picture draws the messages of a run as an SVG: a line for each node, time from left to right, an arrow for each message
// between nodes. It is for pages, where `eddy trace --html` is for looking: small, and the same for the same seed.
//
//	go run ./docs/tutorial/picture -from 0.5s -to 1s -o run.svg
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Sizes of the picture, in pixels.
const (
	pictureWidth = 960
	leftMargin   = 44
	rightMargin  = 20
	topMargin    = 26
	lineDistance = 46
	bottomMargin = 34
	crossSize    = 4
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("picture", flag.ExitOnError)
	from := flags.Duration("from", 0, "the beginning of the part that is drawn")
	to := flags.Duration("to", time.Second, "its end")
	dir := flags.String("run", "store/latest", "directory of the run")
	out := flags.String("o", "", "file to write")
	flags.Parse(args)
	if *out == "" || flags.NArg() > 0 || *to <= *from {
		return fmt.Errorf("give -o FILE, and -from below -to")
	}
	p := picture{from: *from, to: *to}
	if err := p.read(filepath.Join(*dir, "messages.jsonl")); err != nil {
		return err
	}
	if err := os.WriteFile(*out, []byte(p.draw()), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d messages between nodes, %d lost, %v to %v\n", *out, p.count, p.lost, *from, *to)
	return nil
}

// carried is a message of the network.
type carried struct {
	src, dest   string
	sent, ended time.Duration
	lost        bool
	body        body
}

type body struct {
	Type    string          `json:"type"`
	Message json.RawMessage `json:"message"`
	Items   []any           `json:"items"`
	NodeIDs []string        `json:"node_ids"`
}

type picture struct {
	from, to    time.Duration
	nodes       []string
	messages    []*carried
	count, lost int
}

// read takes in the messages that were recorded.
func (p *picture) read(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	byID := map[int]*carried{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var m struct {
			Time      time.Duration `json:"time"`
			Type      string        `json:"type"`
			ID        int           `json:"id"`
			Src, Dest string
			Body      body `json:"body"`
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if m.Type == "send" {
			byID[m.ID] = &carried{src: m.Src, dest: m.Dest, sent: m.Time, ended: -1, body: m.Body}
			p.messages = append(p.messages, byID[m.ID])
			if m.Body.Type == "init" {
				p.nodes = m.Body.NodeIDs
			}
		} else if c := byID[m.ID]; c != nil && c.ended < 0 {
			c.ended, c.lost = m.Time, m.Type == "lost"
		}
	}
	return lines.Err()
}

func (p *picture) x(t time.Duration) float64 {
	return leftMargin + float64(t-p.from)/float64(p.to-p.from)*(pictureWidth-leftMargin-rightMargin)
}

func (p *picture) y(node string) float64 {
	return topMargin + float64(slices.Index(p.nodes, node)*lineDistance)
}

const pictureHead = `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%%" height="100%%" fill="#fff"/>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0 8 4 0 8z" fill="#2a6fb5"/></marker></defs>
`

// draw gives the picture as SVG.
func (p *picture) draw() string {
	var b strings.Builder
	height := topMargin + (len(p.nodes)-1)*lineDistance + bottomMargin
	fmt.Fprintf(&b, pictureHead, pictureWidth, height, pictureWidth, height)
	for _, n := range p.nodes {
		fmt.Fprintf(&b, `<text x="8" y="%.0f" fill="#333">%s</text><path d="M%d %.0fH%d" stroke="#bbb"/>`+"\n", p.y(n)+4, n, leftMargin, p.y(n), pictureWidth-rightMargin)
	}
	for i := range 6 {
		t := p.from + time.Duration(i)*(p.to-p.from)/5
		fmt.Fprintf(&b, `<text x="%.0f" y="%d" fill="#777" text-anchor="middle">%.2f s</text>`+"\n", p.x(t), height-8, t.Seconds())
	}
	for _, m := range p.messages {
		p.arrow(&b, m)
	}
	for _, m := range p.messages {
		p.client(&b, m)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// arrow draws a message between nodes that begins in the part that is drawn.
func (p *picture) arrow(b *strings.Builder, m *carried) {
	if !slices.Contains(p.nodes, m.src) || !slices.Contains(p.nodes, m.dest) || m.sent < p.from || m.sent > p.to || m.ended < 0 {
		return
	}
	p.count++
	x1, y1, x2, y2 := p.x(m.sent), p.y(m.src), p.x(m.ended), p.y(m.dest)
	if m.lost {
		p.lost++
		x2, y2 = x1+18, y1+(y2-y1)*0.45 // it ends on the way
		fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="#c0392b" stroke-dasharray="4 3" fill="none"/>`, x1, y1, x2, y2)
		fmt.Fprintf(b, `<path d="M%.1f %.1fl%d %dm0 -%dl-%d %d" stroke="#c0392b" stroke-width="1.6"/>`+"\n",
			x2-crossSize, y2-crossSize, 2*crossSize, 2*crossSize, 2*crossSize, 2*crossSize, 2*crossSize)
		return
	}
	style := `stroke="#2a6fb5"`
	if strings.HasSuffix(m.body.Type, "_ok") {
		style = `stroke="#9bb8d3" stroke-dasharray="2 3"` // an acknowledgement
	}
	fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" %s marker-end="url(#head)"/>`+"\n", x1, y1, x2, y2, style)
	if n := len(m.body.Items); n > 0 {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" fill="#2a6fb5" font-size="10">%d</text>`+"\n", x1+(x2-x1)*0.3+3, y1+(y2-y1)*0.3-2, n)
	}
}

// client marks a value that a client handed to a node.
func (p *picture) client(b *strings.Builder, m *carried) {
	if !strings.HasPrefix(m.src, "c") || m.body.Type != "broadcast" || m.ended < p.from || m.ended > p.to {
		return
	}
	x, y := p.x(m.ended), p.y(m.dest)
	fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="9" fill="#2e8b57"/><text x="%.1f" y="%.1f" fill="#fff" font-size="10" text-anchor="middle">%s</text>`+"\n", x, y, x, y+3.5, m.body.Message)
}

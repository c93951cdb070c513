package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const recorded = `{"time":0,"type":"send","id":0,"src":"c0","dest":"n0","body":{"type":"init","node_id":"n0","node_ids":["n0","n1"],"msg_id":1}}
{"time":0,"type":"recv","id":0,"src":"c0","dest":"n0"}
{"time":1000000,"type":"send","id":1,"src":"c0","dest":"n0","body":{"type":"broadcast","message":7,"msg_id":2}}
{"time":1000000,"type":"recv","id":1,"src":"c0","dest":"n0"}
{"time":2000000,"type":"send","id":2,"src":"n0","dest":"n1","body":{"type":"batch","items":[7,8]}}
{"time":2000000,"type":"send","id":3,"src":"n0","dest":"n1","body":{"type":"batch","items":[9]}}
{"time":2000000,"type":"lost","id":3,"src":"n0","dest":"n1","why":"partition"}
{"time":9000000,"type":"recv","id":2,"src":"n0","dest":"n1"}
{"time":90000000,"type":"send","id":4,"src":"n1","dest":"n0","body":{"type":"batch","items":[1]}}
{"time":91000000,"type":"recv","id":4,"src":"n1","dest":"n0"}
`

func TestPictureHasTheMessagesOfItsPart(t *testing.T) {
	name := filepath.Join(t.TempDir(), "messages.jsonl")
	if err := os.WriteFile(name, []byte(recorded), 0o644); err != nil {
		t.Fatal(err)
	}
	p := picture{from: 0, to: 20 * time.Millisecond}
	if err := p.read(name); err != nil {
		t.Fatal(err)
	}
	svg := p.draw()
	if p.count != 2 || p.lost != 1 {
		t.Errorf("%d messages, %d lost; want 2, 1 lost", p.count, p.lost)
	}
	for part, want := range map[string]int{`marker-end="url(#head)"`: 1, `stroke-width="1.6"`: 1, ">7</text>": 1, ">2</text>": 1, ">n1</text>": 1, "</svg>": 1} {
		if got := strings.Count(svg, part); got != want {
			t.Errorf("%s is there %d times, not %d", part, got, want)
		}
	}
}

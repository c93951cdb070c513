package trace

import (
	"bytes"
	"time"

	"eddy/testbench/jsonwalk"
)

// parser turns lines into events. It remembers the names that come again and
// again, so that they cost no memory.
type parser struct {
	names map[string]string
	event Event
}

// namesMax bounds the names that are remembered.
const namesMax = 1 << 16

func newParser() *parser { return &parser{names: make(map[string]string)} }

// lineKind is what a line of a log is.
type lineKind uint8

const (
	lineForeign lineKind = iota // no JSON object with a time and an event
	lineRecord
	lineLog // of the ordinary log
)

// parse reads one line, without its line feed, into p.event.
func (p *parser) parse(line []byte) lineKind {
	e := &p.event
	*e = Event{Raw: line}
	i := jsonwalk.SkipSpace(line, 0)
	end := len(bytes.TrimRight(line, " \t\r"))
	if i >= len(line) || line[i] != '{' || line[end-1] != '}' {
		return lineForeign
	}
	for i++; ; i++ {
		if i = jsonwalk.SkipSpace(line, i); i >= len(line) || line[i] != '"' {
			break
		}
		keyEnd := jsonwalk.SkipString(line, i)
		key := line[i+1 : max(keyEnd-1, i+1)]
		i = jsonwalk.SkipSpace(line, keyEnd)
		if i >= len(line) || line[i] != ':' {
			return lineForeign
		}
		i = jsonwalk.SkipSpace(line, i+1)
		start := i
		i = jsonwalk.SkipValue(line, i)
		if i >= len(line) || i == start {
			return lineForeign // cut, or no JSON
		}
		p.take(key, line[start:i])
		if i = jsonwalk.SkipSpace(line, i); i >= len(line) || line[i] != ',' {
			break
		}
	}
	switch {
	case i >= len(line) || line[i] != '}' || e.Time == 0 || e.Kind == "":
		return lineForeign
	case e.Level != "":
		return lineLog
	case e.Node == "" || e.Actor == "":
		return lineForeign
	}
	return lineRecord
}

// take reads one field.
func (p *parser) take(key, value []byte) {
	e := &p.event
	switch string(key) {
	case "time":
		e.Time = integer(value)
	case "event":
		e.Kind = p.name(value)
	case "node":
		e.Node = p.name(value)
	case "actor":
		e.Actor = p.name(value)
	case "type":
		e.Type = p.name(value)
	case "from":
		e.From = p.name(value)
	case "src":
		e.Src = p.name(value)
	case "dest":
		e.Dest = p.name(value)
	case "id":
		e.ID = inside(value)
	case "cause":
		e.Cause = inside(value)
	case "text":
		e.Text = inside(value)
	case "about":
		e.About = p.name(value)
	case "peer":
		e.Peer = p.name(value)
	case "first":
		e.First = integer(value)
	case "last":
		e.Last = integer(value)
	case "value":
		e.Value = inside(value)
	case "body":
		e.Body = value
	case "depth":
		e.Depth = int(integer(value))
	case "count":
		e.Count = int(integer(value))
	case "waited_ns":
		e.Waited = time.Duration(integer(value))
	case "took_ns":
		e.Took = time.Duration(integer(value))
	case "clock":
		e.Clock = uint64(integer(value))
	case "level":
		e.Level = p.name(value)
	}
}

// inside is what stands between a string's quotes; nil for what is no string.
func inside(value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return nil
	}
	return value[1 : len(value)-1]
}

func (p *parser) name(value []byte) string {
	text := inside(value)
	if text == nil {
		return ""
	}
	name, known := p.names[string(text)]
	if !known {
		name = string(text)
		if len(p.names) >= namesMax {
			clear(p.names)
		}
		p.names[name] = name
	}
	return name
}

// integer reads a number, 0 for what is none.
func integer(value []byte) int64 {
	var n int64
	negative := len(value) > 0 && value[0] == '-'
	if negative {
		value = value[1:]
	}
	for _, c := range value {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int64(c-'0')
	}
	if negative {
		return -n
	}
	return n
}

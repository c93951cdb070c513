package analysis

import (
	"encoding/json"
	"fmt"
	"strconv"

	"eddy/testbench/history"
	"eddy/testbench/jsonwalk"
)

// operation is one completion, or one send or poll that nobody completed, as
// the analysis needs it.
type operation struct {
	at      int32 // position in the history
	ended   history.Type
	process int
	f       string

	sent  sending  // of a send
	polls []polled // of a poll: what it showed, key by key
	keys  []*log   // of an assign
}

// sending is what a send asked for and got.
type sending struct {
	log    *log
	value  int32
	offset int64
	placed bool // whether an offset was given
}

// polled is what one poll showed of one key, in the order it was shown.
type polled struct {
	log     *log
	values  []int32
	offsets []int64
}

// reader turns the operations of a history into numbers.
type reader struct {
	logs map[string]*log
	all  []*log // in the order they turned up
	ops  []operation
}

func (r *reader) log(key []byte) *log {
	if l, ok := r.logs[string(key)]; ok {
		return l
	}
	l := newLog(string(key), len(r.all))
	r.logs[l.key] = l
	r.all = append(r.all, l)
	return l
}

// read takes in the completions of clients. Of what was never completed only
// sends count: their messages may be in the log.
func (r *reader) read(h history.History, pairs history.Pairing) error {
	for i, op := range h {
		if op.Process == history.Nemesis {
			continue
		}
		if _, completed := pairs.Of(i); op.Type == history.Invoke && (completed || op.F != "send") {
			continue
		}
		o := operation{at: int32(i), ended: op.Type, process: op.Process, f: op.F}
		if o.ended == history.Invoke {
			o.ended = history.Info
		}
		var fault string
		switch op.F {
		case "send":
			fault = r.send(&o, op)
		case "poll":
			fault = r.poll(&o, op)
		case "assign":
			o.keys, fault = r.keys(op.Value)
		}
		if fault != "" {
			return fmt.Errorf("operation %d is a %s of %.100s: %s", op.Index, op.F, op.Value, fault)
		}
		r.ops = append(r.ops, o)
	}
	return nil
}

const sendForm = `expected [["send", key, message]], and once it is acknowledged [["send", key, [offset, message]]]`

func (r *reader) send(o *operation, op history.Op) string {
	parts, ok := elements(only(op.Value), "send")
	if !ok || len(parts) != 2 {
		return sendForm
	}
	o.sent.log = r.log(keyText(parts[0]))
	message := parts[1]
	if pair, isPair := elements(message, ""); isPair && len(pair) == 2 {
		if string(pair[0]) != "null" {
			offset, err := strconv.ParseInt(string(pair[0]), 10, 64)
			if err != nil {
				return sendForm
			}
			o.sent.offset, o.sent.placed = offset, true
		}
		message = pair[1]
	} else if op.Type == history.OK {
		return sendForm
	}
	o.sent.value = o.sent.log.id(message)
	return ""
}

const pollForm = `expected [["poll"]], and once it is answered [["poll", {key: [[offset, message], ...], ...}]]`

func (r *reader) poll(o *operation, op history.Op) string {
	parts, ok := elements(only(op.Value), "poll")
	switch {
	case !ok || len(parts) > 1 || op.Type == history.OK && len(parts) == 0:
		return pollForm
	case len(parts) == 0 || string(parts[0]) == "null":
		return ""
	}
	good := eachMember(parts[0], func(key, pairs []byte) bool {
		seen := polled{log: r.log(keyText(key))}
		fine := seen.read(pairs)
		o.polls = append(o.polls, seen)
		return fine
	})
	if !good {
		return pollForm
	}
	return ""
}

func (p *polled) read(pairs []byte) bool {
	if string(pairs) == "null" {
		return true
	}
	return eachItem(pairs, func(pair []byte) bool {
		n, fine := 0, true
		if !eachItem(pair, func(part []byte) bool {
			switch n++; n {
			case 1:
				offset, err := strconv.ParseInt(string(part), 10, 64)
				fine = err == nil
				p.offsets = append(p.offsets, offset)
			case 2:
				p.values = append(p.values, p.log.id(part))
			}
			return fine
		}) {
			return false
		}
		return fine && n == 2
	})
}

func (r *reader) keys(value json.RawMessage) (keys []*log, fault string) {
	if len(value) == 0 {
		return nil, ""
	}
	if !eachItem(value, func(key []byte) bool {
		keys = append(keys, r.log(keyText(key)))
		return true
	}) {
		return nil, "expected a list of keys"
	}
	return keys, ""
}

// keyText is the text of a key: what is between the quotes. Keys are never
// compared with anything but keys, so escapes may stay.
func keyText(raw []byte) []byte {
	if len(raw) > 1 && raw[0] == '"' {
		return raw[1 : len(raw)-1]
	}
	return raw
}

// only gives the one element of a list, nil if it has none or several.
func only(list []byte) (element []byte) {
	n := 0
	eachItem(list, func(item []byte) bool { n++; element = item; return true })
	if n != 1 {
		return nil
	}
	return element
}

// elements gives what follows a name in a list such as ["send", key, message],
// or all of it where name is empty.
func elements(list []byte, name string) (parts [][]byte, ok bool) {
	if !eachItem(list, func(item []byte) bool { parts = append(parts, item); return true }) {
		return nil, false
	}
	if name == "" {
		return parts, true
	}
	if len(parts) == 0 || string(keyText(parts[0])) != name {
		return nil, false
	}
	return parts[1:], true
}

// eachItem calls f with each element of a JSON list until it returns false. It
// is false if the text is no list, or f returned false.
func eachItem(list []byte, f func(item []byte) bool) bool {
	i := jsonwalk.SkipSpace(list, 0)
	if i == len(list) || list[i] != '[' {
		return false
	}
	for i = jsonwalk.SkipSpace(list, i+1); i < len(list) && list[i] != ']'; {
		end := jsonwalk.SkipValue(list, i)
		if !f(list[i:end]) {
			return false
		}
		if i = jsonwalk.SkipSpace(list, end); i < len(list) && list[i] == ',' {
			i = jsonwalk.SkipSpace(list, i+1)
		}
	}
	return true
}

// eachMember calls f with each member of a JSON object, as eachItem does.
func eachMember(object []byte, f func(key, value []byte) bool) bool {
	i := jsonwalk.SkipSpace(object, 0)
	if i == len(object) || object[i] != '{' {
		return false
	}
	for i = jsonwalk.SkipSpace(object, i+1); i < len(object) && object[i] != '}'; {
		end := jsonwalk.SkipString(object, i)
		key := object[i:end]
		i = jsonwalk.SkipSpace(object, jsonwalk.SkipSpace(object, end)+1) // over the colon
		end = jsonwalk.SkipValue(object, i)
		if !f(key, object[i:end]) {
			return false
		}
		if i = jsonwalk.SkipSpace(object, end); i < len(object) && object[i] == ',' {
			i = jsonwalk.SkipSpace(object, i+1)
		}
	}
	return true
}

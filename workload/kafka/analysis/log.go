package analysis

import (
	"encoding/json"
	"slices"

	"eddy/testbench/history"
)

// log is what the history tells of one key: its messages, and which of them
// were seen at which offset. Messages have numbers from 0 within their log.
type log struct {
	key    string
	number int // of the log
	ids    map[string]int32
	texts  []string // canonical form by number
	facts  []fact   // by number

	at    map[int64]int32 // offset to place in slots, until order
	slots []slot          // in order of offset after order; the place is then the index

	tail tail
}

const none = -1

// fact is what is known of one message.
type fact struct {
	writer int32 // place in the operations of the send; none if nobody sent it
	reader int32 // of the first OK poll that shows it; none
	index  int32 // its place in the version order; none if it is not in it
	first  int32 // the first and the last slot that it was seen in; none
	last   int32
}

// slot is one offset, and the messages that were seen there: one in a log that
// agrees with itself.
type slot struct {
	offset int64
	value  int32
	others []int32 // further ones, all different
}

func newLog(key string, number int) *log {
	return &log{key: key, number: number, ids: map[string]int32{}, at: map[int64]int32{}}
}

// id gives the number of a message.
func (l *log) id(raw []byte) int32 {
	if id, ok := l.ids[string(raw)]; ok {
		return id
	}
	text := history.Canonical(raw)
	if id, ok := l.ids[text]; ok {
		return id
	}
	id := int32(len(l.texts))
	l.ids[text] = id
	l.texts = append(l.texts, text)
	l.facts = append(l.facts, fact{writer: none, reader: none, index: none, first: none, last: none})
	return id
}

func (l *log) value(id int32) json.RawMessage { return json.RawMessage(l.texts[id]) }

func (l *log) list(ids []int32) []json.RawMessage {
	var all []json.RawMessage
	for _, id := range ids {
		all = append(all, l.value(id))
	}
	return all
}

// place notes that a message was seen at an offset.
func (l *log) place(offset int64, value int32) {
	i, known := l.at[offset]
	if !known {
		l.at[offset] = int32(len(l.slots))
		l.slots = append(l.slots, slot{offset: offset, value: value})
		return
	}
	s := &l.slots[i]
	if s.value != value && !slices.Contains(s.others, value) {
		s.others = append(s.others, value)
	}
}

// order works out the version order once all messages are placed: offsets in
// order, without the gaps. Of several messages at one offset the lowest stands
// in the order.
func (l *log) order() {
	slices.SortFunc(l.slots, func(a, b slot) int {
		if a.offset < b.offset {
			return -1
		}
		return 1 // offsets are all different
	})
	for i := range l.slots {
		s := &l.slots[i]
		if len(s.others) > 0 {
			all := s.values()
			slices.SortFunc(all, func(a, b int32) int { return history.Compare(l.texts[a], l.texts[b]) })
			s.value, s.others = all[0], all[1:]
		}
		l.facts[s.value].index = int32(i)
		for _, v := range s.values() {
			f := &l.facts[v]
			if f.first == none {
				f.first = int32(i)
			}
			f.last = int32(i)
		}
	}
	l.at = nil
}

// values gives all messages seen at the offset.
func (s *slot) values() []int32 { return append([]int32{s.value}, s.others...) }

// delta is how far apart two messages stand in the version order. Where that is
// not known they are taken to be neighbours.
func (l *log) delta(from, to int32) int {
	if from == none || to == none || l.facts[from].index == none || l.facts[to].index == none {
		return 1
	}
	return int(l.facts[to].index - l.facts[from].index)
}

// between gives the messages that stand between two.
func (l *log) between(from, to int32) []int32 {
	var all []int32
	for i := l.facts[from].index + 1; i < l.facts[to].index; i++ {
		all = append(all, l.slots[i].value)
	}
	return all
}

// repeated gives the messages that were seen at several offsets.
func (l *log) repeated() []int32 {
	var all []int32
	for v, f := range l.facts {
		if f.first != f.last {
			all = append(all, int32(v))
		}
	}
	return all
}

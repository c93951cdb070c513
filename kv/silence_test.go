package kv

import (
	"fmt"
	"testing"

	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

func TestSilenceGrowsWithTheTimeBetweenWordsAndShrinksWithIt(t *testing.T) {
	s := silence{least: 5, most: 30, promised: 5}
	tick := 0
	after := func(gap int) int {
		tick += gap
		return s.speak(tick)
	}
	var story []int
	for range 8 { // nothing but heartbeats
		story = append(story, after(s.promised))
	}
	story = append(story, 0)
	for range 10 { // something each tick
		story = append(story, after(1))
	}
	if got, want := fmt.Sprint(story), "[5 6 9 13 19 29 30 30 0 30 30 25 19 15 12 10 8 7 6]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAQuestionCountsAsAnAnswerOnlyWhereThereAreNoOthers(t *testing.T) {
	const term, self, asker = 3, 1, 2
	question := &pb.Message{
		Type: pb.MsgReadIndex.Enum(), From: proto.Uint64(asker), Entries: []*pb.Entry{{Data: []byte("the asker's")}},
	}
	heartbeat := &pb.Message{
		Type: pb.MsgHeartbeat.Enum(), From: proto.Uint64(self), To: proto.Uint64(asker), Term: proto.Uint64(term), Context: []byte("12345678"),
	}
	ask := func(q *questions) {
		q.add(term, question.GetEntries()[0].GetData())
		q.voucher = question
	}
	for _, c := range []struct {
		name string
		said func(q *questions)
		want bool
	}{
		{"alone", func(q *questions) { ask(q) }, true},
		{"after one that is answered", func(q *questions) { q.add(term, []byte("other")); q.answered([]byte("other")); ask(q) }, true},
		{"after one that is not", func(q *questions) { q.add(term, []byte("other")); ask(q) }, false},
		{"before another", func(q *questions) { ask(q); q.add(term, []byte("other")) }, false},
		{"twice, as a duplicate", func(q *questions) { ask(q); ask(q) }, false},
		{"twice, one of which is answered", func(q *questions) { ask(q); ask(q); q.answered([]byte("the asker's")) }, true},
		{"of an earlier term", func(q *questions) { ask(q); q.add(term+1, []byte("other")) }, false},
		{"from elsewhere", func(q *questions) { q.add(term, []byte("the asker's")) }, false},
	} {
		var q questions
		c.said(&q)
		if got := q.vouch(heartbeat) != nil; got != c.want {
			t.Errorf("%s: counts: %v, want %v", c.name, got, c.want)
		}
	}
}

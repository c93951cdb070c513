package journal

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"eddy/actor/node"
)

// script drives a core and keeps what it does as text.
type script struct {
	*core
	said   []string
	length int64 // of the file, once the write under way has succeeded
}

func newScript() *script {
	s := &script{core: &core{name: "DISK", header: []byte("H"), size: 1, limits: limits{waiting: 3, snapshot: 100}}}
	return s
}

func (s *script) append(records ...string) {
	for _, r := range records {
		s.add([]byte(r), func(err error) {
			var coded *node.Error
			switch {
			case err == nil:
				s.say(r + " durable")
			case errors.As(err, &coded):
				s.say(fmt.Sprintf("%s refused with %d", r, coded.Code))
			default:
				s.say(r + " refused: " + err.Error())
			}
		})
	}
}

// did ends the write under way.
func (s *script) did(err error) { s.done(s.length, err) }

func (s *script) say(what string) { s.said = append(s.said, what) }

// write begins the next write, and says what is in it.
func (s *script) write() {
	w, any := s.next()
	if !any {
		s.say("nothing to write")
		return
	}
	at, what := w.size, "append"
	s.length = w.size + int64(len(w.data))
	if w.whole {
		s.length = int64(len(w.data))
		at, what = int64(len(s.header)), "replace by"
		w.data = w.data[at:]
	}
	batches, _, err := readBatches("", append(make([]byte, at), w.data...), int(at), "")
	if err != nil || len(batches) != 1 {
		s.say(fmt.Sprint("no batch: ", err))
		return
	}
	for _, r := range batches[0].Records {
		what += " " + string(r)
	}
	s.say(what)
}

func (s *script) expect(t *testing.T, want ...string) {
	t.Helper()
	if got, want := strings.Join(s.said, "; "), strings.Join(want, "; "); got != want {
		t.Errorf("got:  %s\nwant: %s", got, want)
	}
	s.said = nil
}

func TestWhatIsAppendedDuringAWriteGoesTogetherWithTheNext(t *testing.T) {
	s := newScript()
	s.write()
	s.append("a")
	s.write()
	s.append("b", "c")
	s.write()
	s.expect(t, "nothing to write", "append a", "nothing to write")
	s.did(nil)
	s.write()
	s.expect(t, "a durable", "append b c")
	s.did(nil)
	s.write()
	s.expect(t, "b durable", "c durable", "nothing to write")
}

func TestAfterWaitsForWhatWasAppendedBefore(t *testing.T) {
	s := newScript()
	after := func() {
		s.after(func(err error) { s.say(fmt.Sprint("after: ", err)) })
	}
	after()
	s.append("a")
	s.write()
	after()
	s.append("b")
	after()
	s.expect(t, "after: <nil>", "append a")
	s.did(nil)
	s.write()
	s.expect(t, "a durable", "after: <nil>", "append b")
	s.did(errors.New("input/output error"))
	after()
	s.expect(t, "b refused with 13", `after: RPCError(Crash, "input/output error: what was being written may be found after a restart, or not")`, "after: input/output error")
}

func TestFullDiskRefusesAllThatWaitsAndTheNextRecordIsTriedAgain(t *testing.T) {
	s := newScript()
	s.append("a")
	s.write()
	s.append("b")
	s.did(fmt.Errorf("DISK: %w", node.ErrDiskFull))
	s.write()
	s.expect(t, "append a", "a refused with 11", "b refused with 11", "nothing to write")
	s.append("c")
	s.write()
	s.did(nil)
	s.expect(t, "append c", "c durable")
}

func TestFailedSyncIsFinal(t *testing.T) {
	s := newScript()
	s.append("a")
	s.write()
	s.append("b")
	s.did(errors.New("input/output error"))
	s.append("c")
	s.write()
	s.expect(t, "append a", "a refused with 13", "b refused with 11", "c refused with 11", "nothing to write")
}

func TestMoreThanMayWaitIsRefused(t *testing.T) {
	s := newScript()
	s.append("a")
	s.write()
	s.append("b", "c", "d", "e")
	s.expect(t, "append a", "e refused with 11")
}

// A snapshot is of what is durable; what waits comes behind it in the same write.
func TestSnapshotReplacesTheFileAndLosesNothingThatWaits(t *testing.T) {
	s := newScript()
	long := strings.Repeat("x", 150)
	s.append(long)
	s.write()
	s.snapshot = func() [][]byte { return [][]byte{[]byte("STATE")} }
	s.append("b", "c")
	s.said = nil
	s.did(nil)
	s.said = nil
	s.write()
	s.did(nil)
	s.append("d")
	s.write()
	s.expect(t, "replace by STATE b c", "b durable", "c durable", "append d")
	if s.size >= 100 {
		t.Errorf("the file has %d bytes", s.size)
	}
}

func TestSnapshotThatFindsNoRoomIsPutOffAndWhatWaitedIsAppended(t *testing.T) {
	s := newScript()
	s.append(strings.Repeat("x", 150))
	s.write()
	s.did(nil)
	s.snapshot = func() [][]byte { return [][]byte{[]byte("STATE")} }
	s.said = nil
	s.append("b")
	s.write()
	s.did(fmt.Errorf("DISK: %w", node.ErrDiskFull))
	s.write()
	s.did(nil)
	s.write()
	s.expect(t, "replace by STATE b", "append b", "b durable", "nothing to write")
}

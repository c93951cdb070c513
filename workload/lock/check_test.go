package lock

import (
	"strings"
	"testing"

	"eddy/testbench/checker"
	"eddy/workload/workloadtest"
)

// judge judges lines of "ms process type f lock token", with a token of 0 for none.
func judge(t *testing.T, lines ...string) (*Results, checker.Results) {
	t.Helper()
	for i, line := range lines {
		f := strings.Fields(line)
		final := ""
		if len(f) == 7 {
			final = "!"
		}
		ttl := ""
		if f[3] == fAcquire {
			ttl = `,"ttl_ms":2000`
		}
		lines[i] = strings.Join(f[:4], " ") + ` {"lock":"` + f[4] + `","token":` + f[5] + ttl + "}" + final
	}
	w := New()
	r, err := w.Check(workloadtest.RunOf(t, lines...), checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Workload.(*Results), r
}

func TestEachAnomalyOfLocksIsFound(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  string // the reason; empty for a valid history
	}{
		{"released, then acquired", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "20 0 invoke release a 1", "30 0 ok release a 1",
			"40 1 invoke acquire a 0", "50 1 ok acquire a 2",
		}, ""},
		{"given out while the release is under way", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "15 1 invoke acquire a 0", "20 0 invoke release a 1", "25 1 ok acquire a 2", "30 0 info release a 1",
		}, ""},
		{"two locks", []string{"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "20 1 invoke acquire b 0", "30 1 ok acquire b 1"}, ""},
		{"given out while held", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "1500 1 invoke acquire a 0", "1999 1 ok acquire a 2",
		}, "1 lock was given out while its lease ran"},
		{"given out when the lease is over", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "1500 1 invoke acquire a 0", "2000 1 ok acquire a 2",
		}, ""},
		{"given out while renewed", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "1500 0 invoke renew a 1", "1510 0 ok renew a 1",
			"1600 1 invoke acquire a 0", "3400 1 ok acquire a 2",
		}, "1 lock was given out while its lease ran"},
		{"an answer after its own lease holds nothing", []string{
			"0 0 invoke acquire a 0", "0 1 invoke acquire a 0", "2500 0 ok acquire a 1", "2600 1 ok acquire a 2",
		}, ""},
		{"a token twice", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "20 0 invoke release a 1", "30 0 ok release a 1", "40 1 invoke acquire a 0", "50 1 ok acquire a 1",
		}, "1 token was given out twice"},
		{"a token that goes back", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 5", "20 0 invoke release a 5", "30 0 ok release a 5", "40 1 invoke acquire a 0", "50 1 ok acquire a 4",
		}, "1 token is below an earlier one"},
		{"tokens of acquires at once may come in any order", []string{
			"0 0 invoke acquire a 0", "5 1 invoke acquire a 0", "2500 0 ok acquire a 2", "2600 1 ok acquire a 1",
		}, ""},
		{"a replaced token accepted", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "3000 1 invoke acquire a 0", "3010 1 ok acquire a 2", "3020 0 invoke release a 1", "3030 0 ok release a 1",
		}, "1 token that was replaced was accepted"},
		{"refused after recovery", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "9000 1 invoke acquire a 0 final", "9010 1 fail acquire a 0 final",
		}, "1 lock could not be acquired after recovery"},
		{"refused once after recovery", []string{
			"0 0 invoke acquire a 0", "10 0 ok acquire a 1", "9000 1 invoke acquire a 0 final", "9010 1 fail acquire a 0 final",
			"9500 1 invoke acquire a 0 final", "9510 1 ok acquire a 2 final",
		}, ""},
	} {
		lock, r := judge(t, c.lines...)
		if c.want != "" && lock.Reason() != c.want || (lock.Valid == checker.Valid) != (c.want == "") || (len(r.Witnesses) == 0) != (c.want == "") {
			t.Errorf("%s: %v, %q, %d witnesses; want %q", c.name, lock.Valid, lock.Reason(), len(r.Witnesses), c.want)
		}
	}
}

func TestAValueThatIsNoLockIsRefused(t *testing.T) {
	w := New()
	if _, err := w.Check(workloadtest.RunOf(t, "0 0 invoke acquire 5", "1 0 ok acquire 5"), checker.Options{}); err == nil || !strings.Contains(err.Error(), "operation 1: the value of acquire is 5: expected a lock") {
		t.Error(err)
	}
}

package set

import (
	"fmt"
	"testing"

	"eddy/testbench/checker"
	"eddy/workload/workloadtest"
)

// nodesOfThree is three nodes with a process each.
func nodesOfThree(process int) string { return fmt.Sprint("n", process%3) }

func TestValuesAreForgottenOnlyWithEveryNodeThatHadThem(t *testing.T) {
	add := []string{"0 0 invoke add 1", "1 0 ok add 1", "1 2 invoke add 9", "2 2 ok add 9"}
	kill := func(ms int, nodes string) string { return fmt.Sprintf("%d nemesis info kill %s", ms, nodes) }
	read := func(ms, process int, value string) []string {
		return []string{fmt.Sprintf("%d %d invoke read -", ms, process), fmt.Sprintf("%d %d ok read %s", ms+1, process, value)}
	}
	final := append(read(90, 0, "[9]"), read(90, 1, "[9]")...)
	for _, c := range []struct {
		name            string
		between         []string
		lost, forgotten string
	}{
		{"nobody was killed", nil, "1", ""},
		{"another was killed", []string{kill(50, `{"n1":"killed"}`)}, "1", ""},
		{"asked for and not done", []string{kill(50, `"all"`), kill(50, `{}`)}, "1", ""},
		{"the node that acknowledged it was killed", []string{kill(50, `"one"`), kill(50, `{"n0":"killed"}`)}, "", "1"},
		{"another had shown it", append(read(40, 1, "[1,9]"), kill(50, `{"n0":"killed"}`)), "1", ""},
		{"both that had it were killed", append(read(40, 1, "[1,9]"), kill(50, `{"n0":"killed","n1":"killed"}`)), "", "1"},
		{"one after the other", append(read(40, 1, "[1,9]"), kill(50, `{"n0":"killed"}`), kill(60, `{"n1":"killed"}`)), "", "1"},
		{"it had it again after its kill", append([]string{kill(30, `{"n0":"killed"}`)}, read(40, 0, "[1,9]")...), "1", ""},
	} {
		lines := append(append(append([]string{}, add...), c.between...), final...)
		r := checked(t, checker.Options{KillsForget: nodesOfThree}, lines...)
		set := r.Workload.(*Results)
		if workloadtest.Texts(set.Lost) != c.lost || workloadtest.Texts(set.Forgotten) != c.forgotten || set.ForgottenCount != len(set.Forgotten) {
			t.Errorf("%s: lost %q, forgotten %q", c.name, workloadtest.Texts(set.Lost), workloadtest.Texts(set.Forgotten))
		}
		if (set.Valid == checker.Valid) != (c.lost == "") || (len(r.Witnesses) == 0) != (c.lost == "") || (set.LostLatencies == nil) != (c.lost == "") {
			t.Errorf("%s: verdict %v, %d witnesses", c.name, set.Valid, len(r.Witnesses))
		}
		if strict := setOf(t, lines...); workloadtest.Texts(strict.Lost) != "1" || strict.Forgotten != nil {
			t.Errorf("%s: without the flag lost %q, forgotten %q", c.name, workloadtest.Texts(strict.Lost), workloadtest.Texts(strict.Forgotten))
		}
	}
}

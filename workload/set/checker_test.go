package set

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/workloadtest"
)

func judge(addF string, h history.History, o checker.Options) (checker.Results, error) {
	j := Judge(addF)
	return j.Results("a set", h, o)
}

func checked(t *testing.T, options checker.Options, lines ...string) checker.Results {
	t.Helper()
	r, err := judge("add", workloadtest.RunOf(t, lines...), options)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func setOf(t *testing.T, lines ...string) *Results {
	t.Helper()
	return checked(t, checker.Options{}, lines...).Workload.(*Results)
}

// Each case is a run of a set, and what must be said of it: the verdict, and
// the values lost, stale and never read.
func TestFateOfValues(t *testing.T) {
	cases := []struct {
		name                   string
		lines                  []string
		valid                  checker.Verdict
		lost, stale, neverRead string
		stableMs               int64 // of the slowest value
	}{
		{
			name:  "nothing happened",
			valid: checker.Unknown,
		},
		{
			name:  "nothing was added",
			lines: []string{"0 0 invoke read -", "1 0 ok read []"},
			valid: checker.Unknown,
		},
		{
			name:  "an acknowledged value is read",
			lines: []string{"0 0 invoke add 1", "1 0 ok add 1", "2 0 invoke read -", "3 0 ok read [1]"},
			valid: checker.Valid,
		},
		{
			name:  "an acknowledged value is missed by the last read",
			lines: []string{"0 0 invoke add 1", "1 0 ok add 1", "2 0 invoke read -", "3 0 ok read []"},
			valid: checker.Invalid, lost: "1",
		},
		{
			name:  "a null read is an empty one",
			lines: []string{"0 0 invoke add 1", "1 0 ok add 1", "2 0 invoke read -", "3 0 ok read -"},
			valid: checker.Invalid, lost: "1",
		},
		{
			name: "a value seen once and then never again is lost",
			lines: []string{"0 0 invoke add 1", "1 0 ok add 1", "2 0 invoke read -", "3 0 ok read [1]",
				"4 0 invoke read -", "5 0 ok read []"},
			valid: checker.Invalid, lost: "1",
		},
		{
			name: "a value that shows up late is stale, from its acknowledgement to just after the last miss began",
			lines: []string{"0 0 invoke add 1", "10 0 ok add 1", "50 0 invoke read -", "60 0 ok read []",
				"70 0 invoke read -", "80 0 ok read [1]"},
			valid: checker.Valid, stale: "1", stableMs: 40,
		},
		{
			name: "a miss under a millisecond after the acknowledgement counts as none",
			lines: []string{"0 0 invoke add 1", "10 0 ok add 1", "10.5 0 invoke read -", "11 0 ok read []",
				"70 0 invoke read -", "80 0 ok read [1]"},
			valid: checker.Valid,
		},
		{
			name: "latencies run to one nanosecond after the miss",
			lines: []string{"0 0 invoke add 1", "10 0 ok add 1", "10.999999 0 invoke read -", "11 0 ok read []",
				"70 0 invoke read -", "80 0 ok read [1]"},
			valid: checker.Valid, stale: "1", stableMs: 1,
		},
		{
			name: "and from the end of the read that first shows the value, if that is before the acknowledgement",
			lines: []string{"0 0 invoke add 1", "1 1 invoke read -", "20 1 ok read [1]", "50 1 invoke read -", "51 1 ok read []",
				"60 1 invoke read -", "61 1 ok read [1]"},
			valid: checker.Valid, stale: "1", stableMs: 30,
		},
		{
			name: "a read that began before the acknowledgement may miss the value",
			lines: []string{"0 1 invoke read -", "0 0 invoke add 1", "1 0 ok add 1", "2 1 ok read []",
				"3 0 invoke read -", "4 0 ok read [1]"},
			valid: checker.Valid,
		},
		{
			name:  "if that read is the only one, the value was never read",
			lines: []string{"0 1 invoke read -", "0 0 invoke add 1", "1 0 ok add 1", "2 1 ok read []"},
			valid: checker.Unknown, neverRead: "1",
		},
		{
			name: "a read during the add makes the value known before its acknowledgement",
			lines: []string{"0 0 invoke add 1", "1 1 invoke read -", "2 1 ok read [1]", "3 1 invoke read -", "4 1 ok read []",
				"5 0 ok add 1"},
			valid: checker.Invalid, lost: "1",
		},
		{
			name:  "a value whose add has no known end need not appear",
			lines: []string{"0 0 invoke add 1", "1 0 info add 1", "2 1 invoke read -", "3 1 ok read []"},
			valid: checker.Unknown, neverRead: "1",
		},
		{
			name: "but once seen it must stay",
			lines: []string{"0 0 invoke add 1", "1 0 info add 1", "2 1 invoke read -", "3 1 ok read [1]",
				"4 1 invoke read -", "5 1 ok read []"},
			valid: checker.Invalid, lost: "1",
		},
		{
			name:  "a failed add need not appear",
			lines: []string{"0 0 invoke add 1", "1 0 fail add 1", "2 0 invoke read -", "3 0 ok read []"},
			valid: checker.Unknown, neverRead: "1",
		},
		{
			name:  "an add without an end is an attempt",
			lines: []string{"0 0 invoke add 1", "2 1 invoke read -", "3 1 ok read [1]"},
			valid: checker.Valid,
		},
		{
			name: "reads that fail, or end nobody knows how, say nothing",
			lines: []string{"0 0 invoke add 1", "1 0 ok add 1", "2 0 invoke read -", "3 0 ok read [1]",
				"4 0 invoke read -", "5 0 fail read []", "6 0 invoke read -", "7 0 info read []"},
			valid: checker.Valid,
		},
		{
			name: "the read that began last decides, not the one that ended last",
			lines: []string{"0 0 invoke add 1", "1 0 ok add 1", "2 1 invoke read -", "3 2 invoke read -",
				"4 2 ok read [1]", "9 1 ok read []"},
			valid: checker.Valid, stale: "1", stableMs: 1,
		},
		{
			name: "a read that misses a value added after its end says nothing of it",
			lines: []string{"0 1 invoke read -", "1 1 ok read []", "2 0 invoke add 1", "3 0 ok add 1",
				"4 0 invoke read -", "5 0 ok read [1]"},
			valid: checker.Valid,
		},
		{
			name:  "a value that was read before it was added is not seen by that read",
			lines: []string{"0 1 invoke read -", "1 1 ok read [1]", "2 0 invoke add 1", "3 0 ok add 1"},
			valid: checker.Unknown, neverRead: "1",
		},
		{
			name: "adding a value again forgets what was known of it",
			lines: []string{"0 0 invoke add 1", "1 0 ok add 1", "2 0 invoke read -", "3 0 ok read []",
				"4 0 invoke add 1", "5 0 ok add 1", "6 0 invoke read -", "7 0 ok read [1]"},
			valid: checker.Valid,
		},
		{
			name: "final reads count like any other",
			lines: []string{"0 0 invoke add 1", "1 0 ok add 1", "10 0 invoke read -!", "11 0 ok read [1]!",
				"10 1 invoke read -!", "11 1 ok read []!"},
			valid: checker.Invalid, lost: "1",
		},
		{
			name: "the nemesis may do what it likes",
			lines: []string{"0 nemesis info start-partition -", "0 0 invoke add 1", "1 0 ok add 1", "1 nemesis info read []",
				"2 0 invoke read -", "3 0 ok read [1]"},
			valid: checker.Valid,
		},
		{
			name: "1 and \"1\" and 1.0 are three values",
			lines: []string{`0 0 invoke add 1`, `1 0 ok add 1`, `2 0 invoke add "1"`, `3 0 ok add "1"`, `4 0 invoke add 1.0`, `5 0 ok add 1.0`,
				`6 0 invoke read -`, `7 0 ok read ["1"]`},
			valid: checker.Invalid, lost: "1 1.0",
		},
		{
			name: "objects are equal whatever the order of their keys",
			lines: []string{`0 0 invoke add {"a":1,"b":[2]}`, `1 0 ok add {"b":[2],"a":1}`,
				`2 0 invoke read -`, `3 0 ok read [{"b":[2],"a":1}]`},
			valid: checker.Valid,
		},
		{
			name: "big integers are exact",
			lines: []string{`0 0 invoke add 9007199254740993`, `1 0 ok add 9007199254740993`,
				`2 0 invoke add 123456789012345678901234567890`, `3 0 ok add 123456789012345678901234567890`,
				`4 0 invoke read -`, `5 0 ok read [9007199254740992,123456789012345678901234567891]`},
			valid: checker.Invalid, lost: "9007199254740993 123456789012345678901234567890",
		},
		{
			name: "lists are in order of value",
			lines: []string{`0 0 invoke add 10`, `1 0 ok add 10`, `2 0 invoke add 9`, `3 0 ok add 9`, `4 0 invoke add "a"`, `5 0 ok add "a"`,
				`6 0 invoke add null`, `7 0 ok add null`, `8 0 invoke read -`, `9 0 ok read []`},
			valid: checker.Invalid, lost: `null 9 10 "a"`,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := setOf(t, c.lines...)
			if s.Valid != c.valid {
				t.Errorf("verdict %v, want %v", s.Valid, c.valid)
			}
			for _, each := range []struct{ what, got, want string }{
				{"lost", workloadtest.Texts(s.Lost), c.lost}, {"stale", workloadtest.Texts(s.Stale), c.stale}, {"never read", workloadtest.Texts(s.NeverRead), c.neverRead},
			} {
				if each.got != each.want {
					t.Errorf("%s: %s, want %s", each.what, each.got, each.want)
				}
			}
			if s.StableLatencies != nil && s.StableLatencies.MaxMs != c.stableMs {
				t.Errorf("stable after %d ms, want %d", s.StableLatencies.MaxMs, c.stableMs)
			}
			if s.AttemptCount != s.StableCount+s.LostCount+s.NeverReadCount {
				t.Errorf("%d attempts are not %d stable, %d lost and %d never read", s.AttemptCount, s.StableCount, s.LostCount, s.NeverReadCount)
			}
		})
	}
}

func TestLostLatencyRunsToTheLastSight(t *testing.T) {
	s := setOf(t, "0 0 invoke add 1", "10 0 ok add 1", "50 0 invoke read -", "60 0 ok read [1]", "70 0 invoke read -", "80 0 ok read []")
	if want := (checker.Quantiles{MinMs: 40, MedianMs: 40, P95Ms: 40, P99Ms: 40, MaxMs: 40}); s.LostLatencies == nil || *s.LostLatencies != want || s.StableLatencies != nil {
		t.Errorf("lost latencies %v, stable %v; want %v and none", s.LostLatencies, s.StableLatencies, want)
	}
}

func TestQuantilesAreTakenWithoutInterpolation(t *testing.T) {
	var latencies []int64
	for i := range 100 {
		latencies = append(latencies, int64(99-i)*10)
	}
	if got, want := *checker.QuantilesOf(latencies), (checker.Quantiles{MinMs: 0, MedianMs: 500, P95Ms: 950, P99Ms: 990, MaxMs: 990}); got != want {
		t.Errorf("of 0 to 990: %v, want %v", got, want)
	}
	if got, want := *checker.QuantilesOf([]int64{7, 3}), (checker.Quantiles{MinMs: 3, MedianMs: 7, P95Ms: 7, P99Ms: 7, MaxMs: 7}); got != want {
		t.Errorf("of 3 and 7: %v, want %v", got, want)
	}
}

func TestOfEquallyStaleValuesTheLastComesFirst(t *testing.T) {
	var lines []string
	for v := range 12 {
		lines = append(lines, fmt.Sprintf("0 %d invoke add %d", v, v))
	}
	for v := range 12 {
		lines = append(lines, fmt.Sprintf("10 %d ok add %d", v, v))
	}
	lines = append(lines, "50 0 invoke read -", "51 0 ok read [3]", "60 0 invoke read -", "61 0 ok read [0,1,2,3,4,5,6,7,8,9,10,11]")
	s := setOf(t, lines...)
	var worst []json.RawMessage
	for _, e := range s.WorstStale {
		worst = append(worst, e.Element)
	}
	if got, want := workloadtest.Texts(worst), "11 10 9 8 7 6 5 4"; got != want {
		t.Errorf("worst stale: %s, want %s", got, want)
	}
	if got, want := workloadtest.Texts(s.Stale), "0 1 2 4 5 6 7 8 9 10 11"; got != want {
		t.Errorf("stale: %s, want %s", got, want)
	}
}

func TestRepeatedReadsWarnAndDoNotInvalidate(t *testing.T) {
	s := setOf(t, `0 0 invoke add 1`, `1 0 ok add 1`, `2 0 invoke add "1"`, `3 0 ok add "1"`,
		`4 0 invoke read -`, `5 0 ok read [1,"1",1,1,"1",7,7]`, `6 0 invoke read -`, `7 0 ok read [1,1,"1"]`)
	if s.Valid != checker.Valid || s.DuplicatedCount != 0 || len(s.Duplicated) != 0 {
		t.Errorf("verdict %v, duplicated %d; Maelstrom sees none", s.Valid, s.DuplicatedCount)
	}
	got, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if want := `"duplicated":{},"repeated":{"1":3,"7":2,"\"1\"":2}`; !strings.Contains(string(got), want) {
		t.Errorf("results %s\nhave no %s", got, want)
	}
}

func TestBroadcastIsAnAddByAnotherName(t *testing.T) {
	r, err := judge("broadcast", workloadtest.RunOf(t, "0 0 invoke broadcast 1", "10 0 ok broadcast 1", "50 0 invoke read -", "51 0 ok read []",
		"60 0 invoke read -", "61 0 ok read [1]"), checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := r.Workload.(*Results)
	if s.WorstStale[0].Known.F != "add" || s.WorstStale[0].Known.Index != 1 || s.WorstStale[0].LastAbsent.Index != 2 {
		t.Errorf("worst stale %+v; Maelstrom calls it an add", s.WorstStale[0])
	}
	if _, ok := r.Stats.ByF["broadcast"]; !ok {
		t.Errorf("stats %+v; Maelstrom keeps broadcast there", r.Stats.ByF)
	}
}

func TestALostValueIsWitnessed(t *testing.T) {
	r := checked(t, checker.Options{}, "0 0 invoke add 1", "10 0 ok add 1", "20 1 invoke read -", "30 1 ok read [1]",
		"40 2 invoke read -!", "50 2 ok read []!", "60 0 invoke add 2", "70 0 ok add 2", "80 0 invoke read -", "90 0 ok read []")
	got, err := json.Marshal(r.Witnesses)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"kind":"lost","value":1,` +
		`"invoked":{"index":0,"process":0,"time":0,"f":"add"},"known":{"index":1,"process":0,"time":10000000,"f":"add"},` +
		`"last-seen":{"index":2,"process":1,"time":20000000,"f":"read"},"last-missed":{"index":8,"process":0,"time":80000000,"f":"read"}},` +
		`{"kind":"lost","value":2,` +
		`"invoked":{"index":6,"process":0,"time":60000000,"f":"add"},"known":{"index":7,"process":0,"time":70000000,"f":"add"},` +
		`"last-missed":{"index":8,"process":0,"time":80000000,"f":"read"}}]`
	if string(got) != want {
		t.Errorf("witnesses %s\nwant      %s", got, want)
	}
}

func TestWitnessesAreFew(t *testing.T) {
	var lines []string
	for v := range 20 {
		lines = append(lines, fmt.Sprintf("0 0 invoke add %d", v), fmt.Sprintf("1 0 ok add %d", v))
	}
	r := checked(t, checker.Options{}, append(lines, "2 0 invoke read -", "3 0 ok read []")...)
	if len(r.Witnesses) != checker.WitnessesMax {
		t.Errorf("%d witnesses for 20 lost values, want %d", len(r.Witnesses), checker.WitnessesMax)
	}
}

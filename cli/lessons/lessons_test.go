package lessons_test

import (
	"encoding/json"
	"testing"

	"eddy/cli/builtin"
	"eddy/cli/cmdline"
	"eddy/cli/lessons"
	"eddy/testbench/play"
)

var bench = &play.Bench{Make: cmdline.Simulations("eddy", builtin.Services()), Lessons: lessons.All()}

func verdict(t *testing.T, l play.Lesson, deeds string) (v play.Verdict) {
	t.Helper()
	request, err := json.Marshal(play.Request{Do: play.DoVerdict, Scene: l.Start.Scene, Seed: l.Start.Seed, Deeds: deeds, Lesson: l.ID})
	if err != nil {
		t.Fatal(err)
	}
	answer := bench.Answer(request)
	if err := json.Unmarshal(answer, &v); err != nil || v.Task == nil {
		t.Fatalf("%s with %q: %s", l.ID, deeds, answer)
	}
	return v
}

// Each lesson begins with a run that is fine and does not meet the task. Of its deeds the first list meets the task, the
// others fall short.
func TestTheTaskOfEachLessonIsMetByItsDeedsAndByNoLess(t *testing.T) {
	deeds := map[string][]string{
		"lost-value":       {"2s cut n1 n2; 4s heal", "2s cut n1 n2; 2.01s heal", "2s kill n1; 4s restart n1", "2s cut n1 n2; 3s heal; 4s cut n1 n2; 5s heal"},
		"healed-partition": {"2s cut n1 n2; 5s heal", "2s cut n1 n2; 3s heal", "2s cut n1 n2"},
		"silent-hub":       {"4s pause n0; 9s resume n0", "4s pause n0; 4.5s resume n0", "4s pause n1; 9s resume n1"},
		"stale-leader":     {"5s pause n4; 8s resume n4", "5s pause n0; 8s resume n0", "5s pause n4; 5.1s resume n4"},
		"blind-write":      {"4.2s drop 114", "4.1s drop 113", "4.2s drop 114; 5.4s drop 120"},
		"lost-write":       {`3s ask n0 send [["send","9",101]]; 3s ask n1 send [["send","9",102]]`, `3s ask n0 send [["send","9",101]]`},
	}
	for _, l := range lessons.All() {
		if v := verdict(t, l, ""); v.Task.Done || v.Valid != "true" || v.Task.Text == "" {
			t.Errorf("%s at the start: %+v, %+v", l.ID, v, v.Task)
		}
		if len(deeds[l.ID]) < 2 {
			t.Errorf("%s has no deeds here", l.ID)
			continue
		}
		if v := verdict(t, l, deeds[l.ID][0]); !v.Task.Done || v.Task.Text != "" {
			t.Errorf("%s with %q: %+v, %+v", l.ID, deeds[l.ID][0], v, v.Task)
		}
		for _, less := range deeds[l.ID][1:] {
			if v := verdict(t, l, less); v.Task.Done {
				t.Errorf("%s with %q is done: %+v", l.ID, less, v)
			}
		}
	}
}

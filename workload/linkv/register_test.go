package linkv

import (
	"strings"
	"testing"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Histories of one register, as Knossos' tests have them.
func TestRegisterWithoutKeysIsJudged(t *testing.T) {
	const written = `[{:process 0, :type :invoke, :f :write, :value 1}
 {:process 0, :type :ok, :f :write, :value 1}
 {:process 1, :type :invoke, :f :cas, :value [1 2]}
 {:process 1, :type :ok, :f :cas, :value [1 2]}
 {:process 0, :type :invoke, :f :read, :value nil}
 {:process 0, :type :ok, :f :read, :value `
	w := New()
	for value, want := range map[string]checker.Verdict{"2}]": checker.Valid, "1}]": checker.Invalid} {
		h, err := history.Read(strings.NewReader(written+value), "register.edn")
		if err != nil {
			t.Fatal(err)
		}
		r, err := w.Check(h, checker.Options{})
		if err != nil || r.Valid != want {
			t.Errorf("read %s is %v, %v; want %v", value, r.Valid, err, want)
		}
	}
}

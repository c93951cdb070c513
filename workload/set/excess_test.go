package set

import (
	"testing"

	"eddy/testbench/checker"
)

func TestExcessCountsFromWhenTheCutsLetAValueBeEverywhere(t *testing.T) {
	lines := []string{
		`0 nemesis info start-partition ["isolated",{"n0":["n1"],"n1":["n0"]}]`,
		"10 0 invoke add 1", "20 0 ok add 1",
		"50 1 invoke read -", "60 1 ok read []", // which no strategy could have done better
		`100 nemesis info stop-partition -`,
		"130 1 invoke read -", "140 1 ok read []", // 30 ms after it could have been there
		"200 1 invoke read -", "210 1 ok read [1]",
	}
	nodeOf := func(process int) string { return []string{"n0", "n1"}[process] }
	s := checked(t, checker.Options{NodeOf: nodeOf}, lines...).Workload.(*Results)
	if s.StableLatencies.MaxMs != 110 || s.ExcessLatencies == nil || s.ExcessLatencies.MaxMs != 30 {
		t.Errorf("stable after %+v, in excess %+v; want 110 and 30 ms", s.StableLatencies, s.ExcessLatencies)
	}
	if s := checked(t, checker.Options{}, lines...).Workload.(*Results); s.ExcessLatencies != nil {
		t.Errorf("an excess without knowing who talks to which node: %+v", s.ExcessLatencies)
	}
}

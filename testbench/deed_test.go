package testbench

import (
	"strings"
	"testing"
)

func TestDeedsAreReadAsTheyAreWritten(t *testing.T) {
	const text = `500ms drop 12; 1.5s cut n0 n1,n2; 2s heal; 2.000001s heal n0 n1; 3s kill n1; 4s restart n1; 5s pause n1,n2; 6s resume n1,n2; ` +
		`7s skew n0 -2s; 8s delay 13 50ms; 9s ask n0 broadcast {"a;b":"\"; c"}; 10s ask n0 read; 11s rate 0.5; 12s latency 200; 13s end`
	deeds, err := ParseDeeds(" ;" + text + ";")
	if err != nil || DeedsText(deeds) != text {
		t.Errorf("%v, read as\n%s", err, DeedsText(deeds))
	}
	if deeds, err := ParseDeeds("2s heal; 1s kill n0"); err != nil || DeedsText(deeds) != "1s kill n0; 2s heal" {
		t.Errorf("they come in the order of their times: %s, %v", DeedsText(deeds), err)
	}
}

func TestADeedThatIsWrongIsRefusedWithItsForm(t *testing.T) {
	for text, want := range map[string]string{
		"cut n0 n1":                  "expected a time and what is done then, such as 1.5s cut n0 n1",
		"-1s kill n0":                "expected a time",
		"1s":                         "expected a time",
		"1s kil n0":                  `there is no "kil"; did you mean kill?`,
		"1s cut n0":                  "it is written TIME cut NODES NODES",
		"1s heal n0":                 "it is written TIME heal [NODES NODES]",
		"1s drop -1":                 `"-1" is no number of a message`,
		"1s delay 1 -5s":             `"-5s" is no time`,
		"1s rate 0":                  `"0" is no such number`,
		"1s rate NaN":                `"NaN" is no such number`,
		"1s latency 1.5":             `"1.5" is no such number`,
		"1s ask n0 broadcast {":      "the value { is not JSON",
		"1s end now":                 "it is written TIME end",
		"1s ask n0":                  "it is written TIME ask NODE OPERATION [VALUE]",
		"1s skew n0 soon; 2s kill 0": `"soon" is no time`,
	} {
		if _, err := ParseDeeds(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

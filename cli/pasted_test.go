package cli

import (
	"strings"
	"testing"

	"eddy/cli/cmdline"
)

func TestDashesOfWebPagesAreRefusedWithTheRightSpelling(t *testing.T) {
	for arg, want := range map[string]string{"\u2013-nemesis": "write --nemesis", "\u2014rate": "write --rate", "\u2013\u2013rate": "write --rate"} {
		if err := pasted([]string{"test", "echo", arg, "1"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want one that says %q", arg, err, want)
		}
	}
	if err := pasted([]string{"test", "echo", "--rate", "1", "-", "--", "\u2014rate"}); err != nil {
		t.Errorf("without such dashes: %v", err)
	}
}

func TestLatencyIsUnderstoodWithItsUnit(t *testing.T) {
	for text, want := range map[string]int64{"100": 100, "100ms": 100, "0.2s": 200} {
		var got int64
		if err := (cmdline.Milliseconds{To: &got}).Set(text); err != nil || got != want {
			t.Errorf("%s is %d ms, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"fast", "1.5", "1.5ms", ""} {
		var got int64
		if err := (cmdline.Milliseconds{To: &got}).Set(text); err == nil || strings.Contains(err.Error(), "strconv") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

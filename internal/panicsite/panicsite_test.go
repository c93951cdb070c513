package panicsite

import (
	"strings"
	"testing"
)

func TestAPanicIsFoundWhereItBegan(t *testing.T) {
	var none map[string]int
	for name, broken := range map[string]func(){
		"panic":   func() { panic("broken") },
		"runtime": func() { none["a"] = 1 },
	} {
		func() {
			defer func() {
				_ = recover()
				if site := Here(); !strings.Contains(site, "panicsite_test.go:") {
					t.Errorf("%s: %q", name, site)
				}
			}()
			broken()
		}()
	}
	if site := Here(); site != "" {
		t.Errorf("without a panic: %q", site)
	}
}

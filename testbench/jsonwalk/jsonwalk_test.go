package jsonwalk

import "testing"

func TestAValueIsSkippedWhole(t *testing.T) {
	for _, value := range []string{
		`1`, `-1.5e3`, `true`, `null`, `""`, `"a\"b\\"`, `"]}"`, `[]`, `{}`, `[1,[2,"]"],{"}":3}]`, `{"a":{"b":[1]},"c":"{"}`,
	} {
		for _, after := range []string{"", ",1", " ", "]", "}", "\n"} {
			if end := SkipValue([]byte(value+after), 0); end != len(value) {
				t.Errorf("%s before %q ends at %d", value, after, end)
			}
		}
	}
}

func TestBrokenTextIsNeverLeft(t *testing.T) {
	for _, text := range []string{``, `"`, `"\`, `[`, `{"a`, `[[]`, `   `} {
		b := []byte(text)
		for i := range len(b) + 1 {
			for name, skip := range map[string]func([]byte, int) int{"SkipSpace": SkipSpace, "SkipString": SkipString, "SkipValue": SkipValue} {
				if end := skip(b, i); end > len(b) && i < len(b) {
					t.Errorf("%s(%q, %d) = %d", name, text, i, end)
				}
			}
		}
	}
}

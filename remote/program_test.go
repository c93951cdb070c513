package remote

import (
	"bytes"
	"strings"
	"testing"
)

func TestAProgramIsTakenByItsHashOnly(t *testing.T) {
	t.Parallel()
	s := must(Serve(ServerOptions{Listen: "127.0.0.1:0", Data: t.TempDir(), Access: Access{User: "eddy", Password: "p"}}))(t)
	t.Cleanup(s.Close)
	c := must(Connect(Access{URL: s.URL(), User: "eddy", Password: "p"}))(t) // confined to Eddy's subjects
	t.Cleanup(c.Close)
	program := bytes.Repeat([]byte("\x00asm"), 1<<18) // a megabyte, more than a message holds
	hash := must(c.Keep(t.Context(), program))(t)
	if again := must(c.Keep(t.Context(), program))(t); again != hash {
		t.Error(again)
	}
	if got := must(c.Kept(t.Context(), hash))(t); !bytes.Equal(got, program) {
		t.Errorf("%d bytes come back", len(got))
	}
	store := must(c.programs(t.Context()))(t)
	must(store.PutBytes(t.Context(), hash, []byte("another")))(t)
	if _, err := c.Kept(t.Context(), hash); err == nil || !strings.Contains(err.Error(), "is another one") {
		t.Error(err)
	}
	// Who asks puts the right one there again.
	must(c.Keep(t.Context(), program))(t)
	if got := must(c.Kept(t.Context(), hash))(t); !bytes.Equal(got, program) {
		t.Errorf("%d bytes come back", len(got))
	}
	for want, hash := range map[string]string{"is the SHA-256 of no program": "../../etc/passwd", "does not have the program": strings.Repeat("0", 64)} {
		if _, err := c.Kept(t.Context(), hash); err == nil || !strings.Contains(err.Error(), want) {
			t.Error(err)
		}
	}
	if _, err := c.Keep(t.Context(), make([]byte, ProgramBytesMax+1)); err == nil || !strings.Contains(err.Error(), "workers take up to 64") {
		t.Error(err)
	}
}

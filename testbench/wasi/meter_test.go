package wasi

import (
	"context"
	"os"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// BenchmarkMeter tells what counting turns of loops costs: a program that computes, as it is, with the
// count, and with wazero's own check of a context.
func BenchmarkMeter(b *testing.B) {
	h, err := host()
	if err != nil {
		b.Fatal(err)
	}
	plain, err := h.build("testdata/compute")
	if err != nil {
		b.Fatal(err)
	}
	metered, err := meter(plain)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		code  []byte
		check bool
	}{{"as it is", plain, false}, {"metered", metered, false}, {"context", plain, true}} {
		b.Run(c.name, func(b *testing.B) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(c.check))
			defer r.Close(ctx)
			wasi_snapshot_preview1.MustInstantiate(ctx, r)
			module, err := r.CompileModule(ctx, c.code)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				m, err := r.InstantiateModule(ctx, module, wazero.NewModuleConfig().WithName("").WithStderr(os.Stderr))
				if m != nil {
					_ = m.Close(ctx)
				}
				_ = err // the exit
			}
		})
	}
}

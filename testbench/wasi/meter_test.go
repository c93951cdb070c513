package wasi

import (
	"bytes"
	"context"
	"os"
	"slices"
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
	metered, err := prepare(plain)
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

func TestDataInOnePieceIsTheSameMemory(t *testing.T) {
	piece := func(at int64, data string) []byte {
		return join([]byte{0, opI32Const}, leb(at), []byte{opEnd}, uleb(uint64(len(data))), []byte(data))
	}
	code := []byte(module("_start", "", ""))
	all, err := readSections(code)
	if err != nil {
		t.Fatal(err)
	}
	// Out of order, one over another, and with nothing in between.
	pieces := [][]byte{piece(140, "third"), piece(100, "first"), piece(103, "over"), piece(120, ""), piece(130, "second")}
	all.set(sectionData, join(append([][]byte{uleb(uint64(len(pieces)))}, pieces...)...))
	joined := slices.Clone(all)
	joined.joinData()
	if n, _, _ := count(joined.find(sectionData)); n != 1 {
		t.Errorf("%d pieces, want 1", n)
	}
	memory := func(code []byte) []byte {
		ctx := context.Background()
		r := wazero.NewRuntime(ctx)
		defer r.Close(ctx)
		m, err := r.InstantiateWithConfig(ctx, code, wazero.NewModuleConfig().WithStartFunctions())
		if err != nil {
			t.Fatal(err)
		}
		b, _ := m.ExportedMemory("memory").Read(0, m.ExportedMemory("memory").Size())
		return bytes.Clone(b)
	}
	if !bytes.Equal(memory(all.bytes()), memory(joined.bytes())) {
		t.Error("the memory differs")
	}
}

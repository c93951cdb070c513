package node

import "testing"

func TestTraceIsAskedForByTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		value string
		want  TraceOptions
	}{
		{"", TraceOptions{}},
		{"full", TraceOptions{Mode: TraceFull}},
		{"messages,1024", TraceOptions{Mode: TraceMessages, BodyMax: 1024}},
		{"full,256,10", TraceOptions{Mode: TraceFull, BodyMax: 256, Sample: 10}},
		{"everything", TraceOptions{}},
		{"full,much", TraceOptions{}},
		{"full,-1", TraceOptions{}},
	} {
		t.Setenv(TraceVariable, c.value)
		if got := traceAskedFor(); got.Mode != c.want.Mode || got.BodyMax != c.want.BodyMax || got.Sample != c.want.Sample {
			t.Errorf("%q asks for %+v, want %+v", c.value, got, c.want)
		}
		if o := (Options{}); c.want.On() {
			filled, end := o.filled()
			if end(); filled.Trace.Mode != c.want.Mode || filled.Trace.To == nil || filled.Log == nil {
				t.Errorf("%q: a node gets %+v", c.value, filled.Trace)
			}
		}
	}
	t.Setenv(TraceVariable, "full")
	if filled, end := (Options{Trace: TraceOptions{Mode: TraceOff}}).filled(); filled.Trace.On() {
		t.Error("a node that says off is traced")
	} else {
		end()
	}
	if got := (TraceOptions{Mode: TraceFull, BodyMax: 7, Sample: 2}).Variable(); got != "EDDY_TRACE=full,7,2" {
		t.Error(got)
	}
}

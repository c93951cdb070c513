// Package panicsite says where code of others panicked, for an error in place of the stack.
package panicsite

import (
	"fmt"
	"runtime"
	"strings"
)

const framesMax = 64

// Here is " at FILE:LINE", where the panic that is being recovered from began; empty if that is unknown. It is for a deferred
// function, or one that such a function calls.
func Here() string {
	callers := make([]uintptr, framesMax)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	panicking := false
	for {
		frame, more := frames.Next()
		switch of := strings.HasPrefix(frame.Function, "runtime."); {
		case of && frame.Function == "runtime.gopanic":
			panicking = true
		case panicking && !of && frame.File != "":
			return fmt.Sprintf(" at %s:%d", frame.File, frame.Line)
		}
		if !more {
			return ""
		}
	}
}

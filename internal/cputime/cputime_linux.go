// Package cputime tells what processor time a thread has used.
package cputime

import (
	"syscall"
	"time"
)

// ofThread is RUSAGE_THREAD, which package syscall does not name.
const ofThread = 1

// OfThread is what the thread that the caller is locked to has used, in user and system mode together. What the collector of garbage does
// on threads of its own is not in it.
func OfThread() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(ofThread, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

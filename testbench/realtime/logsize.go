package realtime

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// logBound keeps the logs of nodes that write to stderr without end from filling the disk. A log that has grown beyond the
// bound loses its second half; what comes then is appended, so that how a node began and how it ended stay.
type logBound struct {
	bytesMax int64 // of one log; 0: no bound
	left     map[string]int64
	order    []string // nodes whose logs were cut
}

// newLogBound bounds logs as messages are bounded. The records of a trace are not text of which a part can be left out.
func newLogBound(bytesMax int64, args, env []string) *logBound {
	isTrace := func(text string) bool {
		return strings.HasPrefix(text, "--trace") || strings.HasPrefix(text, "EDDY_TRACE=")
	}
	if slices.ContainsFunc(args, isTrace) || slices.ContainsFunc(env, isTrace) {
		bytesMax = 0
	}
	return &logBound{bytesMax: bytesMax, left: make(map[string]int64)}
}

// apply cuts the log of a node if it is too long. Logs are written at their end, wherever that is, by whoever writes them.
func (b *logBound) apply(id, path string) {
	info, err := os.Stat(path)
	if b.bytesMax == 0 || err != nil || !info.Mode().IsRegular() || info.Size() <= b.bytesMax {
		return
	}
	kept := b.bytesMax / 2
	if os.Truncate(path, kept) != nil {
		return // it stays long
	}
	if b.left[id] == 0 {
		b.order = append(b.order, id)
	}
	b.left[id] += info.Size() - kept
	log, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return
	}
	defer closeAll(log)
	_, _ = fmt.Fprintf(log, "\n[eddy: %d MiB are left out here]\n", (info.Size()-kept)>>20) // the report says so, too
}

// warnings says whose logs are not whole.
func (b *logBound) warnings() []string {
	var all []string
	for _, id := range b.order {
		all = append(all, fmt.Sprintf("%s wrote more than %d MiB to stderr: its log lacks %d MiB from its middle. --store-max sets the bound.", id, b.bytesMax>>20, b.left[id]>>20))
	}
	return all
}

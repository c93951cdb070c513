package kafka

import (
	"fmt"
	"strings"
)

// What actors show of their state: see actor.Viewer.

func (b *broker) View() string {
	var keys []string
	for _, t := range b.order {
		keys = append(keys, t.key)
	}
	return fmt.Sprintf("%d keys: %s", len(keys), strings.Join(keys, " "))
}

func (l *memoryLog) View() string { return l.log.String() }

// String is how much the log holds.
func (l *openLog) String() string {
	return fmt.Sprintf("%d entries, the next offset is %d or above", l.log.count+len(l.recent), l.nextShown())
}

func (l *openLog) nextShown() int64 {
	if n := len(l.recent); n > 0 {
		return l.recent[n-1].offset + 1
	}
	return l.log.next
}

func (l *storedLog) View() string {
	return fmt.Sprintf("%d entries known of %s, %d writes wait", l.log.count, l.key, len(l.writes))
}

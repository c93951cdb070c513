package analysis

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"eddy/testbench/history"
)

// around is how many neighbours of a message in question are shown of a poll,
// and shownMax how many messages at most.
const (
	around   = 1
	shownMax = 8
)

// Excerpt gives the value of an operation, a poll's cut down to the messages of
// the case's key and to those around the messages in question.
func (c *Case) Excerpt(op history.Op) json.RawMessage {
	pairs, _ := c.pairs(op)
	if pairs == nil {
		return op.Value
	}
	key, _ := json.Marshal(c.Key)
	var text []string
	for _, pair := range pairs {
		if pair != "..." {
			text = append(text, pair)
		}
	}
	return json.RawMessage(fmt.Sprintf(`[["poll",{%s:[%s]}]]`, key, strings.Join(text, ",")))
}

// Describe says in words what an operation shows of the case.
func (c *Case) Describe(op history.Op) string {
	if op.F == "send" {
		parts, ok := elements(only(op.Value), "send")
		if !ok || len(parts) != 2 {
			return ""
		}
		message, offset := string(parts[1]), ""
		if pair, ok := elements(parts[1], ""); ok && len(pair) == 2 {
			message, offset = string(pair[1]), string(pair[0])
		}
		switch {
		case op.Type == history.Fail:
			return "failed to send " + message
		case offset == "":
			return "sent " + message
		}
		return fmt.Sprintf("sent %s, offset %s", message, offset)
	}
	pairs, _ := c.pairs(op)
	if pairs == nil {
		return ""
	}
	return "polled " + strings.Join(pairs, " ")
}

// pairs gives what a poll shows of the key as pairs of offset and message, with
// "..." where some are left out; nil for another operation.
func (c *Case) pairs(op history.Op) (shown []string, ok bool) {
	parts, isPoll := elements(only(op.Value), "poll")
	if !isPoll || len(parts) != 1 {
		return nil, false
	}
	var pairs [][]byte
	eachMember(parts[0], func(key, list []byte) bool {
		if string(keyText(key)) == c.Key {
			eachItem(list, func(pair []byte) bool { pairs = append(pairs, pair); return true })
		}
		return true
	})
	wanted := c.wanted(pairs)
	cut := false
	for i, pair := range pairs {
		if !wanted[i] {
			cut = true
			continue
		}
		if cut {
			shown, cut = append(shown, "..."), false
		}
		shown = append(shown, string(pair))
	}
	if cut {
		shown = append(shown, "...")
	}
	return shown, true
}

// wanted tells which of the pairs are near a message in question. If none is,
// the last ones are.
func (c *Case) wanted(pairs [][]byte) []bool {
	wanted := make([]bool, len(pairs))
	asked := append(slices.Clone(c.Values), c.Value)
	found := 0
	for i, pair := range pairs {
		parts, _ := elements(pair, "")
		if len(parts) != 2 || found >= shownMax || !slices.ContainsFunc(asked, func(v json.RawMessage) bool { return v != nil && string(v) == history.Canonical(parts[1]) }) {
			continue
		}
		found++
		for j := max(0, i-around); j <= min(len(pairs)-1, i+around); j++ {
			wanted[j] = true
		}
	}
	if found == 0 {
		for i := max(0, len(pairs)-2*around-1); i < len(pairs); i++ {
			wanted[i] = true
		}
	}
	return wanted
}

package main

import (
	"fmt"
	"strings"
)

// place is a part of a page that commands fill: a console block or a table.
type place struct {
	begin, end int // of the lines between the two that frame it
	commands   []string
	console    bool
}

// script gives the commands of a place as one text, to choose by.
func (p *place) script() string { return strings.Join(p.commands, "\n") }

const (
	fence      = "```"
	console    = fence + "console"
	tableBegin = "<!-- $ "
	tableEnd   = "<!-- end -->"
	prompt     = "$ "
	continued  = "> " // a further line of a command
)

// places finds every place of a page, in order.
func places(lines []string) ([]place, error) {
	var all []place
	for i := 0; i < len(lines); i++ {
		p := place{begin: i + 1}
		closing := fence
		switch {
		case lines[i] == console:
			p.console = true
		case strings.HasPrefix(lines[i], fence):
			// another language: passed over
		case strings.HasPrefix(lines[i], tableBegin):
			closing = tableEnd
			p.commands = []string{strings.TrimSuffix(strings.TrimPrefix(lines[i], tableBegin), " -->")}
		default:
			continue
		}
		for p.end = p.begin; p.end < len(lines) && lines[p.end] != closing; p.end++ {
		}
		if p.end == len(lines) {
			return nil, fmt.Errorf("line %d: %q is not closed by %q", i+1, lines[i], closing)
		}
		if p.console {
			p.commands = commandsOf(lines[p.begin:p.end])
			if len(p.commands) == 0 || !strings.HasPrefix(lines[p.begin], prompt) {
				return nil, fmt.Errorf("line %d: a console block begins with a command, %q and what to run", i+1, prompt)
			}
		}
		if len(p.commands) > 0 {
			all = append(all, p)
		}
		i = p.end
	}
	return all, nil
}

// commandsOf gives the commands of a console block, those over several lines
// with their line breaks.
func commandsOf(lines []string) []string {
	var commands []string
	open := false
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line, prompt):
			commands, open = append(commands, line[len(prompt):]), true
		case open && strings.HasPrefix(line+" ", continued): // an empty one may have lost its space
			commands[len(commands)-1] += "\n" + strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")
		default:
			open = false
		}
	}
	return commands
}

// executor runs commands in one shell and gives what each printed: on standard
// output and, where both is set, on standard error.
type executor func(commands []string, both bool) ([]string, error)

// refresh gives a page with its chosen places filled anew.
func refresh(page string, chosen func(commands string) bool, execute executor) (string, error) {
	lines := strings.Split(page, "\n")
	all, err := places(lines)
	if err != nil {
		return "", err
	}
	var out []string
	done := 0
	for _, p := range all {
		if !chosen(p.script()) {
			continue
		}
		printed, err := execute(p.commands, p.console)
		if err != nil {
			return "", fmt.Errorf("line %d: %w", p.begin, err)
		}
		out = append(out, lines[done:p.begin]...)
		out = append(out, p.filled(printed)...)
		done = p.end
	}
	return strings.Join(append(out, lines[done:]...), "\n"), nil
}

// filled gives the lines of a place, of what its commands printed.
func (p *place) filled(printed []string) []string {
	var lines []string
	for i, text := range printed {
		if p.console {
			lines = append(lines, shown(p.commands[i])...)
		}
		if text = strings.TrimRight(text, " \n"); text != "" {
			lines = append(lines, strings.Split(text, "\n")...)
		}
	}
	return lines
}

// shown gives a command as it stands in a page.
func shown(command string) []string {
	lines := strings.Split(prompt+strings.ReplaceAll(command, "\n", "\n"+continued), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

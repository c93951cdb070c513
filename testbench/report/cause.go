package report

// cause tells what went wrong first, and how to see more of it.
func (p *page) cause(meta Meta) {
	if meta.Cause == "" && len(meta.Commands) == 0 {
		return
	}
	p.section()
	p.line("  " + p.strong("What went wrong first"))
	if meta.Cause != "" {
		p.paragraph("", "", meta.Cause, "    ")
	}
	for _, command := range meta.Commands {
		p.line("      " + command)
	}
}

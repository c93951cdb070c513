package report

// cause tells what went wrong first, and how to see more of it.
func (p *Page) cause(meta Meta) {
	if meta.Cause == "" && len(meta.Commands) == 0 {
		return
	}
	p.section()
	p.Line("  " + p.strong("What went wrong first"))
	if meta.Cause != "" {
		p.Paragraph("", "", meta.Cause, "    ")
	}
	for _, command := range meta.Commands {
		p.Line("      " + command)
	}
}

package realtime

import (
	"errors"
	"os"
)

// pipes are the files between the bench and one node.
type pipes struct {
	stdin, stdout   *os.File // the bench's ends
	stderr          *os.File // nil where stderr goes straight to the log
	log             *os.File // the bench's to write; nil where the node writes it
	nodeIn, nodeOut *os.File
	nodeErr         *os.File
	opened          []*os.File
}

// openPipes opens them. The node's stderr is the log itself, so that nothing of it passes through the
// bench, unless it is to be seen elsewhere, too.
func openPipes(logPath string, seen bool) (*pipes, error) {
	p := &pipes{}
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	p.opened = append(p.opened, log)
	p.nodeIn, p.stdin = p.pipe(&err)
	p.stdout, p.nodeOut = p.pipe(&err)
	if p.nodeErr = log; seen {
		p.log = log
		p.stderr, p.nodeErr = p.pipe(&err)
	}
	if err != nil {
		closeAll(p.opened...)
		return nil, err
	}
	return p, nil
}

func (p *pipes) pipe(err *error) (r, w *os.File) {
	r, w, failed := os.Pipe()
	*err = errors.Join(*err, failed)
	p.opened = append(p.opened, r, w)
	return r, w
}

// started closes what only the node uses, which has it now.
func (p *pipes) started() { closeAll(p.nodeIn, p.nodeOut, p.nodeErr) }

// abandon closes everything, of a node that did not start.
func (p *pipes) abandon() { closeAll(p.opened...) }

// closeAll closes files; that fails only for those that are closed or were never opened.
func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}

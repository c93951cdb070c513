package wasi

import (
	"maps"
	"slices"
	"time"
)

// errno is an error of WASI; zero is success.
type errno uint32

// The errors that the host gives.
const (
	ok             errno = 0
	errAgain       errno = 6
	errBadFile     errno = 8
	errExists      errno = 20
	errFault       errno = 21
	errInvalid     errno = 28
	errIsDir       errno = 31
	errNameTooLong errno = 37
	errNoEntry     errno = 44
	errNoSpace     errno = 51
	errNoSystem    errno = 52
	errNotDir      errno = 54
	errNotEmpty    errno = 55
	errNotPermit   errno = 63
	errSeekPipe    errno = 70
	errTooManyOpen errno = 33
)

// Kinds of files, as WASI counts them.
const (
	typeCharacter = 2
	typeDirectory = 3
	typeRegular   = 4
)

// Flags of open files.
const (
	flagAppend   = 1
	flagDataSync = 2
	flagNonblock = 4
	flagSync     = 16
)

// The file descriptors that every guest has from its start.
const (
	stdin  = 0
	stdout = 1
	stderr = 2
	rootFD = 3
)

// openFile is what a file descriptor stands for.
type openFile struct {
	file     *file // nil for the standard streams
	at       int64
	flags    uint16
	listed   []string // a directory's names, as of the last time it was read from its start
	preopen  bool
	standard bool
}

// fileTable is the file descriptors of a guest.
type fileTable struct {
	disk *disk
	open []*openFile // by number; nil where there is none
}

// filesOpenMax bounds the open files of a guest.
const filesOpenMax = 1024

func newFileTable(d *disk, nonblock bool) *fileTable {
	in := &openFile{standard: true}
	if nonblock {
		in.flags = flagNonblock
	}
	return &fileTable{disk: d, open: []*openFile{
		stdin: in, stdout: {standard: true}, stderr: {standard: true}, rootFD: {file: d.root, preopen: true},
	}}
}

func (t *fileTable) get(fd uint32) (*openFile, errno) {
	if int64(fd) >= int64(len(t.open)) || t.open[fd] == nil {
		return nil, errBadFile
	}
	return t.open[fd], ok
}

// data gives a file that is one of the disk's.
func (t *fileTable) data(fd uint32) (*openFile, errno) {
	f, e := t.get(fd)
	switch {
	case e != ok:
		return nil, e
	case f.standard:
		return nil, errSeekPipe
	case f.file.isDir():
		return nil, errIsDir
	}
	return f, ok
}

func (t *fileTable) dir(fd uint32) (*openFile, errno) {
	f, e := t.get(fd)
	switch {
	case e != ok:
		return nil, e
	case f.standard || !f.file.isDir():
		return nil, errNotDir
	}
	return f, ok
}

func (t *fileTable) add(f *openFile) (uint32, errno) {
	at := slices.Index(t.open, nil)
	if at < 0 {
		if len(t.open) == filesOpenMax {
			return 0, errTooManyOpen
		}
		at, t.open = len(t.open), append(t.open, nil)
	}
	t.open[at] = f
	return uint32(at), ok
}

// How path_open opens.
const (
	openCreate    = 1
	openDirectory = 2
	openExclusive = 4
	openTruncate  = 8
)

func (t *fileTable) openPath(dirFD uint32, path string, how uint32, flags uint16, now time.Duration) (uint32, errno) {
	dir, e := t.dir(dirFD)
	if e != ok {
		return 0, e
	}
	found, in, name, e := t.disk.find(dir.file, path)
	switch {
	case e != ok:
		return 0, e
	case found == nil && how&openCreate == 0:
		return 0, errNoEntry
	case found != nil && how&openExclusive != 0 && how&openCreate != 0:
		return 0, errExists
	case found != nil && how&openDirectory != 0 && !found.isDir():
		return 0, errNotDir
	case found == nil && len(in.names) >= diskNamesMax:
		return 0, errNoSpace
	case found == nil:
		found = t.disk.make(false, now)
		t.disk.link(in, name, found, now)
	}
	if how&openTruncate != 0 && !found.isDir() {
		if e := t.disk.resize(found, 0, now); e != ok {
			return 0, e
		}
	}
	return t.add(&openFile{file: found, flags: flags})
}

func (t *fileTable) write(f *openFile, at int64, data []byte, now time.Duration) errno {
	if e := t.disk.write(f.file, at, data, now); e != ok {
		return e
	}
	if f.flags&(flagSync|flagDataSync) != 0 {
		f.file.sync()
	}
	return ok
}

func (t *fileTable) makeDir(dirFD uint32, path string, now time.Duration) errno {
	dir, e := t.dir(dirFD)
	if e != ok {
		return e
	}
	found, in, name, e := t.disk.find(dir.file, path)
	switch {
	case e != ok:
		return e
	case found != nil:
		return errExists
	case len(in.names) >= diskNamesMax:
		return errNoSpace
	}
	t.disk.link(in, name, t.disk.make(true, now), now)
	return ok
}

// remove takes a name away: that of a directory, which must be empty, or that of a file.
func (t *fileTable) remove(dirFD uint32, path string, directory bool, now time.Duration) errno {
	dir, e := t.dir(dirFD)
	if e != ok {
		return e
	}
	found, in, name, e := t.disk.find(dir.file, path)
	switch {
	case e != ok:
		return e
	case found == nil:
		return errNoEntry
	case found == t.disk.root || name == "..":
		return errNotPermit
	case directory && !found.isDir():
		return errNotDir
	case !directory && found.isDir():
		return errIsDir
	case directory && len(found.names) > 0:
		return errNotEmpty
	}
	t.disk.unlink(in, name, now)
	return ok
}

func (t *fileTable) rename(fromFD uint32, from string, toFD uint32, to string, now time.Duration) errno {
	fromDir, e := t.dir(fromFD)
	if e != ok {
		return e
	}
	toDir, e := t.dir(toFD)
	if e != ok {
		return e
	}
	moved, fromIn, fromName, e := t.disk.find(fromDir.file, from)
	if e != ok {
		return e
	}
	was, toIn, toName, e := t.disk.find(toDir.file, to)
	switch {
	case e != ok:
		return e
	case moved == nil:
		return errNoEntry
	case moved == t.disk.root || fromName == ".." || toName == ".." || toName == ".":
		return errNotPermit
	case was == moved:
		return ok
	case was != nil && was.isDir() && !moved.isDir():
		return errIsDir
	case was != nil && !was.isDir() && moved.isDir():
		return errNotDir
	case was != nil && was.isDir() && len(was.names) > 0:
		return errNotEmpty
	}
	for above := toIn; moved.isDir(); above = above.parent { // not into itself
		if above == moved {
			return errInvalid
		}
		if above == t.disk.root {
			break
		}
	}
	delete(fromIn.names, fromName)
	fromIn.modified = now
	t.disk.link(toIn, toName, moved, now)
	return ok
}

// names lists a directory, in order: a map's order must not reach the guest.
func (f *file) list() []string { return slices.Sorted(maps.Keys(f.names)) }

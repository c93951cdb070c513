package wasi

import (
	"encoding/binary"
	"math"
)

func (c call) fdClose() errno {
	if _, e := c.files.get(c.arg(0)); e != ok {
		return e
	}
	c.files.open[c.arg(0)] = nil
	return ok
}

func (c call) fdSync() errno {
	f, e := c.files.get(c.arg(0))
	switch {
	case e != ok:
		return e
	case f.standard:
		return errInvalid
	case !f.file.isDir(): // names last anyway
		f.file.sync()
	}
	return ok
}

func (c call) fdStat() errno {
	f, e := c.files.get(c.arg(0))
	if e != ok {
		return e
	}
	var b [24]byte
	b[0] = f.kind()
	binary.LittleEndian.PutUint16(b[2:], f.flags)
	binary.LittleEndian.PutUint64(b[8:], math.MaxUint64>>35) // every right
	binary.LittleEndian.PutUint64(b[16:], math.MaxUint64>>35)
	return written(c.memory.Write(c.arg(1), b[:]))
}

func (f *openFile) kind() byte {
	switch {
	case f.standard:
		return typeCharacter
	case f.file.isDir():
		return typeDirectory
	}
	return typeRegular
}

func (c call) fdSetFlags() errno {
	f, e := c.files.get(c.arg(0))
	if e == ok {
		f.flags = uint16(c.arg(1))
	}
	return e
}

func (c call) fdFileStat() errno {
	f, e := c.files.get(c.arg(0))
	if e != ok {
		return e
	}
	return c.putFileStat(c.arg(1), f.kind(), f.file)
}

func (c call) putFileStat(at uint32, kind byte, f *file) errno {
	var b [64]byte
	b[16] = kind
	binary.LittleEndian.PutUint64(b[24:], 1)
	if f != nil {
		binary.LittleEndian.PutUint64(b[8:], f.inode)
		binary.LittleEndian.PutUint64(b[32:], uint64(len(f.data)))
		// Times of files are the world's, not of the node's clock, which may be wrong.
		modified := uint64(c.world.Now().Add(f.modified - c.world.Elapsed()).UnixNano())
		for _, offset := range []int{40, 48, 56} {
			binary.LittleEndian.PutUint64(b[offset:], modified)
		}
	}
	return written(c.memory.Write(at, b[:]))
}

func (c call) fdSetSize() errno {
	f, e := c.files.data(c.arg(0))
	if e != ok {
		return e
	}
	if c.args[1] > diskBytesMax {
		return errNoSpace
	}
	return c.files.disk.resize(f.file, int64(c.args[1]), c.world.Elapsed())
}

func (c call) fdRead() errno {
	f, e := c.files.get(c.arg(0))
	if e != ok {
		return e
	}
	if f.standard {
		return c.readStandard(f)
	}
	if f.file.isDir() {
		return errIsDir
	}
	n, e := c.readAt(f.file, f.at, c.arg(1), c.arg(2))
	f.at += int64(n)
	return max(e, c.put32(c.arg(3), n))
}

// readStandard reads standard input. A program that does not know of non-blocking input, as all but Go's, waits here.
func (c call) readStandard(f *openFile) errno {
	if c.arg(0) != stdin {
		return errBadFile
	}
	for !c.stdin.there() {
		if f.flags&flagNonblock != 0 {
			return errAgain
		}
		c.await(wait{input: true})
	}
	buffers, e := c.buffers(c.arg(1), c.arg(2))
	if e != ok {
		return e
	}
	n := 0
	for _, b := range buffers {
		n += c.stdin.read(b)
	}
	return c.put32(c.arg(3), uint32(n))
}

func (c call) readAt(f *file, at int64, vector, count uint32) (uint32, errno) {
	buffers, e := c.buffers(vector, count)
	if e != ok {
		return 0, e
	}
	n := 0
	for _, b := range buffers {
		if at < 0 || at >= int64(len(f.data)) {
			break
		}
		m := copy(b, f.data[at:])
		n, at = n+m, at+int64(m)
	}
	return uint32(n), ok
}

func (c call) fdPread() errno {
	f, e := c.files.data(c.arg(0))
	if e != ok {
		return e
	}
	n, e := c.readAt(f.file, int64(c.args[3]), c.arg(1), c.arg(2))
	return max(e, c.put32(c.arg(4), n))
}

func (c call) fdWrite() errno {
	f, e := c.files.get(c.arg(0))
	if e != ok {
		return e
	}
	if !f.standard && f.file.isDir() {
		return errIsDir
	}
	buffers, e := c.buffers(c.arg(1), c.arg(2))
	if e != ok {
		return e
	}
	n := 0
	for _, b := range buffers {
		switch {
		case f.standard && c.arg(0) == stdout:
			c.print(b)
		case f.standard && c.arg(0) == stderr:
			c.complain(b)
		case f.standard:
			return errBadFile
		default:
			if f.flags&flagAppend != 0 {
				f.at = int64(len(f.file.data))
			}
			if e := c.files.write(f, f.at, b, c.world.Elapsed()); e != ok {
				return e
			}
			f.at += int64(len(b))
		}
		n += len(b)
	}
	return c.put32(c.arg(3), uint32(n))
}

func (c call) fdPwrite() errno {
	f, e := c.files.data(c.arg(0))
	if e != ok {
		return e
	}
	buffers, e := c.buffers(c.arg(1), c.arg(2))
	if e != ok {
		return e
	}
	at := c.args[3]
	if at > diskBytesMax {
		return errNoSpace
	}
	n := 0
	for _, b := range buffers {
		if e := c.files.write(f, int64(at)+int64(n), b, c.world.Elapsed()); e != ok {
			return e
		}
		n += len(b)
	}
	return c.put32(c.arg(4), uint32(n))
}

// Where fd_seek counts from.
const (
	fromStart   = 0
	fromCurrent = 1
	fromEnd     = 2
)

func (c call) fdSeek() errno {
	f, e := c.files.data(c.arg(0))
	if e != ok {
		return e
	}
	at := int64(c.args[1])
	switch c.arg(2) {
	case fromStart:
	case fromCurrent:
		at += f.at
	case fromEnd:
		at += int64(len(f.file.data))
	default:
		return errInvalid
	}
	if at < 0 || at > diskBytesMax {
		return errInvalid
	}
	f.at = at
	return c.put64(c.arg(3), uint64(at))
}

func (c call) fdTell() errno {
	f, e := c.files.data(c.arg(0))
	if e != ok {
		return e
	}
	return c.put64(c.arg(1), uint64(f.at))
}

// fdReadDir lists a directory. The cookie counts names; a record that does not fit is cut, which tells the
// guest to ask again.
func (c call) fdReadDir() errno {
	f, e := c.files.dir(c.arg(0))
	if e != ok {
		return e
	}
	cookie := c.args[3]
	if cookie == 0 {
		f.listed = append([]string{".", ".."}, f.file.list()...)
	}
	var out []byte
	for i := cookie; i < uint64(len(f.listed)) && uint64(len(out)) < uint64(c.arg(2)); i++ {
		name := f.listed[i]
		entry, kind := f.file, byte(typeDirectory)
		switch {
		case name == "..":
			entry = f.file.parent
		case name != ".":
			if entry = f.file.names[name]; entry == nil {
				continue // removed meanwhile
			}
			if !entry.isDir() {
				kind = typeRegular
			}
		}
		var head [24]byte
		binary.LittleEndian.PutUint64(head[:], i+1)
		binary.LittleEndian.PutUint64(head[8:], entry.inode)
		binary.LittleEndian.PutUint32(head[16:], uint32(len(name)))
		head[20] = kind
		out = append(append(out, head[:]...), name...)
	}
	out = out[:min(uint64(len(out)), uint64(c.arg(2)))]
	if !c.memory.Write(c.arg(1), out) {
		return errFault
	}
	return c.put32(c.arg(4), uint32(len(out)))
}

// rootName is the path under which guests find their disk.
const rootName = "/"

func (c call) prestat() errno {
	f, e := c.files.get(c.arg(0))
	if e != ok || !f.preopen {
		return errBadFile
	}
	return max(c.put32(c.arg(1), 0), c.put32(c.arg(1)+4, uint32(len(rootName))))
}

func (c call) prestatName() errno {
	f, e := c.files.get(c.arg(0))
	switch {
	case e != ok || !f.preopen:
		return errBadFile
	case c.arg(2) < uint32(len(rootName)):
		return errNameTooLong
	}
	return written(c.memory.Write(c.arg(1), []byte(rootName)))
}

func (c call) pathOpen() errno {
	path, e := c.text(c.arg(2), c.arg(3))
	if e != ok {
		return e
	}
	fd, e := c.files.openPath(c.arg(0), path, c.arg(4), uint16(c.arg(7)), c.world.Elapsed())
	if e != ok {
		return e
	}
	return c.put32(c.arg(8), fd)
}

func (c call) pathFileStat() errno {
	path, e := c.text(c.arg(2), c.arg(3))
	if e != ok {
		return e
	}
	dir, e := c.files.dir(c.arg(0))
	if e != ok {
		return e
	}
	found, _, _, e := c.files.disk.find(dir.file, path)
	switch {
	case e != ok:
		return e
	case found == nil:
		return errNoEntry
	}
	return c.putFileStat(c.arg(4), (&openFile{file: found}).kind(), found)
}

func (c call) pathCreateDirectory() errno {
	path, e := c.text(c.arg(1), c.arg(2))
	if e != ok {
		return e
	}
	return c.files.makeDir(c.arg(0), path, c.world.Elapsed())
}

func (c call) pathRemoveDirectory() errno { return c.remove(true) }

func (c call) pathUnlink() errno { return c.remove(false) }

func (c call) remove(directory bool) errno {
	path, e := c.text(c.arg(1), c.arg(2))
	if e != ok {
		return e
	}
	return c.files.remove(c.arg(0), path, directory, c.world.Elapsed())
}

func (c call) pathRename() errno {
	from, e := c.text(c.arg(1), c.arg(2))
	if e != ok {
		return e
	}
	to, e := c.text(c.arg(4), c.arg(5))
	if e != ok {
		return e
	}
	return c.files.rename(c.arg(0), from, c.arg(3), to, c.world.Elapsed())
}

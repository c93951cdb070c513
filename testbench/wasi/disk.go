package wasi

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// disk is the file system of one node, through all its incarnations: in memory, empty at first.
//
// What a kill does to it is what a crash of the machine does to a journalling file system, at its worst:
// names are there (a file that was made, renamed or removed is so), and of what was written to a file and
// not synced a part is there, cut off at a byte that the run draws.
type disk struct {
	root  *file
	inode uint64
	bytes int // in all files
}

// Bounds on a disk.
const (
	diskBytesMax = 256 << 20
	diskNamesMax = 100_000
)

func newDisk() *disk {
	d := &disk{}
	d.root = d.make(true, 0)
	d.root.parent = d.root
	return d
}

// file is a file or a directory.
type file struct {
	inode    uint64
	parent   *file            // of a directory
	names    map[string]*file // of a directory; nil for a file
	data     []byte
	durable  []byte // what is there after a kill
	clean    int    // so many bytes at the start are the same in both
	modified time.Duration
	removed  bool
}

func (f *file) isDir() bool { return f.names != nil }

func (d *disk) make(dir bool, now time.Duration) *file {
	d.inode++
	f := &file{inode: d.inode, modified: now}
	if dir {
		f.names = make(map[string]*file)
	}
	return f
}

// write puts data at an offset; the gap before it, if there is one, is zeros.
func (d *disk) write(f *file, at int64, data []byte, now time.Duration) errno {
	end := at + int64(len(data))
	if grown := end - int64(len(f.data)); grown > 0 {
		if e := d.resize(f, end, now); e != ok {
			return e
		}
	}
	copy(f.data[at:], data)
	f.clean, f.modified = min(f.clean, int(at)), now
	return ok
}

func (d *disk) resize(f *file, size int64, now time.Duration) errno {
	if size < 0 || size > diskBytesMax || d.bytes+int(size)-len(f.data) > diskBytesMax {
		return errNoSpace
	}
	d.bytes += int(size) - len(f.data)
	was := len(f.data)
	if int(size) > was {
		f.data = slices.Grow(f.data, int(size)-was)[:size]
		clear(f.data[was:])
	} else {
		f.data = f.data[:size]
	}
	f.clean, f.modified = min(f.clean, was, int(size)), now
	return ok
}

// sync makes all of a file last.
func (f *file) sync() {
	f.durable = append(f.durable[:f.clean], f.data[f.clean:]...)
	f.clean = len(f.data)
}

// kill loses or tears what was not synced. Files come in the order of their paths, so that the draws replay.
func (d *disk) kill(rng *rand.Rand) {
	d.bytes = 0
	d.root.kill(d, rng)
}

func (f *file) kill(d *disk, rng *rand.Rand) {
	if f.isDir() {
		for _, name := range slices.Sorted(maps.Keys(f.names)) {
			f.names[name].kill(d, rng)
		}
		return
	}
	if dirty := len(f.data) - f.clean; dirty > 0 || len(f.durable) != f.clean {
		torn := f.clean + rng.IntN(dirty+1)
		kept := slices.Clone(f.data[:torn])
		if torn < len(f.durable) {
			kept = append(kept, f.durable[torn:]...)
		}
		f.data = kept
		f.sync()
	}
	d.bytes += len(f.data)
}

// find gives the file of a path below dir, the directory it is in, and its name there. A path that leads
// out of the disk stays at its root, as in a chroot.
func (d *disk) find(dir *file, path string) (found, in *file, name string, e errno) {
	at := dir
	if strings.HasPrefix(path, "/") {
		at = d.root
	}
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		if part != "" && part != "." {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return at, at, ".", ok
	}
	for _, part := range parts[:len(parts)-1] {
		if at, e = at.step(part); e != ok {
			return nil, nil, "", e
		}
	}
	if !at.isDir() {
		return nil, nil, "", errNotDir
	}
	name = parts[len(parts)-1]
	if len(name) > 255 {
		return nil, nil, "", errNameTooLong
	}
	found, _ = at.step(name)
	return found, at, name, ok
}

func (f *file) step(name string) (*file, errno) {
	if !f.isDir() {
		return nil, errNotDir
	}
	if name == ".." {
		return f.parent, ok
	}
	next := f.names[name]
	if next == nil {
		return nil, errNoEntry
	}
	return next, ok
}

// link puts a file under a name, in place of what was there.
func (d *disk) link(in *file, name string, f *file, now time.Duration) {
	if was := in.names[name]; was != nil && was != f {
		d.forget(was)
	}
	in.names[name], in.modified = f, now
	if f.isDir() {
		f.parent = in
	}
}

func (d *disk) unlink(in *file, name string, now time.Duration) {
	d.forget(in.names[name])
	delete(in.names, name)
	in.modified = now
}

func (d *disk) forget(f *file) {
	f.removed = true
	d.bytes -= len(f.data)
}

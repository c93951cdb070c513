package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"eddy/actor/node"
)

// File is a disk in one file of a directory. Beside it lies a file whose lock keeps a second process from it.
type File struct {
	path string
	file *os.File
	lock *os.File
}

var _ node.Disk = (*File)(nil)

// Suffix ends the name of a node's file; its beginning is the node's id.
const Suffix = ".journal"

// Open opens the disk of a node in a directory. Both are made if they are not there. The error says that another
// process has it open.
func Open(dir, id string) (*File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the directory of --data: %w", err)
	}
	path := filepath.Join(dir, id+Suffix)
	lock, err := lockFile(filepath.Join(dir, id+".lock"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := refuseOld(path, filepath.Join(dir, id+".db")); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), lock.Close())
	}
	if err := syncDir(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), f.Close(), lock.Close())
	}
	return &File{path: path, file: f, lock: lock}, nil
}

// refuseOld keeps a node from beginning with nothing beside a file of an eddy that kept its log in bbolt.
func refuseOld(path, old string) error {
	_, none := os.Stat(path)
	if _, err := os.Stat(old); err != nil || none == nil {
		return nil
	}
	return fmt.Errorf("%s is a file of an older eddy, which kept its log in bbolt, and this one cannot read it: name another directory with --data; or remove it, and what only this node held is lost", old)
}

var errLocked = errors.New("another process has it open: end that process first")

// Name is the path of the file.
func (f *File) Name() string { return f.path }

// Read reads the file. It syncs first: what a killed process had written and not synced is there until the machine
// fails, and must not be gone after somebody was told of it.
func (f *File) Read() ([]byte, error) {
	if err := f.Sync(); err != nil {
		return nil, err
	}
	return os.ReadFile(f.path)
}

// Append writes at the end of the file.
func (f *File) Append(p []byte) error {
	_, err := f.file.Write(p)
	return f.named(err)
}

// Sync is fsync.
func (f *File) Sync() error { return f.named(f.file.Sync()) }

// Truncate cuts the file and syncs it.
func (f *File) Truncate(size int64) error {
	if err := f.file.Truncate(size); err != nil {
		return f.named(err)
	}
	return f.Sync()
}

// Replace writes a file beside the old one, syncs it and renames it.
func (f *File) Replace(p []byte) error {
	temporary := f.path + ".new"
	next, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o644)
	if err != nil {
		return f.named(err)
	}
	if _, err = next.Write(p); err == nil {
		err = next.Sync()
	}
	if err != nil {
		return f.named(errors.Join(err, next.Close(), os.Remove(temporary)))
	}
	if err := os.Rename(temporary, f.path); err != nil {
		return f.named(errors.Join(err, next.Close()))
	}
	old := f.file
	f.file = next
	return f.named(errors.Join(syncDir(filepath.Dir(f.path)), old.Close()))
}

// named has an error name the file, and be [node.ErrDiskFull] if it is that.
func (f *File) named(err error) error {
	var at *fs.PathError
	switch {
	case err == nil:
		return nil
	case full(err):
		return fmt.Errorf("%s: %w", f.path, node.ErrDiskFull)
	case errors.As(err, &at):
		return err
	}
	return fmt.Errorf("%s: %w", f.path, err)
}

// Close gives the file and its lock up.
func (f *File) Close() error { return errors.Join(f.file.Close(), f.lock.Close()) }

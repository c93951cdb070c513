package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// File is a disk in one file, a bbolt database: its records by their number,
// each behind its checksum. What is appended between two syncs is one
// transaction of bbolt's, which writes new pages beside the old and switches
// over by a page with a checksum of its own, so that a kill at any byte leaves
// the one or the other.
type File struct {
	db      *bbolt.DB
	path    string
	waiting [][]byte // appended, not synced
}

var bucket = []byte("records")

// Open opens the disk of a node in a directory, which is made if it is not
// there. The error says what is wrong with the file, such as that another
// process has it open.
func Open(dir, id string) (*File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the directory of --data: %w", err)
	}
	path := filepath.Join(dir, id+".db")
	db, err := openBolt(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &File{db: db, path: path}, nil
}

// openBolt has a damaged file be an error, which bbolt now and then panics over.
func openBolt(path string) (db *bbolt.DB, err error) {
	defer func() {
		if value := recover(); value != nil {
			db, err = nil, fmt.Errorf("the file is damaged: %v", value)
		}
	}()
	db, err = bbolt.Open(path, 0o644, &bbolt.Options{Timeout: lockPatience})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, errors.New("another process has it open")
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, fmt.Errorf("the file is damaged, or is none of bbolt's: %w", err)
	case err != nil:
		return nil, err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// lockPatience is how long the lock on a file is waited for, which a process that was
// killed a moment ago may still hold.
const lockPatience = time.Second

// Append keeps the record until the next Sync.
func (f *File) Append(record []byte) error {
	f.waiting = append(f.waiting, sealed(record))
	return nil
}

// Sync writes what was appended.
func (f *File) Sync() error {
	waiting := f.waiting
	f.waiting = nil
	return f.update(func(tx *bbolt.Tx) error { return put(tx.Bucket(bucket), waiting) })
}

// Rewrite puts one record in place of all.
func (f *File) Rewrite(record []byte) error {
	f.waiting = nil
	return f.update(func(tx *bbolt.Tx) error {
		if err := tx.DeleteBucket(bucket); err != nil {
			return err
		}
		b, err := tx.CreateBucket(bucket)
		if err != nil {
			return err
		}
		return put(b, [][]byte{sealed(record)})
	})
}

func put(b *bbolt.Bucket, records [][]byte) error {
	for _, record := range records {
		number, err := b.NextSequence()
		if err != nil {
			return err
		}
		b.FillPercent = 1 // records come in order
		if err := b.Put(binary.BigEndian.AppendUint64(nil, number), record); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) update(do func(*bbolt.Tx) error) (err error) {
	defer f.told(&err)
	return f.db.Update(do)
}

// told has what goes wrong name the file.
func (f *File) told(err *error) {
	if value := recover(); value != nil {
		*err = fmt.Errorf("the file is damaged: %v", value)
	}
	if *err != nil {
		*err = fmt.Errorf("%s: %w", f.path, *err)
	}
}

// Records gives every record.
func (f *File) Records(each func(record []byte) error) (err error) {
	defer f.told(&err)
	return f.db.View(func(tx *bbolt.Tx) error {
		next := uint64(1)
		return tx.Bucket(bucket).ForEach(func(k, v []byte) error {
			if len(k) != 8 || binary.BigEndian.Uint64(k) != next {
				return fmt.Errorf("record %d is missing", next)
			}
			record, err := unsealed(v)
			if err != nil {
				return fmt.Errorf("record %d: %w", next, err)
			}
			next++
			return each(append([]byte(nil), record...))
		})
	})
}

// Close gives the file up.
func (f *File) Close() error { return f.db.Close() }

package journal

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/raft/v3/raftpb"
	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	"eddy/actor/node/journal"
	"eddy/internal/disk"
)

// rival puts records on a disk, so many with one sync.
type rival struct {
	name string
	open func(b *testing.B, dir string) (write func(records [][]byte) error)
}

var rivals = []rival{
	{"eddy", func(b *testing.B, dir string) func([][]byte) error {
		f, err := disk.Open(dir, "n1")
		if err != nil {
			b.Fatal(err)
		}
		at := int64(0)
		return func(records [][]byte) error {
			batch := journal.AppendBatch(nil, at, records)
			at += int64(len(batch))
			if err := f.Append(batch); err != nil {
				return err
			}
			return f.Sync()
		}
	}},
	{"bbolt", func(b *testing.B, dir string) func([][]byte) error {
		db, err := bbolt.Open(filepath.Join(dir, "n1.db"), 0o644, nil)
		if err != nil {
			b.Fatal(err)
		}
		name := []byte("records")
		return func(records [][]byte) error {
			return db.Update(func(tx *bbolt.Tx) error {
				bucket, err := tx.CreateBucketIfNotExists(name)
				if err != nil {
					return err
				}
				bucket.FillPercent = 1
				for _, r := range records {
					n, err := bucket.NextSequence()
					if err != nil {
						return err
					}
					if err := bucket.Put(binary.BigEndian.AppendUint64(nil, n), r); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}},
	{"etcd-wal", func(b *testing.B, dir string) func([][]byte) error {
		w, err := wal.Create(zap.NewNop(), filepath.Join(dir, "wal"), nil)
		if err != nil {
			b.Fatal(err)
		}
		index := uint64(0)
		return func(records [][]byte) error {
			var entries []*raftpb.Entry
			for _, r := range records {
				index++
				entries = append(entries, &raftpb.Entry{Index: proto.Uint64(index), Term: proto.Uint64(1), Data: r})
			}
			return w.Save(&raftpb.HardState{Term: proto.Uint64(1), Commit: proto.Uint64(index)}, entries)
		}
	}},
}

// BenchmarkSync is a sync and the records that it covers.
func BenchmarkSync(b *testing.B) {
	record := make([]byte, 100)
	for _, many := range []int{1, 32, 1000} {
		records := make([][]byte, many)
		for i := range records {
			records[i] = record
		}
		for _, r := range rivals {
			b.Run(fmt.Sprintf("%d/%s", many, r.name), func(b *testing.B) {
				write := r.open(b, b.TempDir())
				for b.Loop() {
					if err := write(records); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

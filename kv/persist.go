package kv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// saved is what Raft must find again after a restart, as one record of the journal
// holds it: what has changed since the record before. Entries replace all from
// the first one's index on; a snapshot replaces everything.
type saved struct {
	snapshot *pb.Snapshot
	hard     *pb.HardState
	entries  []*pb.Entry
}

// savedOf is what of a Ready must be saved.
func savedOf(rd *raft.Ready) saved {
	var s saved
	if !raft.IsEmptySnap(rd.Snapshot) {
		s.snapshot = rd.Snapshot
	}
	if !raft.IsEmptyHardState(rd.HardState) {
		s.hard = rd.HardState
	}
	s.entries = rd.Entries
	return s
}

// The parts of a record: a byte that says what, the length as a varint, and the
// protocol buffer.
const (
	partSnapshot = 's'
	partHard     = 'h'
	partEntry    = 'e'
)

// encode makes the record.
func (s saved) encode() []byte {
	var record []byte
	add := func(kind byte, m proto.Message) {
		encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
		if err != nil {
			panic("kv: a part of the log cannot be encoded: " + err.Error())
		}
		record = binary.AppendUvarint(append(record, kind), uint64(len(encoded)))
		record = append(record, encoded...)
	}
	if s.snapshot != nil {
		add(partSnapshot, s.snapshot)
	}
	if s.hard != nil {
		add(partHard, s.hard)
	}
	for _, e := range s.entries {
		add(partEntry, e)
	}
	return record
}

// decodeSaved reads a record.
func decodeSaved(record []byte) (saved, error) {
	var s saved
	for len(record) > 0 {
		kind := record[0]
		size, n := binary.Uvarint(record[1:])
		if n <= 0 || size > uint64(len(record)-1-n) {
			return s, errors.New("a part of the record has no sound length")
		}
		part := record[1+n : 1+n+int(size)]
		record = record[1+n+int(size):]
		var m proto.Message
		switch kind {
		case partSnapshot:
			s.snapshot = &pb.Snapshot{}
			m = s.snapshot
		case partHard:
			s.hard = &pb.HardState{}
			m = s.hard
		case partEntry:
			e := &pb.Entry{}
			s.entries, m = append(s.entries, e), e
		default:
			return s, fmt.Errorf("a part of the record is of kind %q, expected s, h or e", kind)
		}
		if err := proto.Unmarshal(part, m); err != nil {
			return s, fmt.Errorf("a part of the record of kind %q cannot be read: %w", kind, err)
		}
	}
	return s, nil
}

// memory is what is saved, as the library reads it.
type memory interface {
	raft.Storage
	Append([]*pb.Entry) error
	SetHardState(*pb.HardState) error
	ApplySnapshot(*pb.Snapshot) error
	CreateSnapshot(index uint64, conf *pb.ConfState, data []byte) (*pb.Snapshot, error)
	Compact(index uint64) error
}

// keep takes what was saved into memory. An error says that it contradicts what
// was saved before.
func (s saved) keep(log memory) error {
	if s.snapshot != nil {
		if err := log.ApplySnapshot(s.snapshot); err != nil && !errors.Is(err, raft.ErrSnapOutOfDate) {
			return fmt.Errorf("a snapshot does not fit: %w", err)
		}
	}
	if s.hard != nil {
		if err := log.SetHardState(s.hard); err != nil {
			return fmt.Errorf("a term and vote do not fit: %w", err)
		}
	}
	if len(s.entries) == 0 {
		return nil
	}
	last, err := log.LastIndex()
	if err == nil && s.entries[0].GetIndex() > last+1 {
		err = fmt.Errorf("entries are missing between %d and %d", last, s.entries[0].GetIndex())
	}
	if err == nil {
		err = log.Append(s.entries)
	}
	if err != nil {
		return fmt.Errorf("entries do not fit: %w", err)
	}
	return nil
}

// whole is everything in memory.
func whole(log memory) (saved, error) {
	hard, _, err := log.InitialState()
	if err != nil {
		return saved{}, err
	}
	snapshot, err := log.Snapshot()
	if err != nil {
		return saved{}, err
	}
	s := saved{hard: hard}
	if !raft.IsEmptySnap(snapshot) {
		s.snapshot = snapshot
	}
	after := snapshot.GetMetadata().GetIndex() + 1
	last, err := log.LastIndex()
	if err != nil || last < after {
		return s, err
	}
	s.entries, err = log.Entries(after, last+1, ^uint64(0))
	return s, err
}

// load reads the records of a journal into memory.
func load(records [][]byte, log memory) error {
	for i, record := range records {
		s, err := decodeSaved(record)
		if err == nil {
			err = s.keep(log)
		}
		if err != nil {
			return fmt.Errorf("record %d: %w", i+1, err)
		}
	}
	return nil
}

// snapshotOf is everything in memory as one record, for a journal that begins again with it.
func snapshotOf(log memory) []byte {
	all, err := whole(log)
	if err != nil {
		panic("kv: " + err.Error())
	}
	return all.encode()
}

// Describe shows a record of the journal in words.
func Describe(record []byte) string {
	s, err := decodeSaved(record)
	if err != nil {
		return err.Error()
	}
	var parts []string
	if s.snapshot != nil {
		meta := s.snapshot.GetMetadata()
		parts = append(parts, fmt.Sprintf("snapshot of %d bytes up to entry %d of term %d", len(s.snapshot.GetData()), meta.GetIndex(), meta.GetTerm()))
	}
	if s.hard != nil {
		vote := "no vote"
		if s.hard.GetVote() != raft.None {
			vote = fmt.Sprintf("vote for node %d", placeOf(s.hard.GetVote())+1)
		}
		parts = append(parts, fmt.Sprintf("term %d, %s, committed up to %d", s.hard.GetTerm(), vote, s.hard.GetCommit()))
	}
	for _, e := range s.entries {
		what := "members change"
		if e.GetType() == pb.EntryNormal {
			what = string(e.GetData())
		}
		parts = append(parts, fmt.Sprintf("entry %d of term %d: %s", e.GetIndex(), e.GetTerm(), what))
	}
	return strings.Join(parts, "; ")
}

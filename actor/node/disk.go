package node

import "errors"

// Disk keeps the bytes that a node must find again after it was killed: one file. A Disk belongs to one actor, which
// it may make wait: its methods block. Package [eddy/actor/node/journal] makes records of the bytes.
type Disk interface {
	// Name names the file in errors and logs.
	Name() string
	// Read gives all bytes; none where nothing was written.
	Read() ([]byte, error)
	// Append puts bytes behind the others. Until Sync has returned, any part of them may be missing after a kill.
	// After [ErrDiskFull] a part of them may be there.
	Append(p []byte) error
	// Sync returns when what was appended will be there whatever happens to the node. After an error it is not
	// known what will be there, and no later Sync says so.
	Sync() error
	// Truncate cuts the file to its first size bytes, and syncs.
	Truncate(size int64) error
	// Replace puts bytes in place of all, at once and for certain: either the old ones are there or the new ones.
	// After [ErrDiskFull] it is the old ones.
	Replace(p []byte) error
}

// ErrDiskFull is the one error of a [Disk] that may pass.
var ErrDiskFull = errors.New("the disk is full")

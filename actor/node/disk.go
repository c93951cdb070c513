package node

// Disk keeps what a node must find again after it was killed: records, in the
// order in which they were appended. A Disk belongs to one actor, which it may
// make wait: its methods block.
type Disk interface {
	// Append puts a record behind the others. Until Sync has returned, nobody knows whether it will be there.
	Append(record []byte) error
	// Sync returns when what was appended will be there whatever happens to the node.
	Sync() error
	// Rewrite puts one record in place of all, at once and for certain: either they are there or it is.
	Rewrite(record []byte) error
	// Records gives the records to each, in their order, and ends with its error. It is for the beginning: a last
	// record that a kill cut off is left out, and damage is an error that says where.
	Records(each func(record []byte) error) error
}

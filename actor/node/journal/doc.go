// Package journal keeps the records of one actor on its node's disk, so that the actor finds them again after a kill of
// every node.
//
// An actor appends a record before it changes its state, and changes its state, replies and tells peers when the
// record is durable:
//
//	r.journal.Append(c, record, func(err error) {
//		if err != nil {
//			m.Fail(err)
//			return
//		}
//		r.apply(record)
//		m.Reply(node.None{})
//	})
//
// No handler waits. What waits is an actor that owns the disk and does one thing at a time; what is appended meanwhile
// goes to the disk together, with one sync. That a record is durable comes back as a message [Written] in the owner's own
// mailbox, which gives it to [Journal.Written]; that calls the functions of all records that the sync covered, in their
// order.
//
// A full disk refuses records with error 11, and the next one is tried again. A sync that failed is final: nobody knows
// what it wrote, and a second sync that succeeds would not tell either. The journal then refuses every record until the
// node is restarted; what was under way is answered with error 13.
//
// At the start [Open] gives the records back. A batch at the end that a kill tore off is cut away. Damage anywhere else is
// an error that names the file and the byte, as are data of another node, of another service or of a newer format; a
// file that is refused is not touched. When the file has grown enough, the journal asks its owner for a snapshot and
// puts that in place of all, or compacts the records ([Journal.CompactBy]).
//
// A nil *Journal is one of a service without a disk: it keeps nothing and calls the function at once.
package journal

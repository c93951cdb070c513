package node

import (
	"errors"
	"fmt"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
)

// Error is an error of Maelstrom's protocol: a code and a text. The codes and
// what they mean are in Maelstrom's doc/protocol.md; 1000 and above are free.
type Error = maelstrom.RPCError

// Errorf makes an [Error].
func Errorf(code int, format string, args ...any) *Error {
	return maelstrom.NewRPCError(code, fmt.Sprintf(format, args...))
}

// Definite reports whether an error code says that the operation did not, and
// will not, take place. Unknown codes are indefinite.
func Definite(code int) bool {
	switch code {
	case codeNodeNotFound, maelstrom.NotSupported, maelstrom.TemporarilyUnavailable, maelstrom.MalformedRequest,
		maelstrom.Abort, maelstrom.KeyDoesNotExist, codeKeyAlreadyExists, maelstrom.PreconditionFailed, maelstrom.TxnConflict:
		return true
	}
	return false
}

// Codes of the protocol that the library has no name for.
const (
	codeNodeNotFound     = 1
	codeKeyAlreadyExists = 21
)

// errorFor is what a client is told of a cause: an [Error] as it is; what was
// surely not carried out is temporarily unavailable (11); a panic, and whatever
// else, is a crash (13), which leaves open whether it took effect.
func errorFor(cause error) *Error {
	var coded *Error
	switch {
	case errors.As(cause, &coded):
		return coded
	case errors.Is(cause, actor.ErrStopped), errors.Is(cause, actor.ErrFull):
		return Errorf(maelstrom.TemporarilyUnavailable, "%v", cause)
	case errors.Is(cause, actor.ErrTimeout):
		return Errorf(maelstrom.Timeout, "%v", cause)
	}
	return Errorf(maelstrom.Crash, "%v", cause)
}

// errorFields is an error body but for its type and its in_reply_to.
type errorFields struct {
	Code int    `json:"code"`
	Text string `json:"text"`
}

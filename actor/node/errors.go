package node

import (
	"errors"
	"fmt"
	"unicode/utf8"

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
		maelstrom.Abort, maelstrom.KeyDoesNotExist, codeKeyAlreadyExists, maelstrom.PreconditionFailed, maelstrom.TxnConflict, NotAMember:
		return true
	}
	return false
}

// NotAMember is the error code 40, proposed for Maelstrom (pull request 101 there): the node is no member of the cluster, and
// did not do what it was asked for.
const NotAMember = 40

// Codes of the protocol that the library has no name for.
const (
	codeNodeNotFound     = 1
	codeKeyAlreadyExists = 21
)

// errorFor is what a client is told of a cause. A panic comes first, whatever it
// was called with: it leaves open what took effect, so it is a crash (13). An
// [Error] stays as it is; what was surely not carried out is temporarily
// unavailable (11); whatever else is a crash as well.
func errorFor(cause error) *Error {
	var panicked *actor.PanicError
	var coded *Error
	switch {
	case errors.As(cause, &panicked):
		return Errorf(maelstrom.Crash, "%v", cause)
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

// errorBody is the body of err, its text short enough to be read: it may quote
// what came in, which may be megabytes.
func errorBody(err *Error) errorFields { return errorFields{Code: err.Code, Text: clip(err.Text)} }

// textMax bounds a text that quotes what came in, in bytes: in an error answer
// and in a field of the log.
const textMax = 500

// clip cuts a text to textMax.
func clip(text string) string {
	if len(text) <= textMax {
		return text
	}
	end := textMax
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}

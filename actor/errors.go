package actor

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrTimeout: no answer came before the deadline. Whether the request was
	// carried out is not known.
	ErrTimeout = errors.New("actor: no answer before the deadline")
	// ErrStopped: the actor has ended, or ended before the message's turn.
	ErrStopped = errors.New("actor: the actor has ended")
	// ErrAnswered: a request was answered a second time. Nobody waits for it.
	ErrAnswered = errors.New("actor: the request was answered already")
	// ErrFull: the mailbox was full and turned the message away.
	ErrFull = errors.New("actor: the mailbox is full")
)

// PanicError is a handler's panic: the cause of a restart, and the answer to
// the request that was being handled.
type PanicError struct {
	Path  string // of the actor that panicked
	Value any    // what panic was called with
	Stack []byte // of the goroutine, at the panic
}

func (e *PanicError) Error() string { return fmt.Sprintf("actor %s panicked: %v", e.Path, e.Value) }

// Unwrap gives the panic's value where it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// BudgetError is the failure of a supervisor: a child of it failed more often
// than its restart budget allows.
type BudgetError struct {
	Path     string        // of the child
	Restarts int           // allowed within Window
	Window   time.Duration // of the budget
	Cause    error         // the last failure
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("actor %s failed more than %d times in %v: %v", e.Path, e.Restarts, e.Window, e.Cause)
}

func (e *BudgetError) Unwrap() error { return e.Cause }

// HungError names the actors that did not end before the deadline of a stop.
type HungError struct {
	Paths  []string
	Within time.Duration // how long the stop waited for them
}

func (e *HungError) Error() string {
	return fmt.Sprintf("actor: still busy %v after being told to stop: %s", e.Within, strings.Join(e.Paths, ", "))
}

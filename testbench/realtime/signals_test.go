package realtime

import (
	"os"
	"testing"
)

// A step that does not end takes no interrupt: the second one is not left to wait for it.
func TestASecondInterruptThatNobodyTakesIsNoticed(t *testing.T) {
	from, to, over, hung := make(chan os.Signal), make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	go forward(from, to, over, func() { close(hung) })
	from <- os.Interrupt
	from <- os.Interrupt
	<-hung
	close(over)
}

func TestInterruptsThatAreTakenArePassedOn(t *testing.T) {
	from, to, over := make(chan os.Signal), make(chan os.Signal, 1), make(chan struct{})
	go forward(from, to, over, func() { t.Error("taken, yet it counts as hung") })
	for range 3 {
		from <- os.Interrupt
		<-to
	}
	close(over)
}

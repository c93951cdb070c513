//go:build unix

package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"syscall"
	"testing"
	"time"
)

// idle are jobs that are done at once: what is left is the cost of the queue.
type idle struct{}

func (idle) Do(job int) json.RawMessage      { return json.RawMessage("1") }
func (idle) GiveUp(int, int) json.RawMessage { return json.RawMessage("0") }

// BenchmarkRanges has ranges of one job go from the asker through the queue to workers and back. Its figure is what the asker and the
// server could do for workers elsewhere, less what these workers here take of the same processors.
func BenchmarkRanges(b *testing.B) {
	for _, workers := range []int{1, 2, 4, 16} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			s, err := Serve(ServerOptions{Listen: "127.0.0.1:0"})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error)
			for i := range workers {
				c, err := Connect(Access{URL: s.URL()})
				if err != nil {
					b.Fatal(err)
				}
				defer c.Close()
				go func() {
					_, err := c.Work(ctx, Worker{Name: fmt.Sprint(i), Build: testBuild, Cores: 4, Say: func(string) {},
						Prepare: func(json.RawMessage) (Jobs, error) { return idle{}, nil }})
					ended <- err
				}()
			}
			c, err := Connect(Access{URL: s.URL()})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			b.ResetTimer()
			used := processorTime()
			err = c.Do(Order{Format: format, Build: testBuild, Jobs: b.N, Batch: 1}, "", Asker{
				Take:   func(int, json.RawMessage) (bool, error) { return true, nil },
				Attend: func(Status) bool { return true }, Say: func(string) {}, Began: func(string) {},
			})
			b.StopTimer()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ranges/s")
			b.ReportMetric(float64((processorTime()-used).Microseconds())/float64(b.N), "cpu-µs/range")
			cancel()
			for range workers {
				if err := <-ended; err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// processorTime is what this process has used of processors: unlike the clock it does not tell of the machine's other work.
func processorTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // it does not fail for oneself
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

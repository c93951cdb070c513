package sweep

// Pool does jobs 0 to jobs-1 on a number of goroutines and hands each result to
// take, on the caller's goroutine, in the order in which they are done. Jobs are
// begun in order; once take returns false no more are begun, and those under way
// are still done and taken: when job k ends it, every job before k has been
// taken by the time Pool returns.
func Pool[R any](jobs, workers int, work func(job int) R, take func(job int, result R) (goOn bool)) {
	type done struct {
		job    int
		result R
	}
	next, results := make(chan int), make(chan done)
	workers = max(1, min(workers, jobs))
	for range workers {
		go func() {
			for job := range next {
				results <- done{job, work(job)}
			}
		}()
	}
	defer close(next)
	begun, underWay, goOn := 0, 0, true
	for {
		offer := next
		if !goOn || begun == jobs || underWay == workers {
			offer = nil
		}
		if offer == nil && underWay == 0 {
			return
		}
		select {
		case offer <- begun:
			begun++
			underWay++
		case d := <-results:
			underWay--
			goOn = take(d.job, d.result) && goOn
		}
	}
}

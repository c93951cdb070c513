package workload

// Client performs the operations of one process over the network, one at a time: it says what to ask the
// process's node for, and what the answers make of the operation. An operation may take several requests, or
// none. What a process remembers from one operation to the next lives here, and goes when the process is
// replaced by another.
type Client interface {
	// Invoke begins an operation.
	Invoke(inv Invocation) Step
	// Answered goes on with the reply to the last request.
	Answered(r Reply) Step
	// TimedOut goes on where that reply did not come in time.
	TimedOut() Step
}

// Step is what a client does next: ask its node for something, or end its operation.
type Step struct {
	Request func(msgID int64) []byte // makes the body of the request; nil ends the operation
	Done    Completion               // how it ended; of no meaning while there is a request
}

// Ask is the step of a request whose body lacks its msg_id and the closing brace, such as {"type":"read".
func Ask(body []byte) Step {
	return Step{Request: func(msgID int64) []byte { return finishRequest(body, msgID) }}
}

// Client makes the client of a new process.
func (w *Workload) Client() Client {
	if w.NewClient != nil {
		return w.NewClient(w)
	}
	return &oneRequest{workload: w}
}

// oneRequest is the client of workloads in which every operation is one request and nothing is remembered.
type oneRequest struct {
	workload *Workload
	inv      Invocation
}

func (c *oneRequest) Invoke(inv Invocation) Step {
	c.inv = inv
	return Step{Request: func(msgID int64) []byte { return c.workload.Request(inv, msgID) }}
}

func (c *oneRequest) Answered(r Reply) Step { return Step{Done: c.workload.Complete(c.inv, r)} }
func (c *oneRequest) TimedOut() Step        { return Step{Done: c.workload.TimedOut(c.inv)} }

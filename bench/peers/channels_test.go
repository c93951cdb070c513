package peers

import "time"

// channels are no peer but the floor: a goroutine that ranges over a channel.
type channels struct{ ended chan struct{} }

func openChannels() runtime { return &channels{make(chan struct{})} }

type channel struct {
	queue   chan *message
	drained chan struct{}
}

func (r *channels) spawn(capacity int, handle func(*message)) address {
	c := &channel{make(chan *message, capacity), make(chan struct{})}
	go func() {
		defer close(c.drained)
		for {
			select {
			case m, open := <-c.queue:
				if !open {
					return
				}
				handle(m)
				continue
			default:
			}
			select {
			case m, open := <-c.queue:
				if !open {
					return
				}
				handle(m)
			case <-r.ended:
				return
			}
		}
	}()
	return c
}

func (c *channel) tell(m *message) error { c.queue <- m; return nil }
func (c *channel) pour(m *message)       { c.queue <- m }
func (c *channel) stop()                 { close(c.queue); <-c.drained }

type channelRequest struct {
	m     *message
	reply chan *message
}

func (r *channels) responder() func(*message, time.Duration) (*message, error) {
	requests := make(chan channelRequest, mailboxRoom)
	go func() {
		for {
			select {
			case q := <-requests:
				q.reply <- q.m
			case <-r.ended:
				return
			}
		}
	}()
	return func(m *message, within time.Duration) (*message, error) {
		q := channelRequest{m, make(chan *message, 1)}
		requests <- q
		timeout := time.NewTimer(within)
		defer timeout.Stop()
		select {
		case answer := <-q.reply:
			return answer, nil
		case <-timeout.C:
			return nil, errTimeout
		}
	}
}

func (r *channels) close() { close(r.ended) }

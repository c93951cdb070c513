// Package network is the network that the bench puts between nodes and clients: latency, loss,
// partitions, delivery and the journal of it, with the semantics of Maelstrom's.
//
// It is a state machine without goroutines. One owner calls it, from one goroutine, and it asks its
// [Clock] to be called back when a message is due; whether that clock is the machine's or a
// simulator's makes no difference to it. All chance is drawn from the generator it was made with, so
// the same calls at the same times with the same seed give the same deliveries.
//
// What it promises:
//
//   - A message that involves a client (an id that starts with c) has no latency, and no partition and
//     no loss touches it. Every other message waits for a latency drawn when it is sent, in whole
//     milliseconds.
//   - A service is an endpoint like a node, but none that a partition names: what goes to it and what comes
//     from it takes its latency, counts, suffers the [Weather], and is never cut off.
//   - Messages to one receiver leave its queue in the order in which they are due. One is taken, then
//     waited for until it is due, and nothing else is delivered to that receiver meanwhile: a client's
//     request can wait behind a peer's message in flight. That is what Maelstrom does, and what makes
//     measured latencies come out up to a hop below the time of dissemination. [Config.IdealDelivery]
//     delivers each message at its own time instead.
//   - The wait is cut to whole milliseconds that are over before the message is due, as the sleep of
//     Maelstrom's receiving thread is: a message may arrive up to a millisecond early.
//   - Whether a partition cuts a message is decided when the receiver takes it, not when it is sent or
//     due. A message that is lost stays sent: it counts among the messages of the run.
//   - Under bad [Weather] messages are lost, sent twice, held back or slow; that is decided when they are
//     sent. A message that arrives twice is one message, one send and two receives, as Maelstrom would
//     count it, by the ids of messages.
//   - What is on its way to a node when it goes down ([Network.Down]) is lost, and so is what comes before
//     it is up again, a client's requests included.
//
// What it refuses: a message from or to an id that nobody has added (see [UnknownEndpointError]). What
// that means for the node that sent it is the caller's to decide.
//
// [ParseLine] takes apart what a node prints; [Line] makes the line that a node reads.
package network

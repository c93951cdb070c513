// Package remote is Eddy on more than one machine: it puts work on NATS with JetStream, and is the only package that
// knows NATS. What it carries are lines and JSON that it does not look into.
//
// A sweep is an [Order] of numbered jobs. [Conn.Do] cuts it into ranges and puts them into a work queue; every worker
// that is connected ([Conn.Work]) takes ranges, says that they are in progress, keeps their results in a stream, and
// only then acknowledges. A worker that dies leaves its ranges unacknowledged: the queue hands them to another. A
// range has one place for its results, which the first result takes: none counts twice.
//
// An order carries the fingerprint of the program that asks ([Build]). It names the subject of its ranges, so that
// workers of another build never see them; they answer notices of the order with a refusal.
//
// A node of a cluster ([Conn.Serve]) is whatever reads and writes the lines of Maelstrom's protocol; its messages are
// NATS messages, its stores keys of a bucket, its clients any NATS client (package client).
//
// All subjects begin with "eddy.", all streams with EDDY_, all buckets with eddy_.
package remote

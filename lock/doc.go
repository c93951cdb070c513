// Package lock is a lock service with leases and fencing tokens, on the replicated log of package kv.
//
// # What it owns
//
// Each node has one actor, locks, beside its replica of the log:
//
//	acquire, renew, release -> locks -> replica (package kv) <-> the other nodes' replicas
//
// What the log holds is who holds which lock (see table). What an actor holds of its own are sightings: when
// it first saw a lock held under a token. Sightings are not replicated, and no clock is compared with another.
//
// # What it promises
//
// A lock has one holder at a time. A holder has a token; tokens of the whole service only grow, so that
// a resource that remembers the highest token it has seen can refuse a holder whose lease is over (Gray and
// Cheriton 1989 on leases; Burrows 2006 on Chubby's sequencers).
//
// A lease ends a time-to-live after the holder asked for it, as the holder counts. Everybody else counts from when
// they first saw the lock held, which is later, and a tenth longer: so clocks whose rates differ by less
// than a tenth never let two nodes think that they hold the lock. A lock whose holder has
// died is free that long after another client first asks for it.
//
// No message is sent for a lease that runs out: whoever acquires the lock next names the holding that it saw run
// out, and the log gives it the lock if that is still the holding.
//
// # What it refuses
//
// An acquire of a lock that is held, a renew or release with a token that does not hold the lock: error 22. A
// time-to-live that is not from 1 ms to an hour, a token that is no number: error 12.
package lock

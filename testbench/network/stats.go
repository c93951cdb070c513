package network

// Counts are messages of one kind.
type Counts struct {
	Sends, Receives int64
	Messages        int64 // different messages: those lost on the way count, copies do not
}

// Stats are the counts of a run, as Maelstrom's net checker gives them: all messages, those that
// involve a client, and the others.
type Stats struct {
	All, Clients, Servers Counts
	Harm                  Harm
}

// Harm is what faults did to messages of a run. A message may count in several of its fields.
type Harm struct {
	LostInPartition, LostOnTheWay, LostWithNode int64 // copies that were not delivered, by why
	Duplicated                                  int64 // messages that were sent on their way twice
	HeldBack                                    int64 // that others were let past
	Slowed                                      int64 // sent during a spike of latency
}

func (s *Stats) lost(why string) {
	switch why {
	case LostInPartition:
		s.Harm.LostInPartition++
	case LostOnTheWay:
		s.Harm.LostOnTheWay++
	case LostWithNode:
		s.Harm.LostWithNode++
	}
}

func (s *Stats) sent(client bool) {
	for _, c := range []*Counts{&s.All, s.side(client)} {
		c.Sends++
		c.Messages++
	}
}

func (s *Stats) received(client bool) {
	s.All.Receives++
	s.side(client).Receives++
}

func (s *Stats) side(client bool) *Counts {
	if client {
		return &s.Clients
	}
	return &s.Servers
}

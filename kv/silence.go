package kv

// silence is how long a leader leaves a follower without a word. The leader tells it along with each word: by then
// there will be another, a heartbeat if there is nothing else to say. The follower's election timeout begins when
// that time is over, so that a leader which has little to say may say little without being taken for dead. A leader
// in a busy cluster promises a word every few ticks, and is replaced as soon as ever.
type silence struct {
	least, most int // ticks
	gap         int // between two words, smoothed, in sixteenths of a tick
	said        int // tick of the last word
	promised    int // ticks from then to the next
}

// speak notes a word, and gives the ticks to the next that are promised with it: three times what is usual.
func (s *silence) speak(tick int) int {
	s.gap += (16*(tick-s.said) - s.gap) / 4
	s.said, s.promised = tick, min(max(3*s.gap/16, s.least), s.most)
	return s.promised
}

// due is the tick of the next word.
func (s *silence) due() int { return s.said + s.promised }

// short reports whether there is so much to say that nothing is gained by saying it later.
func (s *silence) short() bool { return s.promised <= 2*s.least }

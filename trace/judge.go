package trace

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// judge says what went wrong on a link whose sender has the value and whose
// receiver has not.
func (f *linkFacts) judge(d *Records) Cause {
	c := f.judged(d)
	if d.sampled > 0 && (c.Kind == NotSent || c.Kind == NotKept || c.Kind == NeverAgain) {
		c.Text += fmt.Sprintf(" (as far as is recorded: from %s on only some messages are)", seconds(d.sampled))
	}
	return c
}

func (f *linkFacts) judged(d *Records) Cause {
	link := fmt.Sprintf("link %s -> %s", f.src, f.dest)
	learned, _ := d.has(f.src)
	if len(f.carriers) == 0 && d.anywhere && d.onlyGiven(f.src) {
		return Cause{Kind: NotKept, At: learned.At, Text: fmt.Sprintf("%s was given it at %s, and from then on neither sent it to a node nor showed it to a client: it did not keep it", f.src, seconds(learned.At))}
	}
	if len(f.carriers) == 0 {
		return f.withTrouble(Cause{Kind: NotSent, At: learned.At, Text: fmt.Sprintf("%s has it since %s, and %s never sent it", f.src, seconds(learned.At), link)})
	}
	for _, c := range f.carriers {
		if c.Delivered {
			if c.As != "" {
				return Cause{Kind: Altered, At: c.Received, Text: fmt.Sprintf("%s brought it to %s at %s as %s, which is %s, where the client gave %s",
					c.called(), f.dest, seconds(c.Received), c.As, typeOf(c.As), typeOf(d.Value))}
			}
			what := "which did not take it in"
			if d.anywhere { // all that is known is what the node sent
				what = "which from then on neither showed it to a client nor sent it to a node"
			}
			return f.withTrouble(Cause{Kind: NotTaken, At: c.Received, Text: fmt.Sprintf("%s brought it to %s at %s, %s", c.called(), f.dest, seconds(c.Received), what)})
		}
	}
	first, last := f.carriers[0], f.carriers[len(f.carriers)-1]
	c := Cause{At: first.LostAt}
	if last.Lost == "" {
		c.Kind, c.At = StillUnderWay, last.Sent
		c.Text = fmt.Sprintf("%s sent it at %s, which was still under way when the run ended", link, seconds(last.Sent))
		return c
	}
	story := fmt.Sprintf("%s sent it %s", link, f.sendings())
	switch over, later := f.beyond(first), f.without(first); {
	case over != nil && over.receiver:
		c.Kind, c.At = FalselyAcked, over.at
		c.Text = fmt.Sprintf("%s; but %s took everything up to number %d for come at %s, this one, number %d, included: so %s was told that it has it", story, f.dest, over.number, seconds(over.at), first.Number, f.src)
	case over != nil:
		c.Kind, c.At = TakenForAcked, over.at
		c.Text = fmt.Sprintf("%s; but %s took everything up to number %d for acknowledged at %s, this one, number %d, included, while %s had %s", story, f.src, over.number, seconds(over.at), first.Number, f.dest, f.progress(over.at))
	case later != nil:
		c.Kind, c.At = LeftOut, later.at
		c.Text = fmt.Sprintf("%s; when the link sent again at %s it began at number %d and left this one, number %d, out", story, seconds(later.at), later.first, first.Number)
	case len(f.carriers) > 1:
		c.Kind, c.At = GaveUp, last.LostAt
		c.Text = fmt.Sprintf("%s, and gave up after %s at %s", story, plural(len(f.carriers)-1, "retry"), seconds(last.Sent))
		c.Text = strings.Replace(c.Text, "retrys", "retries", 1)
	case f.stalled(last) != nil:
		tried := f.stalled(last)
		c.Kind, c.At = GaveUp, tried.at
		c.Text = fmt.Sprintf("%s, and never again: the link had given up by then, its last retry, from number %d on, was at %s", story, tried.first, seconds(tried.at))
	default:
		c.Kind = NeverAgain
		c.Text = story + ", and never again"
	}
	return f.withTrouble(c)
}

// typeOf is what a JSON value is, for people.
func typeOf(value string) string {
	if value[0] == '"' {
		return "a string"
	}
	return "a number"
}

// called names a message for people.
func (c *Carrier) called() string {
	if c.Name != "" {
		return c.Name
	}
	return fmt.Sprintf("a message of %s", seconds(c.Sent))
}

// sendingsShown is how many sendings of one value are told.
const sendingsShown = 3

func (f *linkFacts) sendings() string {
	var parts []string
	for _, c := range f.carriers[:min(len(f.carriers), sendingsShown)] {
		sending := "at " + seconds(c.Sent)
		if c.Name != "" {
			sending = "in " + c.Name + " " + sending
		}
		parts = append(parts, sending+", "+lossWords(c.Lost))
	}
	if more := len(f.carriers) - sendingsShown; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more times, in vain", more))
	}
	return strings.Join(parts, "; ")
}

func lossWords(why string) string {
	switch why {
	case "partition":
		return "lost in a partition"
	case "loss":
		return "lost on the way"
	case "killed":
		return "lost with its receiver, which was killed"
	case "":
		return "lost"
	}
	return "lost: " + why
}

// claim is somebody's saying that a number has come which has not.
type claim struct {
	said
	receiver bool
}

// beyond is the first claim about a lost number: the receiver's that it has it comes
// before the sender's that it was told so, which follows from it.
func (f *linkFacts) beyond(lost Carrier) *claim {
	if lost.Number == 0 {
		return nil
	}
	covers := func(s said) bool { return s.number >= lost.Number && s.at >= lost.Sent }
	if i := slices.IndexFunc(f.has, covers); i >= 0 {
		return &claim{f.has[i], true}
	}
	if i := slices.IndexFunc(f.acked, covers); i >= 0 {
		return &claim{f.acked[i], false}
	}
	return nil
}

// without is the first time that the link sent again and began behind a lost number.
func (f *linkFacts) without(lost Carrier) *said {
	if lost.Number == 0 {
		return nil
	}
	for i, s := range f.retries {
		if s.at > lost.Sent && s.first > lost.Number {
			return &f.retries[i]
		}
	}
	return nil
}

// stalled is the link's last retry, if it came before a loss and what it sent again was
// never acknowledged.
func (f *linkFacts) stalled(lost Carrier) *said {
	if len(f.retries) == 0 {
		return nil
	}
	last := &f.retries[len(f.retries)-1]
	for _, s := range f.acked {
		if s.number >= last.first {
			return nil
		}
	}
	if last.at > lost.Sent {
		return nil
	}
	return last
}

// progress is what the receiver had at a time.
func (f *linkFacts) progress(at time.Duration) string {
	has := int64(0)
	for _, s := range f.has {
		if s.at <= at {
			has = s.number
		}
	}
	if has == 0 {
		return "nothing yet"
	}
	return fmt.Sprintf("no more than up to %d", has)
}

// withTrouble adds what befell the actors concerned.
func (f *linkFacts) withTrouble(c Cause) Cause {
	if (c.Kind == NotSent || c.Kind == NotTaken) && len(f.trouble) > 0 {
		c.Text += " (" + strings.Join(f.trouble, "; ") + ")"
	}
	return c
}

package remote

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Order is what a sweep asks for: jobs by number, from 0 to Jobs-1.
type Order struct {
	Format int             `json:"format"`
	Build  string          `json:"build"` // of the program that asks; see [Build]
	Jobs   int             `json:"jobs"`
	Batch  int             `json:"batch"` // jobs of a range
	Work   json.RawMessage `json:"work"`  // what the jobs are; only who asks and who works know
}

// format is that of streams, orders and messages. Another one is refused.
const format = 1

// Limits of an order.
const (
	JobsMax    = 100_000_000
	rangesMax  = 1_000_000
	batchMax   = 64
	payloadMax = 1 << 20 // bytes of a message
)

// NewOrder cuts jobs into ranges: small enough that workers end together, large enough that the queue costs little.
func NewOrder(build string, jobs int, work json.RawMessage) Order {
	const rangesWanted = 400
	batch := max(1, min(batchMax, jobs/rangesWanted), (jobs+rangesMax-1)/rangesMax)
	return Order{Format: format, Build: build, Jobs: jobs, Batch: batch, Work: work}
}

// validate refuses an order that no program of this version writes.
func (o *Order) validate() error {
	switch {
	case o.Format != format:
		return fmt.Errorf("it has format %d, this Eddy knows format %d: use the same version of Eddy on all machines", o.Format, format)
	case !buildForm.MatchString(o.Build):
		return fmt.Errorf("%q is the fingerprint of no build", o.Build)
	case o.Jobs < 1 || o.Jobs > JobsMax || o.Batch < 1 || o.ranges() > rangesMax:
		return fmt.Errorf("%d jobs in ranges of %d are none", o.Jobs, o.Batch)
	}
	return nil
}

// ranges is how many ranges there are.
func (o *Order) ranges() int { return (o.Jobs + o.Batch - 1) / o.Batch }

// jobs are those of a range: from first to before end.
func (o *Order) jobs(n int) (first, end int) {
	return n * o.Batch, min(o.Jobs, (n+1)*o.Batch)
}

var (
	buildForm = regexp.MustCompile(`^[0-9a-f]{16}$`)
	idForm    = regexp.MustCompile(`^[A-Za-z0-9]{8,32}$`)
)

// Build is the fingerprint of this very program: the same seed gives the same run in the same binary only.
func Build() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program to fingerprint it: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("fingerprint this program: %w", err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("fingerprint this program: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// The subjects. A range is a subject of its own: its message is empty.
const (
	workSubjects   = "eddy.work.>"   // eddy.work.BUILD.ORDER.RANGE
	resultSubjects = "eddy.result.>" // eddy.result.ORDER.RANGE
	noticeSubjects = "eddy.notice.*" // eddy.notice.ORDER
)

func workSubject(build, id string, n int) string {
	return fmt.Sprintf("eddy.work.%s.%s.%d", build, id, n)
}

func resultSubject(id string, n int) string { return fmt.Sprintf("eddy.result.%s.%d", id, n) }

func noticeSubject(id string) string { return "eddy.notice." + id }

// parseRange takes the order and the range off the end of a subject.
func parseRange(subject string) (id string, n int, ok bool) {
	tokens := strings.Split(subject, ".")
	if len(tokens) < 4 {
		return "", 0, false
	}
	id = tokens[len(tokens)-2]
	n, err := strconv.Atoi(tokens[len(tokens)-1])
	return id, n, err == nil && n >= 0 && n < rangesMax && idForm.MatchString(id)
}

// notice tells workers of an order that is under way, again and again; they answer with a presence.
type notice struct {
	Build string `json:"build"`
	Bound int    `json:"bound"` // the last job that is wanted; -1 for none
}

// presence is a worker's answer.
type presence struct {
	ID      string `json:"id,omitempty"` // of one that runs nodes
	Name    string `json:"name"`
	Build   string `json:"build"`
	Cores   int    `json:"cores"`
	Refusal string `json:"refusal,omitempty"` // why it takes no part
}

// outcome are the results of a range.
type outcome struct {
	Worker  string            `json:"worker"`
	Results []json.RawMessage `json:"results"` // of its jobs, in their order
}

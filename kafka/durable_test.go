package kafka

import (
	"fmt"
	"testing"
	"time"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/nodetest"
	"eddy/internal/disk"
)

func TestJournalHoldsTheEntriesAndTheLastCommitOfEachKey(t *testing.T) {
	var d disk.Simulated
	c := nodetest.Empty(t, 1, Service(Config{Journal: journal.Options{Dir: "simulated", SnapshotBytes: 2000}}))
	c.Options = func(string) node.Options { return node.Options{Disk: d.Open()} }
	c.IDs = []string{"n0"}
	c.StartAll()
	offset := int64(0)
	for i := range 20 {
		offset = c.Must("n0", fmt.Sprintf(`"type":"send","key":"k","msg":%d`, i)).Int("offset")
	}
	for i := range 2000 {
		c.Must("n0", fmt.Sprintf(`"type":"commit_offsets","offsets":{"k":%d,"l":%d}`, i, 2*i))
	}
	all, err := d.Open().Read()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) > 8000 {
		t.Errorf("20 entries and 4,000 commits of two keys have %d bytes", len(all))
	}
	c.Kill("n0")
	d.Kill(c.World.Rand())
	c.Start("n0")
	c.Run(10 * time.Second)
	if got := c.Must("n0", `"type":"list_committed_offsets","keys":["k","l"]`).Text("offsets"); got != `{"k":1999,"l":3998}` {
		t.Errorf("committed are %s", got)
	}
	if got := c.Must("n0", fmt.Sprintf(`"type":"poll","offsets":{"k":%d}`, offset)).Text("msgs"); got != fmt.Sprintf(`{"k":[[%d,19]]}`, offset) {
		t.Errorf("a poll shows %s", got)
	}
}

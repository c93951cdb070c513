package gossip

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/nodetest"
	"eddy/internal/disk"
)

// restarted spreads 300 values over five nodes, kills n2 and starts it again, on its disk or on a new one, and gives how many
// values the others sent it after that. One more value is on its way when n2 is killed.
func restarted(t *testing.T, config Config, newDisk bool) (sent int) {
	config.Journal = journal.Options{Dir: "simulated"}
	disks := map[string]*disk.Simulated{}
	c := nodetest.Empty(t, 1, Broadcast(config))
	c.Options = func(id string) node.Options {
		if disks[id] == nil {
			disks[id] = &disk.Simulated{}
		}
		return node.Options{Disk: disks[id].Open()}
	}
	c.IDs = []string{"n0", "n1", "n2", "n3", "n4"}
	c.StartAll()
	for i := range 300 {
		c.Must(c.IDs[i%5], fmt.Sprintf(`"type":"broadcast","message":%d`, i))
	}
	c.Run(10 * time.Second)
	c.Must("n1", `"type":"broadcast","message":300`)
	c.Kill("n2")
	disks["n2"].Kill(c.World.Rand())
	if newDisk {
		delete(disks, "n2")
	}
	c.OnMessage = func(m *nodetest.Message) {
		var values []json.RawMessage
		if raw := m.Body["values"]; m.Dest == "n2" && raw != nil {
			if err := json.Unmarshal(raw, &values); err != nil {
				t.Error(err)
			}
		}
		sent += len(values)
	}
	c.Start("n2")
	c.Run(20 * time.Second)
	var all []json.RawMessage
	if err := json.Unmarshal(c.Must("n2", `"type":"read"`).Body["messages"], &all); err != nil || len(all) != 301 {
		t.Errorf("%+v: n2 has %d values, %v", config.Dissemination, len(all), err)
	}
	return sent
}

func TestNodeThatStartsAgainOnItsDiskIsSentWhatItLacks(t *testing.T) {
	for _, config := range []Config{{}, {Dissemination: Paced}, {Dissemination: Flood, Topology: "mesh", Ack: AckCumulative}} {
		if sent := restarted(t, config, false); sent < 1 || sent > 20 {
			t.Errorf("%s: it was sent %d values", config.Dissemination, sent)
		}
		if sent := restarted(t, config, true); sent < 301 {
			t.Errorf("%s: on a new disk it was sent %d values", config.Dissemination, sent)
		}
	}
}

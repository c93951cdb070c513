package gossip

import (
	"fmt"
	"math"
)

// The defaults of Batch follow the size of the cluster, where no flag says
// otherwise:
//
//   - up to starNodesMax nodes a star: the fewest messages and the fewest hops
//     that there are;
//   - above, clusters of as many nodes as there are clusters, the root of n
//     rounded up, twice the interval, and a fifth of that from hub to hub.
//
// A star costs hardly less than clusters and saves a hop at any size, but its
// hub sends and hears whatever n nodes send and hear: four messages to each node
// a second, and every value and acknowledgement from it. One hub stands, or
// fails, for all. Clusters share that out: no node has more than about twice the
// root of n neighbours. The other hubs are sent a value by the one where it
// began, at once as a rule, so that only the last hop waits for an interval.
//
// The interval is twice as long because what is left to save is there: each node
// gets a message an interval, whatever happens, and acknowledges every third.
// docs/broadcast.md, "Large clusters", has the measurements.
const (
	starNodesMax  = 256
	largeInterval = 2 * defaultInterval
	hubInterval   = largeInterval / 5
)

// sized fills in what follows the number of nodes.
func (c Config) sized(nodes int) Config {
	if c.Dissemination != "" && c.Dissemination != Batch || nodes <= starNodesMax || c.Topology != "" {
		return c
	}
	c.Topology = fmt.Sprintf("clusters:%d", clusterWidth(nodes))
	if c.Interval == 0 {
		c.Interval = largeInterval
	}
	if c.HubInterval == 0 {
		c.HubInterval = min(hubInterval, c.Interval)
	}
	return c
}

// clusterWidth is how many nodes a cluster has, its hub included.
func clusterWidth(nodes int) int { return int(math.Ceil(math.Sqrt(float64(nodes)))) }

package uniqueids

import "fmt"

// View is how many ids were given out: see actor.Viewer.
func (g *counter) View() string { return fmt.Sprintf("%d ids given out", g.count) }

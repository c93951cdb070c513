// Package picture draws what happened in a run as a space-time diagram: one HTML page that needs nothing
// else, neither network nor files.
//
//	page := picture.Page{Title: "broadcast", End: 30 * time.Second}
//	page.Message(picture.Message{ID: "n1/7", Type: "gossip", Body: `{"type":"gossip"}`})
//	page.Hop(picture.Hop{Message: "n1/7", From: picture.Lane{Node: "n1"}, To: picture.Lane{Node: "n2"}, Sent: sent, Got: got})
//	err := page.Write(file)
//
// It owns the page and how it is packed. What is shown comes from whoever calls: it knows nothing of
// records, of actors or of Maelstrom. The same calls make the same bytes.
//
// The page itself is written in TypeScript, in page/src, and lies here bundled (page.js, page.css), so that
// Go alone builds it in. `npm ci && npm run build` in page/ bundles it anew.
package picture

// Package drawing makes a picture of a traced run: it turns what nodes recorded, what the network did and
// what the nemesis was up to (package trace) into lanes, arrows, ticks and shades (package picture).
//
// With the network's journal, an arrow between nodes tells when the message was sent and got, or why it was
// lost. Without one, as under Maelstrom, it is what the two nodes recorded: a message that nobody read ends
// half way, and why is not known.
package drawing

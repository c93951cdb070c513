// Package cmdline is what the flags of a run mean, in both directions: flags become options and nodes, options become the
// flags that make them. It is what every command that makes a run shares, and what a page that makes one needs.
package cmdline

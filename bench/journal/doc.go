// Package journal measures what keeps records on a disk against eddy's own journal. It is a module of its own, so that
// what it compares is no part of the product.
package journal

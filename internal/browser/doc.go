// Package browser tries the pages of eddy, that of a run (trace/picture) and that of eddy play (testbench/play), in a real,
// headless Chromium. It is a module of its own, so that
// what drives a browser is no dependency of eddy.
package browser

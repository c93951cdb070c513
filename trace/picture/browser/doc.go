// Package browser tries the page of package picture in a real, headless Chromium. It is a module of its own, so that
// what drives a browser is no dependency of eddy.
package browser

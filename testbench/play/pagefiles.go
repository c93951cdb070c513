package play

import (
	"bytes"
	"embed"
)

// The page is written in TypeScript, in page/src, and lies here bundled, so that Go alone builds it in.
//
//go:embed page.html page.js page.css worker.js
var pageFiles embed.FS

// PageFile is one of the files of the page.
func PageFile(name string) (text []byte, ok bool) {
	text, err := pageFiles.ReadFile(name)
	return text, err == nil
}

// Site are the files of the page without a server, where a worker of the page runs the simulator.
func Site() map[string][]byte {
	files := make(map[string][]byte)
	for _, name := range []string{"page.js", "page.css", "worker.js"} {
		files[name], _ = PageFile(name)
	}
	page, _ := PageFile("page.html")
	files["index.html"] = bytes.Replace(page, []byte(`data-transport="server"`), []byte(`data-transport="worker"`), 1)
	return files
}

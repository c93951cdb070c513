package picture

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"text/template"
)

var (
	//go:embed page.html
	form string
	//go:embed page.css
	style string
	//go:embed page.js
	script string

	page = template.Must(template.New("page").Parse(form))
)

// Write writes the page. What it shows is packed, so that a hundred thousand events take a few megabytes.
func (p *Page) Write(w io.Writer) error {
	data, err := p.encoded()
	if err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	err = page.Execute(w, struct{ Title, Style, Script, Data string }{template.HTMLEscapeString(p.Title), style, script, data})
	if err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	return nil
}

func (p *Page) encoded() (string, error) {
	var buffer bytes.Buffer
	zip := gzip.NewWriter(&buffer)
	if err := json.NewEncoder(zip).Encode(p.pack()); err != nil {
		return "", err
	}
	if err := zip.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(buffer.Bytes()), nil
}

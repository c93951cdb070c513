package report

import (
	"fmt"
	"strings"
)

// kindColours is how many kinds of operations have a colour of their own.
const kindColours = 6

// faultColours are those of the faults that nemesis.Known lists, in light and dark.
var faultColours = []struct{ name, light, dark string }{
	{"partition", "#bf8700", "#e3b341"},
	{"loss", "#d1603d", "#f0883e"},
	{"duplicate", "#1b8a8a", "#39c5cf"},
	{"reorder", "#7048c4", "#b392f0"},
	{"latency", "#2f6fd0", "#6cb6ff"},
	{"kill", "#cf222e", "#f85149"},
	{"pause", "#6e7781", "#9ea7b3"},
	{"skew", "#bf3989", "#f778ba"},
	{"disk", "#7a4a1d", "#c69764"},
	{"membership", "#2d8a3e", "#56d364"},
}

// otherFault is the class of faults without a colour of their own.
const otherFault = "f-other"

// faultClass gives a fault its colour.
func faultClass(name string) string {
	for _, f := range faultColours {
		if f.name == name {
			return "f-" + name
		}
	}
	return otherFault
}

// style is that of the picture, for light and dark.
func style() string {
	var light, dark strings.Builder
	for _, f := range faultColours {
		fmt.Fprintf(&light, ".f-%s{fill:%s}", f.name, f.light)
		fmt.Fprintf(&dark, ".f-%s{fill:%s}", f.name, f.dark)
	}
	return lightStyle + light.String() + "\n@media (prefers-color-scheme:dark){" + darkStyle + dark.String() + "\n}\n"
}

// lightStyle colours the picture, The colours of kinds are Okabe and
// Ito's, which colour-blind readers can tell apart; on dark they are lightened.
// Each rule is written out, without variables, which not every viewer knows.
const lightStyle = `
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1f2328}
.title{font-size:22px;font-weight:600}
.page{fill:#ffffff}.panel{fill:#f6f8fa}
.grid{stroke:#d8dee4;stroke-width:1}.axis{stroke:#8c959f;stroke-width:1}
.faint{fill:#656d76}.small{font-size:12px;fill:#656d76}.end{text-anchor:end}.middle{text-anchor:middle}
.good{fill:#1a7f37}.bad{fill:#cf222e}.doubt{fill:#9a6700}
.bar{fill-opacity:.5}.f-other{fill:#57606a}.moment{stroke:#57606a;stroke-width:1;stroke-dasharray:4 3}
.label{font-size:12px}
.rule{stroke:#656d76;stroke-width:1;stroke-dasharray:6 4}
.mark{fill:none;stroke-width:1.6}.step{fill:none;stroke-width:1.8;stroke-linejoin:round}
.k0{fill:#0072b2}.k1{fill:#d55e00}.k2{fill:#009e73}.k3{fill:#aa4499}.k4{fill:#b8860b}.k5{fill:#56b4e9}
.k0 .mark,.k0.step{stroke:#0072b2}.k1 .mark,.k1.step{stroke:#d55e00}.k2 .mark,.k2.step{stroke:#009e73}
.k3 .mark,.k3.step{stroke:#aa4499}.k4 .mark,.k4.step{stroke:#b8860b}.k5 .mark,.k5.step{stroke:#56b4e9}
.step{fill:none}.plain{fill:#57606a}.plain .mark{stroke:#57606a}
.value{fill:#0072b2}.lost .mark{stroke:#cf222e}.unread .mark{stroke:#656d76}
`

const darkStyle = `
text{fill:#e6edf3}.page{fill:#0d1117}.panel{fill:#161b22}
.grid{stroke:#2b313a}.axis{stroke:#6e7681}
.faint,.small{fill:#9198a1}.good{fill:#3fb950}.bad{fill:#f85149}.doubt{fill:#d29922}
.f-other{fill:#9198a1}.moment{stroke:#9198a1}.rule{stroke:#9198a1}
.k0{fill:#58a6ff}.k1{fill:#ff9b50}.k2{fill:#2ed3a4}.k3{fill:#e08fd8}.k4{fill:#e5c453}.k5{fill:#8fd3ff}
.k0 .mark,.k0.step{stroke:#58a6ff}.k1 .mark,.k1.step{stroke:#ff9b50}.k2 .mark,.k2.step{stroke:#2ed3a4}
.k3 .mark,.k3.step{stroke:#e08fd8}.k4 .mark,.k4.step{stroke:#e5c453}.k5 .mark,.k5.step{stroke:#8fd3ff}
.step{fill:none}.plain{fill:#b1bac4}.plain .mark{stroke:#b1bac4}
.value{fill:#58a6ff}.lost .mark{stroke:#f85149}.unread .mark{stroke:#9198a1}
`

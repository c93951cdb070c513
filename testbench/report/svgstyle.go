package report

// kindColours is how many kinds of operations have a colour of their own.
const kindColours = 6

// style colours the picture, light first. The colours of kinds are Okabe and
// Ito's, which colour-blind readers can tell apart; on dark they are lightened.
// Each rule is written out, without variables, which not every viewer knows.
const style = `
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1f2328}
.title{font-size:22px;font-weight:600}
.page{fill:#ffffff}.panel{fill:#f6f8fa}
.grid{stroke:#d8dee4;stroke-width:1}.axis{stroke:#8c959f;stroke-width:1}
.faint{fill:#656d76}.small{font-size:12px;fill:#656d76}.end{text-anchor:end}.middle{text-anchor:middle}
.good{fill:#1a7f37}.bad{fill:#cf222e}.doubt{fill:#9a6700}
.shade{fill:#bf8700;fill-opacity:.15}.edge{stroke:#bf8700;stroke-width:1;stroke-opacity:.55}.moment{stroke:#bf8700;stroke-width:1;stroke-dasharray:4 3}
.label{font-size:12px;fill:#7d4e00}
.rule{stroke:#656d76;stroke-width:1;stroke-dasharray:6 4}
.mark{fill:none;stroke-width:1.6}.step{fill:none;stroke-width:1.8;stroke-linejoin:round}
.k0{fill:#0072b2}.k1{fill:#d55e00}.k2{fill:#009e73}.k3{fill:#aa4499}.k4{fill:#b8860b}.k5{fill:#56b4e9}
.k0 .mark,.k0.step{stroke:#0072b2}.k1 .mark,.k1.step{stroke:#d55e00}.k2 .mark,.k2.step{stroke:#009e73}
.k3 .mark,.k3.step{stroke:#aa4499}.k4 .mark,.k4.step{stroke:#b8860b}.k5 .mark,.k5.step{stroke:#56b4e9}
.step{fill:none}.plain{fill:#57606a}.plain .mark{stroke:#57606a}
.value{fill:#0072b2}.lost .mark{stroke:#cf222e}.unread .mark{stroke:#656d76}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.page{fill:#0d1117}.panel{fill:#161b22}
.grid{stroke:#2b313a}.axis{stroke:#6e7681}
.faint,.small{fill:#9198a1}.good{fill:#3fb950}.bad{fill:#f85149}.doubt{fill:#d29922}
.shade{fill:#e3b341;fill-opacity:.16}.edge,.moment{stroke:#e3b341}.label{fill:#e3b341}.rule{stroke:#9198a1}
.k0{fill:#58a6ff}.k1{fill:#ff9b50}.k2{fill:#2ed3a4}.k3{fill:#e08fd8}.k4{fill:#e5c453}.k5{fill:#8fd3ff}
.k0 .mark,.k0.step{stroke:#58a6ff}.k1 .mark,.k1.step{stroke:#ff9b50}.k2 .mark,.k2.step{stroke:#2ed3a4}
.k3 .mark,.k3.step{stroke:#e08fd8}.k4 .mark,.k4.step{stroke:#e5c453}.k5 .mark,.k5.step{stroke:#8fd3ff}
.step{fill:none}.plain{fill:#b1bac4}.plain .mark{stroke:#b1bac4}
.value{fill:#58a6ff}.lost .mark{stroke:#f85149}.unread .mark{stroke:#9198a1}
}
`

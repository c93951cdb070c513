package sweep

// chartStyle colours the chart, light first. The colours of values are Okabe and
// Ito's, which colour-blind readers can tell apart; on dark they are lightened.
// Each rule is written out, without variables, which not every viewer knows.
const chartStyle = `
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1f2328}
.title{font-size:22px;font-weight:600}.strong{font-weight:600}
.page{fill:#ffffff}.panel{fill:#f6f8fa}
.grid{stroke:#d8dee4;stroke-width:1}
.faint{fill:#656d76}.small{font-size:12px;fill:#656d76}.end{text-anchor:end}.middle{text-anchor:middle}
.target{fill:#1a7f37;fill-opacity:.13}.edge{fill:none;stroke:#1a7f37;stroke-width:1;stroke-dasharray:5 4}
.frontier{fill:none;stroke:#57606a;stroke-width:1.6;stroke-dasharray:2 3}
.beside{paint-order:stroke;stroke:#f6f8fa;stroke-width:3;stroke-linejoin:round;fill:#424a53}.leader{fill:none;stroke:#8c959f;stroke-width:1}
.number{font-size:12px;font-weight:600}.listed{font-size:12px}
.interval{fill:none;stroke-width:1.2;stroke-opacity:.6}.point{stroke:#ffffff;stroke-width:1}
.invalid{fill:none;stroke:#cf222e;stroke-width:2.2}
g:hover>.point{stroke:#1f2328;stroke-width:2}
.k0{fill:#0072b2;stroke:#0072b2}.k1{fill:#d55e00;stroke:#d55e00}.k2{fill:#009e73;stroke:#009e73}
.k3{fill:#aa4499;stroke:#aa4499}.k4{fill:#b8860b;stroke:#b8860b}.k5{fill:#56b4e9;stroke:#56b4e9}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.page{fill:#0d1117}.panel{fill:#161b22}.grid{stroke:#2b313a}
.faint,.small{fill:#9198a1}.target{fill:#3fb950;fill-opacity:.15}.edge{stroke:#3fb950}
.frontier{stroke:#b1bac4}.point{stroke:#0d1117}.beside{stroke:#161b22;fill:#c3cad3}.leader{stroke:#6e7681}.invalid{stroke:#f85149}g:hover>.point{stroke:#e6edf3}
.k0{fill:#58a6ff;stroke:#58a6ff}.k1{fill:#ff9b50;stroke:#ff9b50}.k2{fill:#2ed3a4;stroke:#2ed3a4}
.k3{fill:#e08fd8;stroke:#e08fd8}.k4{fill:#e5c453;stroke:#e5c453}.k5{fill:#8fd3ff;stroke:#8fd3ff}
}
`

// htmlStyle is that of the page around it.
const htmlStyle = `
body{margin:0;background:#ffffff;color:#1f2328;font-family:system-ui,sans-serif}
svg{display:block;width:100%;height:auto;max-width:1400px}pre{margin:0 76px 40px;font-size:13px;overflow-x:auto}
@media (prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}}
`

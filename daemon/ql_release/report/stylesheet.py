"""How a report in HTML looks, on screens and on paper."""

from ql_release.report.style import FAINT, HAIRLINE, INK, TINT

STYLESHEET = f"""\
:root {{ color-scheme: light; }}
body {{
  margin: 0 auto; max-width: 54rem; padding: 1.5rem 1rem 3rem;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
  color: {INK}; background: #fff;
}}
.part, caption {{ font-size: 1.05rem; font-weight: 700; line-height: 1.3; }}
.part {{ margin: 1.6rem 0 0.3rem; }}
caption {{ text-align: left; margin: 0; padding: 1.2rem 0 0.3rem; }}
h1, .session {{ font-size: 1.75rem; line-height: 1.2; margin: 0.1rem 0 0.4rem; }}
p {{ margin: 0.3rem 0; }}
ul {{ margin: 0.3rem 0; padding-left: 1.2rem; }}
.kicker, .byline, footer, dt, th {{ color: {FAINT}; }}
.kicker {{ font-size: 0.8rem; font-weight: 700; }}
section + section {{ margin-top: 3rem; border-top: 2px solid {INK}; padding-top: 1.5rem; }}
.tiles {{
  display: grid; grid-template-columns: repeat(auto-fit, minmax(5.4rem, 1fr)); gap: 0.8rem 0.5rem;
  margin: 1rem 0; padding: 0.9rem 1rem; border-radius: 0.5rem; background: {TINT};
}}
.tiles div {{ display: flex; flex-direction: column-reverse; justify-content: flex-end; }}
dt {{ font-size: 0.8rem; line-height: 1.25; }}
dd {{ margin: 0; font-size: 1.4rem; font-weight: 700; line-height: 1.2; }}
figure {{ margin: 1.2rem 0 0; overflow-x: auto; }}
figure img {{ display: block; width: 100%; min-width: 36rem; height: auto; }}
.heard {{
  position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}}
.wide {{ overflow-x: auto; }}
table {{ width: 100%; border-collapse: collapse; font-size: 0.95rem; }}
th {{ font-size: 0.8rem; text-align: left; border-bottom: 1px solid {INK}; }}
th, td {{ padding: 0.35rem 0.6rem; vertical-align: top; }}
td {{ border-bottom: 1px solid {HAIRLINE}; }}
.figure {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
footer {{ margin-top: 2.5rem; border-top: 1px solid {HAIRLINE}; font-size: 0.85rem; }}
a {{ color: inherit; }}
@media print {{
  @page {{ size: A4 portrait; margin: 15mm; }}
  :root {{ font-size: 9.5pt; }}
  body {{ max-width: none; padding: 0; }}
  nav {{ display: none; }}
  section + section {{ break-before: page; border: 0; margin: 0; padding: 0; }}
  figure, tr, .tiles, ul {{ break-inside: avoid; }}
  figure, .wide {{ overflow: visible; }}
  figure img {{ min-width: 0; }}
  .part, caption, thead {{ break-after: avoid; }}
  .tiles, table {{ print-color-adjust: exact; }}
}}
"""

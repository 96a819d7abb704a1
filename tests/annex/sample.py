"""A small annex to try the renderer on: two scenarios with two notebooks each, and a first page."""
# ruff: noqa: E501

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["code", "markdown", "notebook", "raw_table", "write_sample"]

QUARTO = """
project:
  type: website
  output-dir: _site
  render: [index.qmd, "annex/**/*.ipynb"]
  resources: ["downloads/*.csv"]
metadata-files: [_annex.yml]
lang: en-GB
bibliography: data/references.bib
execute: {echo: false}
format:
  html: {toc: true, toc-depth: 3, number-sections: true, html-math-method: mathml}
website:
  title: Annex to the financial plan
  description: Additional need and absorbed time
  search: true
  navbar:
    left:
      - {text: Start, href: index.qmd}
  page-footer: "Figures in CHF at constant prices. [Methods](annex/baseline/needs.ipynb#sec-method)"
"""
ANNEX = """
website:
  navbar:
    left:
      - text: Scenarios
        menu:
          - annex/baseline/overview.ipynb
          - text: Accelerated
            href: annex/accelerated/overview.ipynb
  sidebar:
    - id: baseline
      title: Baseline
      contents:
        - annex/baseline/overview.ipynb
        - section: Programmes
          contents: [annex/baseline/needs.ipynb]
    - id: accelerated
      title: Accelerated (12 months)
      contents: ["annex/accelerated/*.ipynb"]
"""
INDEX = """---
title: Where to begin
subtitle: A sample
---

Member States are asked to decide. See the [overview](annex/baseline/overview.ipynb) or the
[table of needs](annex/baseline/needs.ipynb#tbl-lines), or take [the figures](downloads/needs.csv).
"""
STATEMENT = """```{=html}
<table class="statement">
<thead>
<tr><th rowspan="2" scope="col"></th><th colspan="2" scope="colgroup"><span>Additional need</span></th>
<th rowspan="2" scope="col">Basis</th></tr>
<tr><th class="num" scope="col">2024</th><th class="num" scope="col">2025</th></tr>
</thead>
<tbody>
<tr><th class="group" colspan="4" scope="colgroup">Transformation</th></tr>
<tr><th scope="row">a. Mandates</th><td class="num">1\u00a0200</td><td class="num">200</td><td>two reviewers</td></tr>
<tr class="total"><th scope="row">Sum</th><td class="num">1\u00a0200</td><td class="num">200</td><td></td></tr>
</tbody>
<tfoot><tr><td class="note" colspan="4">CHF thousands. Totals may not add.</td></tr></tfoot>
</table>
```
"""
BIB = (
    """@book{vose2008risk, author={Vose, David}, title={Risk Analysis}, edition={3}, publisher={Wiley}, year={2008}}"""
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="460pt" height="150pt" viewBox="0 0 460 150">'
    '<rect x="20" y="30" width="90" height="100" fill="#1d3557"/><rect x="150" y="60" width="90" height="70" fill="#7a93b5"/>'
    '<path d="M10 130H440" stroke="#444"/></svg>'
)


def markdown(text: str) -> dict[str, Any]:
    """A Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """An executed code cell; outputs are mime bundles, or whole outputs where they carry ``output_type``."""
    made = [o if "output_type" in o else {"output_type": "display_data", "data": o, "metadata": {}} for o in outputs]
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": made,
            "execution_count": 1}  # fmt: skip


def raw_table(columns: list[str], rows: list[list[str]], numeric: int = 1) -> str:
    """Markdown output with an HTML table; columns from ``numeric`` on hold numbers."""

    def cells(row: list[str], tag: str) -> str:
        kinds = [' class="num"' if i >= numeric else "" for i in range(len(row))]
        return "".join(f"<{tag}{kind}>{text}</{tag}>" for kind, text in zip(kinds, row, strict=True))

    kinds = [' class="total"' if row[0] == "Total" else "" for row in rows]
    body = "".join(f"<tr{kind}>{cells(row, 'td')}</tr>" for kind, row in zip(kinds, rows, strict=True))
    return f"```{{=html}}\n<table><thead><tr>{cells(columns, 'th')}</tr></thead><tbody>{body}</tbody></table>\n```\n"


def notebook(title: str, *cells: dict[str, Any], subtitle: str = "") -> dict[str, Any]:
    """An executed notebook with front matter and an injected cell."""
    front = {"cell_type": "raw", "metadata": {}, "source": f'---\ntitle: "{title}"\nsubtitle: "{subtitle}"\n---'}
    injected = code('scenario = "baseline"\nreads_digest = "abc"', tags=("injected-parameters", "remove-cell"))
    return {"cells": [front, injected, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def overview(scenario: str) -> dict[str, Any]:
    """The first page of a scenario: key figures, a figure, callouts, references, a link."""
    figure = '#| label: fig-years\n#| fig-cap: Additional need by year\n#| fig-alt: "Two bars: 2024 is \\"higher\\" than 2025"\nplot()'
    return notebook(
        "Overview for decision makers",
        markdown('::: {.scenario-links .content-visible when-format="html"}\nScenario: **Baseline** · '
                 "[Accelerated](../accelerated/overview.ipynb)\n:::"),
        markdown("::: {.key-figures}\n- **CHF 2.4 million** additional need 2024–2027\n- **61 person-months** absorbed time\n:::\n\n"
                 "## What is asked {#sec-asked}\n\nMember States decide on two options, see @fig-years, @tbl-years and @sec-effect. "
                 "The estimate follows @vose2008risk [p. 3]. [All lines](needs.ipynb#tbl-lines)."),
        code(figure, {"image/svg+xml": SVG, "text/plain": "<Figure>"}),
        markdown("::: {.callout-warning title=\"No monetary figure in the source\"}\nEvery franc is *derived*.\n:::\n\n"
                 "::: {.callout-note collapse=\"true\"}\n## How to read ranges\nLow and high are P10 and P90.\n:::"),
        code("#| label: tbl-years\n#| tbl-cap: Additional need by year, CHF\nshow(t)",
             {"text/markdown": raw_table(["Initiative", "2024", "2025", "Total"],
                                         [["a", "120,000", "80,000", "200,000"], ["Total", "120,000", "80,000", "200,000"]])}),
        markdown("## Effect {#sec-effect}\n\nOption B costs more [-@tbl-years].\n\n::: {.panel-tabset}\n### Constant prices\nConstant.\n\n"
                 "### Nominal prices\nNominal.\n:::"),
        code("print('checked 12 lines')", {"output_type": "stream", "name": "stdout", "text": "checked 12 lines\n"},
             {"output_type": "stream", "name": "stderr", "text": "a warning"}),
        subtitle=f"Scenario {scenario}",
    )  # fmt: skip


def needs(scenario: str) -> dict[str, Any]:
    """A page with a pipe table, a wide table, a table with Chinese titles and an equation."""
    months = [f"2024-{m:02}" for m in range(1, 13)] + ["2025", "2026", "2027", "Total"]
    wide = raw_table(["Resource line", "Basis", *months],
                     [[f"a.1.1/staff.geneva.P4.{i}", "two reviewers half time for two months, and a coordinator",
                       *["1,234,567"] * len(months)] for i in range(30)], numeric=2)  # fmt: skip
    trace = raw_table(["Item", "Our title", "Official short title", "Additional need"],
                      [["a.1", "ITU and Sector mandates", "国际电联和各部门的职责", "12,000"],
                       ["a.2", "Review of the mandates", "审议职责", "0"]], numeric=3)  # fmt: skip
    return notebook(
        "Transformation plan: needs",
        markdown("## Lines\n\n| Item | CHF |\n|:--|--:|\n| P-4 staff → 2 × 3 ≤ 7 ✓ | 318,000 |\n\n: Rates {#tbl-rates}\n\nSee @tbl-rates and @tbl-lines."),
        code("#| label: tbl-lines\n#| tbl-cap: Every line by month, CHF\nshow(t)", {"text/markdown": wide}),
        code("#| label: tbl-trace\n#| tbl-cap: From paragraph to franc\nshow(t)", {"text/markdown": trace}),
        code("#| label: tbl-statement\n#| tbl-cap: Statement of needs\nshow(t)", {"text/markdown": STATEMENT}),
        markdown("## Method {#sec-method}\n\n### Cost of a line\n\n$$ C = \\sum_m q \\cdot r \\cdot \\varphi_m $$ {#eq-cost}\n\n"
                 "@eq-cost holds per line; back to the [overview](overview.ipynb#sec-asked)."),
        subtitle=f"Scenario {scenario}",
    )  # fmt: skip


def write_sample(root: Path) -> Path:
    """Write the sample annex under ``root`` and return it."""
    files = {"_quarto.yml": QUARTO, "_annex.yml": ANNEX, "index.qmd": INDEX, "data/references.bib": BIB,
             "downloads/needs.csv": "line,chf\na,1\n"}  # fmt: skip
    for scenario in ("baseline", "accelerated"):
        files[f"annex/{scenario}/overview.ipynb"] = json.dumps(overview(scenario))
        files[f"annex/{scenario}/needs.ipynb"] = json.dumps(needs(scenario))
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root

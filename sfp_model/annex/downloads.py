"""The files that a reader can take away: every table as CSV, the workbook, the PDF, and the page that lists them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sfp_model.annex.evaluate import Scenario
from sfp_model.annex.reads import ResultFolder, table_names
from sfp_model.annex.stamps import text_digest

__all__ = ["kept_file", "page", "results_digest", "table_files"]

# what a table holds, by its name or by the part after the programme
HOLDS = {
    "needs": "need by line, year, sector and funding mode, in constant and nominal CHF",
    "lines": "every resource line with quantity, rate, range, source and basis",
    "activities": "every activity with its additional need and absorbed time, or why it costs nothing",
    "actions": "every action with its place in time",
    "summary.initiatives": "need by initiative and year",
    "summary.months": "need by initiative and month",
    "summary.confidence": "need by confidence code",
    "summary.recurrent": "cost of a full year of what recurs",
    "summary.scenario": "what this scenario assumes and changes",
    "summary.reconciliation": "the sums that must agree, and their differences",
    "decisions": "the decisions put to Member States, with what each option changes",
    "envelope": "comparison with the earlier evidence on the size of the plan",
    "parameters": "every parameter with range, source, confidence and place in the files",
    "sources": "every source with date, licence and number of uses",
    "prices": "price indices and exchange rates by year",
    "rates": "the rate card",
    "catalogue": "the items of the source document",
    "trace": "from each item of the source document to its activities and its need",
    "not_done": "activities that this scenario reduces or leaves undone",
    "event.results": "result of each event concept and edition",
    "event.lines": "revenue and cost lines of the event",
    "event.segments": "attendance and fees by segment",
    "event.impact": "impact by concept and criterion",
    "compare.initiatives": "need by initiative in every scenario",
    "compare.scenarios": "the scenarios side by side",
    "compare.event": "the event in every scenario",
    "compare.not_done": "activities that a scenario reduces or leaves undone",
}


def _holds(name: str, entry: Mapping[str, Any]) -> str:
    text = entry.get("title") or entry.get("description") or HOLDS.get(name) or HOLDS.get(name.rpartition(".")[2])
    columns = [c["name"] if isinstance(c, dict) else str(c) for c in entry.get("columns", [])]
    return str(text) if text else "columns " + ", ".join(columns)


def results_digest(results: ResultFolder) -> str:
    """Return a digest over all tables of a result set."""
    return text_digest(*(f"{name}={results.hash(name)}" for name in table_names(results)))


def table_files(results: ResultFolder) -> dict[str, Path]:
    """Return file name → CSV file of every table."""
    return {f"{name}.csv": results.folder / f"{name}.csv" for name in table_names(results)}


def kept_file(cache: Path, key: str, ending: str, make: Callable[[Path], object]) -> Path:
    """Return the file kept under *key*; make it first if it is not there."""
    path = cache / f"{key}{ending}"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        building = cache / f"{key}.building{ending}"
        building.unlink(missing_ok=True)
        make(building)
        building.replace(path)
    return path


def page(scenario: Scenario, files: Mapping[str, Path], *, up: str = "../downloads") -> str:
    """Return the page that lists what can be downloaded for *scenario*, as Markdown.

    Parameters
    ----------
    scenario : Scenario
        Its tables are described.
    files : mapping
        Name to file, for the CSV tables, the workbook and, if it was made, the PDF.
    up : str
        Way from the page to the folder of downloads.
    """
    tables = json.loads((scenario.results.folder / "_index.json").read_text(encoding="utf-8"))["tables"]
    lines = ["These files hold the unrounded amounts that the pages show rounded.", ""]
    for name in files:
        if name.endswith(".pdf"):
            lines.append(f"- [This scenario as one document (PDF)]({up}/{scenario.name}/{name})")
        elif name.endswith(".xlsx"):
            lines.append(f"- [This scenario as a workbook (Excel)]({up}/{scenario.name}/{name})")
    lines += ["", "## Tables", "", "| table (CSV) | what it holds |", "|---|---|"]
    for name in (n.removesuffix(".csv") for n in files if n.endswith(".csv")):
        lines.append(f"| [{name}]({up}/{scenario.name}/{name}.csv) | {_holds(name, tables.get(name, {}))} |")
    lines += ["", ": Tables of this scenario as CSV files, UTF-8, amounts in CHF {#tbl-files}", ""]
    return "\n".join(lines)

"""The files that a reader can take away: every table as CSV, the workbook, the PDF, and the page that lists them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sfp_model.annex.evaluate import Scenario
from sfp_model.annex.reads import ResultFolder, table_names
from sfp_model.annex.stamps import text_digest
from sfp_model.annex.table_words import holds

__all__ = ["kept_file", "page", "results_digest", "table_files"]


def _holds(name: str, entry: Mapping[str, Any]) -> str:
    columns = [c["name"] if isinstance(c, dict) else str(c) for c in entry.get("columns", [])]
    return holds(name) or "Columns " + ", ".join(columns)


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
    lines += ["", "## Tables", "", "| Table (CSV) | What it holds |", "|---|---|"]
    for name in (n.removesuffix(".csv") for n in files if n.endswith(".csv")):
        lines.append(f"| [{name}]({up}/{scenario.name}/{name}.csv) | {_holds(name, tables.get(name, {}))} |")
    lines += ["", ": Tables of this scenario as CSV files, UTF-8, amounts in CHF {#tbl-files}", ""]
    return "\n".join(lines)

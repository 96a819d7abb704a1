"""The results of one scenario as an Excel workbook whose summaries are formulas over the detailed sheet.

A planner can recalculate, filter and trace every sum; a test recalculates the workbook with LibreOffice and compares
it with the model.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfp_model.results import ResultSet

__all__ = ["write"]

PROGRAMMES = ("transformation", "regional_presence", "workplace", "flagship_event")
_MONEY = '#,##0;(#,##0);"–"'
_THOUSANDS = '#,##0,;(#,##0,);"–"'
_NEEDS = (
    ("programme", 20), ("initiative", 10), ("action", 10), ("activity", 12), ("line", 34), ("resource", 26),
    ("category", 14), ("sector", 8), ("funding", 12), ("confidence", 11), ("recurrence", 11), ("period", 13),
    ("constant_chf", 15), ("nominal_chf", 15), ("person_months", 14),
)  # fmt: skip


def write(results: ResultSet, path: Path) -> None:
    """Write the workbook of a scenario.

    Parameters
    ----------
    results : ResultSet
        The tables of one scenario.
    path : pathlib.Path
        Written whole or not at all.

    Notes
    -----
    Sheets: *Summary* (additional need and absorbed time by initiative and year as SUMIFS formulas over *Needs*, with
    biennial sub-totals and a check row), *Needs* (one row per line, sector and year), *Lines* (quantity, rate, source,
    basis, place in the parameter files), *Decisions*, *Event*, *Parameters*, *Sources*.
    """
    import xlsxwriter

    needs = [row for programme in PROGRAMMES for row in results.table(f"{programme}.needs")]
    facts = {row["key"]: row["value"] for row in results.table("summary.scenario")}
    temporary = path.with_suffix(".part")
    book = xlsxwriter.Workbook(str(temporary), {"strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"title": f"Annex to the financial plan: {facts.get('title', '')}", "comments": "sfp_model"})
    from datetime import datetime

    book.set_properties({"created": datetime(2024, 1, 1)})  # the same file from the same results
    styles = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E8EDF4"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "money": book.add_format({"num_format": _MONEY}),
        "thousands": book.add_format({"num_format": _THOUSANDS}),
        "total": book.add_format({"num_format": _THOUSANDS, "bold": True, "top": 1}),
        "bold": book.add_format({"bold": True, "top": 1}),
        "note": book.add_format({"italic": True, "font_color": "#555555"}),
    }
    summary = book.add_worksheet("Summary")
    _needs_sheet(book.add_worksheet("Needs"), needs, styles)
    _summary(summary, needs, results.table("summary.initiatives"), facts, styles)
    lines = [row for programme in PROGRAMMES for row in results.table(f"{programme}.lines")]
    for name, rows in (
        ("Lines", lines),
        ("Decisions", results.table("decisions")),
        ("Event", results.table("event.results")),
        ("Parameters", results.table("parameters")),
        ("Sources", results.table("sources")),
    ):
        _plain(book.add_worksheet(name), rows, styles)
    book.close()
    temporary.replace(path)


def _needs_sheet(sheet: Any, needs: list[dict[str, Any]], styles: dict[str, Any]) -> None:
    for column, (name, width) in enumerate(_NEEDS):
        sheet.write(0, column, name, styles["head"])
        sheet.set_column(column, column, width, styles["money"] if name.endswith("_chf") else None)
    for i, row in enumerate(needs, 1):
        sheet.write_row(i, 0, [_when(row[name]) if name == "period" else row[name] for name, _ in _NEEDS])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(needs)), len(_NEEDS) - 1)


def _when(period: str) -> str | int:
    """Return a year as a number: spreadsheet programs differ in whether a text "2024" equals the number."""
    return int(period) if period.isdigit() else period


def _summary(
    sheet: Any,
    needs: list[dict[str, Any]],
    initiatives: list[dict[str, Any]],
    facts: dict[str, str],
    styles: dict[str, Any],
) -> None:
    letters = {name: chr(ord("A") + i) for i, (name, _) in enumerate(_NEEDS)}
    last = len(needs) + 1
    reach = {name: f"Needs!${letter}$2:${letter}${last}" for name, letter in letters.items()}
    periods = list(dict.fromkeys(row["period"] for row in initiatives))
    before, after = (next((p for p in periods if p.startswith(w)), None) for w in ("before", "after"))
    years = [p for p in periods if p not in (before, after)]
    sheet.write(0, 0, f"Annex to the financial plan: {facts.get('title', '')}", styles["title"])
    sheet.write(1, 0, "CHF thousands; formulas over the sheet Needs; brackets are negative, – is nil.", styles["note"])
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 44)
    sheet.set_column(2, 12, 12)
    row = 3
    rows = list(dict.fromkeys((r["programme"], r["initiative"], r["title"]) for r in initiatives))
    for funding, prices, heading in (
        ("additional", "constant_chf", f"Additional need, constant prices of {facts.get('base_year', '')}"),
        ("additional", "nominal_chf", "Additional need, nominal"),
        ("absorbed", "constant_chf", f"Absorbed time (memo), constant prices of {facts.get('base_year', '')}"),
    ):
        amounts: dict[tuple[str, str, str], float] = {}
        for need in needs:
            if need["funding"] == funding:
                key = (need["programme"], need["initiative"], need["period"])
                amounts[key] = amounts.get(key, 0.0) + need[prices]
        row = _block(sheet, row, heading, rows, (before, years, after), (funding, prices, reach, amounts), styles) + 2


def _block(
    sheet: Any,
    row: int,
    heading: str,
    rows: list[tuple[str, str, str]],
    when: tuple[str | None, list[str], str | None],
    what: tuple[str, str, dict[str, str], dict[tuple[str, str, str], float]],
    styles: dict[str, Any],
) -> int:
    """Write one block of SUMIFS formulas with biennial sub-totals; return the row of its last line.

    Each formula carries its value, for programs that show a file without calculating it.
    """
    from xlsxwriter.utility import xl_rowcol_to_cell as cell

    before, years, after = when
    funding, prices, reach, amounts = what
    plan: list[tuple[str, list[str]]] = [(before, [before])] if before else []
    for i in range(0, len(years), 2):
        pair = years[i : i + 2]
        plan += [(year, [year]) for year in pair]
        plan.append((f"{pair[0]}–{pair[-1]}", pair))
    plan.append((f"{years[0]}–{years[-1]}", years))
    if after:
        plan.append((after, [after]))
    sheet.write(row, 0, heading, styles["title"])
    sheet.write_row(row + 1, 0, ["programme", "initiative", *(label for label, _ in plan)], styles["head"])
    place = {label: 2 + i for i, (label, _) in enumerate(plan)}
    totals = dict.fromkeys(place, 0.0)
    first = row + 2
    for i, (programme, initiative, title) in enumerate(rows):
        at = first + i
        sheet.write(at, 0, programme)
        sheet.write(at, 1, f"{initiative} {title}")
        for label, parts in plan:
            if parts == [label]:
                conditions = ((reach["programme"], programme), (reach["initiative"], initiative),
                              (reach["funding"], funding), (reach["period"], label))  # fmt: skip
                tests = (f"{r},{v}" if v.isdigit() else f'{r},"{v}"' for r, v in conditions)
                formula = f"=SUMIFS({reach[prices]}," + ",".join(tests) + ")"
            else:
                formula = "=" + "+".join(cell(at, place[part]) for part in parts)
            value = sum(amounts.get((programme, initiative, part), 0.0) for part in parts)
            totals[label] += value
            sheet.write_formula(at, place[label], formula, styles["thousands"], value)
    end = first + len(rows)
    sheet.write(end, 0, "Total", styles["bold"])
    sheet.write(end, 1, "", styles["bold"])
    for label, column in place.items():
        formula = f"=SUM({cell(first, column)}:{cell(end - 1, column)})"
        sheet.write_formula(end, column, formula, styles["total"], totals[label])
    return end


def _plain(sheet: Any, rows: list[dict[str, Any]], styles: dict[str, Any]) -> None:
    if not rows:
        sheet.write(0, 0, "nothing to show")
        return
    for column, name in enumerate(rows[0]):
        sheet.write(0, column, name, styles["head"])
        longest = max(len(str(row[name])) for row in rows[:200])
        sheet.set_column(
            column, column, min(60, max(len(name), longest) + 2), styles["money"] if name.endswith("_chf") else None
        )
    for i, row in enumerate(rows, 1):
        sheet.write_row(i, 0, ["" if value is None or value != value else value for value in row.values()])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(rows), len(rows[0]) - 1)

"""The results of one scenario as an Excel workbook whose summaries are formulas over the detailed sheet.

A planner can recalculate, filter and trace every sum; a test recalculates the workbook with LibreOffice and compares
it with the model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfp_model.report.format import day
from sfp_model.report.views import wording
from sfp_model.report.workbook_blocks import STEPS, Blocks, when
from sfp_model.report.workbook_ranges import SHEETS as RANGE_SHEETS
from sfp_model.report.workbook_ranges import difference_rows, range_rows

if TYPE_CHECKING:
    from sfp_model.results import ResultSet

__all__ = ["write"]

PROGRAMMES = ("transformation", "regional_presence", "workplace", "flagship_event")
WRITTEN = datetime(2024, 1, 1)  # the same file from the same results
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {},
    "wrap": {"text_wrap": True},
    "plain": {"num_format": "[>=10000]#,##0;General", "align": "right", "indent": 1},
    "when": {"align": "left"},
    "money": {"num_format": '#,##0;(#,##0);"–"', "align": "right", "indent": 1},
    "rate": {"num_format": '#,##0.00;(#,##0.00);"–"', "align": "right", "indent": 1},
    "months": {"num_format": '#,##0.0;(#,##0.0);"–"', "align": "right", "indent": 1},
    "share": {"num_format": "0%", "align": "right", "indent": 1},
    "factor": {"num_format": "0.0000", "align": "right", "indent": 1},
    "thousands": {"num_format": '#,##0,;(#,##0,);"–"', "align": "right", "indent": 1},
    "total": {"num_format": '#,##0,;(#,##0,);"–"', "bold": True, "top": 1, "align": "right", "indent": 1},
    "bold": {"bold": True, "top": 1},
    "title": {"bold": True, "font_size": 14},
    "block": {"bold": True, "font_size": 11, "font_color": "#1D3557"},
    "note": {"italic": True, "font_color": "#555555"},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#E8EDF4"},
    "head_number": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#E8EDF4",
                    "align": "right", "indent": 1},
}  # fmt: skip
_NEEDS = ("programme", "initiative", "action", "activity", "line", "resource", "category", "sector", "funding",
          "confidence", "recurrence", "period", "constant_chf", "price_effect_chf", "exchange_effect_chf",
          "interaction_chf", "nominal_chf", "person_months")  # fmt: skip
_HEADINGS = {
    "constant_chf": "Amount, CHF, constant prices of {base_year}",
    "nominal_chf": "Amount, CHF, nominal",
    "price_effect_chf": "Price effect, CHF",
    "exchange_effect_chf": "Exchange effect, CHF",
    "interaction_chf": "Interaction of price and exchange effect, CHF",
    "person_months": "Person-months",
    "line": "Resource line",
    "funding": "Funding mode",
    "confidence": "Confidence code",
    "period": "Year or period",
    "at": "Range stated at",
    "base_chf": "Base estimate, CHF, constant prices of {base_year}",
    "full_year_chf": "Cost of a full year, CHF, constant prices of {base_year}",
    "path": "Path in the parameters",
    "file_line": "Line of the file",
    "delay": "Delay, months",
    "additional_constant": "Additional need with this option, CHF, constant prices of {base_year}",
    "absorbed_constant": "Absorbed time with this option, CHF, constant prices of {base_year}",
    "additional_nominal": "Additional need with this option, CHF, nominal",
    "delta_nominal": "Additional need against the option taken, CHF, nominal",
    "delta_additional": "Additional need against the option taken, CHF",
    "delta_absorbed": "Absorbed time against the option taken, CHF",
    "catalogue": "Item of the source document",
    "used_by": "Values that use it",
    "after_as_of": "Known later than the as-of date",
    "exhibition_m2": "Exhibition space, m²",
    "mode": "Most likely",
    "ldc_delegates": "Delegates from least developed countries, persons",
    "ratio_earned_direct": "Earned income as a share of direct cost",
    "ratio_earned_full": "Earned income as a share of full cost",
    "ratio_all_full": "All income as a share of full cost",
    "rate_low": "Rate, low, CHF of {base_year}",
    "rate_mode": "Rate, most likely, CHF of {base_year}",
    "rate_high": "Rate, high, CHF of {base_year}",
    "quantity_low": "Quantity, low",
    "quantity_mode": "Quantity, most likely",
    "quantity_high": "Quantity, high",
    "range_base": "Base estimate",
    "range_at": "Share of draws at or below the base estimate",
    "range_p10": "P10",
    "range_p90": "P90",
    "range_se_p10": "Standard error of P10",
    "range_se_p90": "Standard error of P90",
    "later": "Months later",
    "pace": "Time taken, as a share of the plan's",
}
_FORMAT_OF = {
    "person_months": "months", "rate_low": "rate", "rate_mode": "rate", "rate_high": "rate", "factor": "factor",
    "file_line": "plain", "used_by": "plain", "delay": "plain", "period": "when", "edition": "when", "later": "plain",
    "range_at": "share", "pace": "share",
    **dict.fromkeys(("range_base", "range_p10", "range_p90", "range_se_p10", "range_se_p90"), "rate"),
}  # fmt: skip
_SHEETS = (
    ("Summary", "Additional need and absorbed time by initiative and year, CHF thousands; formulas over Needs"),
    ("Needs", "Need by resource line, Sector and year, CHF: what every sum of this annex is made of"),
    ("Lines", "Every resource line: quantity and rate with ranges, source, basis, place in the parameter files"),
    ("Categories", "Additional need by initiative, expense category and year, CHF thousands; formulas over Needs"),
    ("Sectors", "Additional need by programme, Sector and year, CHF thousands; formulas over Needs"),
    ("Recurrence", "One-off against recurrent additional need by year, CHF thousands; formulas over Needs"),
    ("Prices", "Additional need from constant to nominal prices: price effect, exchange effect; formulas over Needs"),
    ("Decisions", "Every decision put to Member States: need with each option, and against the option taken here"),
    (
        "Implications",
        "What the answers taken require: absorbable, additional, languages, bodies of Member States, posts",
    ),
    ("Deferral", "What deciding a year or a biennium later takes more, in parts, against deciding now"),
    ("Tail", "The lines that go on after the plan: since when, until when, cost of a full year"),
    *RANGE_SHEETS,
    ("Event", "Result, attendance and space of each concept of the flagship event, by edition"),
    ("Parameters", "Every parameter with range, unit, source, confidence code, basis, place in the parameter files"),
    ("Sources", "Every source with date, confidence code, licence and the number of values that use it"),
)


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
    Sheets: *About* (what the file is, scenario, price basis, as of, what the sheets hold), *Summary* (additional need
    and absorbed time by initiative and year as SUMIFS formulas over *Needs*, with biennial sub-totals), *Needs* (one
    row per line, sector and year), *Lines* (quantity, rate, source, basis, place in the parameter files),
    *Decisions*, *Event*, *Parameters*, *Sources*.
    """
    import xlsxwriter

    needs = [row for programme in PROGRAMMES for row in results.table(f"{programme}.needs")]
    lines = [row for programme in PROGRAMMES for row in results.table(f"{programme}.lines")]
    facts = {row["key"]: row["value"] for row in results.table("summary.scenario")}
    temporary = path.with_suffix(".part")
    look = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "default_format_properties": look}
    book = xlsxwriter.Workbook(str(temporary), options)
    book.set_properties({"title": f"{facts.get('plan', '')}: {facts.get('title', '')}", "comments": "sfp_model",
                         "created": WRITTEN})  # fmt: skip
    styles = {name: book.add_format({**look, **how}) for name, how in _FORMATS.items()}
    tables: dict[str, list[dict[str, Any]]] = {
        "Needs": [{name: row[name] for name in _NEEDS} for row in needs],
        "Lines": lines,
        "Decisions": results.table("decisions"),
        "Implications": _own(results.table("implications")),
        "Deferral": _own(results.table("decisions.deferral")),
        "Tail": _own(results.table("recurrent.tail")),
        "Ranges": range_rows(results),
        "Differences": difference_rows(results),
        "Event": results.table("event.results"),
        "Parameters": results.table("parameters"),
        "Sources": results.table("sources"),
    }
    about = _sheet(book, "About", facts)
    about.fit_to_pages(1, 1)
    _about(about, results.table("decisions"), facts, styles)
    summary = _sheet(book, "Summary", facts)
    _crossed(book, needs, results, facts, styles)
    for name, rows in tables.items():
        _table(_sheet(book, name, facts, broad=name in {"Lines", "Event", "Implications", "Tail"}), rows, facts, styles)
    _summary(summary, needs, results.table("summary.initiatives"), facts, styles)
    book.close()
    temporary.replace(path)


def _own(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Name amounts so that their headings are made from their own names, not from those of the options."""
    endings = ("_constant", "_nominal", "_months")
    return [{f"own_{key}" if key.endswith(endings) else key: value for key, value in row.items()} for row in rows]


def _sheet(book: Any, name: str, facts: Mapping[str, str], *, broad: bool = False) -> Any:
    """Add a sheet set up for print: landscape, as broad as the paper (two sheets of A3 for many columns), numbered."""
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(8 if broad else 9)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(2 if broad else 1, 0)
    if broad:
        sheet.repeat_columns(0)
    title = str(facts.get("title", "")).replace("&", "&&")
    sheet.set_footer(f"&L&8{title}, as of {_day(facts)}&C&8{name}&R&8&P / &N")
    sheet.hide_gridlines(1)
    return sheet


def _day(facts: Mapping[str, str]) -> str:
    return day(facts["as_of"]) if facts.get("as_of") else ""


def _about(sheet: Any, decisions: Sequence[Mapping[str, Any]], facts: Mapping[str, str], styles: Any) -> None:
    """Write what the file is, what it assumes and where its numbers come from."""
    base = facts.get("base_year", "")
    taken = {row["decision"]: f"{row['title']}: {_choice(row)}" for row in decisions if row["chosen"]}
    parts: list[tuple[str, list[tuple[str, str]]]] = [
        ("What this is", [
            ("Plan", facts.get("plan", "")), ("Agency", facts.get("agency", "")),
            ("Scenario", facts.get("title", "")), ("Why this scenario", facts.get("rationale", "")),
            ("Author", wording(facts.get("author", ""))), ("Years", facts.get("horizon", "").replace("-", "–")),
            ("Information as of", _day(facts)), ("Seed", facts.get("seed", "")),
        ]),
        ("How to read the amounts", [
            ("Price basis", f"Constant prices of {base}; nominal amounts hold the assumed rise of prices."),
            ("Unit", "CHF, unrounded; the sheet Summary shows CHF thousands. (1,200) is negative, – is nil."),
            ("Additional need", "A new appropriation: cash."),
            ("Absorbed time", "Time of staff already paid, at the cost of their grades; a memo, never added to cash."),
            ("Amounts", "Each is the base estimate: every quantity, rate and price at its most likely value."),
            ("Ranges", "The sheet Ranges gives P10 and P90 of the simulation; they do not add up, because not every "
             "part is dear in the same draw."),
        ]),
        ("Where the numbers come from", [
            ("Way of a number", "Summary ← Needs ← Lines (quantity × rate, with the basis in words) ← Parameters (with "
             "the file and the line where each is typed) ← Sources. The source document itself holds no amount."),
            ("Confidence codes", "R read in the document itself, R2 in a secondary source; M remembered and not "
             "checked (M-H high, M-M medium, M-L low trust); E estimated by the project, with its reasoning."),
        ]),
        ("Sheets", list(_SHEETS)),
        ("Options taken in this scenario", list(taken.items())),
    ]  # fmt: skip
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    sheet.write(0, 0, f"{facts.get('plan', '')}: {facts.get('title', '')}", styles["title"])
    row = 2
    for heading, entries in parts:
        sheet.write(row, 0, heading, styles["block"])
        for label, text in entries:
            row += 1
            sheet.write_string(row, 0, label, styles["text"])
            if heading == "Sheets":
                sheet.write_url(row, 0, f"internal:'{label}'!A1", string=label)
            sheet.write_string(row, 1, text, styles["wrap"])
            sheet.set_row(row, _height(text, 110))
        row += 2


def _height(text: str, width: float) -> float:
    """Return the height of a row that holds *text* wrapped in a column of that width (not every program finds it)."""
    return 13.5 * max(1, math.ceil(len(text) * 0.92 / width))


def _choice(row: Mapping[str, Any]) -> str:
    return f"option {row['option']}, {row['option_title']}" if len(row["option"]) == 1 else row["option_title"]


def _heading(name: str, facts: Mapping[str, str]) -> str:
    """Return the heading of a column in words, with its unit."""
    own = name.removeprefix("own_")
    for ending, words in (("_constant", "CHF, constant prices of {base_year}"), ("_nominal", "CHF, nominal"),
                          ("_months", "person-months")):  # fmt: skip
        if own.endswith(ending) and own != name:
            return f"{wording(own.removesuffix(ending))}, {words}".format(base_year=facts.get("base_year", ""))
    known = _HEADINGS.get(name)
    if known:
        return known.format(base_year=facts.get("base_year", ""))
    if name.startswith("diff_"):
        heading = _heading(name.removeprefix("diff_"), facts)
        return f"Difference to holding none: {heading[:1].lower()}{heading[1:]}"
    if name in {"onsite", "remote", "delegates"}:
        return wording(name) + ", persons"
    return wording(name.removesuffix("_chf")) + (", CHF" if name.endswith("_chf") else "")


def _table(sheet: Any, rows: list[dict[str, Any]], facts: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    """Write a table with headings in words, columns as wide as their content, and headings on every printed page."""
    if not rows:
        sheet.write(0, 0, "Nothing in this scenario.")
        return
    heights = [13.5] * (len(rows) + 1)
    for column, name in enumerate(rows[0]):
        values = [_value(name, row[name]) for row in rows]
        numeric = any(isinstance(v, int | float) for v in values)
        how = _FORMAT_OF.get(name) or (
            "share" if name.startswith("ratio_")
            else "months" if name.endswith("_months")
            else "money" if name.endswith(("_chf", "_constant", "_nominal")) or name.startswith(("delta_", "diff_"))
            or name in {"onsite", "remote", "delegates", "ldc_delegates", "sme_exhibitors", "exhibition_m2"}
            else "plain" if numeric else "text"
        )  # fmt: skip
        heading = _heading(name, facts)
        longest = max(len(f"{v:,.0f}" if how == "money" and v != "" else str(v)) for v in values)
        least = max(len(word) for word in heading.split()) + 2
        if how == "text" and longest > 44:
            how, longest = "wrap", 44 if longest < 120 else 60
        width = max(least, longest + 2 if not numeric else min(longest, 13) + 3, min(len(heading) / 3, 24))
        sheet.set_column(column, column, width)
        sheet.write(0, column, heading, styles["head_number" if numeric and how != "when" else "head"])
        heights[0] = max(heights[0], _height(heading, width * 0.78))
        for i, value in enumerate(values, 1):
            if how == "wrap":
                heights[i] = max(heights[i], _height(str(value), width))
            if value != "":
                sheet.write(i, column, value, styles[how])
    for i, height in enumerate(heights):
        sheet.set_row(i, height)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(rows), len(rows[0]) - 1)
    sheet.repeat_rows(0)
    sheet.ignore_errors({"number_stored_as_text": f"A1:AZ{len(rows) + 1}"})


def _value(name: str, value: Any) -> Any:
    """Return what a cell holds: nothing for no value, words for truth, numbers for years."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in {"period", "edition"}:
        return when(str(value))
    return value


def _summary(
    sheet: Any,
    needs: list[dict[str, Any]],
    initiatives: list[dict[str, Any]],
    facts: Mapping[str, str],
    styles: Mapping[str, Any],
) -> None:
    periods = list(dict.fromkeys(row["period"] for row in initiatives))
    book = Blocks(sheet, needs, _NEEDS, periods, styles)
    longest = max((len(f"{r['initiative']} {r['title']}") for r in initiatives), default=0)
    book.head(f"{facts.get('plan', '')}: {facts.get('title', '')}", _formulas(facts), (18, max(30, longest + 1)))
    rows = list(dict.fromkeys((r["programme"], r["initiative"], r["title"]) for r in initiatives))
    entries = [
        ((wording(programme), f"{initiative} {title}"), {"programme": programme, "initiative": initiative})
        for programme, initiative, title in rows
    ]
    base = facts.get("base_year", "")
    for funding, prices, heading in (
        ("additional", "constant_chf", f"Additional need, CHF thousands, constant prices of {base}"),
        ("additional", "nominal_chf", "Additional need, CHF thousands, nominal"),
        ("absorbed", "constant_chf", f"Absorbed time (memo), CHF thousands, constant prices of {base}"),
    ):
        if funding == "absorbed":
            book.page_break()
        book.block(heading, ("Programme", "Initiative"), entries, funding, prices)


def _formulas(facts: Mapping[str, str]) -> str:
    return f"CHF thousands, as of {_day(facts)}; formulas over the sheet Needs; brackets are negative, – is nil."


def _crossed(book: Any, needs: list[dict[str, Any]], results: ResultSet, facts: Mapping[str, str], styles: Any) -> None:
    """Write the sheets that cross the needs: by expense category, by Sector, one-off and recurrent, and prices."""
    initiatives = results.table("summary.initiatives")
    periods = list(dict.fromkeys(row["period"] for row in initiatives))
    names = {r["initiative"]: f"{r['initiative']} {r['title']}" for r in initiatives}
    base = f"constant prices of {facts.get('base_year', '')}"
    programme: tuple[str, str, Mapping[str, str]] = ("programme", "Programme", {})
    cuts: dict[str, tuple[tuple[str, str, Mapping[str, str]], ...]] = {
        "Categories": (programme, ("initiative", "Initiative", names), ("category", "Expense category", facts)),
        "Sectors": (programme, ("sector", "Sector", facts)),
        "Recurrence": (programme, ("recurrence", "One-off or recurrent", {})),
        "Prices": (programme,),
    }
    needed = [row for row in needs if row["funding"] == "additional"]
    for name, keys in cuts.items():
        blocks = Blocks(_sheet(book, name, facts), needs, _NEEDS, periods, styles)
        widths = [44 if key in ("initiative", "category", "sector") else 20 for key, _, _ in keys]
        blocks.head(f"{name}: {facts.get('title', '')}", _formulas(facts), widths)
        found = list(dict.fromkeys(tuple(row[key] for key, _, _ in keys) for row in needed))
        entries = [
            (
                tuple(
                    titles.get(v, titles.get(f"{key}.{v}", wording(v)))
                    for v, (key, _, titles) in zip(e, keys, strict=True)
                ),
                dict(zip((key for key, _, _ in keys), e, strict=True)),
            )
            for e in found
        ]
        steps = STEPS if name == "Prices" else {k: STEPS[k] for k in ("constant_chf", "nominal_chf")}
        for value, words in steps.items():
            heading = f"Additional need, CHF thousands, {words.format(base=base)}"
            if value == "nominal_chf" and len(entries) > 25:
                blocks.page_break()
            blocks.block(heading, tuple(head for _, head, _ in keys), entries, "additional", value)

"""The command about ranges that were drawn: contingency."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, results_of, write

__all__ = ["contingency"]


class Sure(StrEnum):
    """Which table."""

    allocation = "allocation"
    build_up = "build-up"
    joint = "joint"
    views = "views"
    rho = "rho"
    absorbed = "absorbed"


_TABLES = {
    Sure.allocation: ("contingency", "Contingency by initiative, year and in all"),
    Sure.build_up: ("totals", "Additional need from base estimate to P80"),
    Sure.joint: ("joint", "How often cost, schedule and illustrative ceilings hold"),
    Sure.views: ("views", "Additional need in the inside and the outside view"),
    Sure.rho: ("rho", "Additional need at several correlations between all costs and durations"),
    Sure.absorbed: ("absorbed", "Absorbed time in person-months"),
}
_COLUMNS = {
    Sure.allocation: {
        "initiative": "initiative", "period": "period", "p50_chf": "in P50", "p80_chf": "in P80",
        "contingency_chf": "contingency", "se_contingency_chf": "s.e.", "alone_chf": "if kept alone",
    },
    Sure.build_up: {
        "breakdown": "of", "label": "part", "period": "period", "prices": "prices", "base_chf": "base",
        "provision_chf": "provision", "p50_chf": "P50", "contingency_chf": "contingency", "p80_chf": "P80",
        "expected_chf": "expected", "p10_chf": "P10", "p90_chf": "P90", "cvar90_chf": "CVaR90",
        "se_p50_chf": "s.e. P50", "se_p80_chf": "s.e. P80",
    },
    Sure.joint: {
        "statement": "statement", "amount_chf": "amount", "end": "month", "probability": "share of draws", "se": "s.e.",
        "if_independent": "if independent",
    },
    Sure.views: {
        "view": "view", "cap": "cap", "expected_chf": "expected", "p50_chf": "P50", "p80_chf": "P80", "p90_chf": "P90",
        "contingency_chf": "contingency", "cvar90_chf": "CVaR90", "se_expected_chf": "s.e. expected",
        "se_p50_chf": "s.e. P50", "se_p80_chf": "s.e. P80", "se_p90_chf": "s.e. P90", "se_cvar90_chf": "s.e. CVaR90",
        "draws": "draws",
    },
    Sure.rho: {
        "dependence": "dependence", "expected_chf": "expected", "p50_chf": "P50", "p80_chf": "P80",
        "contingency_chf": "contingency", "se_expected_chf": "s.e. expected", "se_p50_chf": "s.e. P50",
        "se_p80_chf": "s.e. P80", "draws": "draws",
    },
    Sure.absorbed: {
        "what": "what", "base": "base", "expected": "expected", "p10": "P10", "p50": "P50", "p80": "P80",
        "p90": "P90", "se_expected": "s.e. exp.", "se_p10": "s.e. P10", "se_p50": "s.e. P50", "se_p80": "s.e. P80",
        "se_p90": "s.e. P90", "base_quarter": "quarter", "often_quarter": "most often",
    },
}  # fmt: skip
_ABOUT = {
    Sure.allocation: {"prices": "constant", "view": "inside"}, Sure.build_up: {"view": "inside"},
    Sure.joint: {"view": "inside"}, Sure.views: {"prices": "constant"},
    Sure.rho: {"prices": "constant", "view": "inside"}, Sure.absorbed: {"view": "inside"},
}  # fmt: skip  # what holds for every row; the rest is a column
_DRAWN = "Inside view, ten blocks of 4 096 draws"
_NOTES = {
    Sure.allocation: f"{_DRAWN}. Percentiles do not add; the allocation does.",
    Sure.build_up: f"{_DRAWN}. Percentiles do not add. CSV and JSON hold the standard errors of all columns.",
    Sure.joint: f"{_DRAWN}. Ceilings are illustrative.",
    Sure.views: "Ten blocks each, constant prices. Percentiles do not add.",
    Sure.rho: "At one correlation between all costs and durations, demand for the event, risk events, prices and "
    "exchange rates keep their own.",
    Sure.absorbed: f"{_DRAWN}.",
}


@app.command()
def contingency(
    show: Annotated[Sure, typer.Option("--show", help="Which table.")] = Sure.allocation,
    cells: Annotated[bool, typer.Option("--cells", help="Allocation by initiative and year as well.")] = False,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Contingency that adds up, build-up from base estimate to P80, and how often cost, schedule and ceilings hold."""
    _, results = results_of(params, data, scenario)
    table, title = _TABLES[show]
    rows: list[dict[str, Any]] = results.table(f"simulation.{table}")
    if show is Sure.allocation and not cells:
        rows = [row for row in rows if row["level"] != "cell"]
    unit = "person-month" if show is Sure.absorbed else "CHF"
    about = {"show": show.value, **_ABOUT[show], "unit": unit}
    note = _NOTES[show]
    if show is Sure.rho and rows[0]["repair"]:
        note += f" The drivers' rank correlations contradict each other: changed by at most {rows[0]['repair']:.3f}."
    of = "CHF thousands" if unit == "CHF" else ""
    write(rows, how, scenario, title, of=of, about=about, columns=_COLUMNS[show], cell=_shown, note=note)


def _shown(column: str, value: Any) -> Any:
    """Return a cell for the table: shares as per cent, other numbers with one decimal."""
    from sfp_model.report.format import number, percent

    if column == "initiative" and not value:
        return "plan"
    if column in ("draws", "cap"):
        return "" if value is None else number(value)
    if column in ("probability", "if_independent", "se") and value is not None:
        return percent(value, 2 if column == "se" else 1) if value else "0%"
    return number(value, 1) if isinstance(value, float) and not column.endswith("_chf") else value

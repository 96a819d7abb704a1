"""Commands about what moves the result: sensitivity, discover."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, results_of

__all__ = ["discover", "sensitivity"]


class Shown(StrEnum):
    """Which table of sensitivity."""

    tornado = "tornado"
    groups = "groups"
    factors = "factors"


_TITLES = {
    Shown.tornado: "Swing of the additional need, one input from P10 to P90",
    Shown.groups: "Sobol' indices of groups, with 95 per cent confidence limits",
    Shown.factors: "Rank regression and given-data first-order indices of latent factors",
}
_COLUMNS = {
    Shown.tornado: {
        "title": "input", "unit": "unit", "low": "P10", "base": "base", "high": "P90", "need_low_chf": "need at P10",
        "need_high_chf": "need at P90", "swing_chf": "swing",
    },
    Shown.groups: {
        "title": "group", "inputs": "inputs", "first": "first order", "first_low": "from", "first_high": "to",
        "total": "total", "total_low": "from ", "total_high": "to ",
    },
    Shown.factors: {"title": "factor", "coefficient": "coefficient", "first_order": "first order"},
}  # fmt: skip
_INDICES = "Indices refer to the independent latent factors and residuals of the inputs, not to the inputs themselves."


@app.command()
def sensitivity(
    show: Annotated[Shown, typer.Option("--show", help="Which table.")] = Shown.tornado,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """What moves the additional need: tornado, Sobol' indices of groups, rank regression of factors."""
    rows = results_of(params, data, scenario)[1].table(f"sensitivity.{show.value}")
    note = "All others at the base estimate." if show is Shown.tornado else _INDICES
    _emit(rows, _COLUMNS[show], how, scenario, show.value, f"{_TITLES[show]}, scenario {scenario}", note)


@app.command()
def discover(
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Which combinations of inputs lead to a broken illustrative ceiling, or to a subsidy above its P80."""
    rows = results_of(params, data, scenario)[1].table("discovery.boxes")
    names = {"title": "outcome", "share": "share of draws", "words": "where it is frequent", "coverage": "coverage",
             "density": "density"}  # fmt: skip
    note = "Coverage: share of such draws in the box. Density: share of the box's draws that are such. Ceilings are "
    _emit(rows, names, how, scenario, "boxes", f"Scenario discovery, scenario {scenario}", note + "illustrative.")


def _emit(
    rows: list[dict[str, Any]], names: dict[str, str], how: Format, scenario: str, show: str, title: str, note: str
) -> None:
    from sfp_model.report.console import emit
    from sfp_model.report.format import number

    money: list[str] = []
    if how is Format.table:
        money = [words for column, words in names.items() if column.endswith("_chf")]

        def cell(column: str, value: Any) -> Any:
            plain = isinstance(value, float) and not column.endswith("_chf")
            return (number(value, 3 if abs(value) < 10 else 0) if value else "0") if plain else value

        rows = [{words: cell(column, row[column]) for column, words in names.items()} for row in rows]
    about = {"scenario": scenario, "show": show, "prices": "constant", "unit": "CHF"}
    emit(rows, how.value, about=about, title=title, money=money, note=note)

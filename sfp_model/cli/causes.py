"""Commands about what moves the result: sensitivity, discover."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Prices, Scenario, app, results_of, write

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
    prices: Annotated[Prices, typer.Option(help="Price basis; only nominal needs move with prices.")] = Prices.constant,
    how: How = Format.table,
) -> None:
    """What moves the additional need: tornado, Sobol' indices of groups, rank regression of factors."""
    found = results_of(params, data, scenario)[1].table(f"sensitivity.{show.value}")
    rows = [row for row in found if row["prices"] == prices.value]
    note = "All others at the base estimate." if show is Shown.tornado else _INDICES
    about = {"show": show.value, "prices": prices.value, "unit": "CHF"}
    of = f"CHF thousands, {prices.value} prices" if show is Shown.tornado else ""
    write(rows, how, scenario, _TITLES[show], of=of, about=about, columns=_COLUMNS[show], cell=_cell, note=note)


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
    write(
        rows, how, scenario, "Scenario discovery", about={"show": "boxes", "prices": "constant", "unit": "CHF"},
        columns=names, cell=_cell, note="Coverage: share of such draws in the box. Density: share of the box's draws "
        "that are such. Ceilings are illustrative.",
    )  # fmt: skip


def _cell(column: str, value: Any) -> Any:
    """Return a cell for the table: pure numbers with three decimals where they are small."""
    from sfp_model.report.format import number

    if not isinstance(value, float) or column.endswith("_chf"):
        return value
    return number(value, 3 if abs(value) < 10 else 0) if value else "0"

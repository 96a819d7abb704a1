"""Commands about what moves the result: sensitivity, discover."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Prices, Scenario, app, plan_of, results_of, write
from sfp_model.errors import UsageError

if TYPE_CHECKING:
    from sfp_model.inputs import Plan

__all__ = ["discover", "sensitivity"]


class Shown(StrEnum):
    """Which table of sensitivity."""

    tornado = "tornado"
    groups = "groups"
    factors = "factors"


_TITLES = {
    Shown.tornado: "Swing of the additional need, one input from P10 to P90",
    Shown.groups: "Sobol' indices of groups, of the additional need, with 95 per cent confidence limits",
    Shown.factors: "Rank regression and given-data first-order indices of latent factors, of the additional need, "
    "with 95 per cent confidence limits",
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
    Shown.factors: {
        "title": "factor", "coefficient": "coefficient", "coefficient_low": "from", "coefficient_high": "to",
        "first_order": "first order", "first_order_low": "from ", "first_order_high": "to ",
    },
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
    from sfp_model.report.format import percent

    found = results_of(params, data, scenario)[1].table(f"sensitivity.{show.value}")
    rows = [row for row in found if row["prices"] == prices.value]
    note = "All others at the base estimate." if show is Shown.tornado else _INDICES
    if show is Shown.factors and rows:
        note = f"The factors explain {percent(rows[0]['explained'])} of the variance of the ranks (R²). {note}"
    about = {"show": show.value, "prices": prices.value, "unit": "CHF"}
    of = f"CHF thousands, {prices.value} prices" if show is Shown.tornado else f"{prices.value} prices"
    write(rows, how, scenario, _TITLES[show], of=of, about=about, columns=_COLUMNS[show], cell=_cell, note=note)


@app.command()
def discover(
    ceiling: Annotated[
        list[str] | None,
        typer.Option("--ceiling", metavar="CHF/biennium", help="As of sfp fit; repeatable. Default: the illustrative."),
    ] = None,
    above: Annotated[
        float | None, typer.Option("--above", metavar="CHF", help="Threshold of the subsidy. Default: its P80.")
    ] = None,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Which combinations of causes lead to a broken ceiling, or to a large subsidy to the event.

    With --ceiling or --above only what they name is looked for.
    """
    if ceiling or above is not None:
        rows = _asked(plan_of(params, data, scenario), ceiling or [], above)
    else:
        rows = results_of(params, data, scenario)[1].table("discovery.boxes")
    names = {"title": "outcome", "share": "share of draws", "words": "where it is frequent", "coverage": "coverage",
             "se_coverage": "s.e.", "density": "density", "se_density": "s.e. "}  # fmt: skip
    about = {"show": "boxes", "prices": "nominal, subsidy constant", "unit": "CHF"}
    write(
        rows, how, scenario, "Scenario discovery", about=about | ({"above": above} if above is not None else {}),
        columns=names, cell=_cell, note="Coverage: share of such draws in the combination. Density: share of the "
        "combination's draws that are such. Both of draws that took no part in finding it. Ceilings are illustrative.",
    )  # fmt: skip


def _asked(plan: Plan, ceilings: list[str], above: float | None) -> list[dict[str, Any]]:
    """Return the boxes of thresholds that are asked for."""
    from sfp_model.cli.fit import read_ceilings
    from sfp_model.results.causes import Study
    from sfp_model.results.evaluation import Evaluation
    from sfp_model.results.table import Table
    from sfp_model.results.tables_discovery import DISCOVERY, boxes

    if above is not None and plan.event is None:
        raise UsageError("--above: this plan has no event, and so no subsidy to it")
    found = boxes(Study(Evaluation.of(plan)), read_ceilings(plan, ceilings) if ceilings else (), above)
    return Table.of(DISCOVERY, found).rows()


def _cell(column: str, value: Any) -> Any:
    """Return a cell for the table: counts as they are, pure numbers with three decimals where they are small."""
    from sfp_model.report.format import number

    if column == "words":
        return value or "nothing tells such draws apart, or they are too few"
    if not isinstance(value, float) or column.endswith("_chf"):
        return value
    if column == "inputs":
        return number(value) if value else "0"
    return number(value, 3 if abs(value) < 10 else 0) if value else "0"

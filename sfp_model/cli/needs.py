"""Commands about amounts and where they come from: needs, trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sfp_model.cli.common import (
    MEASURED,
    Data,
    Format,
    How,
    Measure,
    Params,
    PricesOrEffects,
    Scenario,
    app,
    results_of,
    tell,
)  # fmt: skip

if TYPE_CHECKING:
    from sfp_model.results.needs_view import NeedsView

__all__ = ["needs", "trace"]


@app.command()
def needs(
    by: Annotated[str, typer.Option("--by", metavar="KEY,…", help="Breakdown, see below.")] = "programme,year",
    measure: Annotated[Measure, typer.Option(help="Which money is counted.")] = Measure.additional,
    prices: Annotated[
        PricesOrEffects, typer.Option(help="Price basis; effects: both, and what lies between them.")
    ] = PricesOrEffects.constant,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Additional need, absorbed time or full cost by any breakdown.

    Keys: programme, initiative, action, activity, line, resource, category, sector, funding, confidence,
    recurrence, year, biennium, month.
    """
    from sfp_model.report.console import emit, pivot
    from sfp_model.results.breakdown import AMOUNTS, added_up
    from sfp_model.results.needs_view import kept_needs

    keys = [key.strip() for key in by.split(",") if key.strip()]
    view = kept_needs(params, data, scenario, months="month" in keys)
    tell(view.warnings)
    rows = added_up(view, keys, measure.value, prices.value)
    effects = prices is PricesOrEffects.effects
    money = [*AMOUNTS] if effects else ["chf"]
    header = [*keys, *money]
    time = next((key for key in keys if key in ("year", "biennium")), None)
    outside = (view.order["year"][0], view.order["year"][-1])
    if how is Format.table and time and not effects:
        order = view.order[time]
        rows = pivot(rows, [key for key in keys if key != time], time, "chf", order, outside)
        money = [*order, "total"]
    note = ""
    if how is Format.table:
        beside = _outside(view, measure, prices, time is not None, "month" in keys)
        note = f"Each figure is rounded by itself; totals may not add. {beside}"
        rows = [{k: view.named(k, v) if k in keys else v for k, v in row.items()} for row in rows]
    emit(
        rows,
        how.value,
        about={
            "scenario": scenario, "measure": measure.value, "prices": prices.value, "base_year": view.base_year,
            "unit": "CHF",
        },
        title=f"{MEASURED[measure]}, scenario {scenario}, CHF thousands, "
        + ("constant and nominal prices" if effects else f"{prices.value} prices")
        + (f" of {view.base_year}" if prices is PricesOrEffects.constant else ""),
        money=money,
        total=money if keys != [time] or effects else (),
        note=note,
        header=header,
        counted=lambda row: time is None or row.get(time) not in outside,
    )  # fmt: skip


def _outside(view: NeedsView, measure: Measure, prices: PricesOrEffects, shown: bool, months: bool) -> str:
    """Say that what lies before and after the plan enters no total, and how much it is where it is not shown."""
    from sfp_model.report.format import thousands
    from sfp_model.results.breakdown import added_up

    first, *inner, last = view.order["year"]
    if shown:
        return f"Totals count {inner[0]} to {inner[-1]}; {first} and {last} stand beside them."
    if months:  # a view by month holds the horizon alone
        return f"{inner[0]} to {inner[-1]}; {first} and {last} are not counted."
    column = "nominal_chf" if prices is PricesOrEffects.effects else "chf"
    found = {row["year"]: row[column] for row in added_up(view, ["year"], measure.value, prices.value)}
    return (
        f"{inner[0]} to {inner[-1]}; not counted: {first} {thousands(found.get(first, 0.0))}, "
        f"{last} {thousands(found.get(last, 0.0))}."
    )


@app.command()
def trace(
    what: Annotated[str, typer.Argument(metavar="PATH|ID", help="Line, activity, initiative, rate, source or item.")],
    year: Annotated[str, typer.Option("--year", metavar="PERIOD", help="Only this year, e.g. 2025.")] = "",
    measure: Annotated[Measure, typer.Option(help="Which money is counted.")] = Measure.additional,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """From a number or a parameter to its source and to the paragraph that it serves.

    A cell of a table is an id and a year: `sfp trace a --year 2025` lists the lines whose amounts add up to it.
    """
    from sfp_model.report.trace import write_trace

    plan, results = results_of(params, data, scenario)
    write_trace(plan, results, what, year, measure.value, how.value)

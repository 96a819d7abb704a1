"""Commands about what could go wrong, and what could be gained."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, results_of

__all__ = ["gains", "risks"]

_SHOWN = {
    "risk": "risk", "owner": "owner", "probability_before": "probability", "cost_before_chf": "if it occurs",
    "expected_before_chf": "expected", "delay_before": "months if it occurs", "response_chf": "response",
    "expected_after_chf": "expected after", "net_benefit_chf": "net benefit", "taken": "taken",
}  # fmt: skip
_MONEY = ("if it occurs", "expected", "response", "expected after", "net benefit")


@app.command()
def risks(
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """The risk register: events outside the base estimate, with probability × effect, before and after the response."""
    from sfp_model.report.console import emit

    plan, results = results_of(params, data, scenario)
    rows = results.table("risks")
    if how is Format.csv and not rows:
        print(",".join(column.name for column in results.columns("risks")))
        return
    if how is Format.table:
        rows = [{words: row[column] for column, words in _SHOWN.items()} for row in rows]
    year = plan.settings.base_year
    emit(
        rows,
        how.value,
        about={"scenario": scenario, "prices": "constant", "base_year": year, "unit": "CHF"},
        title=f"Risk register, scenario {scenario}, CHF thousands, constant prices of {year}",
        money=_MONEY,
        total=("expected", "response", "expected after", "net benefit"),
        note="Means of estimates (E). Not in the base estimate; a simulation draws the events. "
        "Net benefit: expected before, less expected after, less the response.",
    )


class Level(StrEnum):
    """Rows of the gain needed to break even."""

    programme = "programme"
    initiative = "initiative"
    action = "action"
    all = "all"


class What(StrEnum):
    """What is shown of gains."""

    break_even = "break-even"
    amounts = "amounts"
    npv = "npv"


_TABLES = {What.break_even: "gains.break_even", What.amounts: "gains", What.npv: "gains.npv"}
_TITLES = {
    What.break_even: "Gain needed to break even",
    What.amounts: "Gains by year",
    What.npv: "Net present value of claimed gains",
}
_COLUMNS: dict[What, dict[str, str]] = {
    What.break_even: {
        "level": "level", "id": "id", "additional_chf": "additional need", "years_left": "years left",
        "gain_horizon_chf": "gain a year", "posts_horizon": "posts", "contract_days_horizon": "contract days",
        "process_percent": "% of process hours", "claimed_horizon_chf": "to be claimed",
        "full_year_chf": "full year after",
    },
    What.amounts: {
        "gain": "gain", "period": "period", "claimed_constant": "claimed", "realised_constant": "stands up",
        "cashable_constant": "leaves a budget", "cashable_nominal": "nominal",
    },
    What.npv: {
        "level": "level", "id": "id", "cost_pv_chf": "cost", "gain_pv_chf": "gains", "npv_chf": "net present value",
        "payback_years": "payback, years", "mean_chf": "mean", "mean_se_chf": "standard error", "p50_chf": "P50",
        "probability_positive": "P(> 0)",
    },
}  # fmt: skip
_AMOUNTS = (
    "additional need", "gain a year", "to be claimed", "full year after", "claimed", "stands up", "leaves a budget",
    "nominal", "cost", "gains", "net present value", "mean", "standard error", "P50",
)  # fmt: skip


@app.command()
def gains(
    show: Annotated[What, typer.Option(help="break-even, amounts or npv.")] = What.break_even,
    level: Annotated[
        Level, typer.Option(help="Rows of break-even: programme, initiative, action or all.")
    ] = Level.initiative,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """The gain needed to break even; in the scenario that estimates gains also their amounts and net present value."""
    from sfp_model.report.console import emit

    plan, results = results_of(params, data, scenario)
    name = _TABLES[show]
    rows = results.table(name)
    if show is What.break_even and level is not Level.all:
        rows = [row for row in rows if row["level"] == level.value]
    if how is Format.csv and not rows:
        print(",".join(column.name for column in results.columns(name)))
        return
    if how is Format.table:
        rows = [{words: _cell(row, column) for column, words in _COLUMNS[show].items()} for row in rows]
    year = plan.settings.base_year
    emit(
        rows,
        how.value,
        about={"scenario": scenario, "show": show.value, "prices": "constant", "base_year": year, "unit": "CHF"},
        title=f"{_TITLES[show]}, scenario {scenario}, CHF thousands, constant prices of {year}",
        money=[words for words in _AMOUNTS if words in _COLUMNS[show].values()],
        note="No gain is evidenced; every size is an estimate of the project (E).",
    )


def _cell(row: Mapping[str, Any], column: str) -> Any:
    if column == "process_percent":
        share = row["process_share_horizon"]
        return None if share is None else 100 * share
    return row[column]

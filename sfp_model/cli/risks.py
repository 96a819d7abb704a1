"""Commands about what could go wrong, and what could be gained."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, results_of, write

if TYPE_CHECKING:
    from sfp_model.inputs.plan import Plan

__all__ = ["gains", "risks"]


class Register(StrEnum):
    """What is shown of risks."""

    register = "register"
    responses = "responses"
    views = "views"
    classes = "classes"


class Part(StrEnum):
    """Rows of the two views; the plan as a whole always stands beside them."""

    programme = "programme"
    initiative = "initiative"
    action = "action"
    all = "all"


_STORED = {Register.views: "views", Register.classes: "overrun.classes"}
_HEADINGS: dict[Register, dict[str, str]] = {
    Register.register: {
        "risk": "risk", "owner": "owner", "probability_before": "probability", "cost_before_chf": "if it occurs",
        "expected_before_chf": "expected", "delay_before": "months", "response": "response",
        "response_chf": "response cost", "probability_after": "probability after",
    },
    Register.responses: {
        "risk": "risk", "response": "response", "taken": "taken", "response_chf": "response cost",
        "probability_after": "probability after", "expected_after_chf": "expected after", "delay_after": "months after",
        "delay_cost_before_chf": "cost of delay", "delay_cost_after_chf": "the same after",
        "net_benefit_chf": "net benefit",
    },
    Register.views: {
        "level": "level", "id": "id", "class": "class", "view": "view", "base_chf": "base estimate", "mean_chf": "mean",
        "mean_se_chf": "s.e. of mean", "p50_chf": "P50", "p80_chf": "P80", "p80_se_chf": "s.e. of P80",
        "cvar90_chf": "mean of worst tenth",
    },
    Register.classes: {
        "class": "class", "variant": "variant", "cap": "cap", "shift": "shift", "mean": "mean",
        "simulated_mean": "simulated mean", "simulated_se": "s.e.", "p50": "P50", "p80": "P80",
        "share_above_1": "above 1", "share_above_half": "above 1.5",
    },
}  # fmt: skip
_MONEY = (
    "if it occurs", "expected", "cost of delay", "the same after", "response cost", "expected after", "net benefit",
    "base estimate", "mean", "s.e. of mean", "P50", "P80", "s.e. of P80", "mean of worst tenth",
)  # fmt: skip
_TOTAL = ("expected", "response cost", "expected after", "net benefit")
_EVENTS = (
    "Means of estimates (E). Not in the base estimate; a simulation draws the events. Months, and cost of the delay in "
    "all periods: if the event occurs. Net benefit: probability × (cost + cost of the delay) before the response, less "
    "the same after it, less its cost."
)
_SAYS = {
    Register.register: ("Risk register", _EVENTS),
    Register.responses: ("Responses to risks", _EVENTS),
    Register.views: (
        "Inside and outside view of the additional need without the subsidy to the event",
        "Inside: ranges of the lines. Outside: lines at their modes times the overrun of the reference class of each "
        "action; outside_cap with the higher cap of the tail. Percentiles of parts do not add up.",
    ),
    Register.classes: ("Reference classes of the outside view", "Actual over estimated cost, and duration (ratio)."),
}


@app.command()
def risks(
    show: Annotated[Register, typer.Option(help="register, responses, views or classes.")] = Register.register,
    level: Annotated[Part, typer.Option(help="Rows of views: programme, initiative, action or all.")] = Part.initiative,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Events outside the base estimate, before and after the response; inside and outside view side by side."""
    plan, results = results_of(params, data, scenario)
    name = _STORED.get(show, "risks")
    rows = results.table(name)
    if show is Register.views and level is not Part.all:
        rows = [row for row in rows if row["level"] in ("plan", level.value)]
    shown = {
        c: words
        for c, words in _HEADINGS[show].items()
        if c != "class" or show is not Register.views or any(r[c] for r in rows)
    }
    year = plan.settings.base_year
    title, note = _SAYS[show]
    ratios = show is Register.classes
    about = {"show": show.value, "prices": "constant", "base_year": year, "unit": "ratio" if ratios else "CHF"}
    write(
        rows,
        how,
        scenario,
        title,
        of="" if ratios else f"CHF thousands, constant prices of {year}",
        about=about,
        columns=shown,
        money=() if ratios else [column for column, words in shown.items() if words in _MONEY],
        total=[words for words in _TOTAL if words in shown.values()],
        note=note,
        header=[column.name for column in results.columns(name)],
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
        "process_percent": "% of all process hours", "claimed_horizon_chf": "to be claimed",
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
    from sfp_model.results.breakdown import in_words

    plan, results = results_of(params, data, scenario)
    name = _TABLES[show]
    rows = results.table(name)
    if show is What.break_even and level is not Level.all:
        rows = [row for row in rows if row["level"] == level.value]
    if how is Format.table:
        if show is not What.amounts:
            rows = [row | {"id": in_words(plan, row["level"], row["id"])} for row in rows]
        if show is What.break_even:
            rows = [row | {"process_percent": _percent(row["process_share_horizon"])} for row in rows]
    year = plan.settings.base_year
    write(
        rows,
        how,
        scenario,
        _TITLES[show],
        of=f"CHF thousands, constant prices of {year}",
        about={"show": show.value, "prices": "constant", "base_year": year, "unit": "CHF"},
        columns=_COLUMNS[show],
        money=[column for column, words in _COLUMNS[show].items() if words in _AMOUNTS],
        header=[column.name for column in results.columns(name)],
        note="No gain is evidenced; every size is an estimate of the project (E)."
        + (_process_hours(plan) if show is What.break_even else ""),
    )


def _process_hours(plan: Plan) -> str:
    share = plan.settings.values.get("savings.process_share")
    if share is None:
        return ""
    return (
        " All process hours: those that all staff spend in internal processes, taken as "
        f"{100 * share.estimate.mode:.0f} per cent of working time ({share.confidence}); one yardstick for every row."
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share

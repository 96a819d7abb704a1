"""The command about ceilings: what fits."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, plan_of
from sfp_model.errors import UsageError

if TYPE_CHECKING:
    from sfp_model.decisions.ceiling_problem import Window
    from sfp_model.inputs import Plan
    from sfp_model.results.tables_ceiling import Fit

__all__ = ["fit", "read_ceilings", "read_weights"]


class Shown(StrEnum):
    """Which answer."""

    selection = "selection"
    years = "years"
    gaps = "gaps"
    weights = "weights"
    next = "next"
    relaxation = "relaxation"


TITLES = {
    Shown.selection: "What fits under the illustrative ceilings: actions, options and start dates",
    Shown.years: "Additional need of what fits, beside the illustrative ceilings",
    Shown.gaps: "Gaps of the source that are closed",
    Shown.weights: "Actions over all weightings of the gaps",
    Shown.next: "What the next money buys, solved again",
    Shown.relaxation: "The smallest relaxation of the illustrative ceilings",
}
HIDDEN = {
    Shown.selection: ("initiative", "programme", "option_changed"),
    Shown.weights: ("least_weight",),
    Shown.gaps: (),
    Shown.years: (),
    Shown.next: (),
    Shown.relaxation: (),
}
NOTE = (
    "Nominal prices, base estimate; ceilings are illustrative. Solved to proven optimality. The value of an action is "
    "the part of the gaps of the source that it closes; the links are the project's."
)


@app.command()
def fit(
    ceiling: Annotated[
        list[str] | None,
        typer.Option("--ceiling", metavar="CHF/year", help="Also CHF/biennium, 2024=CHF, 2024-2025=CHF; repeatable."),
    ] = None,
    show: Annotated[Shown, typer.Option("--show", help="Which answer.")] = Shown.selection,
    step: Annotated[float, typer.Option("--step", help="Months between start dates.")] = 12,
    latest: Annotated[float, typer.Option("--latest", help="Longest delay of a start, months.")] = 24,
    weights: Annotated[str, typer.Option("--weights", metavar="GAP=N,…", help="Relative weights; others 0.")] = "",
    least_weight: Annotated[
        float, typer.Option("--least-weight", help="Over all weightings in which every gap has more than this.")
    ] = 0,
    keep: Annotated[str, typer.Option("--keep", metavar="ACTION,…", help="Actions that have to be kept.")] = "",
    programme: Annotated[str | None, typer.Option("--programme", help="Compare only this programme's need.")] = None,
    keep_options: Annotated[
        bool, typer.Option("--keep-options", help="Keep the options of the scenario; choose actions and dates only.")
    ] = False,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Which actions, options and start dates fit under ceilings; exact.

    Without --ceiling the illustrative ceiling of each year is used. Actions that close no gap of the source stay as the
    scenario has them, and their additional need comes first.
    """
    from sfp_model.report.console import emit
    from sfp_model.results.tables_ceiling import Fit, ceiling_table

    plan = plan_of(params, data, scenario)
    ceilings = read_ceilings(plan, ceiling or [])
    kept = tuple(key.strip() for key in keep.split(",") if key.strip())
    made = Fit(plan, ceilings, step, latest, None, least_weight, kept, programme, keep_options)
    if weights:
        made = replace(made, weights=read_weights(made, weights))
    table = ceiling_table(made, f"ceiling.{show.value}")
    rows: list[dict[str, Any]] = table.rows()
    if how is Format.table:
        rows = [{k: v for k, v in row.items() if k not in HIDDEN[show]} for row in rows]
        rows = _in_words(rows, plan)
    emit(
        rows,
        how.value,
        about={
            "scenario": scenario, "show": show.value, "prices": "nominal", "unit": "CHF", "step": step,
            "latest": latest, "keep_options": keep_options,
            "ceilings": {window.name: window.limit for window in ceilings}, "proven_optimal": True,
        },
        title=f"{TITLES[show]}, scenario {scenario}, CHF thousands, nominal",
        money=[column.name for column in table.columns if column.unit.startswith("CHF")],
        note=" ".join((_words(made), NOTE)).strip(),
    )  # fmt: skip


def _words(made: Fit) -> str:
    """Say whether the ceilings can hold, and if not, the smallest relaxation; why nothing is kept; what buys more."""
    from sfp_model.report.format import chf
    from sfp_model.results.tables_ceiling import relaxed_periods

    extra, choice = made.relaxation, made.choice
    if extra is None or choice is None:
        return "No amount of money makes the plan possible: actions that have to be kept wait for others."
    said = []
    if extra.sum() >= 0.5:
        sums = {name: float(extra[list(years)].sum()) for name, years in relaxed_periods(made.problem).items()}
        parts = ", ".join(f"{chf(amount)} in {period}" for period, amount in sums.items() if amount >= 0.5)
        said.append(f"The ceilings cannot hold: the smallest relaxation is {parts}; what is shown fits under it.")
    if not choice.kept & set(made.problem.weighed):
        with_it = ", ".join(made.plan.actions[span.name].title.lower() for span in made.problem.spans)
        brings = f"brings {with_it} with it and " if with_it else ""
        said.append(f"No action that closes a gap is kept: the first {brings}needs more money than is left.")
    if made.smallest is not None:
        said.append(f"The smallest sum that buys the next action is {chf(made.smallest)} more.")
    return " ".join(said)


_SHARES = ("weight", "closed", "closed_favoured", "value", "value_before", "share_within")


def _in_words(rows: list[dict[str, Any]], plan: Plan) -> list[dict[str, Any]]:
    """Write shares as per cent, mark options other than the scenario's, and name columns and cases for people."""
    from sfp_model.report.format import percent

    chosen = {action: d.chosen for d in plan.decisions.values() for action in d.governs}
    names = {"share_within": "draws within"}
    made = []
    for row in rows:
        new = {names.get(k, k): percent(v, 1) if k in _SHARES and v is not None else v for k, v in row.items()}
        if row.get("option") and row["option"] != chosen.get(row["action"], row["option"]):
            new["option"] = f"{row['option']} (changed from {chosen[row['action']]})"
        if row.get("case") == "only what is not chosen":
            new["case"] = "only what is outside the choice"
        made.append(new)
    return made


def read_ceilings(plan: Plan, texts: list[str]) -> tuple[Window, ...]:
    """Read ceilings: ``1000000/year``, ``3000000/biennium``, ``2024=2000000``, ``2024-2025=4000000``.

    Raises
    ------
    UsageError
        A ceiling has another form, or names a year outside the horizon; or there is none and the plan declares none.
    """
    from sfp_model.decisions.ceiling_plan import windows
    from sfp_model.decisions.ceiling_problem import Window
    from sfp_model.inputs.funding import funding_of

    first, count = plan.settings.horizon_start, plan.settings.horizon_years
    if not texts:
        declared = funding_of(plan).ceilings
        if not declared:
            raise UsageError("the plan declares no illustrative ceiling; give one as --ceiling 1000000/year")
        return windows(plan, declared["centre"] / 2)
    made: list[Window] = []
    for text in (part.strip() for item in texts for part in item.split(",")):
        span, _, amount = text.partition("=") if "=" in text else ("", "", text)
        number, _, per = amount.partition("/")
        try:
            limit = float(number)
            years = [int(year) - first for year in span.split("-")] if span else []
        except ValueError:
            raise UsageError(f"{text!r} is no ceiling; write {_FORMS}") from None
        if limit < 0 or per not in ("", "year", "biennium") or bool(span) == bool(per) or len(years) > 2:
            raise UsageError(f"{text!r} is no ceiling; write {_FORMS}")
        if span and not (0 <= years[0] <= years[-1] < count):
            raise UsageError(f"{span} is not inside the years of the plan, {first} to {first + count - 1}")
        if span:
            made.append(Window(span, tuple(range(years[0], years[-1] + 1)), limit))
        else:
            made += windows(plan, limit) if per == "year" else windows(plan, None, limit)
    return tuple(made)


_FORMS = "1000000/year, 3000000/biennium, 2024=2000000 or 2024-2025=4000000"


def read_weights(made: Fit, text: str) -> Any:
    """Return weights on the simplex from ``GAP-A=2,GAP-B=1``.

    Raises
    ------
    UsageError
        A gap does not exist, a weight is no number, or all are 0.
    """
    import numpy as np

    found = np.zeros(len(made.problem.gaps))
    for part in text.split(","):
        gap, _, number = part.strip().partition("=")
        if gap not in made.problem.gaps:
            raise UsageError(f"no gap {gap!r}; gaps are {', '.join(made.problem.gaps)}")
        try:
            found[made.problem.gaps.index(gap)] = float(number)
        except ValueError:
            raise UsageError(f"{number!r} is no weight of {gap}; write {gap}=2") from None
    if (found < 0).any() or not found.sum() > 0:
        raise UsageError("weights are 0 or more, and one at least is above 0")
    return found / found.sum()

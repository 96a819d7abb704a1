"""Commands about choices under uncertainty: robust, voi."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, plan_of, results_of, write

__all__ = ["robust", "voi"]


class Shown(StrEnum):
    """Which table of robustness."""

    choices = "choices"
    scores = "scores"


@app.command()
def robust(
    show: Annotated[Shown, typer.Option("--show", help="The choice of each criterion, or all scores.")] = Shown.choices,
    scenarios: Annotated[str, typer.Option("--scenarios", metavar="NAME,…", help="Default: all.")] = "",
    params: Params = None,
    data: Data = None,
    how: How = Format.table,
) -> None:
    """Concepts and options across scenarios and draws: regret, satisficing, dominance, and where criteria disagree."""
    from sfp_model.inputs import scenario_names
    from sfp_model.report.console import emit
    from sfp_model.report.format import percent, thousands
    from sfp_model.results import run
    from sfp_model.results.compare_robust import robust_tables

    names = [n.strip() for n in scenarios.split(",") if n.strip()] or list(scenario_names(params))
    tables = robust_tables([run(plan_of(params, data, name)) for name in names])
    rows: list[dict[str, Any]] = tables["compare.robust_choices" if show is Shown.choices else "compare.robust"].rows()

    def shown(row: dict[str, Any], key: str) -> str:
        if row[key] is None:  # not asked
            return ""
        return percent(row[key], 1 if key == "se" else 0) if row["unit"] == "share" else thousands(row[key])

    if how is Format.table:
        rows = [
            {
                "question": row["question"], "CHF per point": thousands(row["per_point_chf"]),
                "criterion": row["words"], "alternative": row["title"],
                **({"all agree": row["agreed"]} if show is Shown.choices else {
                    "score": shown(row, "score"),
                    "s.e.": shown(row, "se"),
                    "best": row["best"], "dominated": row["dominated_second"],
                }),
            }
            for row in rows
        ]  # fmt: skip
    emit(
        rows, how.value, about={"scenarios": names, "show": show.value, "prices": "constant", "unit": "CHF"},
        title=f"Robustness across {len(names)} scenarios, CHF thousands, constant prices",
        note="Concept: net result of all editions plus a hypothetical amount for a point of impact, threshold 0, "
        "of which no event is not asked. Options: additional need with the sign turned, threshold its median. Every "
        "scenario weighs the same. All agree: every criterion but who pays for itself, where no event is chosen.",
    )  # fmt: skip


@app.command()
def voi(
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """What it would be worth to know more before the event concept is chosen: EVPI and EVPPI with standard errors."""
    rows = results_of(params, data, scenario)[1].table("event.information")
    names = {"per_point_chf": "per point", "title": "choice now", "expected_chf": "expected",
             "se_expected_chf": "s.e. expected", "about": "knowing",
             "value_chf": "worth", "se_chf": "s.e."}  # fmt: skip
    write(
        rows, how, scenario, "Value of information on the event choice", of="CHF thousands", columns=names,
        about={"prices": "constant", "unit": "CHF"},
        note="Payoff: net result of all editions plus a hypothetical amount for a point of impact. Of a part its "
        "three most telling inputs are known. Parts overlap and do not add up.",
    )  # fmt: skip

"""The command about the flagship event."""

from __future__ import annotations

from typing import Any

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, results_of

__all__ = ["event"]


@app.command()
def event(
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Result of each event concept per edition, as difference to holding none."""
    from sfp_model.report.console import emit

    plan, results = results_of(params, data, scenario)
    rows: list[dict[str, Any]] = results.table("event.results")
    if how is Format.table:
        shown = (
            "concept", "edition", "revenue_chf", "cost_chf", "net_chf", "subsidy_chf",
            "ratio_earned_direct", "ratio_earned_full", "ratio_all_full", "delegates", "chosen",
        )  # fmt: skip
        rows = [{column: row[column] for column in shown} for row in rows]
    emit(
        rows,
        how.value,
        about={
            "scenario": scenario,
            "prices": "constant",
            "base_year": plan.settings.base_year,
            "unit": "CHF",
        },
        title=f"Digital4Good event, scenario {scenario}, CHF thousands, prices of {plan.settings.base_year}",
        money=["revenue_chf", "cost_chf", "net_chf", "subsidy_chf"],
        note="Difference to holding no event; WSIS Forum and AI for Good happen in every case.",
    )

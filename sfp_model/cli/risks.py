"""Commands about what could go wrong, and what could be gained."""

from __future__ import annotations

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, results_of

__all__ = ["risks"]

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

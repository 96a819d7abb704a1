"""The command about who pays: funding."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from sfp_model.cli.common import Data, Format, How, Params, Scenario, app, results_of, write

__all__ = ["funding"]


class Shown(StrEnum):
    """Which table of funding."""

    gap = "gap"
    sources = "sources"
    units = "units"
    classes = "classes"


TITLES = {
    Shown.gap: "Additional need against illustrative ceilings",
    Shown.sources: "Sources of funding in the order in which they are drawn, under the illustrative ceiling",
    Shown.units: "Additional need and gap in contributory units and as a share of the financial plan",
    Shown.classes: "What an amount a year means for a class of contribution",
}
COLUMNS = {
    Shown.gap: {
        "ceiling": "ceiling", "kind": "by", "period": "period", "additional_chf": "additional need",
        "ceiling_chf": "illustrative ceiling", "regular_chf": "regular budget", "sources_chf": "other sources",
        "gap_chf": "gap", "timing_chf": "timing between years",
    },
    Shown.sources: {
        "title": "source", "evidence": "evidence", "kind": "by", "period": "period", "available_chf": "available",
        "drawn_chf": "drawn", "support_cost_chf": "support cost",
    },
    Shown.units: {
        "measure": "what", "period": "period", "amount_chf": "amount", "units": "contributory units",
        "share": "of the plan", "per_unit_chf": "CHF per unit", "per_equivalent_chf": "CHF per unit-equivalent",
    },
    Shown.classes: {
        "measure": "what", "class": "class", "amount_chf": "amount a year", "now_chf": "contribution now, CHF",
        "per_unit_chf": "over units, CHF", "per_equivalent_chf": "over unit-equivalents, CHF",
    },
}  # fmt: skip
IN_CHF = ("now_chf", "per_unit_chf", "per_equivalent_chf")
NOTE = (
    "Nominal prices. No ceiling is published for the plan: low, centre and high are illustrative. Only additional need "
    "is compared with them. A source without evidence is 0."
)


@app.command()
def funding(
    show: Annotated[Shown, typer.Option("--show", help="Which table.")] = Shown.gap,
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Who pays: sources in order, the gap to illustrative ceilings, contributory units, classes of contribution."""
    from sfp_model.report.format import number, percent

    def cell(column: str, value: Any) -> Any:
        if value is None or column not in (*IN_CHF, "share"):
            return value
        return number(value) if column in IN_CHF else percent(value, 2)

    _, results = results_of(params, data, scenario)
    name = f"funding.{show.value}"
    write(
        results.table(name), how, scenario, TITLES[show], of="CHF thousands, nominal", columns=COLUMNS[show], cell=cell,
        about={"show": show.value, "prices": "nominal", "ceilings": "illustrative", "unit": "CHF"},
        money=[column for column in COLUMNS[show] if column.endswith("_chf") and column not in IN_CHF], note=NOTE,
        header=[column.name for column in results.columns(name)],
    )  # fmt: skip

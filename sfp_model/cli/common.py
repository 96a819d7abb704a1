"""What all commands share: the application, options, loading a plan, writing rows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sfp_model.inputs import Plan
    from sfp_model.results import ResultSet

__all__ = [
    "MEASURED", "Data", "Format", "How", "Measure", "Params", "Prices", "PricesOrEffects", "Scenario", "app",
    "plan_of", "results_of", "tell", "write",
]  # fmt: skip

app = typer.Typer(
    name="sfp",
    help="Resource needs and trade-offs of a transformation plan, from parameter files to a published annex.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    csv = "csv"
    json = "json"


class Measure(StrEnum):
    """Which money is counted."""

    additional = "additional"
    absorbed = "absorbed"
    in_kind = "in_kind"
    full = "full"


MEASURED = {
    Measure.additional: "Additional need",
    Measure.absorbed: "Absorbed time",
    Measure.in_kind: "Given in kind by hosts and partners",
    Measure.full: "Full cost",
}


class Prices(StrEnum):
    """Base-year prices, or those of the year of spending."""

    constant = "constant"
    nominal = "nominal"


class PricesOrEffects(StrEnum):
    """A price basis, or constant and nominal prices with what lies between them."""

    constant = "constant"
    nominal = "nominal"
    effects = "effects"


Params = Annotated[Path | None, typer.Option("--params", metavar="DIR", help="Folder of parameter files.")]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Folder of declared data.")]
Scenario = Annotated[str, typer.Option("--scenario", metavar="NAME", help="Scenario to evaluate.")]
How = Annotated[Format, typer.Option("--format", help="Output format.")]


def plan_of(params: Path | None, data: Path | None, scenario: str) -> Plan:
    """Load a plan; its warnings go to the log."""
    from sfp_model.inputs.kept import kept_plan

    plan = kept_plan(params, data, scenario)
    tell(plan.warnings)
    return plan


def tell(warnings: Iterable[object]) -> None:
    """Write warnings of a plan to the log."""
    for warning in warnings:
        logging.getLogger("sfp").warning("%s", warning)


def results_of(params: Path | None, data: Path | None, scenario: str) -> tuple[Plan, ResultSet]:
    """Load a plan and evaluate it."""
    from sfp_model.results import run

    plan = plan_of(params, data, scenario)
    return plan, run(plan)


def write(
    rows: Sequence[Mapping[str, Any]],
    how: Format,
    scenario: str,
    title: str,
    *,
    of: str = "",
    about: Mapping[str, Any],
    columns: Mapping[str, str] | None = None,
    cell: Callable[[str, Any], Any] | None = None,
    money: Collection[str] | None = None,
    total: Sequence[str] = (),
    note: str = "",
    header: Sequence[str] = (),
) -> None:
    """Write rows of a stored table: all of them as CSV and JSON, chosen columns under their words for people.

    Parameters
    ----------
    rows, how
        Amounts in CHF, unrounded.
    scenario, title, of : str
        Heading of the table: its title, the scenario, and the unit and price basis of its amounts.
    about : mapping
        What the rows are besides, for the JSON.
    columns : mapping of str to str, optional
        Columns of the table with their words; by default all as they are.
    cell : callable, optional
        Takes column and value, returns what the table shows.
    money : collection of str, optional
        Columns of amounts; by default those whose names end in ``_chf``.
    total : sequence of str
        Headings of columns that get a total.
    note : str
    header : sequence of str
        Names of all columns, for a CSV without rows.
    """
    from sfp_model.report.console import emit

    amounts: list[str] = []
    if how is Format.table:
        names = columns if columns is not None else {name: name for name in (rows[0] if rows else ())}
        amounts = [words for c, words in names.items() if (c.endswith("_chf") if money is None else c in money)]
        rows = [{words: cell(c, row[c]) if cell else row[c] for c, words in names.items()} for row in rows]
    heading = ", ".join(part for part in (title, f"scenario {scenario}", of) if part)
    emit(
        rows, how.value, about={"scenario": scenario, **about}, title=heading, money=amounts, total=total, note=note,
        header=header,
    )  # fmt: skip

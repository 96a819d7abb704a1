"""The command line ``sfp``: results on standard output, everything else on standard error.

Exit codes: 0 fine, 1 faults in the input (or a build that failed), 2 wrong usage.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfp_model.errors import AnnexError, InputError, UsageError

if TYPE_CHECKING:
    from sfp_model.inputs import Plan
    from sfp_model.results import ResultSet

__all__ = ["app", "main"]

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


_MEASURED = {
    Measure.additional: "Additional need",
    Measure.absorbed: "Absorbed time",
    Measure.in_kind: "Given in kind by hosts and partners",
    Measure.full: "Full cost",
}


class Prices(StrEnum):
    """Base-year prices, or those of the year of spending."""

    constant = "constant"
    nominal = "nominal"


Params = Annotated[Path | None, typer.Option("--params", metavar="DIR", help="Folder of parameter files.")]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Folder of declared data.")]
Scenario = Annotated[str, typer.Option("--scenario", metavar="NAME", help="Scenario to evaluate.")]
How = Annotated[Format, typer.Option("--format", help="Output format.")]


def _plan(params: Path | None, data: Path | None, scenario: str) -> Plan:
    from sfp_model.inputs import load_plan

    plan = load_plan(params, data, scenario)
    for warning in plan.warnings:
        logging.getLogger("sfp").warning("%s", warning)
    return plan


def _results(params: Path | None, data: Path | None, scenario: str) -> tuple[Plan, ResultSet]:
    from sfp_model.results import run

    plan = _plan(params, data, scenario)
    return plan, run(plan)


@app.command()
def validate(params: Params = None, data: Data = None) -> None:
    """Check all parameter files in all scenarios; every fault is reported at once."""
    from sfp_model.inputs import load_plan, scenario_names

    faults, warnings, counts = {}, {}, {}
    for name in scenario_names(params):
        try:
            plan = load_plan(params, data, name)
        except InputError as error:
            faults.update(dict.fromkeys(error.faults))
        else:
            warnings.update(dict.fromkeys(plan.warnings))
            counts[name] = f"{len(plan.activities)} activities, {len(plan.lines)} resource lines"
    for warning in sorted(warnings):
        logging.getLogger("sfp").warning("%s", warning)
    if faults:
        raise InputError(faults)
    for name, count in counts.items():
        print(f"{name}: {count}, no faults")


@app.command()
def schema(
    output: Annotated[Path | None, typer.Option("--output", metavar="DIR", help="Folder to write into.")] = None,
) -> None:
    """Write the JSON Schemas with which an editor completes and checks parameter files."""
    import json

    from sfp_model.inputs import schemas

    folder = output or Path("docs/schema")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in schemas().items():
        target = folder / f"{name}.schema.json"
        target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(target)


@app.command()
def scenarios(params: Params = None, data: Data = None, how: How = Format.table) -> None:
    """List the scenarios with title, author and what they change."""
    from sfp_model.inputs import scenario_names
    from sfp_model.report.console import emit

    rows = []
    for name in scenario_names(params):
        info = _plan(params, data, name).scenario
        changes = [f"{k} = {v}" for k, v in info.changes.items()]
        rows.append(
            {
                "scenario": name,
                "title": info.title,
                "author": info.author,
                "extends": info.extends or "",
                "changes": "; ".join(changes) or "nothing",
                "rationale": info.rationale,
            }
        )
    emit(rows, how.value, about={}, title="Scenarios")


@app.command()
def needs(
    by: Annotated[str, typer.Option("--by", metavar="KEY,…", help="Breakdown, see below.")] = "programme,year",
    measure: Annotated[Measure, typer.Option(help="Which money is counted.")] = Measure.additional,
    prices: Annotated[Prices, typer.Option(help="Price basis.")] = Prices.constant,
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
    from sfp_model.results.breakdown import breakdown, periods

    plan, results = _results(params, data, scenario)
    keys = [key.strip() for key in by.split(",") if key.strip()]
    rows = breakdown(plan, results, keys, measure.value, prices.value)
    about = {
        "scenario": scenario,
        "measure": measure.value,
        "prices": prices.value,
        "base_year": plan.settings.base_year,
        "unit": "CHF",
    }
    if how is Format.csv and not rows:
        print(",".join([*keys, "chf"]))
        return
    money: list[str] = ["chf"]
    time = next((k for k in keys if k in ("year", "biennium")), None)
    if how is Format.table and time:
        order = periods(plan, time)
        rows = pivot(rows, [k for k in keys if k != time], time, "chf", order)
        money = [*order, "total"]
    emit(
        rows,
        how.value,
        about=about,
        title=f"{_MEASURED[measure]}, scenario {scenario}, CHF thousands, {prices.value} prices"
        + (f" of {plan.settings.base_year}" if prices is Prices.constant else ""),
        money=money,
        total=money,
        note="Each figure is rounded by itself; totals may not add.",
    )


@app.command()
def event(
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Result of each event concept per edition, as difference to holding none."""
    from sfp_model.report.console import emit

    plan, results = _results(params, data, scenario)
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

    plan, results = _results(params, data, scenario)
    write_trace(plan, results, what, year, measure.value, how.value)


@app.command()
def annex(
    params: Params = None,
    data: Data = None,
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder of the site.")] = Path("_site"),
    renderer: Annotated[str, typer.Option(help="auto, quarto or embedded.")] = "auto",
) -> None:
    """Build the annex: evaluate all scenarios, execute what changed, render, swap in."""
    from sfp_model.annex.build import build

    report = build(params, data, output, renderer=renderer)
    print(report.message)


@app.command()
def doctor() -> None:
    """Say what this machine has and lacks for building the annex, and what to do about it."""
    from sfp_model.annex.doctor import examine

    rows, healthy = examine()
    for row in rows:
        print(row)
    raise typer.Exit(0 if healthy else 1)


def main() -> None:
    """Run the command line and turn errors into messages and exit codes."""
    gc.set_threshold(100_000)  # starting up makes many objects and drops few: scanning them finds nothing
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them reads every package's metadata
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except InputError as error:
        print(error, file=sys.stderr)
        count = len(error.faults)
        print(f"{count} fault{'s' if count > 1 else ''}; nothing was changed", file=sys.stderr)
        sys.exit(1)
    except AnnexError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except UsageError as error:
        print(error, file=sys.stderr)
        sys.exit(2)

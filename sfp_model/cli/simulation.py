"""Commands that draw: simulate, sweep."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfp_model.cli.common import MEASURED, Data, Format, How, Measure, Params, Prices, Scenario, app, plan_of
from sfp_model.errors import UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sfp_model.inputs.plan import Plan
    from sfp_model.results.simulation import Run
    from sfp_model.uncertainty import Submits

__all__ = ["simulate", "sweep"]


class Sampler(StrEnum):
    """How draws are spread."""

    lhs = "lhs"
    sobol = "sobol"
    random = "random"


class View(StrEnum):
    """The lines' own ranges, or overruns of reference classes."""

    inside = "inside"
    outside = "outside"


class Where(StrEnum):
    """Who computes the blocks."""

    here = "here"
    threads = "threads"
    processes = "processes"
    dask = "dask"


@contextmanager
def _progress(blocks: int) -> Iterator[Callable[[int, str, int], None]]:
    """Show a bar with the estimated end on standard error; yield what moves it: done, words, and how many to expect."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("blocks", total=blocks)

        def moved(done: int, words: str, expected: int) -> None:
            bar.update(task, completed=done, total=expected or None, description=words or None)

        yield moved


@app.command()
def simulate(
    by: Annotated[
        str, typer.Option("--by", metavar="KEY,…", help="Breakdown, as in needs, without time.")
    ] = "programme",
    time_: Annotated[str, typer.Option("--time", metavar="year|biennium|total", help="Columns of time.")] = "total",
    measure: Annotated[Measure, typer.Option(help="Which money is counted.")] = Measure.additional,
    prices: Annotated[Prices, typer.Option(help="Price basis.")] = Prices.constant,
    draws: Annotated[int, typer.Option(help="Draws; rounded up to whole blocks, at least ten.")] = 40_960,
    until: Annotated[float, typer.Option(help="Go on until P80 of the total is known to this share.")] = 0.0,
    rho: Annotated[str, typer.Option("--rho", metavar="R,…", help="Compare P80 at these correlations of cost.")] = "",
    sampler: Annotated[Sampler, typer.Option(help="How draws are spread.")] = Sampler.lhs,
    view: Annotated[View, typer.Option(help="Own ranges, or overruns of reference classes.")] = View.inside,
    seed: Annotated[int, typer.Option(help="Another seed than the plan's.")] = -1,
    executor: Annotated[Where, typer.Option(help="Who computes.")] = Where.threads,
    workers: Annotated[int, typer.Option(help="Threads or processes.")] = 2,
    address: Annotated[str, typer.Option(help="Dask scheduler, tcp://host:8786.")] = "",
    params: Params = None,
    data: Data = None,
    scenario: Scenario = "baseline",
    how: How = Format.table,
) -> None:
    """Draw all inputs and show mean, P10, P50, P80, P90 of what falls inside the horizon, and their standard errors.

    With --rho: P80 of the total at those latent correlations between all costs and durations beside the plan's own
    dependence, and the correlation between lines that follows from its factors.
    """
    from sfp_model.report.console import emit
    from sfp_model.results.simulation import Run, at_correlations, simulated
    from sfp_model.uncertainty.executors import open_executor

    plan = plan_of(params, data, scenario)
    run = Run(
        tuple(k.strip() for k in by.split(",") if k.strip()), time_, measure.value, prices.value, draws, until,
        sampler.value, view.value, plan.settings.seed if seed < 0 else seed,
    )  # fmt: skip
    about: dict[str, Any] = {
        "scenario": scenario, "measure": measure.value, "prices": prices.value, "unit": "CHF", "view": view.value,
        "sampler": sampler.value, "seed": run.seed,
    }  # fmt: skip
    begin = time.perf_counter()
    correlations = _numbers("--rho", rho) if rho else []
    cases = 1 + len(correlations)
    with open_executor(executor.value, workers, address) as pool, _progress(cases * run.blocks) as told:
        if until > 0:
            _check_reachable(plan, run, correlations, pool)
        if correlations:
            found = at_correlations(plan, run, correlations, pool, told)
        else:
            found = simulated(plan, run, pool, told)
    logging.getLogger("sfp").info(
        "%s draws in %.1f s", f"{found.draws:,}".replace(",", " "), time.perf_counter() - begin
    )
    if not found.reached:
        logging.getLogger("sfp").warning("P80 of the total is not known to the share asked for: %s", found.note)
    about |= {"draws": found.draws, "blocks": found.blocks, "note": found.note}
    if until > 0:
        about["reached"] = found.reached
    title = f"{MEASURED[measure]}, scenario {scenario}, CHF thousands, {prices.value} prices, {view.value} view"
    emit(found.rows, how.value, about=about, money=found.money, note=found.note, title=title)


def _check_reachable(plan: Plan, run: Run, correlations: list[float], pool: Executor | Submits | None) -> None:
    """Refuse ``--until`` where a pilot of ten blocks says that it takes more blocks than a run may have."""
    from dataclasses import replace
    from math import isinf, sqrt
    from typing import cast

    from sfp_model.model import compile
    from sfp_model.report.format import number
    from sfp_model.results.simulation import MOST
    from sfp_model.uncertainty import BLOCK, one_correlation, simulate, summarise
    from sfp_model.uncertainty.summary import LEAST_BLOCKS

    arrays, total = compile(plan), replace(run, by=(), time="total").series
    for coupling in (None, *(one_correlation(arrays, rho) for rho in correlations)):
        pilot = summarise(
            simulate(arrays, run.seed, LEAST_BLOCKS, measure=total, sampler=run.sampler, view=cast(Any, run.view),
                     coupling=coupling, executor=pool),
            [80],
        )  # fmt: skip
        need = pilot.blocks_for(80, run.until, -1)
        if need <= MOST:
            continue
        if isinf(need):
            raise UsageError(f"--until {run.until:g}: P80 of the total is nil, and no share of it can be known")
        value, error, bound = (float(of[-1, 0]) for of in (pilot.values, pilot.error, pilot.bound))
        best = (error * sqrt(LEAST_BLOCKS / MOST) + bound) / abs(value)
        raise UsageError(
            f"--until {run.until:g} would take about {number(float(f'{need:.2g}'))} blocks of {number(BLOCK)} draws; "
            f"{number(MOST)} are the limit. After the first {LEAST_BLOCKS} P80 of the total is known to "
            f"{100 * pilot.precision(80, -1):.2g} %, after the last to about {100 * best:.2g} %: ask for {best:.2g} or "
            "more"
        )


@app.command()
def sweep(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where Parquet files go; takes up what is there.")],
    scenarios: Annotated[str, typer.Option("--scenarios", metavar="NAME,…", help="Scenarios.")] = "baseline",
    setting: Annotated[list[str] | None, typer.Option("--set", metavar="PATH=V,…", help="Values; repeatable.")] = None,
    by: Annotated[str, typer.Option("--by", metavar="KEY,…", help="Breakdown, as in needs, without time.")] = "",
    time_: Annotated[str, typer.Option("--time", metavar="year|biennium|total", help="Columns of time.")] = "total",
    measure: Annotated[Measure, typer.Option(help="Which money is counted.")] = Measure.additional,
    prices: Annotated[Prices, typer.Option(help="Price basis.")] = Prices.constant,
    draws: Annotated[int, typer.Option(help="Draws of each cell; at least ten blocks.")] = 40_960,
    sampler: Annotated[Sampler, typer.Option(help="How draws are spread.")] = Sampler.lhs,
    view: Annotated[View, typer.Option(help="Own ranges, or overruns of reference classes.")] = View.inside,
    seed: Annotated[int, typer.Option(help="Another seed than that of the first scenario.")] = -1,
    executor: Annotated[Where, typer.Option(help="Who computes.")] = Where.threads,
    workers: Annotated[int, typer.Option(help="Threads or processes.")] = 2,
    address: Annotated[str, typer.Option(help="Dask scheduler, tcp://host:8786.")] = "",
    params: Params = None,
    data: Data = None,
    how: How = Format.table,
) -> None:
    """Simulate every combination of scenarios and parameter values; store each as Parquet, resume after a stop.

    A value replaces the mode; low and high keep their ratio to it. All cells use the same draws: one seed, that of the
    first scenario unless --seed says another.
    """
    from sfp_model.report.console import emit
    from sfp_model.results.simulation import Run
    from sfp_model.results.sweep import design
    from sfp_model.results.sweep import sweep as swept
    from sfp_model.uncertainty.executors import open_executor

    cells = design([s.strip() for s in scenarios.split(",") if s.strip()], dict(map(_axis, setting or [])))
    first = plan_of(params, data, cells[0].scenario)
    keys = tuple(k.strip() for k in by.split(",") if k.strip())
    used = first.settings.seed if seed < 0 else seed
    run = Run(keys, time_, measure.value, prices.value, draws, 0.0, sampler.value, view.value, used)
    rows: list[dict[str, Any]] = []
    stored = 0
    try:
        with open_executor(executor.value, workers, address) as pool, _progress(len(cells) * run.blocks) as told:
            for found in swept(cells, lambda name: plan_of(params, data, name), run, folder, pool, told):
                rows += found
                stored += 1
    except KeyboardInterrupt:
        logging.getLogger("sfp").warning(
            "stopped: %s of %s cells are stored in %s; the same command goes on from there", stored, len(cells), folder
        )
        raise
    money = [key for key in rows[0] if key.endswith("_chf")]
    title = f"{MEASURED[measure]}, CHF thousands, {prices.value} prices, {view.value} view"
    about = {"measure": measure.value, "prices": prices.value, "unit": "CHF", "seed": run.seed}
    if how is Format.table:  # a value of 0 is no nil amount
        rows = [
            {key: f"{v:g}" if key not in money and isinstance(v, float) else v for key, v in r.items()} for r in rows
        ]
    note = f"All cells use seed {used} and the same {run.blocks} blocks of 4 096 draws, {sampler.value}."
    about |= {"sampler": sampler.value, "view": view.value, "blocks": run.blocks}
    emit(rows, how.value, about=about, money=money, title=title, note=note)


def _axis(text: str) -> tuple[str, list[float]]:
    path, _, values = text.partition("=")
    return path.strip(), _numbers(f"--set {path.strip()}=", values)


def _numbers(option: str, text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"{option} {text!r}: give numbers with commas between them, as 0,0.2,0.5") from None

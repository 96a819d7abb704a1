"""Commands that draw: simulate."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any

import typer

from sfp_model.cli.common import MEASURED, Data, Format, How, Measure, Params, Prices, Scenario, app, plan_of

__all__ = ["simulate"]


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
def _progress(blocks: int) -> Iterator[Callable[[int, str], None]]:
    """Show a bar with the estimated end on standard error; yield what moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("blocks", total=blocks)
        yield lambda done, words: bar.update(task, completed=done, description=words or "blocks")


@app.command()
def simulate(
    by: Annotated[
        str, typer.Option("--by", metavar="KEY,…", help="Breakdown, as in needs, without time.")
    ] = "programme",
    time_: Annotated[str, typer.Option("--time", metavar="year|biennium|total", help="Columns of time.")] = "total",
    measure: Annotated[Measure, typer.Option(help="Which money is counted.")] = Measure.additional,
    prices: Annotated[Prices, typer.Option(help="Price basis.")] = Prices.constant,
    draws: Annotated[int, typer.Option(help="Draws; rounded up to whole blocks, at least ten.")] = 40_960,
    until: Annotated[float, typer.Option(help="Go on until the s.e. of P80 of the total is below this share.")] = 0.0,
    rho: Annotated[str, typer.Option("--rho", metavar="R,…", help="Compare P80 at these correlations of all.")] = "",
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
    """Draw all inputs and show mean, P10, P50, P80, P90 and their standard errors.

    With --rho: P80 of the total at those latent correlations beside the plan's own dependence, and the correlation
    between lines that follows from its factors.
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
    with open_executor(executor.value, workers, address) as pool, _progress(run.blocks) as told:
        if rho:
            found = at_correlations(plan, run, [float(part) for part in rho.split(",")], pool, told)
        else:
            found = simulated(plan, run, pool, told)
    logging.getLogger("sfp").info(
        "%s draws in %.1f s", f"{found.draws:,}".replace(",", " "), time.perf_counter() - begin
    )
    about |= {"draws": found.draws, "blocks": found.blocks}
    title = f"{MEASURED[measure]}, scenario {scenario}, CHF thousands, {prices.value} prices, {view.value} view"
    emit(found.rows, how.value, about=about, money=found.money, note=found.note, title=title)

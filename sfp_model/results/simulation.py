"""Rows of a simulation: means and percentiles with their standard errors, and what dependence does to P80."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from math import pi
from typing import Any, cast

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.inputs.plan import Plan
from sfp_model.model import Arrays, base, compile, evaluate
from sfp_model.model.evaluate import Measure, Prices
from sfp_model.model.values import View
from sfp_model.uncertainty import (
    BLOCK,
    Coupling,
    Series,
    Submits,
    Summary,
    coupling_of,
    one_correlation,
    simulate,
    until_precise,
)
from sfp_model.uncertainty.summary import LEAST_BLOCKS

__all__ = ["Run", "Simulated", "at_correlations", "relations", "repaired", "simulated"]

Told = Callable[[int, str], None]
SHOWN = (10.0, 50.0, 80.0, 90.0)


@dataclass(frozen=True, slots=True)
class Run:
    """What is drawn: breakdown, money, number of draws or wanted precision of P80 of the total (0: none), sampler."""

    by: tuple[str, ...]
    time: str
    measure: str
    prices: str
    draws: int
    until: float
    sampler: str
    view: str
    seed: int

    @property
    def blocks(self) -> int:
        """Blocks of 4,096 draws, at least ten."""
        return max(LEAST_BLOCKS, -(-self.draws // BLOCK))

    @property
    def series(self) -> Series:
        """The series that are kept, with totals."""
        if self.time not in ("year", "biennium", "total"):
            raise UsageError(f"time {self.time!r} is none of year, biennium, total")
        return Series(self.by, self.time, cast(Measure, self.measure), cast(Prices, self.prices), totals=True)


@dataclass(frozen=True, slots=True)
class Simulated:
    """Rows for a table, CSV or JSON; which columns are money; a note."""

    rows: list[dict[str, Any]]
    money: tuple[str, ...]
    note: str
    draws: int
    blocks: int


def _summary(
    arrays: Arrays, run: Run, pool: Executor | Submits | None, told: Told, coupling: Coupling | None = None
) -> Summary:
    def blocks(numbers: range) -> Any:
        for number, result in zip(
            numbers,
            simulate(arrays, run.seed, numbers, measure=run.series, sampler=run.sampler, view=cast(View, run.view),
                     executor=pool, coupling=coupling),
            strict=True,
        ):  # fmt: skip
            yield result
            told(number + 1, "")

    if run.until <= 0:
        summary = Summary(SHOWN)
        for result in blocks(range(run.blocks)):
            summary.add(result)
        return summary

    def words(so_far: Summary, reached: float) -> None:
        told(so_far.blocks, f"s.e. {100 * reached:.2f} %")

    return until_precise(blocks, 80, run.until, percentiles=SHOWN, series=-1, told=words)


def simulated(
    plan: Plan, run: Run, pool: Executor | Submits | None = None, told: Told = lambda done, words: None
) -> Simulated:
    """Draw the plan and return one row per label and time, the total last.

    Parameters
    ----------
    plan : Plan
    run : Run
    pool : executor, optional
        See ``uncertainty.simulate``.
    told : callable
        Called with the number of blocks done and words on the precision reached.

    Returns
    -------
    Simulated
        Base estimate, mean, P10, P50, P80, P90 in CHF; standard errors of mean, P50 and P80.
    """
    arrays = compile(plan)
    outcome = evaluate(arrays, base(arrays))
    labels, columns = run.series.labels(outcome)
    typed = run.series(outcome)[:, 0]
    summary = _summary(arrays, run, pool, told)
    values, error = summary.values, summary.error
    rows: list[dict[str, Any]] = []
    for i, label in enumerate(labels):
        for j, column in enumerate(columns):
            k = i * len(columns) + j
            row: dict[str, Any] = dict(zip(run.by, label, strict=True))
            if run.time != "total":
                row["time"] = column
            row |= {"base_chf": float(typed[k]), "mean_chf": float(summary.mean[k])}
            row |= {f"p{p:g}_chf": float(values[k, at]) for at, p in enumerate(SHOWN)}
            row |= {"se_mean_chf": float(summary.mean_error[k]), "se_p50_chf": float(error[k, 1])}
            row["se_p80_chf"] = float(error[k, 2])
            rows.append(row)
    bound = float(summary.bound[:, 1:3].max(initial=0.0))
    note = (
        f"{summary.blocks} independent blocks of {BLOCK} draws, {run.sampler}; percentiles do not add. Histogram error "
        f"of P50 and P80 at most CHF {bound:.0f}. Standard errors from the spread between blocks."
    )
    money = tuple(key for key in rows[0] if key.endswith("_chf")) if rows else ()
    return Simulated(rows, money, note, summary.draws, summary.blocks)


def relations(arrays: Arrays) -> list[tuple[str, float]]:
    """Return the latent correlation between two inputs that follows from the factors they share, by relation."""
    shares = arrays.dependence
    p, i, a = (shares.get(key, 0.0) for key in ("plan", "initiative", "action"))
    return [
        ("lines of one action", p + i + a), ("lines of one initiative", p + i), ("lines of the plan", p),
        ("cost and duration of one action", shares.get("cost_duration", p + i + a)),
    ]  # fmt: skip


def repaired(arrays: Arrays) -> str:
    """Return a sentence on the repair of the drivers' correlations, empty where they could be had as they are."""
    repair = coupling_of(arrays).repair
    if repair is None or not repair.repaired:
        return ""
    return (
        f" The rank correlations asked for between {', '.join(repair.names)} contradict each other: the nearest that "
        f"can be are used, changed by at most {repair.distance:.3f}."
    )


def at_correlations(
    plan: Plan, run: Run, rhos: Sequence[float], pool: Executor | Submits | None = None,
    told: Told = lambda done, words: None,
) -> Simulated:  # fmt: skip
    """Return P50 and P80 of the total at one correlation between all cost and duration inputs, beside the plan's own.

    Parameters
    ----------
    rhos : sequence of float
        Latent correlations in 0–1; see ``uncertainty.one_correlation``.
    """
    arrays = compile(plan)
    run = Run((), "total", run.measure, run.prices, run.draws, run.until, run.sampler, run.view, run.seed)
    cases: list[tuple[str, Coupling | None]] = [("as in the plan", None)]
    for rho in rhos:
        cases.append((f"{rho:g} between costs and durations", one_correlation(arrays, rho)))
    rows, draws, blocks = [], 0, 0
    for number, (name, coupling) in enumerate(cases):

        def counted(done: int, words: str, before: int = number * run.blocks, name: str = name) -> None:
            told(before + done, f"{name} {words}".strip())

        summary = _summary(arrays, run, pool, counted, coupling)
        p50, p80 = (float(summary.values[0, at]) for at in (1, 2))
        rows.append({
            "dependence": name, "mean_chf": float(summary.mean[0]), "p50_chf": p50, "p80_chf": p80,
            "contingency_chf": p80 - p50, "se_p80_chf": float(summary.error[0, 2]),
        })  # fmt: skip
        draws, blocks = draws + summary.draws, summary.blocks
    stated = "; ".join(f"{name} {r:.2f} (ranks {6 / pi * np.arcsin(r / 2):.2f})" for name, r in relations(arrays))
    note = (
        f"Correlation that follows from the plan's factors, latent and of ranks: {stated}. At one correlation between "
        "all costs and durations, demand for the event, risk events, prices and exchange rates keep their own."
        + repaired(arrays)
    )
    return Simulated(rows, tuple(k for k in rows[0] if k.endswith("_chf")), note, draws, blocks)

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
from sfp_model.model.inputs import FloatArray
from sfp_model.model.values import View
from sfp_model.results.draws import SHOWN, ranges
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

__all__ = ["Run", "Simulated", "Told", "at_correlations", "relations", "repaired", "simulated"]

Told = Callable[[int, str, int], None]  # blocks done, words on the precision, blocks to expect
PERCENTILES = tuple(float(p) for p in SHOWN)
MOST = 10_000  # blocks after which a run to a wanted precision gives up
KEPT = 4_000_000  # draws times series up to which percentiles are taken from all draws instead of a histogram


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
        time = "horizon" if self.time == "total" else self.time
        return Series(self.by, time, cast(Measure, self.measure), cast(Prices, self.prices), totals=True)


@dataclass(frozen=True, slots=True)
class Simulated:
    """Rows for a table, CSV or JSON; which columns are money; a note."""

    rows: list[dict[str, Any]]
    money: tuple[str, ...]
    note: str
    draws: int
    blocks: int
    reached: bool = True


@dataclass(frozen=True, eq=False)
class _Found:
    """What is known of the series, (series,) and (series, percentile); *reached* is whether it is as exact as asked."""

    mean: FloatArray
    mean_error: FloatArray
    values: FloatArray
    error: FloatArray
    bound: float
    draws: int
    blocks: int
    reached: bool
    words: str

    def row(self, k: int) -> dict[str, float]:
        """Return a series as columns: mean and percentiles, then their standard errors."""
        at = [f"p{p}" for p in SHOWN]
        return {
            "mean_chf": float(self.mean[k]), **{f"{p}_chf": float(v) for p, v in zip(at, self.values[k], strict=True)},
            "se_mean_chf": float(self.mean_error[k]),
            **{f"se_{p}_chf": float(v) for p, v in zip(at, self.error[k], strict=True)},
        }  # fmt: skip


def _summary(
    arrays: Arrays, run: Run, pool: Executor | Submits | None, told: Told, coupling: Coupling | None = None,
    size: int = 1,
) -> _Found:  # fmt: skip
    """Draw the blocks of a run: all draws are kept where they are few, else counted into a histogram."""

    def blocks(numbers: range) -> Any:
        for number, result in zip(
            numbers,
            simulate(arrays, run.seed, numbers, measure=run.series, sampler=run.sampler, view=cast(View, run.view),
                     executor=pool, coupling=coupling),
            strict=True,
        ):  # fmt: skip
            yield result
            told(number + 1, "", run.blocks if run.until <= 0 else 0)

    if run.until <= 0 and run.blocks * BLOCK * size <= KEPT:
        kept = np.stack(list(blocks(range(run.blocks))), axis=1)
        found = ranges(kept, np.zeros(len(kept)))
        return _Found(found.expected, found.se_expected, found.percentiles, found.se_percentiles, 0.0,
                      kept[0].size, run.blocks, True, "Percentiles of all draws.")  # fmt: skip
    if run.until <= 0:
        summary = Summary(PERCENTILES)
        for result in blocks(range(run.blocks)):
            summary.add(result)
        return _of(summary, True, "")

    def words(so_far: Summary, reached: float, expected: int) -> None:
        told(so_far.blocks, f"P80 to {100 * reached:.2f} %", expected)

    summary = until_precise(blocks, 80, run.until, percentiles=PERCENTILES, most=MOST, series=-1, told=words)
    exact = summary.precision(80, -1)
    reached = exact <= run.until
    said = f"P80 of the total is known to {100 * exact:.3g} %, standard error and histogram error together"
    return _of(summary, reached, f"{said}." if reached else f"Not reached: {said}; {100 * run.until:.3g} % was asked.")


def _of(summary: Summary, reached: bool, words: str) -> _Found:
    bound = float(summary.bound.max(initial=0.0))
    own = f"Histogram error of the percentiles at most CHF {bound:.0f}."
    return _Found(summary.mean, summary.mean_error, summary.values, summary.error, bound, summary.draws, summary.blocks,
                  reached, f"{own} {words}".strip())  # fmt: skip


def simulated(
    plan: Plan, run: Run, pool: Executor | Submits | None = None, told: Told = lambda done, words, expected: None
) -> Simulated:
    """Draw the plan and return one row per label and time, the total last.

    Parameters
    ----------
    plan : Plan
    run : Run
    pool : executor, optional
        See ``uncertainty.simulate``.
    told : callable
        Called with the number of blocks done, words on the precision reached, and the blocks to expect (0: as before).

    Returns
    -------
    Simulated
        Base estimate, mean, P10, P50, P80, P90 in CHF and standard errors. Without years or biennia: the horizon, and
        what falls after it where there is any.
    """
    arrays = compile(plan)
    outcome = evaluate(arrays, base(arrays))
    labels, columns = run.series.labels(outcome)
    typed = run.series(outcome)[:, 0]
    found = _summary(arrays, run, pool, told, size=len(typed))
    rows: list[dict[str, Any]] = []
    places = [(i, j) for i in range(len(labels)) for j in range(len(columns))]
    if run.time == "total":
        places.sort(key=lambda place: -place[1])  # the horizon before what falls after it
    for i, j in places:
        k = i * len(columns) + j
        row: dict[str, Any] = {**dict(zip(run.by, labels[i], strict=True)), "time": columns[j]}
        row |= {"base_chf": float(typed[k]), **found.row(k)}
        if run.time != "total" or j == len(columns) - 1 or any(row[key] for key in row if key.endswith("_chf")):
            rows.append(row)
    note = (
        f"{found.blocks} independent blocks of {BLOCK} draws, {run.sampler}; percentiles do not add. {found.words} "
        f"Standard errors from the spread between blocks.{repaired(arrays)}"
    )
    money = tuple(key for key in rows[0] if key.endswith("_chf")) if rows else ()
    return Simulated(rows, money, note, found.draws, found.blocks, found.reached)


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
    told: Told = lambda done, words, expected: None,
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
    rows, draws, blocks, reached, words = [], 0, 0, True, list[str]()
    for case, (name, coupling) in enumerate(cases):
        found = _summary(arrays, run, pool, _part_of(told, name, case, len(cases), blocks), coupling)
        row = found.row(-1)
        rows.append({
            "dependence": name, **{key: row[key] for key in ("mean_chf", "p50_chf", "p80_chf")},
            "contingency_chf": row["p80_chf"] - row["p50_chf"], "se_mean_chf": row["se_mean_chf"],
            "se_p50_chf": row["se_p50_chf"], "se_p80_chf": row["se_p80_chf"], "draws": found.draws,
        })  # fmt: skip
        draws, blocks = draws + found.draws, blocks + found.blocks
        reached, words = reached and found.reached, [*words, found.words]
    stated = "; ".join(f"{name} {r:.2f} (ranks {6 / pi * np.arcsin(r / 2):.2f})" for name, r in relations(arrays))
    note = (
        f"Correlation that follows from the plan's factors, latent and of ranks: {stated}. At one correlation between "
        "all costs and durations, demand for the event, risk events, prices and exchange rates keep their own. "
        f"What falls inside the horizon. {' '.join(dict.fromkeys(words))}{repaired(arrays)}"
    )
    return Simulated(rows, tuple(k for k in rows[0] if k.endswith("_chf")), note, draws, blocks, reached)


def _part_of(told: Told, name: str, case: int, cases: int, before: int) -> Told:
    """Return *told* for one of several runs after each other: blocks add up, those to expect as in this one."""

    def part(done: int, words: str, expected: int) -> None:
        told(before + done, f"{name} {words}".strip(), before + expected * (cases - case) if expected else 0)

    return part

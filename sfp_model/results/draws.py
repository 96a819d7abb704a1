"""The draws of a scenario that its tables of ranges are made from: ten blocks, only the series that are wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfp_model.decisions.contingency import cvar
from sfp_model.model import Arrays, Outcome
from sfp_model.model.evaluate import Labels, Prices
from sfp_model.model.inputs import FloatArray
from sfp_model.model.values import View
from sfp_model.results.evaluation import Seeded
from sfp_model.results.range_series import RangeSeries
from sfp_model.uncertainty import Coupling, simulate
from sfp_model.uncertainty.between import standard_error
from sfp_model.uncertainty.tails import SHARES, Tails

__all__ = ["BLOCKS", "SHOWN", "SMALL", "Block", "Drawn", "Ranges", "inside_total", "ranges"]

BLOCKS = 10  # the least from which a standard error may be taken
SMALL = 512  # draws of a block where only P50 and P80 of one total are compared
SHOWN = (10, 50, 80, 90)
CENTIME = 0.01
KEPT = 64  # draws of each block that a comparison of scenarios is made from


@dataclass(frozen=True, eq=False)
class Block:
    """What is kept of one block; years and quarters are those of the horizon.

    Attributes
    ----------
    cells : ndarray (label, year, draw)
        Additional need by programme and initiative, constant CHF.
    categories : ndarray (category, draw)
        Additional need, constant CHF.
    nominal : ndarray (year, draw)
        Additional need, nominal CHF.
    months : ndarray (quarter, draw)
        Absorbed person-months.
    ends : ndarray (programme, draw)
        Last end of a programme's actions, months from the start of the horizon.
    """

    cells: FloatArray
    categories: FloatArray
    nominal: FloatArray
    months: FloatArray
    ends: FloatArray


def inside_total(outcome: Outcome, prices: Prices = "constant") -> FloatArray:
    """Return the additional need inside the horizon, CHF, shape (draw,)."""
    result: FloatArray = outcome.amounts((), "year", "additional", prices)[1][0, 1:-1].sum(axis=0)
    return result


@dataclass(frozen=True, eq=False)
class Tailed:
    """Of each series of ``RangeSeries``: base estimate, what is below it, P10 and P90, some draws.

    Attributes
    ----------
    typed, below : ndarray (series,)
        Base estimate, and the share of the draws at or below it.
    percentiles, errors : ndarray (series, 2)
        P10 and P90, and their standard errors.
    first : ndarray (kept series, block, draw)
        The first draws of each block of the series that scenarios are compared by.
    """

    typed: FloatArray
    below: FloatArray
    percentiles: FloatArray
    errors: FloatArray
    first: FloatArray


@dataclass(frozen=True, eq=False)
class Drawn(Seeded):
    """The draws of a scenario, inside view, Latin hypercubes under the plan's seed; made once, when asked for."""

    @cached_property
    def labels(self) -> Labels:
        """Programme and initiative of each row of ``Block.cells``."""
        return self.evaluation.outcome.amounts(("programme", "initiative"))[0]

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Expense category of each row of ``Block.categories``."""
        return tuple(name for (name,) in self.evaluation.outcome.amounts(("category",))[0])

    @cached_property
    def years(self) -> tuple[str, ...]:
        """Years of the horizon."""
        return self.arrays.periods.labels("year")[1:-1]

    @cached_property
    def quarters(self) -> tuple[str, ...]:
        """Quarters of the horizon."""
        return self.arrays.periods.labels("quarter")[1:-1]

    @cached_property
    def programmes(self) -> tuple[str, ...]:
        """Programmes that have actions."""
        return tuple(dict.fromkeys(action.programme for action in self.evaluation.plan.actions.values()))

    def measure(self, outcome: Outcome) -> Block:
        """Return what is kept of a block."""
        names, parts = outcome.amounts(("programme", "initiative", "category"), "year")
        parts = parts[:, 1:-1]
        cells = np.zeros((len(self.labels), *parts.shape[1:]))
        categories = np.zeros((len(self.categories), parts.shape[2]))
        for name, part in zip(names, parts, strict=True):
            cells[self.labels.index(name[:2])] += part
            categories[self.categories.index(name[2])] += part.sum(axis=0)
        labels, worked = outcome.person_months(("funding",), "quarter")
        absorbed = [row for (mode,), row in zip(labels, worked, strict=True) if mode == "absorbed"]
        months = absorbed[0] if absorbed else np.zeros(worked.shape[1:])
        belongs = np.array([action.programme for action in self.evaluation.plan.actions.values()])
        end = outcome.schedule.end
        ends = np.stack([end[np.flatnonzero(belongs == name)].max(axis=0) for name in self.programmes])
        return Block(
            cells, categories,
            outcome.amounts((), "year", "additional", "nominal")[1][0, 1:-1].copy(), months[1:-1].copy(), ends,
        )  # fmt: skip

    @cached_property
    def base(self) -> Block:
        """The base estimate as a block of one draw."""
        return self.measure(self.evaluation.outcome)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Ten independent blocks."""
        return tuple(simulate(self.arrays, self.seed, BLOCKS, measure=self.measure))

    @cached_property
    def series(self) -> RangeSeries:
        """What ``tails`` describes."""
        return RangeSeries(self.evaluation)

    @cached_property
    def tails(self) -> Tailed:
        """What the draws say of each of ``series``.

        Made in the same pass as ``blocks`` where these have not been made before.
        """
        found, known = Tails(), "blocks" in self.__dict__
        typed = self.series(self.evaluation.outcome)[:, 0]
        below, kept = np.zeros(len(typed)), self.series.kept
        first: list[FloatArray] = []

        def both(outcome: Outcome) -> Block | None:
            drawn = self.series(outcome)
            found.add(drawn)
            first.append(drawn[kept, :KEPT].copy())
            below[:] += (drawn <= typed[:, None] + CENTIME).mean(axis=1) / BLOCKS
            return None if known else self.measure(outcome)

        made = tuple(simulate(self.arrays, self.seed, BLOCKS, measure=both))
        if not known:
            self.__dict__["blocks"] = made
        values, left = found.percentiles, np.flatnonzero(found.open)
        if len(left):  # blocks that differ by more than a window: once more, keeping every draw of these series
            draws = np.concatenate(
                list(simulate(self.arrays, self.seed, BLOCKS, measure=lambda outcome: self.series(outcome)[left])),
                axis=1,
            )
            values[left] = np.quantile(draws, SHARES, axis=1).T
        return Tailed(typed, below, values, found.errors, np.stack(first, axis=1))

    def of(self, part: Callable[[Block], FloatArray]) -> FloatArray:
        """Return series of every block, shape (series, block, draw); *part* gives (series, draw)."""
        return np.stack([part(block) for block in self.blocks], axis=1)

    @cached_property
    def total(self) -> FloatArray:
        """Additional need inside the horizon, constant CHF, shape (block, draw)."""
        result: FloatArray = self.of(lambda block: block.cells.sum(axis=(0, 1))[None])[0]
        return result

    def compared(
        self, *, arrays: Arrays | None = None, coupling: Coupling | None = None, view: View = "inside"
    ) -> FloatArray:
        """Return the total of smaller blocks under another dependence or view, shape (block, draw)."""
        found = simulate(arrays or self.arrays, self.seed, BLOCKS, measure=inside_total, coupling=coupling,
                         view=view, size=SMALL)  # fmt: skip
        return np.stack(list(found))


@dataclass(frozen=True, eq=False)
class Ranges:
    """What the tables say of series, each array of shape (series,) or (series, percentile)."""

    expected: FloatArray
    percentiles: FloatArray
    cvar90: FloatArray
    se_expected: FloatArray
    se_percentiles: FloatArray
    se_cvar90: FloatArray
    below: FloatArray

    def row(self, k: int, base: float) -> dict[str, float]:
        """Return a series as columns of a table: build-up from the base estimate to P80, and standard errors."""
        p10, p50, p80, p90 = self.percentiles[k]
        return {
            "base_chf": base, "base_at": self.below[k], "provision_chf": p50 - base, "p50_chf": p50,
            "contingency_chf": p80 - p50, "p80_chf": p80, "expected_chf": self.expected[k], "p10_chf": p10,
            "p90_chf": p90, "cvar90_chf": self.cvar90[k], "se_expected_chf": self.se_expected[k],
            **{f"se_p{p}_chf": error for p, error in zip(SHOWN, self.se_percentiles[k], strict=True)},
            "se_cvar90_chf": self.se_cvar90[k],
        }  # fmt: skip


def ranges(series: FloatArray, base: FloatArray) -> Ranges:
    """Return mean, P10, P50, P80, P90, CVaR₉₀ of all draws, with standard errors from the spread between blocks.

    Parameters
    ----------
    series : ndarray (series, block, draw)
    base : ndarray (series,)
        Base estimates; ``below`` is the share of draws at or below them (a centime is the same amount).

    Examples
    --------
    >>> found = ranges(np.arange(20.0).reshape(1, 10, 2), np.array([9.5]))
    >>> float(found.expected[0]), float(found.below[0])
    (9.5, 0.5)
    """
    shares = np.array(SHOWN) / 100
    flat = series.reshape(len(series), -1)
    own = np.moveaxis(np.quantile(series, shares, axis=2), 0, -1)  # (series, block, percentile)
    return Ranges(
        flat.mean(axis=1),
        np.quantile(flat, shares, axis=1).T,
        np.array([cvar(row) for row in flat]),
        standard_error(np.moveaxis(series.mean(axis=2), 1, 0)),
        standard_error(np.moveaxis(own, 1, 0)),
        standard_error(np.moveaxis(_cvars(series), 1, 0)),
        (flat <= base[:, None] + CENTIME).mean(axis=1),
    )


def _cvars(series: FloatArray) -> FloatArray:
    """Return CVaR₉₀ of each block by itself, shape (series, block); see ``decisions.contingency.cvar``."""
    size = series.shape[2]
    worst = np.sort(np.partition(series, size - -(-size // 10), axis=2)[:, :, size - -(-size // 10) :], axis=2)
    tail = size / 10  # the least of the worst draws counts in part
    whole = worst[:, :, 1:].sum(axis=2)
    result: FloatArray = (whole + (tail - (worst.shape[2] - 1)) * worst[:, :, 0]) / tail
    return result

"""Measures of an outcome that can be sent to other processes: which series a simulation keeps of each block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.model.arrays import Arrays, IntArray
from sfp_model.model.evaluate import Measure, Outcome, Prices
from sfp_model.model.inputs import FloatArray
from sfp_model.model.reading import rows_read

__all__ = ["Series"]


@dataclass(frozen=True, slots=True)
class Series:
    """Amounts by label and time as series, shape (label · time, draw), with the totals that a table shows.

    Attributes
    ----------
    by : tuple of str
        Breakdown; see ``Outcome.amounts``.
    time : str
        ``year``, ``biennium``, ``total`` (all periods), or ``horizon``: what falls after it, and the horizon last.
    measure, prices : str
    totals : bool
        Add, after the labels, one row over all labels, and, after years or biennia, a column of the horizon, without
        what falls before and after it.
    """

    by: tuple[str, ...] = ()
    time: str = "year"
    measure: Measure = "additional"
    prices: Prices = "constant"
    totals: bool = False

    def reads(self, arrays: Arrays) -> IntArray:
        """Return the rows of the inputs that the series are made of."""
        return rows_read(arrays, self.measure)

    def labels(self, outcome: Outcome) -> tuple[list[tuple[str, ...]], list[str]]:
        """Return the labels of rows and columns; those of a total are ``total``."""
        rows = list(outcome.amounts(self.by, self._step, self.measure, self.prices)[0])
        years = outcome.arrays.periods.labels("year")
        horizon = f"{years[1]}-{years[-2]}" if len(years) > 3 else years[1]
        columns = [years[-1]] if self.time == "horizon" else list(outcome.arrays.periods.labels(self.time))
        if self._whole:
            columns.append(horizon)
        if self.totals:
            rows += [("total",) * len(self.by)] if self.by else []
        return rows, columns

    @property
    def _step(self) -> str:
        return "year" if self.time == "horizon" else self.time

    @property
    def _whole(self) -> bool:
        """Whether the horizon is the last column."""
        return self.time == "horizon" or (self.totals and self.time != "total")

    def __call__(self, outcome: Outcome) -> FloatArray:
        """Return the series of a block; percentiles of their totals are those of the totals of each draw."""
        amounts = outcome.amounts(self.by, self._step, self.measure, self.prices)[1]
        if self._whole:
            inside = amounts[:, 1:-1].sum(axis=1, keepdims=True)
            amounts = np.concatenate([amounts[:, -1:] if self.time == "horizon" else amounts, inside], axis=1)
        if self.totals and self.by:
            amounts = np.concatenate([amounts, amounts.sum(axis=0, keepdims=True)])
        result: FloatArray = amounts.reshape(-1, outcome.draws)
        return result

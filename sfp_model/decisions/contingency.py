"""Contingency that adds up: what lies between base estimate, P50 and P80, and which parts it comes from.

Percentiles of parts do not add up to the percentile of their sum. What adds up is the expectation of each part given
the sum: ``Σ E[Xᵢ | X = x] = x``. The contingency P80 − P50 is therefore allocated as
``E[Xᵢ | X = P80] − E[Xᵢ | X = P50]`` (Tasche 1999, arXiv:cond-mat/0104119, for quantile contributions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray
from sfp_model.uncertainty.between import check_count, standard_error

__all__ = ["Allocation", "allocate", "cvar", "given_total", "spread_shares"]

WINDOW = 0.05  # part of the draws on either side of the percentile that the local regression uses


def cvar(x: FloatArray, level: float = 0.9) -> float:
    """Return the mean of the worst draws: ``E[X | X ≥ quantile(level)]``, exact for the empirical distribution.

    Source: Rockafellar and Uryasev 2002, doi:10.1016/S0378-4266(02)00271-6; a draw that straddles the level counts in
    part.

    Parameters
    ----------
    x : ndarray (draw,)
    level : float
        In [0, 1).

    Raises
    ------
    UsageError
        If *level* is outside [0, 1).

    Examples
    --------
    >>> cvar(np.arange(1.0, 11.0), 0.8)
    9.5
    """
    if not 0 <= level < 1:
        raise UsageError(f"level must lie in [0, 1), got {level}")
    ordered = np.sort(x)[::-1]
    tail = (1 - level) * ordered.size
    weight = np.clip(tail - np.arange(ordered.size), 0.0, 1.0)
    return float(weight @ ordered / tail)


def given_total(parts: FloatArray, at: float) -> FloatArray:
    """Return ``E[Xᵢ | X = x]`` at the percentile *at* of the sum, by local linear regression on the sum.

    The draws whose rank lies within 5 per cent of the percentile are used, weighted by the Epanechnikov kernel
    (Fan and Gijbels 1996). Because the sum regressed on itself is itself, the parts add up to the percentile exactly.

    Parameters
    ----------
    parts : ndarray (part, draw)
    at : float
        In (0, 1).

    Returns
    -------
    ndarray (part,)

    Examples
    --------
    >>> x = np.linspace(0, 1, 1001)
    >>> given_total(np.stack([x, 2 * x]), 0.5).round(6).tolist()
    [0.5, 1.0]
    """
    total = parts.sum(axis=0)
    place = (np.argsort(np.argsort(total, kind="stable"), kind="stable") + 0.5) / total.size
    chosen = np.flatnonzero(np.abs(place - at) < WINDOW)
    wanted = float(np.quantile(total, at))
    weight = 1 - ((place[chosen] - at) / WINDOW) ** 2
    x, y = total[chosen] - wanted, parts[:, chosen]
    norm = weight.sum()
    centre, means = float(weight @ x) / norm, y @ weight / norm
    spread = float(weight @ (x - centre) ** 2)
    if spread <= 1e-12 * max(wanted * wanted, 1e-300) * norm:  # the total does not vary here
        result: FloatArray = means - centre / max(len(parts), 1)
        return result
    slope = (y - means[:, None]) @ (weight * (x - centre)) / spread
    fitted: FloatArray = means - slope * centre
    return fitted


@dataclass(frozen=True, eq=False)
class Allocation:
    """The contingency by part; every array has shape (part,).

    Attributes
    ----------
    p50, p80 : ndarray
        ``E[Xᵢ | X = P50]`` and ``E[Xᵢ | X = P80]``; they add up to P50 and P80 of the sum.
    contingency : ndarray
        Their difference; adds up to the contingency.
    error : ndarray
        Standard error of the contingency from the spread between blocks.
    alone : ndarray
        P80 of each part by itself less its P50.
    """

    p50: FloatArray
    p80: FloatArray
    contingency: FloatArray
    error: FloatArray
    alone: FloatArray

    @property
    def diversification(self) -> float:
        """What the contingencies of the parts by themselves exceed that of the sum by."""
        return float(self.alone.sum() - self.contingency.sum())


def allocate(blocks: Sequence[FloatArray], low: float = 0.5, high: float = 0.8) -> Allocation:
    """Allocate the contingency to parts.

    Parameters
    ----------
    blocks : sequence of ndarray (part, draw)
        Draws of every part, one array for each independent block; at least ten.
    low, high : float
        Percentiles, by default P50 and P80.

    Returns
    -------
    Allocation

    Raises
    ------
    UsageError
        If there are fewer than ten blocks, for then there is no standard error.
    """
    check_count(len(blocks))
    own = [given_total(block, high) - given_total(block, low) for block in blocks]
    parts = np.concatenate(blocks, axis=1)
    at_low, at_high = given_total(parts, low), given_total(parts, high)
    first, last = np.quantile(parts, [low, high], axis=1)
    return Allocation(at_low, at_high, at_high - at_low, standard_error(own), last - first)


def spread_shares(parts: FloatArray) -> FloatArray:
    """Return each part's share of the standard deviation of the sum: ``cov(Xᵢ, X) ÷ var(X)``; they add up to 1.

    For the standard deviation only; a percentile has no such shares (see ``given_total``). 0 where nothing varies.

    Examples
    --------
    >>> spread_shares(np.array([[0.0, 1.0], [0.0, 3.0]])).tolist()
    [0.25, 0.75]
    """
    centred = parts - parts.mean(axis=1, keepdims=True)
    total = centred.sum(axis=0)
    variance = float(total @ total)
    result: FloatArray = centred @ total / variance if variance > 0 else np.zeros(len(parts))
    return result

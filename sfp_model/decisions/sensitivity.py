"""Which inputs move a result: rank regression, first-order indices from given draws, Sobol' indices of groups.

With dependent inputs variance-based indices of the inputs themselves overlap. The indices here are therefore taken of
what is independent: the latent factors (plan, drivers, initiatives, actions) and each input's own residual.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["Groups", "Indices", "first_order", "rank_regression", "sobol_of_groups", "swings"]

BINS = 32


def _ranks(x: FloatArray) -> FloatArray:
    """Return ranks along the last axis, scaled to mean 0 and variance 1; 0 where nothing varies."""
    from scipy.stats import rankdata

    ranks: FloatArray = rankdata(x, axis=-1)
    ranks -= ranks.mean(axis=-1, keepdims=True)
    spread = ranks.std(axis=-1, keepdims=True)
    result: FloatArray = np.divide(ranks, spread, out=np.zeros_like(ranks), where=spread > 0)
    return result


def rank_regression(x: FloatArray, y: FloatArray) -> tuple[FloatArray, float]:
    """Return standardised rank regression coefficients and the share of rank variance that they explain (R²).

    Least squares of the ranks of *y* on the ranks of all inputs (Saltelli and Sobol' 1995,
    doi:10.1016/0951-8320(95)00099-2). Useful where the result rises or falls steadily with each input; R² says how far
    that holds.

    Parameters
    ----------
    x : ndarray (input, draw)
    y : ndarray (draw,)

    Raises
    ------
    UsageError
        If there are not more draws than inputs.

    Examples
    --------
    >>> u = np.linspace(0, 1, 50)
    >>> coefficient, explained = rank_regression(u[None, :], np.exp(u))
    >>> round(float(coefficient[0]), 6), round(explained, 6)
    (1.0, 1.0)
    """
    if x.shape[1] <= x.shape[0] + 1:
        raise UsageError(f"rank regression of {x.shape[0]} inputs needs more draws than that, got {x.shape[1]}")
    design, wanted = _ranks(x), _ranks(y[None, :])[0]
    moves = np.flatnonzero(design.any(axis=1))
    out = np.zeros(x.shape[0])
    if len(moves):
        used = design[moves]  # normal equations: ranks are scaled alike, and a third of the time of the design itself
        out[moves] = np.linalg.lstsq(used @ used.T, used @ wanted, rcond=1e-10)[0]
    total = float(wanted @ wanted)
    left = wanted - design.T @ out
    return out, 1 - float(left @ left) / total if total else 0.0


def first_order(x: FloatArray, y: FloatArray, bins: int = BINS) -> FloatArray:
    """Return first-order indices ``Var E[Y | Xᵢ] ÷ Var Y`` from given draws, whatever they were drawn for.

    The draws are cut into *bins* of equal number along each input; the variance of the bins' means, less what it would
    be by chance, over the variance of all (Plischke, Borgonovo and Smith 2013, doi:10.1016/j.ejor.2012.11.047).

    Parameters
    ----------
    x : ndarray (input, draw)
    y : ndarray (draw,)
    bins : int

    Returns
    -------
    ndarray (input,)
        About 0 for an input without effect; chance can make it slightly negative.
    """
    size = y.size // bins
    if size < 2:
        raise UsageError(f"{bins} bins need at least {2 * bins} draws, got {y.size}")
    variance = float(y.var())
    out = np.zeros(len(x))
    if variance == 0:
        return out
    for i, row in enumerate(x):
        if row.min() == row.max():
            continue
        parts = y[np.argsort(row, kind="stable")[: size * bins]].reshape(bins, size)
        between = parts.mean(axis=1).var()  # the bins are all there are, no sample of bins
        within = parts.var(axis=1, ddof=1).mean()
        out[i] = (between - within / size * (1 - 1 / bins)) / variance
    return out


@dataclass(frozen=True, eq=False)
class Indices:
    """Indices with confidence limits, each of shape (group,)."""

    first: FloatArray
    first_low: FloatArray
    first_high: FloatArray
    total: FloatArray
    total_low: FloatArray
    total_high: FloatArray


@dataclass(frozen=True, eq=False)
class Groups:
    """Results of the pick-and-freeze design: two independent samples, and the first with each group from the second.

    Attributes
    ----------
    a, b : ndarray (draw,)
    swapped : ndarray (group, draw)
        The result of sample A with the inputs of one group taken from sample B.
    """

    a: FloatArray
    b: FloatArray
    swapped: FloatArray


def sobol_of_groups(found: Groups, confidence: float = 0.95, resamples: int = 200, seed: int = 0) -> Indices:
    """Return first-order and total Sobol' indices of groups of independent inputs.

    First order after Saltelli et al. 2010 (doi:10.1016/j.cpc.2009.09.018), total after Jansen 1999
    (doi:10.1016/S0010-4655(98)00154-4); confidence limits by the bootstrap over draws, percentile method.

    Parameters
    ----------
    found : Groups
    confidence : float
    resamples : int
    seed : int
        Of the bootstrap; 0 is a seed.

    Returns
    -------
    Indices
        0 where the result does not vary.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> a, b = generator.standard_normal((2, 2, 20_000))
    >>> y = lambda x: 2 * x[0] + x[1]
    >>> swapped = np.stack([y([b[0], a[1]]), y([a[0], b[1]])])
    >>> sobol_of_groups(Groups(y(a), y(b), swapped)).first.round(1).tolist()
    [0.8, 0.2]
    """
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 0x50B01])))
    size = found.a.size
    first, total = _indices(found.a, found.b, found.swapped)
    firsts, totals = np.empty((resamples, len(first))), np.empty((resamples, len(first)))
    for k in range(resamples):
        pick = generator.integers(0, size, size)
        firsts[k], totals[k] = _indices(found.a[pick], found.b[pick], found.swapped[:, pick])
    limits = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(firsts, limits, axis=0)
    total_low, total_high = np.quantile(totals, limits, axis=0)
    return Indices(first, low, high, total, total_low, total_high)


def _indices(a: FloatArray, b: FloatArray, swapped: FloatArray) -> tuple[FloatArray, FloatArray]:
    both = np.concatenate([a, b])
    variance = float(both.var())
    if variance == 0:
        return np.zeros(len(swapped)), np.zeros(len(swapped))
    centred = b - both.mean()
    first: FloatArray = (swapped - a) @ centred / a.size / variance
    total: FloatArray = ((swapped - a) ** 2).mean(axis=1) / 2 / variance
    return first, total


def swings(
    evaluate: Callable[[FloatArray], FloatArray], base: FloatArray, low: FloatArray, high: FloatArray,
    rows: Sequence[int],
) -> FloatArray:  # fmt: skip
    """Return the result with one input at a time at its low and at its high value, all others at the base.

    Parameters
    ----------
    evaluate : callable
        From values (input, draw) to results (draw,).
    base, low, high : ndarray (input,)
    rows : sequence of int
        Inputs to move.

    Returns
    -------
    ndarray (2, row)
        With the input at low, at high.

    Examples
    --------
    >>> found = swings(lambda v: v[0] * v[1], np.array([2.0, 3.0]), np.array([1.0, 3.0]), np.array([4.0, 5.0]), [0, 1])
    >>> found.tolist()
    [[3.0, 6.0], [12.0, 10.0]]
    """
    count = len(rows)
    values = np.repeat(base[:, None], 2 * count, axis=1)
    at = np.arange(count)
    values[rows, at] = low[rows]
    values[rows, count + at] = high[rows]
    result: FloatArray = evaluate(values).reshape(2, count)
    return result

"""Which inputs move a result: rank regression, first-order indices from given draws, Sobol' indices of groups.

With dependent inputs variance-based indices of the inputs themselves overlap. The indices here are therefore taken of
what is independent: the latent factors (plan, drivers, initiatives, actions) and each input's own residual.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.leave_out import leave_one_out, limits
from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = [
    "Groups", "Indices", "Strongest", "first_order", "ranker", "ranks", "regression", "sobol_of_groups", "strongest",
    "swings",
]  # fmt: skip

BINS = 32


def ranks(x: FloatArray) -> FloatArray:
    """Return ranks along the last axis, scaled to mean 0 and variance 1; 0 where nothing varies.

    Examples
    --------
    >>> ranks(np.array([[1.0, 9.0, 4.0], [7.0, 7.0, 7.0]])).round(3).tolist()
    [[-1.225, 1.225, 0.0], [0.0, 0.0, 0.0]]
    """
    from scipy.stats import rankdata

    return _scaled(rankdata(x, axis=-1))


def _scaled(ranked: FloatArray) -> FloatArray:
    ranked = ranked - ranked.mean(axis=-1, keepdims=True)
    spread = ranked.std(axis=-1, keepdims=True)
    result: FloatArray = np.divide(ranked, spread, out=np.zeros_like(ranked), where=spread > 0)
    return result


def ranker(x: FloatArray) -> Callable[[npt.NDArray[np.bool_]], FloatArray]:
    """Return a function from a mask of draws to the ``ranks`` of these draws among themselves; *x* is sorted once.

    Parameters
    ----------
    x : ndarray (input, draw)

    Examples
    --------
    >>> of = ranker(np.array([[1.0, 9.0, 4.0, 4.0]]))
    >>> of(np.array([True, True, True, False])).round(3).tolist()
    [[-1.225, 1.225, 0.0]]
    """
    order = np.argsort(x, axis=1, kind="stable")
    ordered = np.take_along_axis(x, order, axis=1)
    step = np.zeros(x.shape, dtype=np.intp)
    step[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    place = np.empty(x.shape, dtype=np.intp)  # of a draw's value among the different values of its row
    np.put_along_axis(place, order, np.cumsum(step, axis=1), axis=1)
    place += x.shape[1] * np.arange(len(x))[:, None]

    def of(kept: npt.NDArray[np.bool_]) -> FloatArray:
        mine = place[:, kept]
        counts = np.bincount(mine.ravel(), minlength=x.size).reshape(x.shape)
        middle = np.cumsum(counts, axis=1) - counts / 2  # equal values share the middle of their ranks
        return _scaled(middle.ravel()[mine])

    return of


def regression(design: FloatArray, wanted: FloatArray) -> tuple[FloatArray, float]:
    """Return standardised regression coefficients, and the share of variance that they explain (R²).

    Of ranks on ranks: rank regression (Saltelli and Sobol' 1995, doi:10.1016/0951-8320(95)00099-2). Useful where the
    result rises or falls steadily with each input; R² says how far that holds.

    Parameters
    ----------
    design : ndarray (input, draw)
        Ranks of all inputs, see ``ranks``; the coefficient of a row of zeros is 0.
    wanted : ndarray (draw,)
        Ranks of the result.

    Raises
    ------
    UsageError
        If there are not more draws than inputs.

    Examples
    --------
    >>> u = np.linspace(0, 1, 50)
    >>> coefficient, explained = regression(ranks(u[None, :]), ranks(np.exp(u)))
    >>> round(float(coefficient[0]), 6), round(explained, 6)
    (1.0, 1.0)
    """
    if design.shape[1] <= design.shape[0] + 1:
        raise UsageError(f"rank regression of {len(design)} inputs needs more draws than that, got {design.shape[1]}")
    moves = np.flatnonzero(design.any(axis=1))
    out = np.zeros(len(design))
    if len(moves):
        used = design[moves]  # normal equations: ranks are scaled alike, and a third of the time of the design itself
        out[moves] = np.linalg.lstsq(used @ used.T, used @ wanted, rcond=1e-10)[0]
    total = float(wanted @ wanted)
    left = wanted - design.T @ out
    return out, 1 - float(left @ left) / total if total else 0.0


def first_order(x: FloatArray, y: FloatArray, bins: int = BINS) -> FloatArray:
    """Return first-order indices ``Var E[Y | Xᵢ] ÷ Var Y`` from given draws, whatever they were drawn for.

    The draws are cut into *bins* of equal number (to one) along each input; the variance of the bins' means, less what
    it would be by chance, over the variance of all (Plischke, Borgonovo and Smith 2013,
    doi:10.1016/j.ejor.2012.11.047).

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
    if y.size < 2 * bins:
        raise UsageError(f"{bins} bins need at least {2 * bins} draws, got {y.size}")
    variance, average = float(y.var()), y.mean()
    starts = np.arange(bins) * y.size // bins
    sizes = np.diff(np.append(starts, y.size))
    out = np.zeros(len(x))
    if variance == 0:
        return out
    for i, row in enumerate(x):
        if row.min() == row.max():
            continue
        part = y[np.argsort(row, kind="stable")] - average
        means = np.add.reduceat(part, starts) / sizes
        within = np.add.reduceat((part - np.repeat(means, sizes)) ** 2, starts) / (sizes - 1)
        between = sizes @ means**2  # the bins are all there are, no sample of bins
        out[i] = (between - within @ (1 - sizes / y.size)) / (variance * y.size)
    return out


@dataclass(frozen=True, eq=False)
class Strongest:
    """Inputs behind a result, strongest first, with 95 per cent confidence limits; arrays of shape (row,).

    Attributes
    ----------
    rows : ndarray of int
        Rows of the inputs.
    coefficient, coefficient_low, coefficient_high : ndarray
        Standardised rank regression coefficient on all inputs together, see ``regression``.
    first, first_low, first_high : ndarray
        First-order index, see ``first_order``.
    explained : float
        Share of the variance of the ranks that the regression explains.
    """

    rows: npt.NDArray[np.intp]
    coefficient: FloatArray
    coefficient_low: FloatArray
    coefficient_high: FloatArray
    first: FloatArray
    first_low: FloatArray
    first_high: FloatArray
    explained: float


def strongest(x: FloatArray, y: FloatArray, blocks: int, most: int) -> Strongest:
    """Return the inputs with the largest rank coefficients, and their first-order indices, with confidence limits.

    Every block of the draws is left out once, and what is left ranked anew: ranks of all draws would hide that they
    move with the draws, and give limits that are too narrow.

    Parameters
    ----------
    x : ndarray (input, draw)
    y : ndarray (draw,)
    blocks : int
        Equal and independent parts of the draws, in order; at least ten.
    most : int
        Inputs that are kept.

    Raises
    ------
    UsageError
        See ``leave_one_out``, ``regression`` and ``first_order``.
    """
    design, wanted = ranker(x), ranker(y[None])
    every = np.ones(y.size, dtype=np.bool_)
    slopes, explained = regression(design(every), wanted(every)[0])
    rows = np.argsort(-np.abs(slopes), kind="stable")[:most]

    def estimate(kept: npt.NDArray[np.bool_]) -> FloatArray:
        return np.stack([regression(design(kept), wanted(kept)[0])[0][rows], first_order(x[rows][:, kept], y[kept])])

    found, error = leave_one_out(estimate, y.size, blocks)
    low, high = limits(found, error, blocks)
    return Strongest(rows, found[0], low[0], high[0], found[1], low[1], high[1], explained)


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
    """Results of the pick-and-freeze design: two independent samples, and each with one group from the other.

    Attributes
    ----------
    a, b : ndarray (draw,)
    a_swapped, b_swapped : ndarray (group, draw)
        The result of sample A with the inputs of one group taken from sample B, and of B with these taken from A.
    """

    a: FloatArray
    b: FloatArray
    a_swapped: FloatArray
    b_swapped: FloatArray


def sobol_of_groups(found: Groups, confidence: float = 0.95, resamples: int = 200, seed: int = 0) -> Indices:
    """Return first-order and total Sobol' indices of groups of independent inputs.

    With results f of A, B, A with a group from B (``AB``) and B with it from A (``BA``), and
    ``V = mean((f_A − f_B)² + (f_BA − f_AB)²)``:

    ``first = 2 mean((f_BA − f_B)(f_A − f_AB)) ÷ V``, ``total = mean((f_B − f_BA)² + (f_A − f_AB)²) ÷ V``

    (Azzini, Mara and Rosati 2021, doi:10.1016/j.envsoft.2021.105167). Small indices are estimated with small errors,
    and the first order can never exceed the total, for 2 x y ≤ x² + y². Confidence limits by the bootstrap over draws,
    percentile method.

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
    >>> ab, ba = (np.stack([y([p[0], q[1]]), y([q[0], p[1]])]) for p, q in ((b, a), (a, b)))
    >>> sobol_of_groups(Groups(y(a), y(b), ab, ba)).first.round(1).tolist()
    [0.8, 0.2]
    """
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 0x50B01])))
    size, count = found.a.size, len(found.a_swapped)
    up, down = found.b_swapped - found.b, found.a - found.a_swapped
    spread = (found.a - found.b) ** 2 + (found.b_swapped - found.a_swapped) ** 2
    parts = np.stack([2 * up * down, up**2 + down**2, spread])
    drawn = [np.bincount(generator.integers(0, size, size), minlength=size) for _ in range(resamples)]
    weights = np.vstack([np.ones(size), *drawn])
    sums = parts @ weights.T  # (part, group, resample), the first of all draws
    indices = np.divide(sums[:2], sums[2], out=np.zeros((2, count, resamples + 1)), where=sums[2] > 0)
    (first, total), limits = indices[..., 0], [(1 - confidence) / 2, (1 + confidence) / 2]
    (first_low, total_low), (first_high, total_high) = np.quantile(indices[..., 1:], limits, axis=-1)
    return Indices(first, first_low, first_high, total, total_low, total_high)


def swings(
    evaluate: Callable[[FloatArray], FloatArray], base: FloatArray, low: FloatArray, high: FloatArray,
    groups: Sequence[Sequence[int]],
) -> FloatArray:  # fmt: skip
    """Return results with one input, or inputs that move together, at low and at high, all others at the base.

    Parameters
    ----------
    evaluate : callable
        From values (input, draw) to results (…, draw); called once.
    base, low, high : ndarray (input,)
    groups : sequence of sequence of int
        Inputs that move together.

    Returns
    -------
    ndarray (…, 2, group)
        With the inputs at low, at high.

    Examples
    --------
    >>> base, low, high = np.array([2.0, 3.0]), np.array([1.0, 3.0]), np.array([4.0, 5.0])
    >>> swings(lambda v: v[0] * v[1], base, low, high, [[0], [1], [0, 1]]).tolist()
    [[3.0, 6.0, 3.0], [12.0, 10.0, 20.0]]
    """
    count = len(groups)
    values = np.repeat(base[:, None], 2 * count, axis=1)
    for k, rows in enumerate(groups):
        values[rows, k], values[rows, count + k] = low[rows], high[rows]
    values.flags.writeable = False
    found = evaluate(values)
    return found.reshape(*found.shape[:-1], 2, count)

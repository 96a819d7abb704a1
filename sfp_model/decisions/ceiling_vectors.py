"""Vectors of closed gaps: which can be reached at all, and which are best under some strictly positive weighting.

A vector is best under some weighting ``w > 0`` exactly if no mixture (convex combination) of reachable vectors closes
as much of every gap and more of one (Isermann 1974, doi:10.1287/opre.22.1.189). Vectors are held in whole numbers of
the largest common part of all actions, so that comparisons are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm

import numpy as np
import numpy.typing as npt

from sfp_model.model.inputs import FloatArray

__all__ = [
    "LIMIT", "Undecided", "Whole", "Whole64", "common_parts", "corners", "weighting_for", "whole_weights",
    "within_reach",
]  # fmt: skip

Whole64 = npt.NDArray[np.int64]
LIMIT = 1_000_000  # vectors that are looked at one by one
FINEST = 1_000_000  # parts of a gap that are told apart
CLEAR = 1e-7  # parts; far below 1, far above the tolerance of the solver


def common_parts(values: FloatArray) -> tuple[Whole64, int]:
    """Return *values* as whole numbers of parts, and how many parts make 1.

    Examples
    --------
    >>> common_parts(np.array([[1 / 6, 0.25], [0.0, 0.2]]))
    (array([[10, 15],
           [ 0, 12]]), 60)
    """
    parts = 1
    for number in np.unique(values).tolist():
        parts = lcm(parts, Fraction(number).limit_denominator(1000).denominator)
        if parts > FINEST:
            break
    if parts > FINEST or np.abs(values * parts - np.rint(values * parts)).max(initial=0.0) > 1e-6:
        parts = FINEST
    return np.rint(values * parts).astype(np.int64), parts


class Undecided(ArithmeticError):
    """Weights are too fine to be made whole numbers that pass the comparison exactly."""


@dataclass(eq=False)
class Whole:
    """What is known of the reachable vectors of a problem.

    Attributes
    ----------
    units : ndarray of int (group, gap)
        What one more action of a group closes; no row is nil.
    sizes : tuple of int
        Actions of each group.
    reached : list of ndarray of int (gap,)
        Vectors of plans that are known; distinct.
    cuts : list of (ndarray of int (gap,), int)
        Weights and the most that a plan in question is worth under them, proven.
    """

    units: Whole64
    sizes: tuple[int, ...]
    reached: list[Whole64] = field(default_factory=list)
    cuts: list[tuple[Whole64, int]] = field(default_factory=list)

    def reach(self, vector: Whole64) -> bool:
        """Note a vector of a plan; whether it is new."""
        if any((vector == other).all() for other in self.reached):
            return False
        self.reached.append(vector)
        return True

    def left(self, vectors: Whole64) -> npt.NDArray[np.bool_]:
        """Return which of *vectors* no bound rules out and no reached one exceeds."""
        alive = np.ones(len(vectors), bool)
        for weights, most in self.cuts:
            alive &= vectors @ weights <= most
        for other in self.reached:
            alive &= ~_exceeded(vectors, other)
        return alive


def _exceeded(vectors: Whole64, other: Whole64) -> npt.NDArray[np.bool_]:
    """Return which *vectors* close no more of any gap than *other* and less of one."""
    no_more: npt.NDArray[np.bool_] = np.all(vectors <= other, axis=1)
    less: npt.NDArray[np.bool_] = np.any(vectors < other, axis=1)
    return no_more & less


def within_reach(known: Whole) -> Whole64 | None:
    """Return the counts of groups whose sum *known* does not settle, shape (vector, group); ``None`` beyond ``LIMIT``.

    Groups are added one after the other. What cannot grow beyond a reached vector any more is left out at once.
    """
    counts = np.zeros((1, len(known.sizes)), np.int64)
    rest = known.units.T @ np.array(known.sizes, np.int64)
    for group in np.argsort(-known.units.sum(axis=1), kind="stable").tolist():
        size = known.sizes[group]
        if len(counts) * (size + 1) > LIMIT:
            return None
        rest = rest - size * known.units[group]
        counts = np.repeat(counts, size + 1, axis=0)
        counts[:, group] = np.tile(np.arange(size + 1), len(counts) // (size + 1))
        sums = counts @ known.units
        alive = np.ones(len(counts), bool)
        for other in known.reached:
            alive &= ~_exceeded(sums + rest, other)
        counts = counts[alive]
    return counts


def corners(vectors: Whole64) -> FloatArray:
    """Return the weightings at which more than one of *vectors* begin to be best, shape (weighting, gap).

    They are the corners of ``{(w, θ) : θ ≥ w · v, w ≥ 0, Σ w = 1}``. What no corner tells apart from *vectors*, no
    weighting does: a plan is worth more than all of them under some weighting exactly if it is so at a corner
    (weight-space decomposition, Przybylski, Gandibleux & Ehrgott 2010, doi:10.1287/ijoc.1090.0342).

    Examples
    --------
    >>> corners(np.array([[4, 0], [0, 2]])).round(3).tolist()
    [[0.0, 1.0], [0.333, 0.667], [1.0, 0.0]]
    """
    from scipy.spatial import HalfspaceIntersection

    gaps = vectors.shape[1]
    if gaps == 1:
        return np.ones((1, 1))
    scaled = vectors / max(int(vectors.max(initial=1)), 1)
    # free: all weights but the last, then θ; rows (coefficients, constant) say coefficients · x + constant ≤ 0
    best = np.hstack([scaled[:, :-1] - scaled[:, -1:], np.full((len(scaled), 1), -1.0), scaled[:, -1:]])
    positive = np.hstack([-np.eye(gaps - 1), np.zeros((gaps - 1, 2))])
    last = np.append(np.ones(gaps - 1), [0.0, -1.0])
    roof = np.append(np.zeros(gaps - 1), [1.0, -3.0])
    inside = np.append(np.full(gaps - 1, 1 / gaps), 2.0)
    found = HalfspaceIntersection(np.vstack([best, positive, last, roof]), inside).intersections
    found = found[np.isfinite(found).all(axis=1)]
    weights = found[found[:, -1] < 2.5, :-1]
    weights = np.hstack([weights, 1 - weights.sum(axis=1, keepdims=True)])
    made: FloatArray = np.unique(np.round(np.clip(weights, 0, 1), 10), axis=0)
    return made


def whole_weights(weights: FloatArray, vectors: Whole64) -> Whole64:
    """Return *weights* as small whole numbers under which the same of *vectors* are best; else as near as can be."""
    worth = vectors @ weights
    top = vectors[worth >= worth.max() - 1e-6 * max(1.0, float(worth.max()))]
    made = np.ones(len(weights), np.int64)
    scaled = weights / weights.max()
    for finest in (1, 3, 10, 30, 100, 300, 1000, 3000):
        parts = [Fraction(float(w)).limit_denominator(finest) for w in scaled]
        common = lcm(*(part.denominator for part in parts))
        if common > 10**6:
            break
        numbers = [int(part * common) for part in parts]
        made = np.array(numbers, np.int64) // gcd(*numbers)
        if np.abs(made / made.max() - scaled).max() < 1e-4 and len(set((top @ made).tolist())) == 1:
            break
    return made


def weighting_for(vector: Whole64, others: Whole64) -> tuple[Whole64 | None, FloatArray]:
    """Return strictly positive whole weights under which *vector* is worth no less than any of *others*.

    The linear program asks for the mixture of *others* that closes as much of every gap as *vector* and most beyond
    it. If there is nothing beyond, its shadow prices are the weights; they are made whole and checked in whole
    numbers.

    Returns
    -------
    (weights or None, mixture)
        ``None`` if the mixture closes more, so that *vector* is best under no weighting.

    Raises
    ------
    Undecided
        There are weights, but no whole numbers were found for them.

    Examples
    --------
    >>> ends = np.array([[4, 0], [0, 4]])
    >>> weighting_for(np.array([2, 2]), ends)[0]
    array([1, 1])
    >>> weighting_for(np.array([1, 2]), ends)[0] is None
    True
    """
    from scipy.optimize import linprog

    count, gaps = others.shape
    found = linprog(
        np.append(np.zeros(count), -np.ones(gaps)),
        A_eq=np.vstack([np.hstack([others.T, -np.eye(gaps)]), np.append(np.ones(count), np.zeros(gaps))]),
        b_eq=np.append(vector, 1),
        bounds=(0, None),
        method="highs-ds",
    )
    if found.status == 2:  # nothing mixed from the others closes as much: then some weights put it strictly ahead
        return _ahead(vector, others), vector.astype(float)
    mixture: FloatArray = others.T @ found.x[:count]
    if found.fun < -CLEAR:
        return None, mixture
    return _whole(-found.eqlin.marginals[:gaps], vector, others), mixture


def _ahead(vector: Whole64, others: Whole64) -> Whole64:
    """Return whole weights under which *vector* is ahead of all *others* or level with them."""
    from scipy.optimize import linprog

    gaps = len(vector)
    found = linprog(
        np.ones(gaps), A_ub=others - vector, b_ub=np.zeros(len(others)), bounds=(1, None), method="highs-ds"
    )
    if found.status != 0:
        raise Undecided(found.message)
    return _whole(found.x, vector, others)


def _whole(weights: FloatArray, vector: Whole64, others: Whole64) -> Whole64:
    """Return *weights* as the smallest whole numbers that pass the comparison exactly; ``Undecided`` if none do."""
    for finest in (1, 10, 100, 1000, 10_000, 100_000):
        parts = [Fraction(float(w)).limit_denominator(finest) for w in weights / weights.min()]
        common = lcm(*(part.denominator for part in parts))
        numbers = [int(part * common) for part in parts]
        if max(numbers) > 10**9:
            break
        made = np.array(numbers, np.int64) // gcd(*numbers)
        if (made > 0).all() and ((vector - others) @ made >= 0).all():
            return made
    raise Undecided(f"no whole numbers for the weights {weights.tolist()}")

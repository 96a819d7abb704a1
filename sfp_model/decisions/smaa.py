"""SMAA-2: which alternative ranks where when neither weights nor criteria are known exactly.

Lahdelma and Salminen 2001, doi:10.1287/opre.49.3.444.11220. The value of an alternative is the weighted sum of its
scores; weights are uniform over the simplex where nobody has stated any.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray
from sfp_model.uncertainty.between import standard_error
from sfp_model.uncertainty.summary import LEAST_BLOCKS

__all__ = ["Acceptability", "rank_shares", "share_error", "simplex", "smaa"]

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Acceptability:
    """What SMAA-2 says of each alternative.

    Attributes
    ----------
    ranks : ndarray (alternative, rank)
        Share of the joint draws of weights and scores in which the alternative has the rank. A row sums to the share
        of the draws in which the alternative may be chosen; where all may, every row and every column sums to 1.
    central : ndarray (alternative, criterion)
        Mean of the weights that put the alternative first; nan where none does.
    confidence : ndarray (alternative,)
        Share of the draws of scores in which the alternative is first under its central weights; nan where it
        has none.
    draws : int
        Number of joint draws.
    error : ndarray (alternative, rank)
        Standard error of each rank acceptability.
    """

    ranks: FloatArray
    central: FloatArray
    confidence: FloatArray
    draws: int
    error: FloatArray

    @property
    def expected_rank(self) -> FloatArray:
        """Mean rank of each alternative, 1 the best, where it may be chosen; nan where it never may."""
        places, there = self.ranks @ np.arange(1.0, self.ranks.shape[1] + 1), self.ranks.sum(axis=1)
        result: FloatArray = np.divide(places, there, out=np.full(len(there), np.nan), where=there > 0)
        return result


def simplex(quantiles: FloatArray) -> FloatArray:
    """Return weights that are uniform over the simplex, from independent uniform *quantiles*.

    ``w_j = ln(1 - u_j) / Σ ln(1 - u)``: exponential variables over their sum (Rubinstein 1982,
    doi:10.1016/0377-2217(82)90161-8).

    Parameters
    ----------
    quantiles : ndarray (criterion, draw)
        In (0, 1).

    Returns
    -------
    ndarray (criterion, draw)
        Not negative; every column sums to 1.

    Examples
    --------
    >>> simplex(np.array([[0.5], [0.5]])).ravel().tolist()
    [0.5, 0.5]
    """
    spacing = -np.log1p(-quantiles)
    result: FloatArray = spacing / spacing.sum(axis=0)
    return result


def rank_shares(values: FloatArray) -> FloatArray:
    """Return the share of the draws in which each alternative has each rank, (alternative, rank).

    Alternatives of equal value share the ranks that they take: two best ones are first and second half each. Those with
    the value -inf may not be chosen in that draw and take no rank.

    Parameters
    ----------
    values : ndarray (alternative, draw)

    Examples
    --------
    >>> rank_shares(np.array([[3.0, 1.0], [2.0, 1.0]])).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    >>> rank_shares(np.array([[3.0, -np.inf], [2.0, 1.0]])).tolist()
    [[0.5, 0.0], [0.5, 0.5]]
    """
    count, draws = values.shape
    better = np.zeros(values.shape, dtype=np.intp)
    equal = np.zeros(values.shape, dtype=np.intp)
    for other in values:
        better += other > values
        equal += other == values
    shares = np.zeros((count, count))
    equal[np.isneginf(values)] = 0
    tied = int(equal.max(initial=1))
    for place in range(tied):  # an alternative among k equal ones has 1/k of each of their ranks
        inside = equal > place
        for row in range(count):
            at = better[row][inside[row]] + place
            shares[row] += np.bincount(at, weights=1.0 / equal[row][inside[row]], minlength=count)[:count]
    result: FloatArray = shares / draws
    return result


def smaa(scores: FloatArray, weights: FloatArray, blocks: int = 1, allowed: BoolArray | None = None) -> Acceptability:
    """Return rank acceptability, central weights and confidence factors.

    Parameters
    ----------
    scores : ndarray (alternative, criterion, draw)
        Values of the criteria on one scale, more is better; common random numbers over the alternatives.
    weights : ndarray (criterion, draw)
        Independent of the scores.
    blocks : int
        Independent blocks of equal size that the draws consist of: with ten or more the standard error is the spread
        between them, which holds for any sampler; with fewer it is that of independent draws.
    allowed : ndarray of bool (alternative, draw), optional
        Whether an alternative may be chosen in a draw: constraints, which no score makes up for. It takes no rank where
        it may not. At least one must be allowed in every draw.

    Raises
    ------
    UsageError
        If the shapes do not fit.

    Examples
    --------
    Two criteria, two alternatives that are each best in one: the first is first where its weight is above 2/3.

    >>> weights = simplex(np.random.default_rng(0).random((2, 20_000)))
    >>> found = smaa(np.array([[[1.0], [0.0]], [[0.0], [2.0]]]).repeat(20_000, axis=2), weights)
    >>> found.ranks[:, 0].round(2).tolist(), found.central[0].round(2).tolist(), found.confidence.tolist()
    ([0.33, 0.67], [0.83, 0.17], [1.0, 1.0])
    """
    if scores.ndim != 3 or weights.shape != scores.shape[1:]:
        raise UsageError(f"scores {scores.shape} and weights {weights.shape} do not share criteria and draws")
    closed = np.zeros((len(scores), scores.shape[2]), dtype=np.bool_) if allowed is None else ~allowed
    if closed.all(axis=0).any():
        raise UsageError("in some draws no alternative may be chosen; add one that always may")
    values = np.einsum("acd,cd->ad", scores, weights)
    values[closed] = -np.inf
    first = values >= values.max(axis=0)  # every one of several equal best
    shared = first / first.sum(axis=0)
    firsts = shared.sum(axis=1)
    central = np.full(scores.shape[:2], np.nan)
    np.divide(shared @ weights.T, firsts[:, None], out=central, where=firsts[:, None] > 0)
    confidence = np.full(len(scores), np.nan)
    for row in np.flatnonzero(firsts > 0):
        under = np.einsum("acd,c->ad", scores, central[row])
        under[closed] = -np.inf
        confidence[row] = (under[row] >= under.max(axis=0)).mean()
    ranks, draws = rank_shares(values), values.shape[1]
    if blocks < LEAST_BLOCKS:
        return Acceptability(ranks, central, confidence, draws, share_error(ranks, draws))
    parts = np.stack([rank_shares(part) for part in np.array_split(values, blocks, axis=1)])
    return Acceptability(ranks, central, confidence, draws, standard_error(parts))


def share_error(share: FloatArray, draws: int) -> FloatArray:
    """Return ``√(p (1 - p) / n)``: the standard error of a share of independent draws."""
    result: FloatArray = np.sqrt(share * (1 - share) / draws)
    return result

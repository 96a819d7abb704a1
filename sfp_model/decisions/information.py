"""The value of information: what it would be worth to know an input before choosing.

With perfect information (EVPI) one chooses in each draw; with perfect information on some inputs (EVPPI) one chooses
by the expectation given these. The expectation is estimated by regression on the same draws that the comparison rests
on (Strong, Oakley and Brennan 2014, doi:10.1177/0272989X13505910).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfp_model.decisions.leave_out import check_blocks, leave_one_out
from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["Worth", "evpi", "evppi", "worth"]

DEGREE = 3
FOLDS = 2


@dataclass(frozen=True, slots=True)
class Worth:
    """A value of information and its standard error, in the unit of the payoff."""

    value: float
    error: float


def evpi(payoff: FloatArray) -> float:
    """Return the expected value of perfect information, ``E[max_a v] − max_a E[v]``.

    Source: Raiffa and Schlaifer 1961.

    Parameters
    ----------
    payoff : ndarray (alternative, draw)

    Examples
    --------
    >>> evpi(np.array([[1.0, 0.0], [0.0, 1.0]]))
    0.5
    """
    return float(payoff.max(axis=0).mean() - payoff.mean(axis=1).max())


def _basis(inputs: FloatArray) -> FloatArray:
    """Return polynomials of ranks up to the third degree with products of pairs, shape (term, draw)."""
    from scipy.stats import norm, rankdata

    moves = [row for row in inputs if row.min() < row.max()]
    scores = [norm.ppf((rankdata(row) - 0.5) / row.size) for row in moves]
    terms = [np.ones(inputs.shape[1])]
    for i, z in enumerate(scores):
        terms += [z, z**2 - 1, z**3 - 3 * z]  # Hermite polynomials: uncorrelated for normal scores
        terms += [z * other for other in scores[:i]]
    return np.stack(terms)


def evppi(payoff: FloatArray, inputs: FloatArray) -> float:
    """Return the expected value of perfect information on *inputs*.

    ``E[max_a g_a(x)] − max_a E[v_a]`` with ``g_a(x) = E[v_a | x]`` by least squares on Hermite polynomials of the
    normal scores of the inputs. The curve of one half of the draws is judged on the other half, so that noise in the
    curve does not pass for information: the choice is the curve's, the payoff the draw's own.

    Parameters
    ----------
    payoff : ndarray (alternative, draw)
    inputs : ndarray (input, draw)
        What would be known.

    Returns
    -------
    float
        Not negative in expectation; chance can make an input without worth slightly negative.
    """
    return _Known(payoff, inputs).gained(np.ones(1, dtype=np.bool_))


class _Known:
    """What choosing by the curve gains, from sums by block and fold, so that leaving out a block costs no new sums."""

    def __init__(self, payoff: FloatArray, inputs: FloatArray, blocks: int = 1) -> None:
        if inputs.shape[1] != payoff.shape[1]:
            raise UsageError(f"inputs and payoff need the same draws, got {inputs.shape[1]} and {payoff.shape[1]}")
        self.payoff, self.basis = payoff, _basis(inputs)
        draw, size = np.arange(payoff.shape[1]), payoff.shape[1] // blocks
        self.cells = [[draw[k * size : (k + 1) * size][fold::FOLDS] for fold in range(FOLDS)] for k in range(blocks)]
        terms = [[self.basis[:, cell] for cell in row] for row in self.cells]
        self.products = np.array([[some @ some.T for some in row] for row in terms])
        self.answers = np.array([[some @ payoff[:, cell].T for some, cell in zip(part, row, strict=True)]
                                 for part, row in zip(terms, self.cells, strict=True)])  # fmt: skip

    def gained(self, kept: npt.NDArray[np.bool_]) -> float:
        """Return the gain from the blocks of the mask *kept*: each fold judged by the curve of the others."""
        gain = 0.0
        for fold in range(FOLDS):
            learn = np.arange(FOLDS) != fold
            product, answer = (x[kept][:, learn].sum(axis=(0, 1)) for x in (self.products, self.answers))
            curve = np.linalg.lstsq(product, answer, rcond=1e-12)[0]
            judge = np.concatenate([row[fold] for row, used in zip(self.cells, kept, strict=True) if used])
            pick = np.argmax(self.basis[:, judge].T @ curve, axis=1)
            stay = int(np.argmax(answer[0]))  # the first term is 1: the sum of the payoff where it was learnt
            gain += float((self.payoff[pick, judge] - self.payoff[stay, judge]).mean())
        return gain / FOLDS


def worth(payoff: FloatArray, inputs: FloatArray | None = None, *, blocks: int = 10) -> Worth:
    """Return EVPI, or EVPPI of *inputs*, from all draws, with a standard error by leaving out one block at a time.

    From all draws, because the best of several means is too good where draws are few, and a regression costs value
    there.

    Parameters
    ----------
    payoff : ndarray (alternative, draw)
    inputs : ndarray (input, draw), optional
        What would be known; by default everything.
    blocks : int
        Equal and independent parts of the draws, in order; at least ten.

    Returns
    -------
    Worth

    Raises
    ------
    UsageError
        See ``leave_one_out`` and ``evppi``.

    Examples
    --------
    >>> worth(np.tile([[1.0, 0.0], [0.0, 1.0]], 10)).value
    0.5
    """
    check_blocks(payoff.shape[1], blocks)
    known = None if inputs is None else _Known(payoff, inputs, blocks)

    def estimate(kept: npt.NDArray[np.bool_]) -> float:
        return evpi(payoff[:, kept]) if known is None else known.gained(kept.reshape(blocks, -1)[:, 0])

    value, error = leave_one_out(estimate, payoff.shape[1], blocks)
    return Worth(float(value), float(error))

"""The value of information: what it would be worth to know an input before choosing.

With perfect information (EVPI) one chooses in each draw; with perfect information on some inputs (EVPPI) one chooses
by the expectation given these. The expectation is estimated by regression on the same draws that the comparison rests
on (Strong, Oakley and Brennan 2014, doi:10.1177/0272989X13505910).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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
    if inputs.shape[1] != payoff.shape[1]:
        raise UsageError(f"inputs and payoff need the same draws, got {inputs.shape[1]} and {payoff.shape[1]}")
    basis = _basis(inputs)
    fold = np.arange(payoff.shape[1]) % FOLDS
    gained = 0.0
    for k in range(FOLDS):
        learn, judge = fold != k, fold == k
        curve = np.linalg.lstsq(basis[:, learn].T, payoff[:, learn].T, rcond=None)[0]
        pick = np.argmax(basis[:, judge].T @ curve, axis=1)
        stay = int(np.argmax(payoff[:, learn].mean(axis=1)))
        judged = payoff[:, judge]
        gained += float((judged[pick, np.arange(judged.shape[1])] - judged[stay]).mean())
    return gained / FOLDS


def worth(blocks: Sequence[tuple[FloatArray, FloatArray]]) -> tuple[Worth, Worth]:
    """Return EVPI and EVPPI with standard errors from the spread between independent blocks.

    Parameters
    ----------
    blocks : sequence of (payoff, inputs)
        See ``evppi``; at least ten.

    Returns
    -------
    (Worth, Worth)
        Of perfect information on everything, and on the inputs.

    Raises
    ------
    UsageError
        If there are fewer than ten blocks.
    """
    if len(blocks) < 10:
        raise UsageError(f"a standard error needs at least 10 blocks, here {len(blocks)}")
    everything = np.array([evpi(payoff) for payoff, _ in blocks])
    part = np.array([evppi(payoff, inputs) for payoff, inputs in blocks])
    root = np.sqrt(len(blocks))
    return (
        Worth(float(everything.mean()), float(everything.std(ddof=1) / root)),
        Worth(float(part.mean()), float(part.std(ddof=1) / root)),
    )

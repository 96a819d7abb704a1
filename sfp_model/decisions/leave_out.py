"""Standard errors of estimates that are no means: every independent block of draws is left out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray
from sfp_model.uncertainty.between import check_count

__all__ = ["check_blocks", "leave_one_out", "limits"]


def check_blocks(draws: int, blocks: int) -> None:
    """Raise ``UsageError`` if there are fewer than ten blocks, or the draws do not divide into them."""
    check_count(blocks)
    if draws % blocks:
        raise UsageError(f"{draws} draws cannot be cut into {blocks} equal blocks")


def leave_one_out(
    estimate: Callable[[npt.NDArray[np.bool_]], Any], draws: int, blocks: int
) -> tuple[FloatArray, FloatArray]:
    """Return an estimate from all draws, and its standard error by leaving out one block at a time.

    The delete-a-group jackknife, ``s.e.² = (B − 1)/B · Σ (θ₍ₖ₎ − mean)²`` (Efron 1982, doi:10.1137/1.9781611970319).
    For what is biased where draws are few (a regression, a ratio, the best of several means), so that the mean of the
    blocks' own estimates would not do.

    Parameters
    ----------
    estimate : callable
        From the draws that are kept, a mask of shape (draw,), to a number or an array.
    draws : int
        All draws; block *k* is the *k*-th of equal parts.
    blocks : int
        Independent of each other; at least ten.

    Returns
    -------
    value, error : ndarray
        Of the shape of the estimate.

    Raises
    ------
    UsageError
        See ``check_blocks``.

    Examples
    --------
    >>> x = np.arange(20.0)
    >>> value, error = leave_one_out(lambda kept: x[kept].mean(), 20, 10)
    >>> float(value), round(float(error), 6) == round(float(x.reshape(10, 2).mean(axis=1).std(ddof=1) / 10**0.5), 6)
    (9.5, True)
    """
    check_blocks(draws, blocks)
    block = np.arange(draws) // (draws // blocks)
    whole = np.asarray(estimate(np.ones(draws, dtype=np.bool_)), dtype=float)
    left = np.stack([np.asarray(estimate(block != k), dtype=float) for k in range(blocks)])
    error: FloatArray = np.sqrt((blocks - 1) / blocks * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    return whole, error


def limits(
    value: FloatArray, error: FloatArray, blocks: int, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Return confidence limits from a standard error between *blocks*, ``value ∓ t · s.e.``.

    Student's t with one degree of freedom less than there are blocks (Efron 1982, doi:10.1137/1.9781611970319).

    Parameters
    ----------
    value, error : ndarray
        For example of ``leave_one_out``.
    blocks : int
    confidence : float
        In (0, 1).

    Returns
    -------
    low, high : ndarray
        Of the shape of *value*.

    Examples
    --------
    >>> low, high = limits(np.array([1.0]), np.array([0.1]), 12)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.78], [1.22])
    """
    from scipy.stats import t

    reach = float(t.ppf((1 + confidence) / 2, blocks - 1)) * error
    return value - reach, value + reach

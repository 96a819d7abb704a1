"""How sure a statistic of independent blocks of draws is: the spread between the blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray
from sfp_model.uncertainty.summary import LEAST_BLOCKS

__all__ = ["check_count", "percentile_errors", "standard_error"]


def check_count(blocks: int) -> None:
    """Raise ``UsageError`` if there are fewer than ten blocks, for then there is no standard error."""
    if blocks < LEAST_BLOCKS:
        raise UsageError(f"a standard error needs at least {LEAST_BLOCKS} blocks, here {blocks}")


def standard_error(own: Sequence[FloatArray] | Sequence[float] | FloatArray) -> FloatArray:
    """Return the standard error of a statistic from its values in independent blocks, ``s ÷ √B``.

    *s* is the standard deviation of the blocks' own values with ``B − 1`` in its denominator. It holds for any sampler,
    as long as every block is an independent randomisation (Owen 1997, doi:10.1137/S0036142994277468), while the spread
    of the draws within a block does not: a stratified block is surer than its draws look.

    Parameters
    ----------
    own : sequence of B numbers or arrays, or ndarray (B, …)
        First axis block.

    Returns
    -------
    ndarray (…)
        In the unit of the statistic.

    Raises
    ------
    UsageError
        With fewer than ten blocks.

    Examples
    --------
    Of the means of ten blocks with the standard deviation 3.03:

    >>> float(standard_error(np.arange(10.0)).round(3))
    0.957
    >>> standard_error(np.arange(20.0).reshape(10, 2)).round(3).tolist()
    [1.915, 1.915]
    """
    values = np.asarray(own, dtype=float)
    check_count(len(values))
    result: FloatArray = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return result


def percentile_errors(drawn: FloatArray, shares: Sequence[float]) -> list[float]:
    """Return the standard errors of percentiles of all draws, from the blocks' own percentiles.

    Parameters
    ----------
    drawn : ndarray (block, draw)
    shares : sequence of float
        In [0, 1].

    Examples
    --------
    >>> percentile_errors(np.arange(30.0).reshape(10, 3), (0.5,))[0] == standard_error(np.arange(1.0, 30, 3))
    np.True_
    """
    return [float(error) for error in standard_error(np.quantile(drawn, shares, axis=1).T)]

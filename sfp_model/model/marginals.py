"""From a quantile to a value: PERT, triangular, uniform and the mixture of overruns.

Low and high may stand at percentiles; minimum and maximum are then fitted so that the distribution with the
given mode has them there. Inverse functions of the beta distribution are the cost of PERT: each shape is
inverted once on a grid and interpolated when many draws are wanted.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray, InputTable, Mixture

__all__ = ["bounds", "mixture_quantile", "pert_shape", "quantile", "row_values", "triangular_quantile"]

LAMBDA = 4.0  # weight of the mode in the PERT mean: (min + 4 mode + max) / 6
_EXACT = 256  # up to this many draws the inverse beta function itself is used


def pert_shape(minimum: float, mode: float, maximum: float) -> tuple[float, float]:
    """Return α and β of the beta distribution behind PERT: ``α = 1 + λ (mode − min)/(max − min)``, λ = 4.

    Examples
    --------
    >>> pert_shape(0, 5, 10)
    (3.0, 3.0)
    """
    span = maximum - minimum
    return 1 + LAMBDA * (mode - minimum) / span, 1 + LAMBDA * (maximum - mode) / span


def triangular_quantile(q: FloatArray, minimum: float, mode: float, maximum: float) -> FloatArray:
    """Return the quantile function of the triangular distribution."""
    span = maximum - minimum
    cut = (mode - minimum) / span
    left = minimum + span * np.sqrt(q * cut)
    right = maximum - span * np.sqrt((1 - q) * (1 - cut))
    result: FloatArray = np.where(q < cut, left, right)
    return result


def mixture_quantile(q: FloatArray, mixture: Mixture) -> FloatArray:
    """Return the quantile function of uniform pieces with a capped Pareto tail.

    In the tail of mass t from x₀ with survival exponent a: ``x = x₀ ((1 − q)/t)^(−1/a)``, at most the cap.

    Examples
    --------
    >>> m = Mixture((0.6, 1.0, 2.0), (0.6, 0.3), 1.3, 10.0)
    >>> mixture_quantile(np.array([0.0, 0.6, 0.9, 1.0]), m).round(6).tolist()
    [0.6, 1.0, 2.0, 10.0]
    """
    steps = np.r_[0.0, np.cumsum(mixture.shares)]
    body = np.interp(q, steps, mixture.edges)
    tail = 1 - steps[-1]
    if tail <= 1e-12:
        return body
    survival = np.clip((1 - q) / tail, 1e-300, 1.0)
    result: FloatArray = np.where(
        q > steps[-1], np.minimum(mixture.edges[-1] * survival ** (-1 / mixture.shape), mixture.cap), body
    )
    return result


def _beta(alpha: float, beta: float, q: FloatArray) -> FloatArray:
    from scipy.special import betaincinv

    result: FloatArray = betaincinv(alpha, beta, q)
    return result


@lru_cache(maxsize=4096)
def _beta_table(alpha: float, beta: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes (denser at both ends) and the inverse beta function on them."""
    grid = np.linspace(0.0, 1.0, 1025)
    nodes = grid**3 * (10 - 15 * grid + 6 * grid**2)
    return nodes, _beta(alpha, beta, nodes)


def _unit_quantile(distribution: str, q: FloatArray, low: float, mode: float, high: float) -> FloatArray:
    if distribution == "uniform":
        return low + (high - low) * q
    if distribution == "triangular":
        return triangular_quantile(q, low, mode, high)
    if distribution == "pert":
        alpha, beta = pert_shape(low, mode, high)
        if q.size <= _EXACT:
            return low + (high - low) * _beta(alpha, beta, q)
        return low + (high - low) * np.interp(q, *_beta_table(alpha, beta))
    raise UsageError(f"distribution {distribution!r} is none of pert, triangular, uniform")


@lru_cache(maxsize=4096)
def bounds(
    distribution: str, low: float, mode: float, high: float, low_at: float, high_at: float
) -> tuple[float, float]:
    """Return minimum and maximum of the distribution that has *low* and *high* at the given probabilities.

    For PERT and triangular the mode is kept and two equations, F(low) = low_at and F(high) = high_at, are solved
    for minimum = low − e^s and maximum = high + e^t, which a mode at low or at high does not hinder.

    Raises
    ------
    UsageError
        If low ≤ mode ≤ high does not hold, or no such distribution exists.

    Examples
    --------
    >>> bounds("uniform", 1.0, 5.0, 9.0, 0.1, 0.9)
    (0.0, 10.0)
    >>> [round(x, 3) for x in bounds("triangular", 2.0, 5.0, 8.0, 0.1, 0.9)]
    [-0.427, 10.427]
    """
    if not low <= mode <= high:
        raise UsageError(f"must have {low=} ≤ {mode=} ≤ {high=}")
    if low == high or (low_at <= 0 and high_at >= 1):
        return low, high
    if distribution == "uniform":
        span = (high - low) / (high_at - low_at)
        return _tidy(low - low_at * span), _tidy(high + (1 - high_at) * span)
    scale = high - low
    left, right = (mode - low) / scale, (high - mode) / scale
    fit_low, fit_high = low_at > 0, high_at < 1

    def ends(z: FloatArray) -> tuple[float, float]:
        """Return the distances of minimum and maximum from the mode, in units of high − low."""
        return left + fit_low * float(np.exp(z[0])), right + fit_high * float(np.exp(z[-1]))

    def gap(z: FloatArray) -> FloatArray:
        below, above = ends(z)
        q = np.array(([low_at] if fit_low else []) + ([high_at] if fit_high else []))
        want = np.array(([-left] if fit_low else []) + ([right] if fit_high else []))
        result: FloatArray = _unit_quantile(distribution, q, -below, 0.0, above) - want
        return result

    from scipy.optimize import least_squares

    fitted = least_squares(gap, np.full(int(fit_low) + int(fit_high), -1.2), xtol=1e-14, ftol=1e-14, gtol=1e-14)
    if float(np.abs(fitted.fun).max()) > 1e-6:
        raise UsageError(
            f"no {distribution} with mode {mode} has {low} at P{100 * low_at:g} and {high} at P{100 * high_at:g}"
        )
    below, above = ends(fitted.x)
    return mode - below * scale, mode + above * scale


def _tidy(x: float) -> float:
    return float(np.round(x, 12))


def quantile(
    q: FloatArray, distribution: str, low: float, mode: float, high: float,
    low_at: float = 0.0, high_at: float = 1.0,
) -> FloatArray:  # fmt: skip
    """Return the values at quantiles *q* of an estimate; see ``bounds`` for low_at and high_at.

    Parameters
    ----------
    q : ndarray
        In [0, 1].
    distribution : str
        pert, triangular or uniform.

    Examples
    --------
    >>> quantile(np.array([0.0, 0.5, 1.0]), "pert", 0.0, 5.0, 10.0).round(6).tolist()
    [0.0, 5.0, 10.0]
    """
    minimum, maximum = bounds(distribution, low, mode, high, low_at, high_at)
    if minimum == maximum:
        return np.full(q.shape, mode)
    return _unit_quantile(distribution, q, minimum, mode, maximum)


def row_values(table: InputTable, row: int, q: FloatArray) -> FloatArray:
    """Return the values of one input at quantiles *q*, cut to its domain."""
    if row in table.mixtures:
        return mixture_quantile(q, table.mixtures[row])
    found = quantile(
        q, table.distribution[row], float(table.low[row]), float(table.mode[row]), float(table.high[row]),
        float(table.low_at[row]), float(table.high_at[row]),
    )  # fmt: skip
    result: FloatArray = np.clip(found, table.lower[row], table.upper[row])
    return result

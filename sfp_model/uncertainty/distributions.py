"""Distributions in planners' words: value at a quantile, mean and variance.

What the model uses to turn quantiles into values stands in ``model.marginals``; these functions call it, so that
there is one formula of each.
"""

from __future__ import annotations

import math

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray, Mixture, percentiles
from sfp_model.model.marginals import bounds, mixture_quantile, pert_shape, quantile

__all__ = ["mean", "mixture", "mixture_mean", "pert", "triangular", "uniform", "variance"]


def pert(q: FloatArray, low: float, mode: float, high: float, at: str = "P10-P90") -> FloatArray:
    """Return the values of a PERT distribution (λ = 4) at quantiles *q*.

    A beta distribution on [min, max] with ``α = 1 + 4 (mode − min)/(max − min)`` and
    ``β = 1 + 4 (max − mode)/(max − min)`` (Malcolm et al. 1959, doi:10.1287/opre.7.5.646). Where low and high stand
    at percentiles, minimum and maximum are fitted numerically with the mode kept.

    Parameters
    ----------
    q : ndarray
        In [0, 1].
    low, mode, high : float
        In any one unit; low ≤ mode ≤ high.
    at : str
        ``min-max`` or ``P<low>-P<high>``.

    Raises
    ------
    UsageError
        If the order is broken.

    Examples
    --------
    >>> pert(np.array([0.1, 0.9]), 5, 10, 20).round(6).tolist()
    [5.0, 20.0]
    >>> pert(np.array([0.0, 1.0]), 0, 0, 10, at="min-max").tolist()
    [0.0, 10.0]
    """
    return quantile(np.asarray(q, float), "pert", low, mode, high, *percentiles(at))


def triangular(q: FloatArray, low: float, mode: float, high: float, at: str = "P10-P90") -> FloatArray:
    """Return the values of a triangular distribution at quantiles *q*; arguments as in ``pert``.

    Examples
    --------
    >>> triangular(np.array([0.0, 0.25, 1.0]), 0, 1, 4, at="min-max").tolist()
    [0.0, 1.0, 4.0]
    """
    return quantile(np.asarray(q, float), "triangular", low, mode, high, *percentiles(at))


def uniform(q: FloatArray, low: float, high: float, at: str = "min-max") -> FloatArray:
    """Return the values of a uniform distribution at quantiles *q*.

    Examples
    --------
    >>> uniform(np.array([0.0, 0.5]), 2, 6).tolist()
    [2.0, 4.0]
    """
    return quantile(np.asarray(q, float), "uniform", low, low, high, *percentiles(at))


def mixture(q: FloatArray, of: Mixture) -> FloatArray:
    """Return the values of uniform pieces with a capped Pareto tail at quantiles *q*.

    Examples
    --------
    >>> mixture(np.array([0.3]), Mixture((0.6, 1.0, 2.0), (0.6, 0.4), 1.3, 10.0)).round(6).tolist()
    [0.8]
    """
    return mixture_quantile(np.asarray(q, float), of)


def mixture_mean(of: Mixture) -> float:
    """Return the mean of a mixture: midpoints of the pieces, and of the tail ``E min(X, c)``.

    For a Pareto from x₀ with survival exponent a: ``E min(X, c) = (a x₀ − c (x₀/c)^a)/(a − 1)``.

    Examples
    --------
    >>> round(mixture_mean(Mixture((0.6, 1.0, 1.5, 2.0), (0.6, 0.22, 0.074), 1.3, 10.0)), 2)
    1.37
    """
    body = sum(s * (a + b) / 2 for s, a, b in zip(of.shares, of.edges[:-1], of.edges[1:], strict=True))
    start, a, cap = of.edges[-1], of.shape, of.cap
    if a == 1:
        tail = start * (1 + math.log(cap / start))
    else:
        tail = (a * start - cap * (start / cap) ** a) / (a - 1)
    return body + (1 - sum(of.shares)) * tail


def mean(distribution: str, low: float, mode: float, high: float, at: str = "P10-P90") -> float:
    """Return the mean: PERT ``(min + 4 mode + max)/6``, triangular ``(min + mode + max)/3``, uniform the middle.

    Examples
    --------
    >>> round(mean("pert", 0, 3, 10, "min-max"), 2)
    3.67
    """
    minimum, maximum = bounds(distribution, low, mode, high, *percentiles(at))
    weight = {"pert": 4.0, "triangular": 1.0, "uniform": 0.0}.get(distribution)
    if weight is None:
        raise UsageError(f"distribution {distribution!r} is none of pert, triangular, uniform")
    return (minimum + weight * mode + maximum) / (2 + weight)


def variance(distribution: str, low: float, mode: float, high: float, at: str = "P10-P90") -> float:
    """Return the variance in closed form; 0 for a fixed value.

    PERT ``span² α β / ((α + β)² (α + β + 1))``; triangular ``(a² + b² + c² − ab − ac − bc)/18``; uniform ``span²/12``.

    Examples
    --------
    >>> variance("uniform", 0, 5, 12, "min-max")
    12.0
    """
    a, b = bounds(distribution, low, mode, high, *percentiles(at))
    if a == b:
        return 0.0
    if distribution == "uniform":
        return (b - a) ** 2 / 12
    if distribution == "triangular":
        return (a * a + b * b + mode * mode - a * b - a * mode - b * mode) / 18
    alpha, beta = pert_shape(a, mode, b)
    total = alpha + beta
    return (b - a) ** 2 * alpha * beta / (total**2 * (total + 1))

"""Distributions in planners' words: value at a quantile, mean and variance.

What the model uses to turn quantiles into values stands in ``model.marginals``; these functions call it, so that
there is one formula of each. Low and high stand at P10 and P90 unless *at* says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sfp_model.inputs.shapes import implied_mode
from sfp_model.model.inputs import FloatArray, Mixture, percentiles
from sfp_model.model.marginals import fit, mixture_quantile, quantile
from sfp_model.uncertainty.moments import mixture_mean, moments

__all__ = [
    "bernoulli", "beta", "discrete", "empirical", "lognormal", "mean", "mixture", "mixture_mean", "normal", "pert",
    "triangular", "uniform", "variance",
]  # fmt: skip


def pert(
    q: FloatArray, low: float, mode: float, high: float, at: str = "P10-P90", *, weight: float = 4.0
) -> FloatArray:
    """Return the values of a PERT distribution at quantiles *q*.

    A beta distribution on [min, max] with ``α = 1 + λ (mode − min)/(max − min)`` and
    ``β = 1 + λ (max − mode)/(max − min)`` (Malcolm et al. 1959, doi:10.1287/opre.7.5.646, with λ = 4; other λ: Vose
    2008, *Risk Analysis*, "modified PERT"). Where low and high stand at percentiles, minimum and maximum are fitted
    with the mode kept.

    Parameters
    ----------
    q : ndarray
        In [0, 1].
    low, mode, high : float
        In any one unit; low ≤ mode ≤ high.
    at : str
        ``min-max`` or ``P<low>-P<high>``.
    weight : float
        λ: how strongly values gather at the mode; 0 is uniform.

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
    >>> pert(np.array([0.25]), 0, 3, 10, at="min-max", weight=0).tolist()
    [2.5]
    """
    return quantile(np.asarray(q, float), "pert", low, mode, high, *percentiles(at), (float(weight),))


def triangular(q: FloatArray, low: float, mode: float, high: float, at: str = "P10-P90") -> FloatArray:
    """Return the values of a triangular distribution at quantiles *q*; arguments as in ``pert``.

    Source: Johnson 1997, doi:10.1111/1467-9884.00091 (as a proxy for the beta distribution).

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


def normal(q: FloatArray, low: float, high: float, at: str = "P10-P90") -> FloatArray:
    """Return the values of a normal distribution at quantiles *q*; low and high need percentiles.

    Examples
    --------
    >>> normal(np.array([0.1, 0.5]), 8, 12).round(6).tolist()
    [8.0, 10.0]
    """
    at_low, at_high = percentiles(at)
    mode = implied_mode("normal", low, high, at_low, at_high)
    return quantile(np.asarray(q, float), "normal", low, mode, high, at_low, at_high)


def lognormal(q: FloatArray, low: float, high: float, at: str = "P10-P90") -> FloatArray:
    """Return the values of a lognormal distribution at quantiles *q*; low above 0, low and high need percentiles.

    Examples
    --------
    >>> lognormal(np.array([0.1, 0.5, 0.9]), 1, 4).round(6).tolist()
    [1.0, 2.0, 4.0]
    """
    at_low, at_high = percentiles(at)
    mode = implied_mode("lognormal", low, high, at_low, at_high)
    return quantile(np.asarray(q, float), "lognormal", low, mode, high, at_low, at_high)


def beta(q: FloatArray, alpha: float, beta: float, low: float = 0.0, high: float = 1.0) -> FloatArray:
    """Return the values of a beta distribution on [low, high] at quantiles *q*.

    Examples
    --------
    >>> beta(np.array([0.5]), 2, 2, 0, 10).round(6).tolist()
    [5.0]
    """
    shape = (float(alpha), float(beta))
    mode = low if min(shape) < 1 else implied_mode("beta", low, high, 0.0, 1.0, shape)
    return quantile(np.asarray(q, float), "beta", low, mode, high, 0.0, 1.0, shape)


def bernoulli(q: FloatArray, probability: float) -> FloatArray:
    """Return 1 where an event of this probability happens, at the upper quantiles, and 0 elsewhere.

    Examples
    --------
    >>> bernoulli(np.array([0.1, 0.7, 0.9]), 0.2).tolist()
    [0.0, 0.0, 1.0]
    """
    return quantile(np.asarray(q, float), "bernoulli", 0.0, 0.0, 1.0, shape=(float(probability),))


def discrete(q: FloatArray, chances: Mapping[float, float]) -> FloatArray:
    """Return the values of a discrete distribution (value to probability) at quantiles *q*.

    Examples
    --------
    >>> discrete(np.array([0.1, 0.6, 0.95]), {0: 0.5, 3: 0.4, 10: 0.1}).tolist()
    [0.0, 3.0, 10.0]
    """
    shape = tuple(float(part) for pair in chances.items() for part in pair)
    return quantile(np.asarray(q, float), "discrete", 0.0, 0.0, 1.0, shape=shape)


def empirical(q: FloatArray, values: Sequence[float]) -> FloatArray:
    """Return the values of an empirical distribution at quantiles *q*: observations in order, joined by lines.

    The i-th of n observations stands at quantile i/(n − 1) (definition 7 of Hyndman and Fan 1996,
    doi:10.2307/2684934).

    Examples
    --------
    >>> empirical(np.array([0.0, 0.25, 1.0]), [4, 1, 3]).tolist()
    [1.0, 2.0, 4.0]
    """
    shape = tuple(map(float, values))
    return quantile(np.asarray(q, float), "empirical", 0.0, 0.0, 1.0, shape=shape)


def mixture(q: FloatArray, of: Mixture) -> FloatArray:
    """Return the values of uniform pieces with a capped Pareto tail at quantiles *q*.

    Examples
    --------
    >>> mixture(np.array([0.3]), Mixture((0.6, 1.0, 2.0), (0.6, 0.4), 1.3, 10.0)).round(6).tolist()
    [0.8]
    """
    return mixture_quantile(np.asarray(q, float), of)


def mean(
    distribution: str, low: float, mode: float, high: float, at: str = "P10-P90", *, shape: tuple[float, ...] = ()
) -> float:
    """Return the mean in closed form; PERT ``(min + λ mode + max)/(λ + 2)``, the others as in ``moments``.

    Examples
    --------
    >>> round(mean("pert", 0, 3, 10, "min-max"), 2)
    3.67
    >>> round(mean("lognormal", 1, 1.4927, 4), 3)
    2.315
    """
    return moments(fit(distribution, low, mode, high, *percentiles(at), shape))[0]


def variance(
    distribution: str, low: float, mode: float, high: float, at: str = "P10-P90", *, shape: tuple[float, ...] = ()
) -> float:
    """Return the variance in closed form; 0 for a fixed value.

    Examples
    --------
    >>> variance("uniform", 0, 5, 12, "min-max")
    12.0
    """
    return moments(fit(distribution, low, mode, high, *percentiles(at), shape))[1]

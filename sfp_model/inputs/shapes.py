"""Distributions that an estimate may have, and what its numbers imply, with the standard library alone."""

from __future__ import annotations

from itertools import accumulate
from math import exp, log
from statistics import NormalDist, median
from typing import Literal

from sfp_model.errors import UsageError

__all__ = [
    "DISTRIBUTIONS", "Distribution", "TypedDistribution", "cumulated", "implied_mode", "log_parameters",
    "normal_parameters", "percentiles",
]  # fmt: skip

TypedDistribution = Literal["pert", "triangular", "uniform", "normal", "lognormal", "beta", "discrete", "empirical"]
Distribution = TypedDistribution | Literal["bernoulli"]
DISTRIBUTIONS = (
    "pert", "triangular", "uniform", "normal", "lognormal", "beta", "bernoulli", "discrete", "empirical",
)  # fmt: skip


def normal_parameters(low: float, high: float, low_at: float, high_at: float) -> tuple[float, float]:
    """Return mean and standard deviation of the normal distribution with *low* and *high* at these probabilities.

    Raises
    ------
    UsageError
        If a probability is 0 or 1 (a normal distribution has no ends), or low exceeds high.

    Examples
    --------
    >>> [round(x, 4) for x in normal_parameters(8, 12, 0.1, 0.9)]
    [10.0, 1.5606]
    """
    if not 0 < low_at < high_at < 1:
        raise UsageError(f"a distribution without ends has no minimum {low=} or maximum {high=}; write at: P10-P90")
    if low > high:
        raise UsageError(f"must have {low=} ≤ {high=}")
    below, above = NormalDist().inv_cdf(low_at), NormalDist().inv_cdf(high_at)
    deviation = (high - low) / (above - below)
    return low - deviation * below, deviation


def log_parameters(low: float, high: float, low_at: float, high_at: float) -> tuple[float, float]:
    """Return μ and σ of the lognormal distribution with *low* and *high* at these probabilities.

    Raises
    ------
    UsageError
        As ``normal_parameters``, or if low is not above 0.

    Examples
    --------
    >>> [round(x, 4) for x in log_parameters(1, 4, 0.1, 0.9)]
    [0.6931, 0.5409]
    """
    if low <= 0:
        raise UsageError(f"a lognormal distribution lies above 0, got {low=}")
    return normal_parameters(log(low), log(high), low_at, high_at)


def implied_mode(
    distribution: str, low: float, high: float, low_at: float, high_at: float, shape: tuple[float, ...] = ()
) -> float:
    """Return the mode that a distribution without a free mode has; for an empirical one its median.

    uniform: the middle; normal: μ; lognormal: ``exp(μ − σ²)``; beta on [low, high]:
    ``low + (high − low)(α − 1)/(α + β − 2)``; discrete and bernoulli: the likeliest value.

    Examples
    --------
    >>> round(implied_mode("lognormal", 1, 4, 0.1, 0.9), 4)
    1.4927
    >>> implied_mode("beta", 0, 10, 0, 1, (2.0, 4.0))
    2.5
    >>> implied_mode("discrete", 0, 5, 0, 1, (0.0, 0.7, 5.0, 0.3))
    0.0
    """
    if distribution == "normal":
        return normal_parameters(low, high, low_at, high_at)[0]
    if distribution == "lognormal":
        mu, sigma = log_parameters(low, high, low_at, high_at)
        return exp(mu - sigma**2)
    if distribution == "beta":
        alpha, beta = shape
        if alpha < 1 and beta < 1:
            raise UsageError(f"a beta distribution with {alpha=} {beta=} below 1 has two modes; give mode")
        return low + (high - low) * ((alpha - 1) / (alpha + beta - 2) if alpha + beta > 2 else 0.5)
    if distribution == "bernoulli":
        return float(shape[0] > 0.5)
    if distribution == "discrete":
        pairs = list(zip(shape[::2], shape[1::2], strict=True))
        return max(pairs, key=lambda pair: pair[1])[0]
    if distribution == "empirical":
        return median(shape)
    return (low + high) / 2


def cumulated(shape: tuple[float, ...]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return values in order and cumulated probabilities of a discrete distribution (value, probability, …)."""
    pairs = sorted(zip(shape[::2], shape[1::2], strict=True))
    return tuple(v for v, _ in pairs), tuple(accumulate(p for _, p in pairs))


def percentiles(at: str) -> tuple[float, float]:
    """Return the probabilities at which low and high stand.

    Parameters
    ----------
    at : str
        ``"min-max"`` or ``"P<low>-P<high>"``.

    Raises
    ------
    UsageError
        If *at* has another form.

    Examples
    --------
    >>> percentiles("P10-P90")
    (0.1, 0.9)
    >>> percentiles("min-max")
    (0.0, 1.0)
    """
    if at == "min-max":
        return 0.0, 1.0
    try:
        low, high = (float(part.removeprefix("P")) / 100 for part in at.split("-"))
    except ValueError:
        raise UsageError(f"at: {at!r} is not min-max or P<low>-P<high>, for example P10-P90") from None
    if not 0 <= low < high <= 1:
        raise UsageError(f"at: {at!r} must have 0 ≤ low < high ≤ 100")
    return low, high

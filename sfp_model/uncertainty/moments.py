"""Means and variances of all distributions in closed form: what simulated means are checked against."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from sfp_model.model.inputs import InputTable, Mixture
from sfp_model.model.marginals import Margin, margin_of, unit_quantile

__all__ = ["input_mean", "mixture_mean", "moments"]

_POINTS = 20_000


def _beta(shape: tuple[float, ...]) -> tuple[float, float]:
    a, b = shape
    return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))


def _triangular(shape: tuple[float, ...]) -> tuple[float, float]:
    c = shape[0]
    return (1 + c) / 3, (1 - c + c * c) / 18


def _lognormal(shape: tuple[float, ...]) -> tuple[float, float]:
    square = shape[0] ** 2
    return math.exp(square / 2), math.expm1(square) * math.exp(square)


def _bernoulli(shape: tuple[float, ...]) -> tuple[float, float]:
    return shape[0], shape[0] * (1 - shape[0])


def _discrete(shape: tuple[float, ...]) -> tuple[float, float]:
    values, chances = np.array(shape[::2]), np.array(shape[1::2])
    mean = float(values @ chances)
    return mean, float((values - mean) ** 2 @ chances)


def _empirical(shape: tuple[float, ...]) -> tuple[float, float]:
    x = np.array(shape)
    if len(x) == 1:
        return float(x[0]), 0.0
    a, b = x[:-1], x[1:]
    mean = float(((a + b) / 2).mean())
    return mean, float(((a * a + a * b + b * b) / 3).mean()) - mean**2


_UNIT: dict[str, Callable[[tuple[float, ...]], tuple[float, float]]] = {
    "pert": _beta, "beta": _beta, "triangular": _triangular, "lognormal": _lognormal, "bernoulli": _bernoulli,
    "discrete": _discrete, "empirical": _empirical, "normal": lambda _: (0.0, 1.0), "uniform": lambda _: (0.5, 1 / 12),
    "fixed": lambda _: (0.0, 0.0),
}  # fmt: skip


def moments(margin: Margin) -> tuple[float, float]:
    """Return mean and variance of a distribution.

    ===========  ==============================  =======================================================
    unit shape   mean                            variance
    ===========  ==============================  =======================================================
    beta, PERT   α/(α + β)                       αβ/((α + β)² (α + β + 1))
    triangular   (1 + c)/3                       (1 − c + c²)/18 with the mode at c
    uniform      1/2                             1/12
    normal       0                               1
    lognormal    exp(σ²/2)                       (exp(σ²) − 1) exp(σ²)
    bernoulli    p                               p (1 − p)
    discrete     Σ p x                           Σ p (x − mean)²
    empirical    mean of (a + b)/2 over pieces   mean of (a² + ab + b²)/3 over pieces, less the mean squared
    mixture      see ``mixture_mean``            likewise, with ∫ x² of each piece
    ===========  ==============================  =======================================================

    Location and scale of the margin come on top. Source: Johnson, Kotz and Balakrishnan, *Continuous Univariate
    Distributions*, 2nd ed. 1994–95.

    Examples
    --------
    >>> from sfp_model.model.marginals import fit
    >>> moments(fit("triangular", 0.0, 0.0, 3.0))
    (1.0, 0.5)
    """
    if margin.mixture is not None:
        first = mixture_mean(margin.mixture)
        return first, _mixture_square(margin.mixture) - first**2
    mean, variance = _UNIT[margin.distribution](margin.shape)
    return margin.location + margin.scale * mean, margin.scale**2 * variance


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


def _mixture_square(of: Mixture) -> float:
    body = sum(s * (a * a + a * b + b * b) / 3 for s, a, b in zip(of.shares, of.edges[:-1], of.edges[1:], strict=True))
    start, a, cap = of.edges[-1], of.shape, of.cap
    if a == 2:
        tail = start**2 * (1 + 2 * math.log(cap / start))
    else:
        tail = (a * start**2 - 2 * cap**2 * (start / cap) ** a) / (a - 2)
    return body + (1 - sum(of.shares)) * tail


@lru_cache(maxsize=8192)
def _cut_mean(margin: Margin, lower: float, upper: float) -> float:
    """Return the mean of a distribution cut to its domain, ``∫ min(max(Q(u), lower), upper) du``, by midpoints."""
    middle = (np.arange(_POINTS) + 0.5) / _POINTS
    values = margin.location + margin.scale * unit_quantile(margin, middle)
    return float(np.clip(values, lower, upper).mean())


def input_mean(table: InputTable, row: int) -> float:
    """Return the mean of one input: in closed form, or by quadrature where its domain cuts it."""
    if not table.varies[row]:
        return float(table.base[row])
    margin = margin_of(table, row)
    lower, upper = float(table.lower[row]), float(table.upper[row])
    ends = margin.location, margin.location + margin.scale
    bounded = margin.distribution in ("pert", "beta", "triangular", "uniform", "fixed")
    inside = bounded and ends[0] >= lower and ends[1] <= upper
    open_ended = (lower, upper) == (-math.inf, math.inf) or margin.mixture is not None
    if inside or open_ended or margin.distribution in ("bernoulli", "discrete", "empirical"):
        return moments(margin)[0]
    return _cut_mean(margin, lower, upper)

"""From a quantile to a value: one formula of each distribution.

Every distribution is a location, a scale and a unit shape: ``x = location + scale · G(q)``. Low and high may stand at
percentiles; location and scale are then fitted so that the distribution with the given mode has them there. The
unit shape is inverted once on a grid of the latent scale ``z = Φ⁻¹(q)`` and interpolated when many draws are wanted:
inverse beta functions are the cost of PERT.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.inputs.shapes import cumulated, implied_mode, log_parameters, normal_parameters
from sfp_model.model.inputs import FloatArray, InputTable, Mixture

__all__ = [
    "CELLS", "REACH", "Margin", "bounds", "fit", "latent_table", "margin_of", "margin_values", "mixture_quantile",
    "pert_shape", "quantile", "row_values", "triangular_quantile", "unit_quantile",
]  # fmt: skip

LAMBDA = 4.0  # weight of the mode in the PERT mean: (min + 4 mode + max) / 6
REACH, CELLS = 6.5, 1024  # the latent grid: 1,024 cells from −6.5 to 6.5; beyond lie 8e-11 of the draws
_EXACT = 256  # up to this many draws the inverse function itself is used
_SLACK = 0.01  # a typed mode may differ from the implied one by this share of high − low: figures are rounded
_COARSE = 4  # the inverse beta function is evaluated on every fourth node, with its slope


@dataclass(frozen=True, slots=True)
class Margin:
    """A distribution as location + scale × unit shape.

    ``shape`` is (α, β) of pert and beta, (cut,) of triangular, (σ,) of lognormal, (p,) of bernoulli, (value,
    probability, …) of discrete, the sorted values of empirical, and (edges, shares, exponent, cap) of a mixture.
    """

    distribution: str
    location: float
    scale: float
    shape: tuple[float, ...] = ()
    mixture: Mixture | None = None

    @property
    def stepped(self) -> bool:
        """Whether values jump, so that they must not be interpolated."""
        return self.distribution in ("bernoulli", "discrete")


def pert_shape(minimum: float, mode: float, maximum: float, weight: float = LAMBDA) -> tuple[float, float]:
    """Return α and β of the beta distribution behind PERT: ``α = 1 + λ (mode − min)/(max − min)``, λ = *weight*.

    Examples
    --------
    >>> pert_shape(0, 5, 10)
    (3.0, 3.0)
    """
    span = maximum - minimum
    return 1 + weight * (mode - minimum) / span, 1 + weight * (maximum - mode) / span


def triangular_quantile(q: FloatArray, minimum: float, mode: float, maximum: float) -> FloatArray:
    """Return the quantile function of the triangular distribution."""
    span = maximum - minimum
    return minimum + span * _triangle(q, (mode - minimum) / span)


def _triangle(q: FloatArray, cut: float) -> FloatArray:
    result: FloatArray = np.where(q < cut, np.sqrt(q * cut), 1 - np.sqrt((1 - q) * (1 - cut)))
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


def unit_quantile(margin: Margin, q: FloatArray) -> FloatArray:
    """Return the values of the unit shape of *margin* at quantiles *q*, exactly."""
    kind, shape = margin.distribution, margin.shape
    if margin.mixture is not None:
        return mixture_quantile(q, margin.mixture)
    if kind in ("pert", "beta"):
        return _beta(shape[0], shape[1], q)
    if kind == "triangular":
        return _triangle(q, shape[0])
    if kind in ("normal", "lognormal"):
        from scipy.special import ndtri

        result: FloatArray = ndtri(q)
        return np.exp(shape[0] * result) if kind == "lognormal" else result
    if kind == "bernoulli":
        return np.where(q > 1 - shape[0], 1.0, 0.0)
    if kind == "discrete":
        values, steps = cumulated(shape)
        place = np.searchsorted(np.array(steps[:-1]), q, side="left")
        return np.array(values)[place]
    if kind == "empirical":
        return np.interp(q, np.linspace(0.0, 1.0, len(shape)), shape)
    return np.array(q)  # uniform; "fixed" has scale 0


@lru_cache(maxsize=8192)
def latent_table(margin: Margin) -> FloatArray:
    """Return the unit shape at the nodes ``z = −REACH … REACH`` of the latent scale, shape (CELLS + 1,).

    Between nodes it is interpolated linearly; with cells of 0.0127 the error is below 2e-5 of the spread. The
    inverse beta function is evaluated on every fourth node and continued by cubic Hermite pieces, whose slope
    ``dx/dz = φ(z)/f(x)`` is known.
    """
    from scipy.special import ndtr

    nodes = np.linspace(-REACH, REACH, CELLS + 1)
    if margin.distribution in ("pert", "beta") and margin.mixture is None and min(margin.shape) >= 1:
        table = _beta_latent(margin.shape[0], margin.shape[1], nodes)
    elif margin.distribution in ("normal", "lognormal"):
        table = np.exp(margin.shape[0] * nodes) if margin.distribution == "lognormal" else nodes
    else:
        table = unit_quantile(margin, ndtr(nodes))
    table.flags.writeable = False
    return table


def _beta_latent(alpha: float, beta: float, nodes: FloatArray) -> FloatArray:
    from scipy.special import betaln, ndtr

    z = nodes[::_COARSE]
    half = len(z) // 2
    x = _beta(alpha, beta, ndtr(z[: half + 1]))  # each half from its own end, where it is accurate
    y = _beta(beta, alpha, ndtr(-z[half + 1 :]))  # 1 − x
    low, high = np.r_[x, 1 - y], np.r_[1 - x, y]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        density = (alpha - 1) * np.log(low) + (beta - 1) * np.log(high) - betaln(alpha, beta)
        slope = np.exp(-z * z / 2 - np.log(2 * np.pi) / 2 - density)
    slope = np.where(np.isfinite(slope), slope, 0.0) * (z[1] - z[0])
    t = (np.arange(_COARSE) / _COARSE)[None, :]
    a, b, da, db = low[:-1, None], low[1:, None], slope[:-1, None], slope[1:, None]
    inner = a + (b - a) * t * t * (3 - 2 * t) + t * (1 - t) * (da * (1 - t) - db * t)
    result: FloatArray = np.r_[np.maximum.accumulate(np.clip(inner.ravel(), 0.0, 1.0)), low[-1]]
    return result


@lru_cache(maxsize=8192)
def bounds(
    distribution: str, low: float, mode: float, high: float, low_at: float, high_at: float, weight: float = LAMBDA
) -> tuple[float, float]:
    """Return minimum and maximum of the distribution that has *low* and *high* at the given probabilities.

    For PERT and triangular the mode is kept. The share ``p = (mode − min)/(max − min)`` fixes the shape; one equation,
    ``(Q(high_at) − p)/(Q(high_at) − Q(low_at)) = (high − mode)/(high − low)`` with the unit quantile function Q,
    has a root in [0, 1] wherever the mode lies between low and high.

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
    if weight < 0:
        raise UsageError(f"must have weight ≥ 0, got {weight=}")
    if low == high or (low_at <= 0 and high_at >= 1):
        return low, high
    if distribution == "uniform":
        span = (high - low) / (high_at - low_at)
        return _tidy(low - low_at * span), _tidy(high + (1 - high_at) * span)
    at, want = np.array([low_at, high_at]), (high - mode) / (high - low)

    def ends(p: float) -> FloatArray:
        if distribution == "triangular":
            return _triangle(at, p)
        return _beta(1 + weight * p, 1 + weight * (1 - p), at)

    def gap(p: float) -> float:
        below, above = ends(p)
        return float((above - p) / (above - below)) - want

    first, last = gap(0.0), gap(1.0)
    if first < 0 or last > 0:
        raise UsageError(
            f"no {distribution} with {mode=} has {low=} at P{100 * low_at:g} and {high=} at P{100 * high_at:g}"
        )
    from scipy.optimize import brentq

    p = 0.0 if first == 0 else 1.0 if last == 0 else float(brentq(gap, 0.0, 1.0, xtol=1e-15, rtol=1e-14))
    below, above = ends(p)
    span = (high - low) / float(above - below)
    return (low if low_at <= 0 else mode - p * span), (high if high_at >= 1 else mode + (1 - p) * span)


def _tidy(x: float) -> float:
    return float(np.round(x, 12))


@lru_cache(maxsize=8192)
def fit(
    distribution: str, low: float, mode: float, high: float, low_at: float = 0.0, high_at: float = 1.0,
    shape: tuple[float, ...] = (),
) -> Margin:  # fmt: skip
    """Return the distribution that an estimate means.

    Parameters
    ----------
    distribution : str
        One of ``inputs.shapes.DISTRIBUTIONS``.
    low, mode, high : float
        Low and high stand at the probabilities *low_at* and *high_at*. The mode of normal, lognormal and beta
        follows from the rest and must agree within 1 % of high − low.
    shape : tuple of float
        λ of PERT (4 if empty); α and β of beta; p of bernoulli; value, probability, … of discrete; values of
        empirical.

    Raises
    ------
    UsageError
        If no such distribution exists; shows the values.

    Examples
    --------
    >>> fit("pert", 0.0, 5.0, 10.0).shape
    (3.0, 3.0)
    >>> fit("normal", 8.0, 10.0, 12.0, 0.1, 0.9).location
    10.0
    """
    if distribution in ("bernoulli", "discrete", "empirical"):
        return Margin(distribution, 0.0, 1.0, _stepped_shape(distribution, shape))
    if distribution in ("normal", "lognormal", "beta"):
        return _implied(distribution, low, mode, high, low_at, high_at, shape)
    if distribution not in ("pert", "triangular", "uniform"):
        raise UsageError(f"distribution {distribution!r} is none of pert, triangular, uniform, normal, lognormal, "
                         "beta, bernoulli, discrete, empirical")  # fmt: skip
    weight = shape[0] if shape and distribution == "pert" else LAMBDA
    minimum, maximum = bounds(distribution, low, mode, high, low_at, high_at, weight)
    if minimum == maximum:
        return Margin("fixed", mode, 0.0)
    own: tuple[float, ...] = ()
    if distribution == "pert":
        own = pert_shape(minimum, mode, maximum, weight)
    elif distribution == "triangular":
        own = ((mode - minimum) / (maximum - minimum),)
    return Margin(distribution, minimum, maximum - minimum, own)


def _stepped_shape(distribution: str, shape: tuple[float, ...]) -> tuple[float, ...]:
    if distribution == "empirical":
        if not shape:
            raise UsageError("an empirical distribution needs at least one value")
        return tuple(sorted(shape))
    chances = shape[1::2] if distribution == "discrete" else shape
    total = sum(chances)
    if not chances or min(chances) < 0 or max(chances) > 1 or (distribution == "discrete" and abs(total - 1) > 1e-9):
        raise UsageError(f"{distribution}: probabilities must lie in 0–1, and together be 1 if discrete, got {chances}")
    if distribution == "discrete" and len(shape) % 2:
        raise UsageError(f"discrete: every value needs a probability, got {shape}")
    return shape


def _implied(
    distribution: str, low: float, mode: float, high: float, low_at: float, high_at: float, shape: tuple[float, ...]
) -> Margin:
    if distribution == "beta":
        if len(shape) != 2 or min(shape) <= 0:
            raise UsageError(f"beta needs alpha and beta above 0, got {shape}")
        if low > high:
            raise UsageError(f"must have {low=} ≤ {high=}")
        below, above = _beta(shape[0], shape[1], np.array([low_at, high_at]))
        span = float((high - low) / (above - below))
        margin = Margin("beta", float(low - span * below), span, shape)
        if min(shape) < 1:
            return margin
        found = implied_mode("beta", margin.location, margin.location + span, 0.0, 1.0, shape)
    elif distribution == "normal":
        margin = Margin("normal", *normal_parameters(low, high, low_at, high_at))
        found = margin.location
    else:
        mu, sigma = log_parameters(low, high, low_at, high_at)
        margin = Margin("lognormal", 0.0, float(np.exp(mu)), (sigma,))
        found = implied_mode("lognormal", low, high, low_at, high_at)
    if abs(found - mode) > _SLACK * (high - low):
        raise UsageError(
            f"a {distribution} distribution with {low=} at P{100 * low_at:g} and {high=} at P{100 * high_at:g} has its "
            f"mode at {found:.6g}, not at {mode=}; leave the mode out, or use pert or triangular"
        )
    return margin


def quantile(
    q: FloatArray, distribution: str, low: float, mode: float, high: float,
    low_at: float = 0.0, high_at: float = 1.0, shape: tuple[float, ...] = (),
) -> FloatArray:  # fmt: skip
    """Return the values at quantiles *q* of an estimate; arguments as in ``fit``.

    Parameters
    ----------
    q : ndarray
        In [0, 1]. Up to 256 values the inverse function itself is used, above them its table.

    Examples
    --------
    >>> quantile(np.array([0.0, 0.5, 1.0]), "pert", 0.0, 5.0, 10.0).round(6).tolist()
    [0.0, 5.0, 10.0]
    """
    return margin_values(fit(distribution, low, mode, high, low_at, high_at, shape), q)


def margin_values(margin: Margin, q: FloatArray) -> FloatArray:
    """Return the values of *margin* at quantiles *q*."""
    if margin.scale == 0:
        return np.full(q.shape, margin.location)
    if q.size <= _EXACT or margin.stepped:
        return margin.location + margin.scale * unit_quantile(margin, q)
    from scipy.special import ndtri

    place = np.clip((ndtri(q) + REACH) * (CELLS / (2 * REACH)), 0.0, CELLS - 1e-9)
    cell = place.astype(np.intp)
    table = latent_table(Margin(margin.distribution, 0.0, 1.0, margin.shape, margin.mixture))
    unit: FloatArray = table[cell] + (place - cell) * (table[cell + 1] - table[cell])
    return margin.location + margin.scale * unit


def margin_of(table: InputTable, row: int) -> Margin:
    """Return the distribution of one input, before it is cut to its domain."""
    if row in table.mixtures:
        return Margin("mixture", 0.0, 1.0, mixture=table.mixtures[row])
    return fit(
        table.distribution[row], float(table.low[row]), float(table.mode[row]), float(table.high[row]),
        float(table.low_at[row]), float(table.high_at[row]), table.shape[row],
    )  # fmt: skip


def row_values(table: InputTable, row: int, q: FloatArray) -> FloatArray:
    """Return the values of one input at quantiles *q*, cut to its domain."""
    found = margin_values(margin_of(table, row), q)
    if row in table.mixtures:
        return found
    result: FloatArray = np.clip(found, table.lower[row], table.upper[row])
    return result

"""Visitors and exhibitors who draw each other: a fixed point in two aggregate unknowns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sfp_model.model.inputs import FloatArray

__all__ = ["ITERATIONS", "Balance", "balance", "cross_side"]

ITERATIONS = 8


def cross_side(size: FloatArray, at: FloatArray, reference: FloatArray, strength: FloatArray) -> FloatArray:
    """Return the effect of one side on the other: ``((1 + size/reference) / (1 + at/reference))^strength``.

    It is 1 at the size *at* that the other side's demand supposes, and positive where there is none of this side.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> cross_side(3 * one, 0 * one, one, 0.5 * one).tolist()
    [2.0]
    """
    # exp and log are vectorised in NumPy, a power is not
    return _exp(strength * (np.log(1 + size / reference) - np.log(1 + at / reference)))


def _exp(x: FloatArray) -> FloatArray:
    result: FloatArray = np.exp(x)
    return result


@dataclass(frozen=True, eq=False)
class Balance:
    """Visitors and area in balance; (concept, edition, draw).

    Attributes
    ----------
    visitors : delegates on site, fellows included, within what the halls hold.
    area : net m² of all tiers, within what the halls hold.
    effect : effect of exhibitors on visitors, before the halls limit them.
    residual : float
        Largest relative change of the visitors in the last iteration.
    """

    visitors: FloatArray
    area: FloatArray
    effect: FloatArray
    residual: float


def balance(
    willing: FloatArray, fellows: FloatArray, room: FloatArray,
    exhibitors: tuple[FloatArray, FloatArray, FloatArray],
    wanted: FloatArray, space: FloatArray, visitors: tuple[FloatArray, FloatArray, FloatArray],
) -> Balance:  # fmt: skip
    """Return visitors V and area A with ``V = min(room, willing · X(A) + fellows)``, ``A = min(space, wanted · Y(V))``.

    X and Y are ``cross_side`` with strengths θ and φ. In the logarithms of V and A the first is a function with slope
    at most θ and the second with slope at most φ (a minimum with, and a sum with, a constant do not make it steeper),
    so that one round contracts with a factor of at most θ φ < 1: there is one solution, and the iteration reaches it
    from everywhere (Banach 1922). The bound is checked when the file is read. A fixed number of rounds keeps draws
    independent of each other.

    Parameters
    ----------
    willing : ndarray (concept, edition, draw)
        Visitors at effect 1.
    fellows : ndarray (concept, edition, draw)
        Visitors who come anyway.
    room : ndarray (concept, edition, draw)
        Most visitors.
    exhibitors : (at, reference, strength)
        Of X; the first (concept, draw) or alike.
    wanted, space : ndarray (concept, draw)
        Area at effect 1, and most area.
    visitors : (at, reference, strength)
        Of Y.
    """
    at_area, reference_area, theta = exhibitors
    at_visitors, reference_visitors, phi = visitors
    steady = _exp(-theta * np.log(1 + at_area / reference_area))[:, None, :]
    drawn = (wanted * _exp(-phi * np.log(1 + at_visitors / reference_visitors)))[:, None, :]
    space = space[:, None, :]
    found = np.minimum(room, willing + fellows)
    steadily = willing * steady
    area, before = np.empty_like(found), np.empty_like(found)
    for _ in range(ITERATIONS):
        before, found = found, before
        area = np.minimum(space, _times(drawn, before, reference_visitors, phi, area), out=area)
        np.add(_times(steadily, area, reference_area, theta, found), fellows, out=found)
        np.minimum(room, found, out=found)
    residual = float(np.max(np.abs(found - before) / np.maximum(found, 1.0), initial=0.0))
    effect = steady * _exp(theta * np.log(1 + area / reference_area))
    return Balance(found, area, effect, residual)


def _times(
    factor: FloatArray, size: FloatArray, reference: FloatArray, strength: FloatArray, out: FloatArray
) -> FloatArray:
    """Return ``factor · (1 + size/reference)^strength`` in *out*."""
    np.divide(size, reference, out=out)
    np.add(out, 1.0, out=out)
    np.log(out, out=out)
    np.multiply(out, strength, out=out)
    np.exp(out, out=out)
    return np.multiply(out, factor, out=out)

"""Dependence between inputs: a Gaussian copula with latent factors of the plan, initiatives and actions.

The latent variable of an input is ``z = √p · Z_plan + √i · Z_initiative + √a · Z_action + √(1 − p − i − a) · ε``
with shares of variance p, i, a; its quantile is Φ(z), which leaves every margin uniform (Li 2000,
doi:10.3905/jfi.2000.319253). Two inputs of the plan correlate at p on the latent scale, of an initiative at p + i, of
an action at p + i + a; cost and duration of an action at ``cost_duration``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray, InputTable

__all__ = ["couple", "loadings"]

_SHARES = ("plan", "initiative", "action")
_TIME = ("stretch", "delay")


def loadings(shares: Mapping[str, float], kind: str = "quantity") -> tuple[float, float, float]:
    """Return the loadings of an input on the factors of plan, initiative and action.

    Cost inputs load with the roots of the shares. For stretch and delay the loading on the action's factor is
    chosen so that cost and duration of an action correlate at ``cost_duration``.

    Parameters
    ----------
    shares : mapping
        ``plan``, ``initiative``, ``action`` and, for durations, ``cost_duration``; in [0, 1].
    kind : str
        Kind of the input.

    Raises
    ------
    UsageError
        If a share is missing (independence is never a silent default), outside 0–1, or they exceed 1.

    Examples
    --------
    >>> [round(x, 3) for x in loadings({"plan": 0.16, "initiative": 0.25, "action": 0.0})]
    [0.4, 0.5, 0.0]
    """
    missing = [key for key in _SHARES if key not in shares]
    if missing:
        raise UsageError(f"dependence.{missing[0]} is not set; say 0 for independence")
    p, i, a = (shares[key] for key in _SHARES)
    if min(p, i, a) < 0 or p + i + a > 1:
        raise UsageError(f"dependence: shares must lie in 0–1 and add up to at most 1, got {p=} {i=} {a=}")
    last = float(np.sqrt(a))
    if kind in _TIME and a > 0:
        together = shares.get("cost_duration", p + i + a)
        last = (together - p - i) / float(np.sqrt(a))
        if p + i + last**2 > 1:
            raise UsageError(f"dependence.cost_duration: {together} cannot be reached with {p=} {i=} {a=}")
    return float(np.sqrt(p)), float(np.sqrt(i)), last


def couple(
    own: FloatArray, table: InputTable, shares: Mapping[str, float], factor: Callable[[str], FloatArray]
) -> FloatArray:
    """Couple independent quantiles through the latent factors.

    Parameters
    ----------
    own : ndarray (input, draw)
        Independent quantiles; changed in place.
    table : InputTable
        Names the factors of each input. An input without initiative or action keeps that share to itself; one
        with a driver (a price class, a currency) has a factor of its own and is not coupled.
    shares : mapping
        See ``loadings``.
    factor : callable
        Returns the uniform quantiles of a factor by name, shape (draw,).

    Returns
    -------
    ndarray (input, draw)
        In (0, 1).
    """
    from scipy.special import ndtr, ndtri

    latent: dict[str, FloatArray] = {}

    def normal(key: str) -> FloatArray:
        if key not in latent:
            latent[key] = ndtri(factor(key))
        return latent[key]

    weights = {kind: loadings(shares, kind) for kind in set(table.kind)} if len(table) else {}
    for row in np.flatnonzero(table.varies).tolist():
        if table.driver[row]:
            continue
        keys = ("plan", table.initiative[row], table.action[row])
        names = ("plan", f"initiative/{keys[1]}", f"action/{keys[2]}")
        used = [
            (weight, name)
            for weight, key, name in zip(weights[table.kind[row]], keys, names, strict=True)
            if key and weight
        ]
        rest = 1 - sum(weight**2 for weight, _ in used)
        z = np.sqrt(max(rest, 0.0)) * ndtri(own[row])
        for weight, name in used:
            z += weight * normal(name)
        own[row] = np.clip(ndtr(z), 1e-15, 1 - 1e-15)
    return own

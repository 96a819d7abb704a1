"""Appraisal of gains against what they cost: present value, net present value, payback. Constant prices, real rate."""

from __future__ import annotations

import numpy as np

from sfp_model.errors import UsageError
from sfp_model.model.inputs import FloatArray

__all__ = ["payback", "present_value"]


def present_value(flows: FloatArray, rate: float) -> FloatArray:
    """Return the present value at the start of the first year of flows in the middle of each year.

    ``PV = Σ x_t / (1 + r)^(t + ½)``, t = 0, 1, … (Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 2).

    Parameters
    ----------
    flows : ndarray (year, …)
    rate : float
        A year, as a share.

    Raises
    ------
    UsageError
        If the rate is −1 or below.

    Examples
    --------
    >>> round(float(present_value(np.array([0.0, 110.0]), 0.1)), 6)
    95.346259
    """
    if rate <= -1:
        raise UsageError(f"a discount rate must be above −1, got {rate}")
    weights = (1 + rate) ** -(np.arange(flows.shape[0]) + 0.5)
    result: FloatArray = np.tensordot(weights, flows, axes=1)
    return result


def payback(net: FloatArray) -> FloatArray:
    """Return the years after which the sum of flows is 0 or more for good; infinite where it never is.

    Within a year the flow is taken as even. Undiscounted.

    Parameters
    ----------
    net : ndarray (year, draw)
        Gains less costs.

    Examples
    --------
    >>> payback(np.array([[-100.0, -100.0], [50.0, 10.0], [100.0, 10.0]])).tolist()
    [2.5, inf]
    """
    total = np.concatenate([np.zeros((1, net.shape[1])), np.cumsum(net, axis=0)])
    short = total < 0
    years = net.shape[0]
    last = np.where(short.any(axis=0), years - np.argmax(short[::-1], axis=0), 0)  # last edge at which it is short
    at = np.minimum(last, years - 1)
    draw = np.arange(net.shape[1])
    flow = net[at, draw]
    need = -total[at, draw]
    part = np.divide(
        need, flow, out=np.ones(net.shape[1]), where=flow > need
    )  # what is needed is less than a year's flow
    result: FloatArray = np.where(last == 0, 0.0, np.where(last == years, np.inf, last + part))
    return result
